"""The API key does not appear in logs, tracebacks, causes, reprs or pickles, in any encoding."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import pickle
import re
import traceback
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import aiohttp
import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from smartlead_async.client import SmartleadClient
from smartlead_async.errors import (
    APIError,
    ConfigurationError,
    Interrupted,
    NotSent,
    OutcomeUnknown,
    RequestTimeout,
    ResponseDecodeError,
    SmartleadError,
)
from smartlead_async.limits import RateLimits
from smartlead_async.pipeline.api_key import ApiKey
from smartlead_async.pipeline.events import Attempt
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.transport import HttpRequest, HttpResponse
from smartlead_async.transport.aiohttp import AiohttpTransport

from .loopback import Loopback, close_connection, http, reset_connection, send_nothing, truncated
from .operations import DeleteThing, MakeThing, ReadThing
from .scripted import ScriptedTransport, never_respond, reply

KEY = """k+y/s3cret=%1&"x'<é"""
PLAIN_KEY = "c0ffee-5ec2e7-key_1"


def spellings(key: str) -> set[str]:
    """Return the key in all encodings that servers, libraries and reprs use."""
    return {
        key,
        quote(key),
        quote(key, safe=""),
        quote_plus(key),
        re.sub("%..", lambda escape: escape[0].lower(), quote_plus(key)),
        URL(f"http://x/?api_key={quote_plus(key)}").raw_query_string.removeprefix("api_key="),
        json.dumps(key)[1:-1],
        json.dumps(key).replace("/", "\\/")[1:-1],
        json.dumps(key).replace("&", "\\u0026").replace("+", "\\u002B")[1:-1],
        html.escape(key),
        html.escape(key, quote=False),
        repr(key)[1:-1],
        repr(json.dumps(key))[2:-2],
    }


def assert_hidden(text: str, key: str) -> None:
    for spelling in spellings(key):
        assert spelling not in text, f"the key shows in: {text[:2000]}"


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error with all causes and contexts, including those that a traceback does not print."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        here = waiting.pop()
        if here is None or any(here is other for other in seen):
            continue
        seen.append(here)
        yield here
        waiting += [here.__cause__, here.__context__, getattr(here, "failure", None)]


def assert_no_leak(error: BaseException, key: str, *, locals_too: bool = True) -> None:
    """Search everything that can be obtained from an error for the key."""
    for one in chain(error):
        assert not isinstance(one, aiohttp.ClientError), "an exception of aiohttp left the transport"
        assert_hidden(str(one), key)
        assert_hidden(repr(one), key)
        assert_hidden(repr(vars(one)), key)
        # Include the locals of our frames, as some error trackers do.
        frames = traceback.TracebackException.from_exception(one, capture_locals=locals_too)
        ours = [f for f in frames.stack if "smartlead_async" in f.filename]
        assert_hidden("\n".join(str(f.locals) for f in ours), key)
        assert_hidden("".join(traceback.format_exception(one)), key)
    pickled = pickle.dumps(error)
    assert_hidden(pickled.decode("utf-8", "replace"), key)
    assert_hidden(repr(vars(pickle.loads(pickled))), key)


@pytest.fixture(params=[KEY, PLAIN_KEY])
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def search_logs(caplog: pytest.LogCaptureFixture, key: str) -> Iterator[None]:
    """Search the DEBUG records of all loggers, including those of libraries, for the key."""
    caplog.set_level(logging.DEBUG)
    yield
    for record in caplog.get_records("call"):
        assert_hidden(f"{record.getMessage()} {record.args!r} {record.exc_text}", key)


# --- the key object ----------------------------------------------------------------------------------


def test_the_key_object_hides_the_key(key: str) -> None:
    held = ApiKey(key)
    assert_hidden(f"{held} {held!r}", key)
    with pytest.raises(TypeError, match="cannot be pickled") as raised:
        pickle.dumps(held)
    assert_hidden(str(raised.value), key)
    assert not hasattr(held, "__dict__")


def test_every_spelling_is_redacted(key: str) -> None:
    held = ApiKey(key)
    for spelling in spellings(key):
        assert held.redact(f"before {spelling} after") == "before *** after", spelling


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=8, max_size=30), st.text()
)
def test_any_printable_key_is_redacted_from_any_string(any_key: str, around: str) -> None:
    held = ApiKey(any_key)
    for spelling in spellings(any_key):
        redacted = held.redact(f"{around}{spelling}{around}")
        assert spelling not in redacted.replace("***", "\0")
        assert "***" in redacted


