"""Responses become values or errors: the ten envelopes of the contract, and bodies that are not JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smartlead_async.api.acknowledgement import Acknowledgement
from smartlead_async.errors import (
    APIError,
    AuthenticationError,
    BadRequest,
    Conflict,
    NotFound,
    OperationRefused,
    PermissionDenied,
    RateLimited,
    ResponseDecodeError,
    ServerError,
    ServiceUnavailable,
    ValidationFailed,
    error_class,
)
from smartlead_async.pipeline.headers import RateLimitState, retry_after
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.request import Request
from smartlead_async.transport import HttpResponse

from .operations import (
    AskThing,
    DeleteThing,
    FindThing,
    ListThings,
    MakeThing,
    ReadText,
    ReadThing,
    SaveThing,
    Thing,
)
from .scripted import ScriptedTransport, reply


async def refused(scripted: ScriptedTransport, status: int, body: Any, **headers: str) -> APIError:
    """Return the error that a response to a read results in, without retries."""
    scripted.then(reply(status, body, **headers))
    with pytest.raises(APIError) as raised:
        await scripted.client(retry=RetryPolicy.NEVER).send(ReadThing())
    assert raised.value.status == status
    assert raised.value.attempts == 1
    assert raised.value.operation == "ReadThing"
    return raised.value


# --- the ten envelopes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest), (401, AuthenticationError), (403, PermissionDenied), (404, NotFound),
        (409, Conflict), (422, ValidationFailed), (429, RateLimited), (500, ServerError),
        (503, ServiceUnavailable),
    ],
)  # fmt: skip
async def test_envelope_1_error_object_with_details(
    scripted: ScriptedTransport, status: int, kind: type[APIError]
) -> None:
    body = {
        "error": {
            "code": "VALIDATION_ERROR",
            "message": "Timezone is not known",
            "details": {"field": "schedule.timezone", "constraint": "IANA"},
        }
    }
    error = await refused(scripted, status, body)
    assert type(error) is kind
    assert (error.code, error.message, error.field) == (
        "VALIDATION_ERROR", "Timezone is not known", "schedule.timezone",
    )  # fmt: skip
    assert error.body == body


async def test_envelope_2_success_false_with_error_object(scripted: ScriptedTransport) -> None:
    body = {
        "success": False,
        "error": {"code": "CAMPAIGN_ACTIVE", "message": "Cannot delete an active campaign"},
    }
    error = await refused(scripted, 409, body)
    assert type(error) is Conflict
    assert (error.code, error.message) == ("CAMPAIGN_ACTIVE", "Cannot delete an active campaign")


async def test_envelope_3_error_string_with_extra_keys(scripted: ScriptedTransport) -> None:
    error = await refused(
        scripted, 404, {"error": "Campaign not found - Invalid campaign_id.", "campaign_id": 4101}
    )
    assert type(error) is NotFound
    assert (error.code, error.message) == (None, "Campaign not found - Invalid campaign_id.")
    assert error.body["campaign_id"] == 4101


@pytest.mark.parametrize("extra", [{}, {"status": "error"}])
async def test_envelope_4_message_string(scripted: ScriptedTransport, extra: dict[str, str]) -> None:
    error = await refused(scripted, 401, {"message": "Invalid API Key"} | extra)
    assert type(error) is AuthenticationError
    assert error.message == "Invalid API Key"


async def test_envelope_4_as_a_500(scripted: ScriptedTransport) -> None:
    error = await refused(scripted, 500, {"message": "Invalid campaign Id!"})
    assert (type(error), error.message) == (ServerError, "Invalid campaign Id!")


@pytest.mark.parametrize(
    "code", ["ACCOUNT_NOT_FOUND", "ACCOUNT_ALREADY_EXIST", "ACCOUNT_VERIFICATION_FAILED"]
)
async def test_envelope_5_ok_false_with_error_code(scripted: ScriptedTransport, code: str) -> None:
    body = {"ok": False, "message": "Mailbox trouble", "errorCode": code, "emailAccountId": 31}
    error = await refused(scripted, 400, body)
    assert (type(error), error.code, error.message) == (BadRequest, code, "Mailbox trouble")


async def test_envelope_6_validation_error_with_the_details_in_message(scripted: ScriptedTransport) -> None:
    body = {
        "statusCode": 400,
        "error": "Bad Request",
        "message": '"clinet_id" is not allowed',
        "validation": {"source": "body", "keys": ["clinet_id"]},
    }
    error = await refused(scripted, 400, body)
    assert type(error) is BadRequest
    assert (error.message, error.field) == ('"clinet_id" is not allowed', "clinet_id")
    assert str(error) == '"clinet_id" is not allowed (HTTP 400, ReadThing)'


@pytest.mark.parametrize("flag", ["ok", "success"])
async def test_envelope_7_a_200_with_a_false_flag_is_refused(scripted: ScriptedTransport, flag: str) -> None:
    error = await refused(scripted, 200, {flag: False, "message": "Lead quota spent", "id": 7})
    assert type(error) is OperationRefused
    assert error.message == "Lead quota spent"


async def test_envelope_7_a_false_flag_can_be_a_regular_result(
    scripted: ScriptedTransport,
) -> None:
    scripted.then(reply(200, {"ok": False}))
    assert await scripted.client().send(AskThing()) == Acknowledgement(ok=False)


@pytest.mark.parametrize("body", [{}, b"null", {"data": {}}, {"data": []}, []])
async def test_envelope_8_an_empty_response_to_a_read_is_not_found(
    scripted: ScriptedTransport, body: Any
) -> None:
    scripted.then(reply(200, body))
    with pytest.raises(NotFound) as raised:
        await scripted.client().send(ReadThing())
    assert raised.value.attempts == 1


@pytest.mark.parametrize(
    "response", [reply(200, {}), reply(200, b""), reply(404, {"error": "Lead not found"})]
)
async def test_envelope_8_an_empty_response_is_none_for_an_optional_result(
    scripted: ScriptedTransport, response: Any
) -> None:
    scripted.then(response)
    assert await scripted.client().send(FindThing()) is None


async def test_an_empty_object_in_response_to_a_write_is_a_decode_error(scripted: ScriptedTransport) -> None:
    scripted.then(reply(200, {}))
    with pytest.raises(ResponseDecodeError, match="empty") as raised:
        await scripted.client().send(MakeThing())
    assert not raised.value.malformed


@pytest.mark.parametrize(
    ("json", "text"),
    [
        (rb'"cut \ud83d"', "cut \ufffd"),
        (rb'"cut \uDE00 here"', "cut \ufffd here"),
        (rb'"\ud83d\ude00 \ud83d\ud83d\ude00"', "😀 \ufffd😀"),
        (rb'"a path: C:\\ud83d, \ud83d"', "a path: C:\\ud83d, \ufffd"),
    ],
)
async def test_half_of_a_character_is_replaced(scripted: ScriptedTransport, json: bytes, text: str) -> None:
    """A server in JavaScript cuts the preview of a mail in the middle of an emoji."""
    scripted.then(reply(200, b'\xef\xbb\xbf{"id": 7, "name": ' + json + b"}"))
    assert (await scripted.client().send(ReadThing())).name == text


EMPTY = [reply(200), reply(204), reply(201, b"  \n")]


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("request_", [ReadThing(), ListThings(), AskThing(), SaveThing()])
async def test_a_repeatable_request_with_an_empty_body_in_response_is_sent_again(
    scripted: ScriptedTransport, request_: Request[Any], empty: HttpResponse
) -> None:
    scripted.then(empty, reply(200, [{"id": 7}] if isinstance(request_, ListThings) else {"id": 7}))
    assert (await scripted.client().send_raw(request_)).attempts == 2


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("request_", [ReadThing(), ListThings(), AskThing(), MakeThing()])
async def test_an_empty_body_where_something_is_due_is_malformed(
    scripted: ScriptedTransport, request_: Request[Any], empty: HttpResponse
) -> None:
    scripted.then(empty)
    with pytest.raises(ResponseDecodeError, match=f"HTTP {empty.status}.*empty") as raised:
        await scripted.client(retry=RetryPolicy.NEVER).send(request_)
    assert raised.value.malformed
    assert len(scripted.sent) == 1


async def test_a_byte_order_mark_before_json_is_ignored(scripted: ScriptedTransport) -> None:
    scripted.then(reply(200, b'\xef\xbb\xbf{"id": 7}'))
    assert await scripted.client().send(ReadThing()) == Thing(7)


@pytest.mark.parametrize("text", [b"success", b"Email added to the queue, will be sent out soon!\n"])
async def test_envelope_9_plain_text_success(scripted: ScriptedTransport, text: bytes) -> None:
    scripted.then(reply(200, text))
    assert await scripted.client().send(DeleteThing()) == Acknowledgement(message=text.decode().strip())


async def test_undocumented_plain_text_is_a_decode_error(scripted: ScriptedTransport) -> None:
    scripted.then(reply(200, b"success"))
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client().send(MakeThing())
    assert raised.value.malformed
    assert raised.value.excerpt == "success"


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b' {"ok": tr', b'[{"ok": true'])
async def test_html_and_truncated_json_are_not_plain_text_success(
    scripted: ScriptedTransport, body: bytes
) -> None:
    scripted.then(reply(200, body))
    with pytest.raises(ResponseDecodeError):
        await scripted.client(retry=RetryPolicy.NEVER).send(DeleteThing())


PAGE = b"<!DOCTYPE html>\n<html><style>a {}</style>\n<body><pre>Cannot POST /api/v1/things</pre></body>"


@pytest.mark.parametrize("request_", [ReadThing(), FindThing()])
async def test_envelope_10_the_html_page_of_an_unknown_route_is_not_found(
    scripted: ScriptedTransport, request_: Request[Any]
) -> None:
    # Even for an optional result, because the route is unknown and not the object.
    scripted.then(reply(404, PAGE))
    with pytest.raises(NotFound) as raised:
        await scripted.client().send(request_)
    assert raised.value.message == "an HTML page: Cannot POST /api/v1/things"
    assert raised.value.body == PAGE.decode()


# --- unusual bodies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "SmartLead returned HTTP 400 without an error message"),
        (b"   ", "SmartLead returned HTTP 400 without an error message"),
        (b"{}", "SmartLead returned HTTP 400 without an error message"),
        (b"[1]", "SmartLead returned HTTP 400 without an error message"),
        (b'"just a text"', "just a text"),
        (b"Too  many\nrequests", "Too many requests"),
        (b"<br/>", "an HTML page"),
        (b"caf\xe9 \xff\xfe", "caf\ufffd \ufffd\ufffd"),
        (b'{"message": "\xff"}', '{"message": "\ufffd"}'),
        (b'{"message": null, "error": "why"}', "why"),
        (b'{"error": {"code": "X"}, "message": "why"}', "why"),
        (b'{"error": {"message": 5, "details": "none", "code": 17}}', "5"),
        (b'{"message": "This happened", "error": "NoSuchThing"}', "This happened: NoSuchThing"),
        (b'{"validation": 3, "message": ["a list"]}', "SmartLead returned HTTP 400 without an error message"),
    ],
)
async def test_any_error_body_becomes_a_message(
    scripted: ScriptedTransport, body: bytes, message: str
) -> None:
    assert (await refused(scripted, 400, body)).message == message


async def test_a_long_html_page_is_shortened(scripted: ScriptedTransport) -> None:
    error = await refused(scripted, 502, b"<html>" + b"word " * 5000)
    assert len(error.message) < 250
    assert len(error.body) == 500


async def test_an_error_has_the_response_headers(scripted: ScriptedTransport) -> None:
    error = await refused(scripted, 409, {"error": "no"}, x_request_id="a1")
    assert error.headers == {"x-request-id": "a1"}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_an_error_and_is_not_followed(scripted: ScriptedTransport, status: int) -> None:
    error = await refused(scripted, status, b"", location="https://elsewhere.example/")
    assert type(error) is APIError
    assert len(scripted.sent) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(402, APIError), (406, APIError), (418, APIError), (502, ServerError), (599, ServerError)],
)
def test_a_status_without_its_own_class_uses_a_general_one(status: int, kind: type) -> None:
    assert error_class(status) is kind


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"id": "seven"}, "expected an integer, got the string 'seven' @ $.id"),
        ({"id": None}, "expected an integer, got null @ $.id"),
        ({"name": "x"}, "required field missing @ $.id"),
        ([{"id": 1}, {"id": 2}], "expected an object, got a list @ $"),
    ],
)
async def test_a_decode_error_has_the_json_path(scripted: ScriptedTransport, body: Any, line: str) -> None:
    scripted.then(reply(200, body))
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client().send(ReadThing())
    error = raised.value
    assert error.problems == (line,)
    assert (error.malformed, error.status, error.excerpt) == (False, 200, json.dumps(body))
    assert error.__cause__ is None
    assert line in str(error)


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b'{"id": 7, "name": "\xe9"}', b"{'id': 7}", b'{"id": NaN}'])
async def test_invalid_json_is_reported_as_malformed(scripted: ScriptedTransport, body: bytes) -> None:
    scripted.then(reply(201, body))
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client().send(MakeThing())
    assert (raised.value.malformed, raised.value.status) == (True, 201)
    assert raised.value.problems[0].startswith("unexpected") or "@ $ (line 1" in raised.value.problems[0]


@pytest.mark.parametrize(
    "body", [{"id": 7}, {"id": "7"}, {"data": {"id": 7}}, {"ok": True, "data": {"id": 7}}, [{"id": 7}]]
)
async def test_bare_and_wrapped_responses_are_decoded_alike(scripted: ScriptedTransport, body: Any) -> None:
    scripted.then(reply(200, body))
    assert await scripted.client().send(ReadThing()) == Thing(7)


async def test_a_text_response_is_returned_as_a_string(scripted: ScriptedTransport) -> None:
    scripted.then(reply(200, b"\xef\xbb\xbfid,name\r\n7,Zo\xc3\xab\r\n"))
    assert await scripted.client().send(ReadText()) == "id,name\r\n7,Zo\u00eb\r\n"


# --- headers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (429, {}, None, None),
        (429, {"retry-after": "7"}, None, 7.0),
        (429, {"retry-after": "-7"}, None, None),
        (429, {"retry-after": "nan"}, None, None),
        (429, {"retry-after": "1e400"}, None, None),
        (429, {"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, None, 40.0),
        (429, {"retry-after": "Thu, 01 Jan 1970 00:01:40 -0000"}, None, 40.0),
        (429, {"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 0.0),
        (429, {"retry-after": "soon"}, {"retry_after": 9}, 9.0),
        (429, {}, {"error": {"retry_after": True}}, None),
        (429, {}, {"error": "text", "retry_after": 4}, 4.0),
        (429, {}, "text", None),
        (429, {"x-ratelimit-reset": "70"}, None, 10.0),
        (429, {"x-ratelimit-reset": "50"}, None, 0.0),
        (500, {"x-ratelimit-reset": "70"}, None, None),
    ],
)
def test_retry_after_is_read_from_all_sources(
    status: int, headers: dict[str, str], body: Any, seconds: float | None
) -> None:
    assert retry_after(status, headers, body, now=60.0) == seconds


@pytest.mark.parametrize(
    ("headers", "state"),
    [
        ({}, RateLimitState()),
        (
            {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000000"},
            RateLimitState(60, 0, 1_800_000_000.0),
        ),
        ({"x-ratelimit-limit": "60;w=60", "x-ratelimit-remaining": "-1"}, RateLimitState()),
        # int() rejects numbers with too many digits, and some characters that str.strip() removes.
        ({"x-ratelimit-limit": "9" * 5000, "x-ratelimit-reset": "9" * 5000}, RateLimitState()),
        ({"x-ratelimit-limit": "0\x1f", "x-ratelimit-remaining": " 7 "}, RateLimitState(remaining=7)),
    ],
)
def test_rate_limit_headers_become_numbers_or_none(headers: dict[str, str], state: RateLimitState) -> None:
    assert RateLimitState.from_headers(headers) == state
