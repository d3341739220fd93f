"""Clients (the sub-accounts of an agency) and their API keys."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence

import attrs

from ..fields import Between, Matches, OneOf, Secret, mask, wire
from ..request import Effect, Request
from ..resource import Resource, endpoint
from .acknowledgement import Acknowledgement


@attrs.frozen
class ClientPermissions:
    """The permissions of a client, and the lead categories that are hidden from it."""

    permissions: list[str] = attrs.field(factory=list, metadata=wire("permission"))
    # SmartLead's spelling.
    restricted_categories: list[int | str] | str | None = attrs.field(
        default=None, metadata=wire("retricted_category")
    )


@attrs.frozen
class ClientAccount:
    """A client: a sub-account whose keys see only its own campaigns, mailboxes and leads."""

    id: int
    name: str | None = None
    email: str | None = None
    uuid: str | None = None
    created_at: dt.datetime | None = None
    user_id: int | None = None
    logo: str | None = None
    logo_url: str | None = None
    permissions: ClientPermissions | None = attrs.field(default=None, metadata=wire("client_permision"))


@attrs.frozen
class ListClients(
    Request[list[ClientAccount]],
    method="GET",
    path="/client/",
    effect=Effect.READ,
    repeatable=True,
    page="clients/get-all",
):
    """List all clients of the account.

    One request. Example::

        names = {client_.id: client_.name for client_ in await client.clients.list()}
    """


@attrs.frozen
class ClientCreated:
    """A new client. SmartLead shows ``password`` and ``api_key`` only once; ``reveal()`` returns them."""

    id: int = attrs.field(metadata=wire("clientId", "data.id", "id"))
    name: str | None = attrs.field(default=None, metadata=wire("name", "data.name"))
    email: str | None = attrs.field(default=None, metadata=wire("email", "data.email"))
    password: Secret | None = attrs.field(default=None, metadata=wire("password", "data.password"))
    api_key: Secret | None = attrs.field(default=None, metadata=wire("data.api_key", "api_key"))
    created_at: dt.datetime | None = attrs.field(default=None, metadata=wire("data.created_at", "created_at"))
    ok: bool = True


@attrs.frozen
class CreateClient(
    Request[ClientCreated],
    method="POST",
    path="/client/save",
    effect=Effect.WRITE,
    repeatable=False,
    page="clients/create",
):
    """Create a client. With ``is_credit_assigned`` and credits, credits of the account move to it.

    One request. SmartLead generates a password if none is given, and shows it only in this response. An email
    address that a client already has is a :class:`BadRequest`. A lost response raises
    :class:`OutcomeUnknown`: look for the client in ``clients.list()``. ``permissions`` are names such as
    ``full_access`` or ``reply_master_inbox``. Example::

        created = await client.clients.create("ops@northwind.example", "Northwind")
        print(created.id, created.password and created.password.reveal())
    """

    email: str
    name: str
    password: str | None = attrs.field(default=None, kw_only=True, repr=mask)
    logo: str | None = attrs.field(default=None, kw_only=True)
    logo_url: str | None = attrs.field(default=None, kw_only=True)
    permissions: Sequence[str] | None = attrs.field(default=None, kw_only=True, metadata=wire("permission"))
    is_credit_assigned: bool | None = attrs.field(default=None, kw_only=True)
    email_credits: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    lead_credits: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))

    @property
    def effect(self) -> Effect:
        """Spending if credits move to the client, writing otherwise."""
        return _effect_of(self)


@attrs.frozen
class ClientSaved:
    """A client as it was saved."""

    id: int | None = attrs.field(default=None, metadata=wire("clientId", "data.id", "id"))
    name: str | None = attrs.field(default=None, metadata=wire("name", "data.name"))
    email: str | None = attrs.field(default=None, metadata=wire("email", "data.email"))
    ok: bool = True


@attrs.frozen
class UpdateClient(
    Request[ClientSaved],
    method="POST",
    path="/client/save",
    effect=Effect.WRITE,
    repeatable=True,
    page="clients/update",
    body_key="id",
):
    """Change a client. With ``is_credit_assigned`` and credits, credits of the account move to it.

    One request. SmartLead requires ``email`` and ``name`` even if they stay the same. Whether credits are set
    or added is not documented: a request that moves some is not sent again after a lost response. Example::

        await client.clients.update(12, "ops@northwind.example", "Northwind EU")
    """

    client_id: int = attrs.field(metadata=wire("id"))
    email: str
    name: str
    password: str | None = attrs.field(default=None, kw_only=True, repr=mask)
    logo: str | None = attrs.field(default=None, kw_only=True)
    logo_url: str | None = attrs.field(default=None, kw_only=True)
    uuid: str | None = attrs.field(default=None, kw_only=True)
    permissions: Sequence[str] | None = attrs.field(default=None, kw_only=True, metadata=wire("permission"))
    is_credit_assigned: bool | None = attrs.field(default=None, kw_only=True)
    email_credits: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    lead_credits: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))

    @property
    def effect(self) -> Effect:
        """Spending if credits move to the client, writing otherwise."""
        return _effect_of(self)

    @property
    def is_repeatable(self) -> bool:
        """False if credits move to the client."""
        return self.effect is not Effect.SPEND


def _effect_of(request: CreateClient | UpdateClient) -> Effect:
    moves_credits = request.is_credit_assigned or request.email_credits or request.lead_credits
    return Effect.SPEND if moves_credits else Effect.WRITE


class ClientKeyStatus(enum.StrEnum):
    """The state of a client's API key."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@attrs.frozen
