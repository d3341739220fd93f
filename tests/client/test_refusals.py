"""Error responses that certainly mean that a request had no effect, and the treatment of the others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.api.campaigns.create import CreateCampaign, DuplicateCampaign
from smartlead_async.api.campaigns.messages import ReplyEmailThread
from smartlead_async.errors import APIError, NotFound, OutcomeUnknown, RateLimited, ServerError
from smartlead_async.pipeline.classify import api_error
from smartlead_async.pipeline.refusals import REFUSING, is_refusal
from smartlead_async.request import Request
from smartlead_async.transport import HttpResponse

from ..contract import EVERYTHING
from .operations import DeleteThing, FindThing, MakeThing, ReadThing, SaveThing
from .scripted import ScriptedTransport, reply

ENVELOPES: list[Any] = [
    {"error": {"code": "INVALID", "message": "no", "details": {"field": "name"}}},
    {"success": False, "error": {"code": "CAMPAIGN_ACTIVE", "message": "no"}},
    {"error": "Campaign not found - Invalid campaign_id."},
    {"message": "Invalid API Key"},
    {"ok": False, "message": "no", "errorCode": "ACCOUNT_NOT_FOUND"},
    {"statusCode": 400, "error": "Bad Request", "message": "no", "validation": {"keys": ["name"]}},
]
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>"
HTML = b"<html><head><title>404 Not Found</title></head><body>nginx</body></html>"
NO_ROUTE = b"<!DOCTYPE html><html><body><pre>Cannot POST /api/v1/things</pre></body></html>"
OTHER_BODIES: list[Any] = [
    b"", b"  ", HTML, NO_ROUTE, CHALLENGE, b"Not Found", b"error code: 1020", b"error code: 1010 and more",
    {}, [], "text", None, 7, {"detail": "no"}, {"message": ""}, {"error": {}}, {"error": {"code": "X"}},
    {"title": "Error 1015", "status": 403}, b'{"message": "cut of', {"message": ["no"]},
]  # fmt: skip
OTHER_STATUSES = [100, 300, 301, 302, 304, 307, 308, 405, 408, 410, 412, 413, 418, 425, 431, 451, 499]
NOT_REPEATABLE = [
    MakeThing(), CreateCampaign("x"), DuplicateCampaign(7), ReplyEmailThread(7, "s", "<p>x</p>")
]  # fmt: skip


async def outcome(scripted: ScriptedTransport, request: Request[Any], response: HttpResponse) -> Exception:
    scripted.then(response)
    with pytest.raises((APIError, OutcomeUnknown)) as raised:
        await scripted.client().send(request)
    assert len(scripted.sent) == 1
    return raised.value


# --- requests that must not be repeated --------------------------------------------------------------


def test_every_4xx_of_the_contract_is_a_refusing_status() -> None:
    documented = {int(each["status"]) for o in EVERYTHING.values() for each in o.get("error_examples", [])}
    documented |= {int(status) for operation in EVERYTHING.values() for status in operation["errors"]}
    assert {status for status in documented if 400 <= status < 500} - {429} <= REFUSING


@pytest.mark.parametrize("body", ENVELOPES)
@pytest.mark.parametrize("status", sorted(REFUSING))
async def test_a_documented_error_body_with_a_refusing_status_is_a_refusal(
    scripted: ScriptedTransport, status: int, body: Any
) -> None:
    error = await outcome(scripted, MakeThing(), reply(status, body))
    assert isinstance(error, APIError)
    assert error.refused


@pytest.mark.parametrize("body", OTHER_BODIES)
@pytest.mark.parametrize("status", sorted(REFUSING))
async def test_any_other_body_with_a_refusing_status_leaves_the_outcome_unknown(
    scripted: ScriptedTransport, status: int, body: Any
) -> None:
    error = await outcome(scripted, MakeThing(), reply(status, body))
    assert isinstance(error, OutcomeUnknown)
    assert isinstance(error.failure, APIError)
    assert error.failure.status == status


@pytest.mark.parametrize("body", [*ENVELOPES, b"", HTML])
@pytest.mark.parametrize("status", [*OTHER_STATUSES, 500, 501, 502, 503, 504, 520, 524, 530, 599])
async def test_any_other_status_leaves_the_outcome_unknown_whatever_its_body(
    scripted: ScriptedTransport, status: int, body: Any
) -> None:
    error = await outcome(scripted, MakeThing(), reply(status, body, location="https://other.example/"))
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize("request_", NOT_REPEATABLE)
@pytest.mark.parametrize(
    "response",
    [reply(302), reply(304), reply(408, {"message": "late"}), reply(404, HTML), reply(403, CHALLENGE)],
)
async def test_it_holds_for_every_kind_of_request_that_must_not_be_repeated(
    scripted: ScriptedTransport, request_: Request[Any], response: HttpResponse
) -> None:
    assert isinstance(await outcome(scripted, request_, response), OutcomeUnknown)


@given(st.integers(100, 599), st.binary(max_size=60))
def test_only_json_with_a_refusing_status_or_a_429_counts_as_refused(status: int, body: bytes) -> None:
    error = api_error(status, {}, body, redact=str)
    if error.refused and status != 429 and not 200 <= status < 300:
        assert status in REFUSING
        assert isinstance(error.body, dict)


async def test_the_refused_user_agent_is_a_refusal_because_the_edge_passes_nothing_on(
    scripted: ScriptedTransport,
) -> None:
    error = await outcome(scripted, MakeThing(), reply(403, b"error code: 1010"))
    assert isinstance(error, APIError)
    assert error.refused
    assert "User-Agent" in error.message


@pytest.mark.parametrize("body", [b"", b"slow down", HTML, b"error code: 1015", {"message": "slow down"}])
async def test_a_429_with_any_body_was_not_processed_and_is_retried(
    scripted: ScriptedTransport, body: Any
) -> None:
    scripted.then(reply(429, body), reply(200, {"id": 7}))
    assert (await scripted.client().send_raw(MakeThing())).attempts == 2


def test_an_ok_false_with_status_200_is_a_refusal() -> None:
    assert is_refusal(200, {"ok": False}, "")


# --- requests that may be repeated -------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 425, 499])
@pytest.mark.parametrize("request_", [ReadThing(), SaveThing()])
async def test_a_request_on_which_a_gateway_gave_up_is_retried(
    scripted: ScriptedTransport, request_: Request[Any], status: int
) -> None:
    scripted.then(reply(status, HTML), reply(200, {"id": 7}))
    assert (await scripted.client().send_raw(request_)).attempts == 2


@pytest.mark.parametrize("status", [301, 302, 304, 404, 403, 413])
async def test_a_page_or_redirect_is_raised_at_once_because_it_would_come_again(
    scripted: ScriptedTransport, status: int
) -> None:
    error = await outcome(scripted, SaveThing(), reply(status, HTML))
    assert isinstance(error, APIError)
    assert not isinstance(error, ServerError | RateLimited)


async def test_an_html_404_to_a_retried_delete_is_not_success(scripted: ScriptedTransport) -> None:
    scripted.then(reply(500), reply(404, HTML))
    with pytest.raises(NotFound):
        await scripted.client().send(DeleteThing())


@pytest.mark.parametrize("body", [b"", HTML, b"Not Found", {"detail": "Not Found"}])
async def test_a_404_of_something_else_than_the_api_does_not_mean_that_there_is_no_such_object(
    scripted: ScriptedTransport, body: Any
) -> None:
    scripted.then(reply(404, body))
    with pytest.raises(NotFound):
        await scripted.client().send(FindThing())


# --- messages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (reply(403, CHALLENGE, server="cloudflare"), ["network edge", "browser check"]),
        (reply(503, HTML, cf_mitigated="challenge"), ["network edge", "browser check"]),
        (reply(403, b"error code: 1020"), ["network edge", "1020"]),
        (reply(502, HTML), ["HTML page", "404 Not Found"]),
        (reply(301, HTML, location="https://other.example/api/v2/x"), ["redirect to https://other.example/api/v2/x"]),
        (reply(302, b"", location="/login?next=1"), ["redirect to /login,"]),
        (reply(302, b""), ["a redirect, not followed"]),
    ],
)  # fmt: skip
async def test_a_response_of_something_else_than_the_api_is_called_what_it_is(
    scripted: ScriptedTransport, response: HttpResponse, words: list[str]
) -> None:
    message = str(await outcome(scripted, MakeThing(), response))
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    "location",
    [
        "https://user:secret@other.example/x?token=secret#secret",
        "//user:secret@other.example/x;p?secret",
        "https://other.example:70000/secret",
        "https://[secret/",
        "/x\x1b[31msecret",
    ],
)
async def test_a_redirect_shows_no_credentials_query_or_escape_sequences(
    scripted: ScriptedTransport, location: str
) -> None:
    message = str(await outcome(scripted, MakeThing(), reply(302, b"", location=location)))
    assert "secret" not in message
    assert "\x1b" not in message
