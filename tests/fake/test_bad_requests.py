"""Requests that no good client sends: each gets a refusal in the API's shape, and never a 500."""

from __future__ import annotations

import gzip
import io
import json
import logging
import zlib
from typing import Any

import aiohttp
import attrs
import pytest

from smartlead_async.api.campaigns.create import CreateCampaign
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.call import Call
from smartlead_async.fake.content import MAX_BODY
from smartlead_async.fake.replies import Reply
from smartlead_async.fake.server import running
from smartlead_async.transport import HttpRequest

from .raw import AGENT, Raw, expect, invalid

LISTS = ["/email-accounts", "/leads/global-leads", "/leads/all", "/campaigns/4101/leads"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "-1", "-2", "-9999999999999999999"])
async def test_a_page_has_at_least_one_item(raw: Raw, path: str, limit: str) -> None:
    await raw.create()
    refusal = expect(await raw.send("GET", path, limit=limit), 400)
    assert refusal["validation"] == {"source": "query", "keys": ["limit"]}


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/leads/all"])
@pytest.mark.parametrize("offset", ["-1", str(2**53), str(2**63), str(2**64), "9" * 5000, "-" + "9" * 400])
async def test_an_offset_is_neither_negative_nor_too_large(raw: Raw, path: str, offset: str) -> None:
    await raw.create()
    refusal = expect(await raw.send("GET", path, offset=offset), 400)
    assert refusal["validation"] == {"source": "query", "keys": ["offset"]}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "limit",
    ["1_0", "\u0665", "\uff11\uff10", "+5", " 5", "5 ", "5.0", "5e0", "0x5", "", "five", "\u00b2", "5\n"],
)
async def test_a_number_in_a_query_is_of_ascii_digits(raw: Raw, path: str, limit: str) -> None:
    await raw.create()
    refusal = expect(await raw.send("GET", path, limit=limit), 400)
    assert refusal == invalid('"limit" must be a number', "limit", source="query")


@pytest.mark.parametrize("name", ["limit", "api_key"])
async def test_a_query_key_that_is_given_twice_is_a_400(raw: Raw, name: str) -> None:
    value = "test-key" if name == "api_key" else "1"
    url = f"https://fake.example/api/v1/leads/global-leads?api_key=test-key&limit=1&{name}={value}"
    refusal = expect(await raw.transport.send(HttpRequest("GET", url, AGENT, None)), 400)
    assert refusal == invalid(f'"{name}" must be given once', name, source="query")


@pytest.mark.parametrize("number", ["9" * 17, "9" * 4301, "9" * 5000, str(2**63), str(2**64)])
@pytest.mark.parametrize("path", ["/campaigns/{}", "/campaigns/{}/leads", "/leads/{}", "/email-accounts/{}"])
async def test_an_id_that_is_too_large_is_a_400(raw: Raw, path: str, number: str) -> None:
    refusal = expect(await raw.send("GET", path.format(number)), 400)
    assert refusal == invalid('"id" must be a safe number', "id", source="params")


@pytest.mark.parametrize(
    "number", ["4_101", "+4101", "%204101", "4101%20", "\u0664101", "4101.0", "%zz", "%00", "4101%2Fleads"]
)
async def test_an_id_is_of_ascii_digits(raw: Raw, number: str) -> None:
    await raw.create()
    refusal = expect(await raw.send("GET", f"/campaigns/{number}"), 400)
    assert refusal == invalid('"id" must be a number', "id", source="params")


@pytest.mark.parametrize(
    "path", ["/campaigns%2F4101", "//campaigns", "/campaigns//", "/campaigns//4101", "%2Fcampaigns"]
)
async def test_an_encoded_or_doubled_slash_does_not_separate_segments(raw: Raw, path: str) -> None:
    await raw.create()
    response = await raw.send("GET", path)
    assert response.status == 404
    assert response.headers["content-type"].startswith("text/html")


