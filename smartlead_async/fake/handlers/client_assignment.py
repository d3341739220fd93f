"""The client that a new or changed object is assigned to."""

from __future__ import annotations

from ..accounts import Client
from ..call import Call
from ..replies import Refusal


def resolve_client(call: Call) -> int | None:
    """Return the client of the key, or else the one in the body; refuse a client that is not allowed."""
    given: int | None = call.body.get("client_id")
    own = call.access.client_id
    if own is not None:
        if given not in {None, own}:
            raise Refusal(400, {"error": f"Client id - {given} not allowed. Permission Error."})
        return own
    if given is not None and given not in call.account.clients:
        if call.world.strict_clients:
            raise Refusal(400, {"error": f"Invalid client_id - {given}"})
        call.account.clients[given] = Client(given, f"Client {given}", created_at=call.now)
    return given
