"""The aiohttp transport over real sockets."""

from __future__ import annotations

import asyncio
import gc
import gzip
import ssl
import warnings
from typing import Any

import aiohttp
import pytest

from smartlead_async.client import SmartleadClient
from smartlead_async.errors import (
    ConfigurationError,
    Interrupted,
    NotSent,
    SmartleadError,
)
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.transport import HttpRequest
from smartlead_async.transport.aiohttp import AiohttpTransport

from .loopback import (
    Loopback,
    client_of,
    http,
    until,
)
from .operations import MakeThing, ReadThing, SaveThing, Thing
from .scripted import KEY


async def all_closed(server: Loopback) -> None:
    """Wait until the server has seen all connections close."""
    await until(lambda: not server.open_now)


# --- requests and responses --------------------------------------------------------------------------


async def test_requests_are_sent_with_the_expected_line_headers_and_body(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})
    async with client_of(loopback) as client:
        assert await client.send(ReadThing(7, verbose=True)) == Thing(7)
        assert await client.send(SaveThing("Zoë")) == Thing(7)
    read, save = loopback.received
    assert (read.method, read.target) == ("GET", f"/api/v1/things/7?verbose=true&api_key={KEY}")
    assert (save.method, save.target) == ("POST", f"/api/v1/things/7?api_key={KEY}")
    assert read.body == b""
    assert save.body == '{"name":"Zoë"}'.encode()
    for received in (read, save):
        assert received.headers["user-agent"].startswith("smartlead-async/")
        assert received.headers["accept"] == "application/json"
        assert "gzip" in received.headers["accept-encoding"]
    assert "content-type" not in read.headers
    assert save.headers["content-type"] == "application/json"


async def test_the_encoded_key_is_not_encoded_again(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})
    async with SmartleadClient("k+y/1=&%", base_url=loopback.url) as client:
        await client.send(ReadThing())
    assert loopback.received[0].target.endswith("?api_key=k%2By%2F1%3D%26%25")


async def test_a_custom_user_agent_is_sent(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})
    async with client_of(loopback, user_agent="acme-outreach/3") as client:
        await client.send(ReadThing())
    assert loopback.received[0].headers["user-agent"] == "acme-outreach/3"


async def test_a_compressed_response_is_decompressed(loopback: Loopback) -> None:
    packed = gzip.compress(b'{"id": 7, "name": "seven"}')
    loopback.always = http(200, packed, {"Content-Encoding": "gzip"})
    async with client_of(loopback) as client:
        assert await client.send(ReadThing()) == Thing(7, "seven")


async def test_response_header_names_are_lowercase(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7}, {"X-RateLimit-Remaining": "5", "X-RATELIMIT-LIMIT": "60"})
    async with client_of(loopback) as client:
        response = await client.send_raw(ReadThing())
    assert (response.rate_limit.remaining, response.rate_limit.limit) == (5, 60)


async def test_cookies_are_not_stored(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7}, {"Set-Cookie": "session=1; Path=/"})
    # By host name, because aiohttp never stores cookies from an IP address.
    base_url = loopback.url.replace("127.0.0.1", "localhost")
    async with SmartleadClient(KEY, base_url=base_url) as client:
        await client.send(ReadThing())
        await client.send(ReadThing())
    assert len(loopback.received) == 2
    assert all("cookie" not in received.headers for received in loopback.received)


# --- connections -------------------------------------------------------------------------------------


async def test_sequential_requests_share_one_connection(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})
    async with client_of(loopback) as client:
        for _ in range(5):
            await client.send(ReadThing())
            await client.with_options(timeout=9).send(MakeThing())
    assert len(loopback.received) == 10
    assert loopback.connections == 1


async def test_connections_do_not_exceed_max_in_flight(loopback: Loopback) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        writer.write(http(200, {"id": 7}))

    loopback.always = slow
    async with client_of(loopback, max_in_flight=3) as client, asyncio.TaskGroup() as group:
        for _ in range(12):
            group.create_task(client.send(ReadThing()))
    assert loopback.max_open == loopback.connections == 3


@pytest.mark.sockets
async def test_the_default_transport_allows_one_connection_per_request_in_flight() -> None:
    # With fewer connections, requests would spend their timeout waiting for one.
    transport = SmartleadClient(KEY, max_in_flight=333)._pipeline.transport
    assert isinstance(transport, AiohttpTransport)
    session = transport._open()
    assert session.connector is not None
    assert session.connector.limit == 333
    await transport.aclose()