BODIES = {
    "not JSON": b"{",
    "nothing but a word": b"name=A",
    "nested deeper than a parser goes": b"[" * 100_000,
    "NaN": b'{"name": NaN}',
    "infinity": b'{"name": "A", "client_id": 1e999}',
    "five thousand digits": b'{"name": "A", "client_id": ' + b"1" * 5000 + b"}",
    "a lone surrogate": rb'{"name": "\ud800"}',
    "bytes that are not UTF-8": b'{"name": "\xff"}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "A"}',
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "a string": b'"A"',
    "a number beyond 64 bits": b'{"name": "A", "client_id": 18446744073709551616}',
    "a number beyond 53 bits": b'{"name": "A", "client_id": 9007199254740992}',
    "a fraction": b'{"name": "A", "client_id": 1.5}',
    "a boolean": b'{"name": "A", "client_id": true}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_that_is_not_valid_is_a_400(raw: Raw, body: bytes) -> None:
    refusal = expect(await raw.send("POST", "/campaigns/create", body), 400)
    assert refusal["error"] == "Bad Request"
    assert raw.fake.campaigns == {}


def nested(depth: int) -> Any:
    value: Any = "x"
    for number in range(depth):
        value = {"x": value} if number % 2 else [value]
    return value


async def test_a_value_nested_deeper_than_a_response_can_be_is_a_400(raw: Raw) -> None:
    campaign_id = await raw.create()
    for depth, status in ((90, 200), (240, 400), (900, 400)):
        leads = [{"email": f"p{depth}@prospect.example", "custom_fields": {"x": nested(depth)}}]
        response = await raw.send("POST", f"/campaigns/{campaign_id}/leads", {"lead_list": leads})
        assert response.status == status
    assert len((await raw.get(f"/campaigns/{campaign_id}/leads"))["data"]) == 1


async def test_a_number_without_a_fraction_is_an_integer(raw: Raw) -> None:
    await raw.post("/campaigns/create", {"name": "A", "client_id": 7.0})
    assert b'"client_id":7}' in (await raw.send("GET", "/campaigns/4101")).body


async def test_head_is_get_without_a_body(raw: Raw) -> None:
    await raw.create()
    got, head = [await raw.send(method, "/campaigns/4101") for method in ("GET", "HEAD")]
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(got.body))
    assert (await raw.send("HEAD", "/campaigns/create")).status == 400
    assert (await raw.send("HEAD", "/nowhere")).status == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/campaigns", "GET, HEAD"),
        ("/campaigns/create", "DELETE, GET, HEAD, POST"),
        ("/campaigns/4101", "DELETE, GET, HEAD"),
        ("/campaigns/4101/status", "POST"),
        ("/webhook/create", "GET, HEAD, POST"),
    ],
)
async def test_options_and_an_unknown_method_name_the_methods_of_a_path(
    raw: Raw, path: str, allowed: str
) -> None:
    raw = Raw(raw.fake, raw.transport, key=None)
    options = await raw.send("OPTIONS", path)
    assert (options.status, options.headers["allow"]) == (200, allowed)
    for method in ("PATCH", "TRACE", "PROPFIND"):
        refused = await raw.send(method, path)
        assert (refused.status, refused.headers["allow"]) == (404, allowed)
        assert f"<pre>Cannot {method} /api/v1{path}</pre>".encode() in refused.body


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "HEAD"])
async def test_a_path_that_does_not_exist_allows_nothing(raw: Raw, method: str) -> None:
    response = await raw.send(method, "/nowhere")
    assert response.status == 404
    assert "allow" not in response.headers


def broken_handler(_call: Call) -> Reply:
    raise ZeroDivisionError("secret of the body")