@pytest.mark.parametrize("bad", ["", "  ", "two words", "line\nbreak", " edge", "tab\t", "nul\0"])
def test_an_invalid_key_is_rejected_without_being_shown(bad: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        SmartleadClient(bad, transport=ScriptedTransport())
    assert not bad.strip() or bad not in str(raised.value)


# --- reprs and pickles -------------------------------------------------------------------------------


async def test_no_printable_object_shows_the_key(scripted: ScriptedTransport, key: str) -> None:
    seen: list[Attempt] = []
    scripted.always = reply(200, {"id": 7})
    client = scripted.client(key, on_attempt=seen.append)
    response = await client.send_raw(ReadThing(7, verbose=True))
    sent = scripted.sent[0].http
    assert quote_plus(key) in sent.url
    for thing in (
        client, client.with_options(timeout=3), client._pipeline, client._options, client.limiter,
        client.campaigns, client.campaigns.create, vars(client), vars(client._pipeline),
        sent, ReadThing(), response, seen, AiohttpTransport(), HttpResponse(200, {}, key.encode()),
    ):  # fmt: skip
        assert_hidden(f"{thing} {thing!r}", key)
    for thing in (response, seen, ReadThing()):
        assert_hidden(pickle.dumps(thing).decode("utf-8", "replace"), key)


async def test_objects_that_hold_the_key_cannot_be_pickled(scripted: ScriptedTransport, key: str) -> None:
    scripted.always = reply(200, {"id": 7})
    client = scripted.client(key)
    await client.send(ReadThing())
    for thing in (client, client._pipeline, client.campaigns, scripted.sent[0].http):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)) as raised:
            pickle.dumps(thing)
        assert_hidden(str(raised.value), key)


def test_the_repr_of_a_request_hides_only_the_key(key: str) -> None:
    request = HttpRequest("GET", f"https://server.example/x?a=1&api_key={quote_plus(key)}&b=2#end")
    assert "https://server.example/x?a=1&api_key=***&b=2#end" in repr(request)
    assert attrs.evolve(request, timeout=5).url == request.url


# --- errors of a scripted server ---------------------------------------------------------------------


def echoes(key: str) -> list[HttpResponse]:
    """Return responses that repeat the key, as proxies, frameworks and debug pages do."""
    url = f"/api/v1/things/7?api_key={quote_plus(key)}"
    page = f"<html><title>404</title><p>Cannot GET {html.escape(url)} (key {html.escape(key)})</p></html>"
    body = {"message": f"no such key {key}", "url": url, "seen": [{key: key}], "error": {"code": key}}
    escaped = json.dumps(body).replace("/", "\\/").replace("&", "\\u0026").replace("+", "\\u002b")
    padded = {"id": "x" * 30 + key}
    return [
        reply(404, page.encode()),
        reply(500, page.encode()),
        reply(200, page.encode()),
        reply(401, body),
        reply(400, escaped.encode()),
        reply(401, f"unknown key: {key}".encode()),
        reply(302, b"", location=f"https://elsewhere.example{url}"),
        reply(200, {"id": key}),
        reply(200, padded),
        reply(200, json.dumps(padded).replace("/", "\\/").encode()),
        reply(200, {"name": key}),
        reply(200, f"welcome {key}".encode()),
        reply(200, b'{"id": "' + key.encode()),
        reply(200, {"ok": False, "message": f"{key} has no credits"}),
        reply(422, {"error": "no", "validation": {"keys": [key]}, "field": key, "message": key}),
    ]


@pytest.mark.parametrize("number", range(len(echoes(""))))
@pytest.mark.parametrize("request_", [ReadThing(), MakeThing(), DeleteThing()])
async def test_a_response_that_echoes_the_key_does_not_leak_it_into_an_error(
    scripted: ScriptedTransport, key: str, number: int, request_: Any
) -> None:
    scripted.always = echoes(key)[number]
    try:
        await scripted.client(key, retry=RetryPolicy(max_attempts=2)).send(request_)
    except SmartleadError as error:
        assert_no_leak(error, key)
    else:
        assert isinstance(request_, DeleteThing), "an echo was decoded as a result"


async def test_no_part_of_the_key_is_quoted_from_a_value(scripted: ScriptedTransport) -> None:
    # Values are truncated before they are quoted; half of a key could not be found and redacted.
    scripted.always = reply(200, {"id": "x" * 30 + PLAIN_KEY})
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client(PLAIN_KEY).send(ReadThing())
    assert PLAIN_KEY[:6] not in f"{raised.value!r} {vars(raised.value)}"


@pytest.mark.parametrize("failure", [NotSent("a"), Interrupted("b"), RequestTimeout("c"), never_respond])
@pytest.mark.parametrize("request_", [ReadThing(), MakeThing()])
async def test_a_transport_failure_does_not_leak_the_key(
    scripted: ScriptedTransport, key: str, failure: Any, request_: Any
) -> None:
    scripted.always = failure
    with pytest.raises(SmartleadError) as raised:
        await scripted.client(key, retry=RetryPolicy(max_attempts=2, deadline=40)).send(request_)
    assert_no_leak(raised.value, key)


