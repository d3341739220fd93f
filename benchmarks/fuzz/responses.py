"""Server responses: odd statuses, bodies and headers, to single requests and on real connections.

Every response ends in a value or in an error of ``smartlead_async.errors``. A create that took effect is not
sent again and is not reported as refused, whatever the response says.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from smartlead_async import (
    HttpRequest,
    HttpResponse,
    LeadInput,
    OutcomeUnknown,
    RateLimits,
    ResponseDecodeError,
    RetryPolicy,
    SmartleadClient,
    SmartleadError,
)
from smartlead_async.api.campaigns.create import CreateCampaign, DeleteCampaign, DuplicateCampaign
from smartlead_async.api.campaigns.leads import AddLeads, ListCampaignLeads
from smartlead_async.api.campaigns.read import GetCampaign, ListCampaigns
from smartlead_async.api.campaigns.setup import GetSequences, UpdateStatus
from smartlead_async.api.campaigns.statistics import GetCampaignAnalytics
from smartlead_async.request import Request
from smartlead_async.virtual_time import VirtualTimeLoop

from .case import Input, require
from .mutation import mutate_bytes, mutate_text, mutate_value
from .run import run_async

KEY: Final = "fuzz-key-0815"
NEW_ID: Final = 4711

_REQUESTS: Final[tuple[Request[Any], ...]] = (
    CreateCampaign("SaaS founders Q1 2027"),
    DuplicateCampaign(4101),
    ListCampaigns(),
    GetCampaign(4101),
    DeleteCampaign(4101),
    UpdateStatus(4101, "START"),
    GetSequences(4101),
    GetCampaignAnalytics(4101),
    AddLeads(4101, lead_list=[LeadInput("lin@prospect.example")]),
    ListCampaignLeads(4101),
)
REQUESTS: Final[dict[str, Request[Any]]] = {type(request).__name__: request for request in _REQUESTS}
_CREATES: Final = ("CreateCampaign", "DuplicateCampaign")
_UNKNOWN: Final = ("value", OutcomeUnknown.__name__, ResponseDecodeError.__name__)
"""The outcomes that do not deny that a create took effect."""

_CAMPAIGN: Final = {
    "id": NEW_ID, "name": "SaaS founders Q1 2027", "status": "DRAFTED",
    "created_at": "2027-01-04T09:00:00.000Z", "track_settings": [], "scheduler_cron_value": None,
    "client_id": None, "tags": [{"id": 1, "name": "x"}],
}  # fmt: skip
_BODIES: Final = (
    {"ok": True, "id": NEW_ID, "name": "x", "created_at": "2027-01-04T09:00:00.000Z"}, {"ok": True},
    _CAMPAIGN, [_CAMPAIGN], {"total_leads": "1", "data": [{"campaign_lead_map_id": 1, "lead": {"id": 1}}]},
    {"ok": False, "message": "no"}, {"error": "Bad Request", "message": "no"},
    {"error": {"code": "X", "message": "no"}}, {"retry_after": 3}, f"the key is {KEY}",
)  # fmt: skip
_PAGES: Final = (
    b"", b"  ", b"success", b"<html><title>Just a moment</title></html>",
    b"<!doctype html><h1>502 Bad Gateway</h1>", b"error code: 1015", b"\xef\xbb\xbf{}", b"[" * 3000,
    b'{"id":' * 900, b"\xff\xfe{\x00}\x00", b"null", b"NaN", b"7", b'"ok"', b'{"id": 1e999}',
    b'{"id": "' + b"9" * 5000 + b'"}', f"<html>{KEY}</html>".encode(),
)  # fmt: skip
_HEADERS: Final = (
    "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "date",
    "content-type", "location", "cf-mitigated", "server", "set-cookie",
)  # fmt: skip
_SAID: Final = (
    "", "0", "3", "-1", "1e9", "nan", "9" * 400, "1893456000", "Wed, 21 Oct 2026 07:28:00 GMT", "challenge",
    "text/html", "Wed, 99 Oct 99999 99:99:99 GMT", "application/json; charset=utf-16", "//other.example/",
    "http://[", "\x1b[31m", "/login", f"https://other.example/?api_key={KEY}",
)  # fmt: skip
_STATUSES: Final = (
    200, 200, 200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 407, 408, 409, 413,
    422, 425, 429, 499, 500,
)  # fmt: skip


@attrs.frozen
class Responses:
    """Any responses to any request, through the client on a scripted transport."""

    name: str = "response"

    def draw(self, rng: random.Random) -> Input:
        responses = [_any_response(rng) for _ in range(rng.choice((1, 1, 2, 4)))]
        return {"request": rng.choice(list(REQUESTS)), "responses": responses}

    def run(self, given: Input, folder: Path) -> str:  # noqa: ARG002
        transport = Scripted([_response(said) for said in given["responses"]])
        return str(
            run_async(asyncio.Runner(loop_factory=VirtualTimeLoop), _send(given["request"], transport))
        )


@attrs.frozen
class Creates:
    """Creates that take effect, with any response except a refusal by the API itself."""

    name: str = "create"

    def draw(self, rng: random.Random) -> Input:
        return {"request": rng.choice(_CREATES), "responses": [foreign_response(rng) for _ in range(3)]}

    def run(self, given: Input, folder: Path) -> str:  # noqa: ARG002
        transport = Scripted([_response(said) for said in given["responses"]])
        outcome = str(
            run_async(asyncio.Runner(loop_factory=VirtualTimeLoop), _send(given["request"], transport))
        )
        _require_not_refused(outcome, transport.sent)
        return outcome


@attrs.frozen
class Wire:
    """Responses as bytes on a real connection: truncated, compressed, chunked and mutated."""

    name: str = "wire"

    def draw(self, rng: random.Random) -> Input:
        name = rng.choice(list(REQUESTS))
        said = foreign_response(rng) if name in _CREATES else _any_response(rng)
        data = _wire(rng, said)
        if rng.random() < 0.5:
            data = mutate_bytes(rng, data, rng.choice((1, 1, 3)))
        return {"request": name, "data": data}

    def run(self, given: Input, folder: Path) -> str:  # noqa: ARG002
        outcome, sent = run_async(asyncio.Runner(), _exchange(given["request"], given["data"]))
        if given["request"] in _CREATES and not _is_refusal(given["data"]):
            _require_not_refused(outcome, sent)
        return str(outcome)


def _require_not_refused(outcome: str, sent: int) -> None:
    require(sent == 1, f"a create that took effect was sent {sent} times")
    require(outcome in _UNKNOWN, f"a create that took effect ends in {outcome}")


# --- responses ---------------------------------------------------------------------------------------
def _any_response(rng: random.Random) -> dict[str, Any]:
    """Return a response of any kind as plain data."""
    body: bytes
    if rng.random() < 0.4:
        body = rng.choice(_PAGES)
    else:
        value: Any = rng.choice(_BODIES)
        for _ in range(rng.choice((0, 1, 1, 3))):
            value = mutate_value(
                rng, value, ("ok", "id", "message", "error", "data", "lead", "name", "status")
            )
        body = json.dumps(value).encode()
    if rng.random() < 0.3:
        body = mutate_text(rng, body.decode("utf-8", "replace"), 1).encode("utf-8", "surrogatepass")
    return {"status": _status(rng), "headers": _headers(rng), "body": body}


def foreign_response(rng: random.Random) -> dict[str, Any]:
    """Return a response that does not come from the API, or that a create cannot be refused with.

    As the response to a read, it says nothing about what there is: it is an error or cannot be decoded.
    """
    body = rng.choice(
        (b"", b"  ", b"<html>no</html>", b"<!doctype html>", b'{"ok": tru', b"\xff\xfe", b"upstream", b'"x"')
    )
    status = _status(rng)
    if status == 429:
        status = 520
    if status >= 500 or 300 <= status < 400:
        body = rng.choice((body, b'{"message": "Internal error"}', b"{}", b"[]", b"null"))
    return {"status": status, "headers": _headers(rng), "body": body}


def _status(rng: random.Random) -> int:
    return rng.choice((rng.choice(_STATUSES), rng.choice(_STATUSES), rng.randrange(200, 600)))


def _headers(rng: random.Random) -> dict[str, str]:
    return {rng.choice(_HEADERS): rng.choice(_SAID) for _ in range(rng.choice((0, 0, 1, 3)))}


def _response(said: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(said["status"], said["headers"], said["body"])


def _wire(rng: random.Random, said: Mapping[str, Any]) -> bytes:
    body, headers = said["body"], {"content-type": "application/json", **said["headers"]}
    match rng.randrange(6):
        case 0:
            body, headers["content-encoding"] = (
                gzip.compress(body),
                rng.choice(("gzip", "deflate", "br", "x")),
            )
        case 1:
            body, headers["content-encoding"] = zlib.compress(body), "deflate"
        case 2:
            headers["content-encoding"] = "gzip"
        case _:
            pass
    match rng.randrange(4):
        case 0:
            headers["transfer-encoding"] = "chunked"
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        case 1:
            headers["content-length"] = str(max(0, len(body) + rng.choice((-1, 1, 10**6))))
        case 2:
            headers["connection"] = "close"
        case _:
            headers["content-length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {said['status']} Status\r\n{head}\r\n".encode() + bytes(body)


def _is_refusal(data: bytes) -> bool:
    """Return whether mutations have made a refusal by the API of these bytes."""
    return b" 429" in data[:20] or b'"message"' in data or b'"error"' in data


# --- exchanges ---------------------------------------------------------------------------------------
@attrs.define
class Scripted:
    """A transport that returns responses in order, and the last one from then on."""

    responses: list[HttpResponse]
    sent: int = 0

    async def send(self, _: HttpRequest, /) -> HttpResponse:
        self.sent += 1
        return (
            self.responses[min(self.sent, len(self.responses)) - 1] if self.responses else HttpResponse(503)
        )

    async def aclose(self) -> None: ...


async def _send(name: str, transport: Scripted) -> str:
    async with SmartleadClient(
        KEY, transport=transport, limits=RateLimits.STANDARD, retry=RetryPolicy(max_attempts=3, deadline=3600)
    ) as client:
        return await _outcome(client, name)


async def _outcome(client: SmartleadClient, name: str) -> str:
    try:
        await client.send(REQUESTS[name])
    except SmartleadError as error:
        require(str(error), "an error has no message")
        shown = f"{error} {error!r} {vars(error)}"
        require(KEY not in shown, "an error contains the key")
        return type(error).__name__
    return "value"


async def _exchange(name: str, data: bytes) -> tuple[str, int]:
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            sent += 1
            length = next(
                (
                    int(line[15:])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ),
                0,
            )
            await reader.readexactly(length)
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        async with SmartleadClient(
            KEY,
            base_url=f"http://127.0.0.1:{port}/api/v1",
            limits=RateLimits.UNLIMITED,
            retry=RetryPolicy(
                max_attempts=2, max_rate_limited=1, first_wait=0.001, longest_wait=0.002, deadline=1
            ),
            timeout=5,
        ) as client:
            return await _outcome(client, name), sent
    finally:
        server.close()
        await server.wait_closed()