async def test_the_transport_enforces_its_own_connection_limit(loopback: Loopback) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        writer.write(http(200, {"id": 7}))

    loopback.always = slow
    transport = AiohttpTransport(max_connections=2)
    async with (
        client_of(loopback, transport=transport, max_in_flight=8) as client,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(8):
            group.create_task(client.send(ReadThing()))
    assert loopback.max_open == 2


async def test_closing_the_client_closes_its_connections(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})
    async with client_of(loopback) as client:
        await client.send(ReadThing())
        assert loopback.open_now == 1
    await all_closed(loopback)


async def test_a_session_that_was_passed_in_stays_open(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})
    async with aiohttp.ClientSession() as session:
        async with client_of(loopback, transport=AiohttpTransport(session=session)) as client:
            await client.send(ReadThing())
        assert not session.closed
        async with client_of(loopback, transport=AiohttpTransport(session=session)) as second:
            await second.send(ReadThing())
    assert loopback.connections == 1


async def test_a_session_with_raise_for_status_does_not_hide_the_error_message(loopback: Loopback) -> None:
    loopback.always = http(422, {"error": "Invalid campaign name format"})
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        client_of(loopback, transport=AiohttpTransport(session=session)) as client,
    ):
        with pytest.raises(SmartleadError, match="Invalid campaign name format"):
            await client.send(MakeThing())


async def test_only_an_unclosed_client_leaves_connections_open(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})

    async def use(*, close: bool) -> None:
        client = client_of(loopback)
        await client.send(ReadThing())
        if close:
            await client.aclose()

    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    for close in (True, False):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await use(close=close)
            gc.collect()
        unclosed = [w for w in caught if issubclass(w.category, ResourceWarning)]
        assert bool(unclosed) is not close


@pytest.mark.parametrize("pass_session", [False, True])
async def test_a_closed_transport_cannot_be_used_again(loopback: Loopback, pass_session: bool) -> None:
    async with aiohttp.ClientSession() as session:
        transport = AiohttpTransport(session=session if pass_session else None)
        await transport.aclose()
        await transport.aclose()
        with pytest.raises(ConfigurationError, match="closed"):
            await transport.send(HttpRequest("GET", loopback.url))
    assert loopback.connections == 0


# --- proxy and TLS -----------------------------------------------------------------------------------


async def test_requests_are_sent_through_the_proxy(loopback: Loopback) -> None:
    loopback.always = http(200, {"id": 7})
    transport = AiohttpTransport(proxy=f"http://127.0.0.1:{loopback.port}")
    async with SmartleadClient(KEY, base_url="http://server.example/api/v1", transport=transport) as client:
        await client.send(ReadThing())
    assert loopback.received[0].target == f"http://server.example/api/v1/things/7?api_key={KEY}"


async def test_a_proxy_that_refuses_the_tunnel_raises_not_sent(loopback: Loopback) -> None:
    loopback.always = http(407, b"")
    transport = AiohttpTransport(proxy=f"http://127.0.0.1:{loopback.port}")
    async with SmartleadClient(
        KEY, base_url="https://server.example/api/v1", transport=transport, retry=RetryPolicy.NEVER
    ) as client:
        with pytest.raises(NotSent, match="407"):
            await client.send(MakeThing())
    assert [r.method for r in loopback.received] == ["CONNECT"]


async def test_an_unreachable_proxy_is_mentioned_in_the_error(loopback: Loopback) -> None:
    await loopback.stop()
    transport = AiohttpTransport(proxy=f"http://127.0.0.1:{loopback.port}")
    async with SmartleadClient(
        KEY, base_url="http://server.example/api/v1", transport=transport, retry=RetryPolicy.NEVER
    ) as client:
        with pytest.raises(NotSent, match="to the proxy"):
            await client.send(MakeThing())


async def test_a_proxy_from_the_environment_is_used_only_with_trust_env(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{loopback.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    loopback.always = http(200, {"id": 7})
    for trust_env, kind in ((True, None), (False, NotSent)):
        transport = AiohttpTransport(trust_env=trust_env)
        async with SmartleadClient(
            KEY, base_url="http://server.invalid/api/v1", transport=transport, retry=RetryPolicy.NEVER
        ) as client:
            if kind is None:
                await client.send(ReadThing())
            else:
                with pytest.raises(kind):
                    await client.send(ReadThing())
    assert len(loopback.received) == 1


@pytest.mark.parametrize("context", [None, ssl.create_default_context()])
async def test_a_tls_context_is_passed_on_and_verification_is_the_default(
    context: ssl.SSLContext | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    seen: list[dict[str, Any]] = []

    class Session:
        def request(self, *_: Any, **options: Any) -> None:
            seen.append(options)
            raise aiohttp.ServerDisconnectedError

    transport = AiohttpTransport(session=Session(), ssl=context)  # type: ignore[arg-type]
    with pytest.raises(Interrupted):
        await transport.send(HttpRequest("GET", "https://server.example/"))
    assert seen[0]["ssl"] is (True if context is None else context)
