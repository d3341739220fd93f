"""Clients of an account, and their API keys."""

from __future__ import annotations

from typing import Any

from ...api.clients import (
    CreateClient,
    CreateClientApiKey,
    DeleteClientApiKey,
    ListClientApiKeys,
    ListClients,
    ResetClientApiKey,
    UpdateClient,
)
from ..accounts import Access, Client
from ..call import Call
from ..clock import timestamp
from ..records import ClientKey
from ..rendering import client_json
from ..replies import NOT_FOUND, OK, Refusal, Reply, json_reply
from ..routing import handles


@handles(ListClients)
def list_clients(call: Call) -> Reply:
    rows = [_row(client, call) for client in call.account.clients.values() if call.access.sees(client.id)]
    return json_reply(rows)


def _row(client: Client, call: Call) -> dict[str, Any]:
    # The misspelt names are SmartLead's.
    permissions = {"permission": client.permissions, "retricted_category": []}
    return client_json(client, call.account) | {"client_permision": permissions}


@handles(CreateClient)
def create_client(call: Call) -> Reply:
    _require_account_key(call)
    email = call.body["email"]
    if any((client.email or "").lower() == email.lower() for client in call.account.clients.values()):
        raise Refusal(400, {"message": f"Client with {email} already exist in the system. ..."})
    client = Client(next(call.world.ids.client), call.body["name"], email, call.now)
    _write(client, call.body)
    call.account.clients[client.id] = client
    password = call.body.get("password") or f"password-{client.id}"
    return json_reply(
        {"ok": True, "clientId": client.id, "name": client.name, "email": email, "password": password}
    )


@handles(UpdateClient)
def update_client(call: Call) -> Reply:
    client = _client(call, call.body["id"])
    _write(client, call.body)
    return json_reply({"ok": True, "data": {"id": client.id, "name": client.name, "email": client.email}})


def _write(client: Client, body: dict[str, Any]) -> None:
    client.name, client.email = body["name"], body["email"]
    client.logo = body.get("logo") or client.logo
    client.logo_url = body.get("logo_url") or client.logo_url
    client.permissions = body.get("permission") or client.permissions


def _require_account_key(call: Call) -> None:
    if call.access.client_id is not None:
        raise Refusal(404, NOT_FOUND)


def _client(call: Call, client_id: int) -> Client:
    _require_account_key(call)
    client = call.account.clients.get(client_id)
    if client is None:
        raise Refusal(404, NOT_FOUND)
    return client


# --- keys --------------------------------------------------------------------------------------------
@handles(ListClientApiKeys)
def list_client_api_keys(call: Call) -> Reply:
    _require_account_key(call)
    query = call.query
    rows = [
        _key_row(key)
        for key in call.account.client_keys.values()
        if query.get("clientId") in {None, key.client_id}
        and query.get("keyName") in {None, key.name}
        and query.get("status") != "inactive"
    ]
    return json_reply({"message": "ok", "data": rows})


def _key_row(key: ClientKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "client_id": key.client_id,
        "key_name": key.name,
        "api_key": key.api_key,
        "status": "active",
        "created_at": timestamp(key.created_at),
    }


@handles(CreateClientApiKey)
def create_client_api_key(call: Call) -> Reply:
    client = _client(call, call.body["clientId"])
    number = next(call.world.ids.client_key)
    key = ClientKey(number, client.id, call.body["keyName"], f"client-key-{number}-1", call.now)
    call.account.client_keys[key.id] = key
    call.world.keys[key.api_key] = Access(key.api_key, call.account, client.id)
    return json_reply({"ok": True, "data": _key_row(key)})


def _key(call: Call) -> ClientKey:
    _require_account_key(call)
    key = call.account.client_keys.get(call.ids[0])
    if key is None:
        raise Refusal(404, NOT_FOUND)
    return key


@handles(DeleteClientApiKey)
def delete_client_api_key(call: Call) -> Reply:
    key = _key(call)
    del call.account.client_keys[key.id]
    del call.world.keys[key.api_key]
    return OK


@handles(ResetClientApiKey)
def reset_client_api_key(call: Call) -> Reply:
    key = _key(call)
    del call.world.keys[key.api_key]
    key.resets += 1
    key.api_key = f"client-key-{key.id}-{key.resets + 1}"
    call.world.keys[key.api_key] = Access(key.api_key, call.account, key.client_id)
    return json_reply({"ok": True, "data": _key_row(key)})
