"""The routes of a served fake that control it. They are not SmartLead's, and need no API key."""

from __future__ import annotations

import math
from typing import Any, Final

import orjson

from .clock import timestamp
from .exchange import Receiver
from .replies import Reply, json_reply

_PREFIX: Final = "/__fake__/"
_UNITS: Final = ("days", "hours", "minutes")


def control_reply(method: str, path: str, body: bytes, fake: Receiver) -> Reply | None:
    """Carry out a request to a control route; None if the path is that of SmartLead's.

    ``POST /__fake__/advance`` with ``{"days": 1, "hours": 12}`` lets time pass. It is served below
    ``/api/v1`` as well.
    """
    path = path.removeprefix("/api/v1")
    if not path.startswith(_PREFIX):
        return None
    if path != "/__fake__/advance":
        return json_reply({"error": f"The fake has no control route {path}"}, 404)
    if method != "POST":
        return json_reply({"error": "Send a POST"}, 405)
    try:
        span = _span(orjson.loads(body or b"{}"))
        events = fake.advance(**span)
    except ValueError as problem:
        return json_reply({"error": str(problem)}, 400)
    return json_reply({"now": timestamp(fake.clock.wall()), "events": events})


def _span(body: Any) -> dict[str, float]:
    if not isinstance(body, dict) or not body or not body.keys() <= set(_UNITS):
        raise ValueError(f'The body must be a JSON object with {", ".join(_UNITS)}, such as {{"days": 1}}')
    for name, value in body.items():
        if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
            raise ValueError(f"{name} must be a number that is not negative")
    return body