class ClientApiKey:
    """An API key of a client. ``api_key.reveal()`` returns the key itself."""

    id: int
    client_id: int | None = None
    key_name: str | None = None
    api_key: Secret | None = None
    status: ClientKeyStatus | str | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class ListClientApiKeys(
    Request[list[ClientApiKey]],
    method="GET",
    path="/client/api-key",
    effect=Effect.READ,
    repeatable=True,
    page="clients/api-keys",
):
    """List the API keys of clients, of all of them or of one.

    One request. Example::

        keys = await client.clients.list_api_keys(client_id=12, status="active")
    """

    client_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("clientId"))
    status: ClientKeyStatus | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(ClientKeyStatus)
    )
    key_name: str | None = attrs.field(default=None, kw_only=True, metadata=wire("keyName"))


@attrs.frozen
class CreateClientApiKey(
    Request[ClientApiKey],
    method="POST",
    path="/client/api-key",
    effect=Effect.WRITE,
    repeatable=False,
    page="clients/api-keys",
):
    """Create an API key for a client.

    One request. ``key_name`` consists of letters, digits, spaces, hyphens and underscores. A lost response
    raises :class:`OutcomeUnknown`; ``list_api_keys`` then shows whether there is a key. Example::

        key = await client.clients.create_api_key(12, "reporting")
        reporting = SmartleadClient(key.api_key.reveal())
    """

    client_id: int = attrs.field(metadata=wire("clientId"))
    key_name: str = attrs.field(
        metadata=wire("keyName"),
        validator=Matches("[A-Za-z0-9 _-]+", "made of letters, digits, spaces, hyphens and underscores"),
    )


@attrs.frozen
class DeleteClientApiKey(
    Request[Acknowledgement],
    method="DELETE",
    path="/client/api-key/{id}",
    effect=Effect.DELETE,
    repeatable=True,
    page="clients/api-keys",
):
    """Delete an API key of a client, which stops working at once.

    One request. Example::

        await client.clients.delete_api_key(45)
    """

    key_id: int = attrs.field(metadata=wire("id"))


@attrs.frozen
class ClientKeyReset:
    """The result of resetting a key: the key with its new value, if SmartLead returned it."""

    id: int | None = None
    client_id: int | None = None
    key_name: str | None = None
    api_key: Secret | None = None
    status: ClientKeyStatus | str | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class ResetClientApiKey(
    Request[ClientKeyReset],
    method="PUT",
    path="/client/api-key/reset/{id}",
    effect=Effect.WRITE,
    repeatable=False,
    page="clients/api-keys",
):
    """Destroy an API key of a client and issue a new one in its place. The old key stops working at once.

    One request. A repeat issues yet another key, so a lost response raises :class:`OutcomeUnknown`; find the
    present key with ``list_api_keys``. Example::

        key = await client.clients.reset_api_key(45)
    """

    key_id: int = attrs.field(metadata=wire("id"))


class Clients(Resource):
    """``client.clients``: the sub-accounts of an agency and their API keys."""

    list = endpoint(ListClients)
    create = endpoint(CreateClient)
    update = endpoint(UpdateClient)
    list_api_keys = endpoint(ListClientApiKeys)
    create_api_key = endpoint(CreateClientApiKey)
    delete_api_key = endpoint(DeleteClientApiKey)
    reset_api_key = endpoint(ResetClientApiKey)