async def test_a_deadline_in_the_queue_does_not_leak_the_key(scripted: ScriptedTransport, key: str) -> None:
    scripted.always = reply(200, {"id": 7})
    client = scripted.client(key, limits=RateLimits.of((1, 100.0)), retry=RetryPolicy(deadline=5))
    await client.send(ReadThing())
    with pytest.raises(NotSent) as raised:
        await client.send(ReadThing())
    assert_no_leak(raised.value, key)


@pytest.mark.parametrize(
    "base_url",
    ["https://server.example/api/v1?api_key={}", "server.example?api_key={}", "https://server.example#{}"],
)
def test_a_key_in_the_base_url_is_not_repeated_in_the_error(key: str, base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="without query") as raised:
        SmartleadClient(key, base_url=base_url.format(key), transport=ScriptedTransport())
    assert_no_leak(raised.value, key, locals_too=False)


# --- errors of aiohttp -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (close_connection, Interrupted),
        (reset_connection, Interrupted),
        (send_nothing, RequestTimeout),
        (truncated(http(200, {"id": 7}), 30), Interrupted),
        (truncated(http(200, b"x" * 100), 120), Interrupted),
        (b"this is no HTTP at all\r\n\r\n", Interrupted),
        (http(200, b"not gzip", {"Content-Encoding": "gzip"}), Interrupted),
        (http(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}), APIError),
        (http(404, b"<html>{url}</html>"), APIError),
        (http(200, b"<html>{url}</html>"), ResponseDecodeError),
        (http(401, {"message": "no such key: {key}"}), APIError),
        (http(401, {"message": "no such key: {key}"}, {"X-Url": "{url}"}), APIError),
    ],
)
@pytest.mark.parametrize("request_", [ReadThing(), MakeThing()])
async def test_no_failure_of_the_aiohttp_transport_leaks_the_key(
    loopback: Loopback, key: str, reply: Any, kind: type[SmartleadError], request_: Any
) -> None:
    if isinstance(reply, bytes) and b"{" in reply:
        head, _, body = reply.partition(b"\r\n\r\n")
        url = f"/api/v1/things?api_key={quote_plus(key)}"
        text = body.decode().replace("{url}", url).replace("{key}", json.dumps(key, ensure_ascii=False)[1:-1])
        status = int(head.split()[1])
        reply = http(status, text.encode(), {"X-Url": url} if b"X-Url" in head else None)
    loopback.always = reply
    asyncio.get_running_loop().set_debug(True)
    async with SmartleadClient(
        key, base_url=loopback.url, retry=RetryPolicy.NEVER, timeout=0.5 if reply is send_nothing else 5
    ) as client:
        with pytest.raises(SmartleadError) as raised:
            await client.send(request_)
    error = raised.value.failure if isinstance(raised.value, OutcomeUnknown) else raised.value
    assert type(error) is kind or kind is APIError
    assert isinstance(error, kind)
    assert_no_leak(raised.value, key)
    assert len(loopback.received) == 1, "a redirect was followed, or a request was resent"
    assert quote_plus(key) in loopback.received[0].target


@pytest.mark.sockets
@pytest.mark.parametrize(
    ("base_url", "kind"),
    [
        ("http://127.0.0.1:1/api/v1", NotSent),
        ("https://127.0.0.1:1/api/v1", NotSent),
    ],
)
async def test_an_invalid_address_does_not_leak_the_key(key: str, base_url: str, kind: Any) -> None:
    async with SmartleadClient(key, base_url=base_url, retry=RetryPolicy.NEVER, timeout=5) as client:
        with pytest.raises(kind) as raised:
            await client.send(ReadThing())
    assert_no_leak(raised.value, key)


async def test_a_server_without_tls_does_not_leak_the_key(loopback: Loopback, key: str) -> None:
    loopback.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    url = loopback.url.replace("http:", "https:")
    async with SmartleadClient(key, base_url=url, retry=RetryPolicy.NEVER, timeout=5) as client:
        with pytest.raises(NotSent) as raised:
            await client.send(MakeThing())
    assert_no_leak(raised.value, key)


@pytest.mark.parametrize("port", [0, -1, 65536, 99999])
def test_an_invalid_port_is_rejected_before_sending(key: str, port: int) -> None:
    with pytest.raises(ConfigurationError) as raised:
        SmartleadClient(key, base_url=f"http://127.0.0.1:{port}/api/v1", transport=ScriptedTransport())
    assert_no_leak(raised.value, key, locals_too=False)


@pytest.mark.parametrize(
    "url", ["http://[::1/x?api_key={}", "http://h:99999/?api_key={}", "http:///x?api_key={}"]
)
async def test_the_transport_does_not_show_an_invalid_url(key: str, url: str) -> None:
    transport = AiohttpTransport()
    with pytest.raises(ConfigurationError) as raised:
        await transport.send(HttpRequest("GET", url.format(quote_plus(key))))
    await transport.aclose()
    assert_no_leak(raised.value, key)
