"""Requests as they are sent, and Create Campaign with all its documented responses."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest

from smartlead_async.errors import (
    APIError,
    AuthenticationError,
    BadRequest,
    OutcomeUnknown,
    RateLimited,
    ResponseDecodeError,
    ServerError,
    ServiceUnavailable,
    ValidationFailed,
)
from smartlead_async.pipeline.retry import RetryPolicy

from .operations import ReadThing, SaveThing
from .scripted import KEY, ScriptedTransport, reply

# --- Create Campaign ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (((), {}), {}),
        ((("SaaS founders Q1 2027",), {}), {"name": "SaaS founders Q1 2027"}),
        (((), {"client_id": 7}), {"client_id": 7}),
        ((("SaaS founders Q1 2027",), {"client_id": 7}), {"name": "SaaS founders Q1 2027", "client_id": 7}),
    ],
)
async def test_create_campaign_sends_only_the_given_fields(
    scripted: ScriptedTransport, arguments: tuple[tuple[Any, ...], dict[str, Any]], body: dict[str, Any]
) -> None:
    scripted.then(reply(200, {"ok": True, "id": 4101}))
    positional, keywords = arguments
    await scripted.client().campaigns.create(*positional, **keywords)
    (sent,) = scripted.sent
    assert sent.http.method == "POST"
    assert sent.http.url == f"https://server.smartlead.ai/api/v1/campaigns/create?api_key={KEY}"
    assert sent.json == body
    assert sent.http.headers["Content-Type"] == "application/json"
    assert sent.http.headers["User-Agent"].startswith("smartlead-async/")


async def test_create_campaign_returns_an_aware_datetime(scripted: ScriptedTransport) -> None:
    scripted.then(
        reply(
            200, {"ok": True, "id": 4101, "name": "Spring outreach", "created_at": "2026-03-02T09:00:00.000Z"}
        )
    )
    created = await scripted.client().campaigns.create("Spring outreach")
    assert (created.ok, created.id, created.name) == (True, 4101, "Spring outreach")
    assert created.created_at == dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


DOCUMENTED = [
    (
        400,
        {
            "statusCode": 400, "error": "Bad Request", "message": '"clinet_id" is not allowed',
            "validation": {"source": "body", "keys": ["clinet_id"]},
        },
        BadRequest, '"clinet_id" is not allowed', None, "clinet_id",
    ),
    (401, {"message": "Invalid API Key"}, AuthenticationError, "Invalid API Key", None, None),
    (
        401,
        {"success": False, "error": {"code": "UNAUTHORIZED", "message": "Invalid API key"}},
        AuthenticationError, "Invalid API key", "UNAUTHORIZED", None,
    ),
    (
        422,
        {"error": "Invalid campaign name format"},
        ValidationFailed, "Invalid campaign name format", None, None,
    ),
    (
        429,
        {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down", "retry_after": 30}},
        RateLimited, "Slow down", "RATE_LIMIT_EXCEEDED", None,
    ),
    (429, b"Too many requests", RateLimited, "Too many requests", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind", "message", "code", "field"), DOCUMENTED)
async def test_documented_errors_of_create_campaign(
    scripted: ScriptedTransport,
    status: int,
    body: Any,
    kind: type[APIError],
    message: str,
    code: str | None,
    field: str | None,
) -> None:
    scripted.then(reply(status, body))
    with pytest.raises(APIError) as raised:
        await scripted.client(retry=RetryPolicy.NEVER).campaigns.create("x")
    error = raised.value
    assert type(error) is kind
    assert (error.status, error.message, error.code, error.field) == (status, message, code, field)
    assert (error.operation, error.attempts) == ("CreateCampaign", 1)


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (
            500,
            {"error": "Error while creating email campaign - Database connection failed"},
            ServerError,
            "Error while creating email campaign - Database connection failed",
        ),
        (503, {"message": "Service Unavailable"}, ServiceUnavailable, "Service Unavailable"),
    ],
)
async def test_a_500_or_503_to_create_campaign_raises_outcome_unknown(
    scripted: ScriptedTransport, status: int, body: Any, kind: type[APIError], message: str
) -> None:
    scripted.then(reply(status, body))
    with pytest.raises(OutcomeUnknown) as raised:
        await scripted.client().campaigns.create("x")
    failure = raised.value.failure
    assert type(failure) is kind
    assert isinstance(failure, APIError)
    assert (failure.status, failure.message, failure.attempts) == (status, message, 1)
    assert not isinstance(raised.value, APIError)
    assert len(scripted.sent) == 1


@pytest.mark.parametrize(
    ("body", "malformed"),
    [
        (b"Created!", True),
        (b'{"ok": true, "id"', True),
        ({"ok": True}, False),
        ({"ok": True, "id": "new"}, False),
    ],
)
async def test_an_unexpected_2xx_to_create_campaign_is_a_decode_error(
    scripted: ScriptedTransport, body: Any, malformed: bool
) -> None:
    scripted.then(reply(200, body))
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client().campaigns.create("x")
    assert raised.value.malformed is malformed
    assert (raised.value.operation, raised.value.attempts) == ("CreateCampaign", 1)
    assert len(scripted.sent) == 1


async def test_a_name_that_is_too_long_is_rejected_before_sending(
    scripted: ScriptedTransport,
) -> None:
    with pytest.raises(ValueError, match="at most 255"):
        await scripted.client().campaigns.create("x" * 256)
    assert scripted.sent == []


# --- the request -------------------------------------------------------------------------------------


async def test_a_read_has_its_query_before_the_key_and_no_body(
    scripted: ScriptedTransport,
) -> None:
    scripted.always = reply(200, {"id": 7})
    client = scripted.client("k+y/1")
    await client.send(ReadThing(7, verbose=True))
    await client.send(SaveThing("seven"))
    read, save = scripted.sent
    assert read.http.url == "https://server.smartlead.ai/api/v1/things/7?verbose=true&api_key=k%2By%2F1"
    assert read.http.body is None
    assert "Content-Type" not in read.http.headers
    assert save.query == {"api_key": "k+y/1"}
    assert save.http.body == b'{"name":"seven"}'


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080/api/v1/"])
async def test_the_base_url_replaces_every_host(scripted: ScriptedTransport, base_url: str) -> None:
    scripted.always = reply(200, {"id": 7})
    await scripted.client(base_url=base_url, user_agent="mine/1").send(ReadThing())
    (sent,) = scripted.sent
    assert urlsplit(sent.http.url)[:3] == ("http", "127.0.0.1:8080", "/api/v1/things/7")
    assert sent.http.headers["User-Agent"] == "mine/1"