async def test_an_error_in_a_handler_is_a_500_in_the_shape_of_the_api_and_is_logged_with_its_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, raw: Raw
) -> None:
    route, _ = raw.fake._backend.router.find("POST", "/campaigns/create")
    assert route is not None
    broken = attrs.evolve(route, handler=broken_handler)
    monkeypatch.setattr(raw.fake._backend.router, "find", lambda *_: (broken, []))
    with caplog.at_level(logging.ERROR):
        response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    assert expect(response, 500) == {"error": "Internal server error"}
    (entry,) = raw.fake.requests.entries
    assert entry.reason is not None
    assert "ZeroDivisionError at" in entry.reason
    assert "in broken_handler" in entry.reason
    assert f"{CreateCampaign.__name__} failed at {__file__}" in caplog.text
    assert "test-key" not in caplog.text


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("curl/8.5.0", "the User-Agent names only a library: 'curl/8.5.0'"),
        ("", "the User-Agent is empty"),
        ("python-requests/2.3\x1b[2J", r"the User-Agent names only a library: 'python-requests/2.3\x1b[2J'"),
    ],
)
async def test_the_log_has_the_reason_of_a_403(fake: FakeSmartlead, agent: str, reason: str) -> None:
    fake.receive("GET", "/api/v1/campaigns", "api_key=test-key", {"user-agent": agent}, None)
    (entry,) = fake.requests.entries
    assert (entry.status, entry.reason) == (403, reason)


JSON = b'{"name": "A"}'
LABELLED: dict[str, tuple[bytes, dict[str, str], int]] = {
    "gzip": (gzip.compress(JSON), {"Content-Encoding": "gzip"}, 200),
    "deflate": (zlib.compress(JSON), {"Content-Encoding": "Deflate"}, 200),
    "identity": (JSON, {"Content-Encoding": "identity"}, 200),
    "plain labelled gzip": (JSON, {"Content-Encoding": "gzip"}, 400),
    "plain labelled deflate": (JSON, {"Content-Encoding": "deflate"}, 400),
    "half of a gzip": (gzip.compress(JSON)[:-9], {"Content-Encoding": "gzip"}, 400),
    "plain labelled br": (JSON, {"Content-Encoding": "br"}, 415),
    "an unknown coding": (JSON, {"Content-Encoding": "gzip, rot13"}, 415),
    "a gzip bomb": (gzip.compress(b" " * (MAX_BODY + 1)), {"Content-Encoding": "gzip"}, 413),
    "too large": (b" " * (MAX_BODY + 1), {}, 413),
    "UTF-16": (JSON.decode().encode("utf-16"), {"Content-Type": "application/json; charset=UTF-16"}, 200),
    "not UTF-16": (b"x", {"Content-Type": "application/json; charset=utf-16"}, 400),
    "an unknown charset": (JSON, {"Content-Type": "application/json; charset=klingon"}, 415),
    "an unknown UTF": (JSON, {"Content-Type": "application/json; charset=utf-99"}, 415),
    "a content type that is none": (JSON, {"Content-Type": ";;;=/"}, 200),
}


@pytest.mark.sockets
@pytest.mark.parametrize(("body", "headers", "status"), LABELLED.values(), ids=LABELLED)
async def test_a_body_is_read_as_its_labels_say(
    fake: FakeSmartlead, body: bytes, headers: dict[str, str], status: int
) -> None:
    async with running(fake) as base_url, aiohttp.ClientSession(headers=AGENT) as session:
        url = f"{base_url}/campaigns/create?api_key=test-key"
        async with session.post(url, data=io.BytesIO(body), headers=headers) as response:
            assert response.status == status
            assert ("id" in json.loads(await response.read())) is (status == 200)


@pytest.mark.sockets
async def test_what_is_not_http_is_logged_in_one_line_without_the_key(
    fake: FakeSmartlead, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        running(fake) as base_url,
        aiohttp.ClientSession(headers=AGENT) as session,
        session.get(f"{base_url}/{'x' * 9000}?api_key=test-key") as response,
    ):
        assert response.status == 400
    assert caplog.messages == ["A request was not valid HTTP (LineTooLong)"]
    assert caplog.records[0].exc_info is None
