"""Failures of real connections, and the errors that the aiohttp transport raises for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from smartlead_async.client import SmartleadClient
from smartlead_async.errors import (
    Interrupted,
    NotSent,
    OutcomeUnknown,
    RequestTimeout,
    SmartleadError,
    TransportError,
)
from smartlead_async.limits import RateLimits
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.request import Request
from smartlead_async.transport import HttpRequest
from smartlead_async.transport.aiohttp import AiohttpTransport

from .loopback import (
    Loopback,
    Reply,
    client_of,
    close_connection,
    http,
    reset_connection,
    send_nothing,
    then_close,
    truncated,
    until,
)
from .operations import DeleteThing, MakeThing, ReadThing, Thing
from .scripted import KEY


async def idle_connections_closed(transport: AiohttpTransport) -> None:
    """Wait until the transport has noticed that its idle connections are closed."""
    assert transport._session is not None
    assert transport._session.connector is not None
    idle = [kept[0] for line in transport._session.connector._conns.values() for kept in line]
    await until(lambda: not any(protocol.is_connected() for protocol in idle))


# --- failures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (close_connection, Interrupted),
        (reset_connection, Interrupted),
        (truncated(http(200, {"id": 7}), 20), Interrupted),
        (truncated(http(200, b"x" * 1000), 600), Interrupted),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\nzz\r\n", Interrupted),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", Interrupted),
        (send_nothing, RequestTimeout),
    ],
)  # fmt: skip
async def test_a_failure_after_sending_is_not_reported_as_not_sent(
    loopback: Loopback, reply: Reply, kind: type[TransportError]
) -> None:
    loopback.always = reply
    async with client_of(loopback, timeout=0.3 if reply is send_nothing else 5.0) as client:
        with pytest.raises(kind) as read:
            await client.send(ReadThing())
        assert type(read.value) is kind
        with pytest.raises(OutcomeUnknown) as made:
            await client.send(MakeThing())
        assert type(made.value.failure) is kind
    assert len(loopback.received) == 2


async def test_a_stalled_body_times_out(loopback: Loopback) -> None:
    async def half(writer: asyncio.StreamWriter) -> None:
        writer.write(http(200, b"x" * 1000)[:600])

    loopback.always = half
    async with client_of(loopback, timeout=0.05) as client:
        with pytest.raises(RequestTimeout):
            await client.send(ReadThing())


async def test_the_transport_enforces_the_timeout_itself(loopback: Loopback) -> None:
    # Called directly, without a client that could enforce the timeout.
    loopback.always = send_nothing
    transport = AiohttpTransport()
    with pytest.raises(RequestTimeout):
        await transport.send(HttpRequest("GET", loopback.url, timeout=0.05))
    await transport.aclose()


async def test_the_deadline_of_a_call_shortens_the_timeout(loopback: Loopback) -> None:
    loopback.always = send_nothing
    async with client_of(loopback, retry=RetryPolicy(max_attempts=1, deadline=0.05)) as client:
        with pytest.raises(RequestTimeout, match=r"no response within 0\.0\d* s"):
            await client.send(ReadThing())


async def test_the_deadline_of_a_finished_request_does_not_affect_the_next_one(loopback: Loopback) -> None:
    loopback.then(http(200, {"id": 7}))
    async with client_of(loopback, timeout=0.1) as client:
        await client.send(ReadThing())
        loopback.always = send_nothing
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(0.06)
        with pytest.raises(RequestTimeout):
            await client.send(ReadThing())
        assert asyncio.get_running_loop().time() - began >= 0.16


async def test_a_refused_connection_raises_not_sent(loopback: Loopback) -> None:
    await loopback.stop()
    async with client_of(loopback) as client:
        with pytest.raises(NotSent, match=f"127.0.0.1:{loopback.port}"):
            await client.send(MakeThing())


async def test_a_connection_timeout_raises_not_sent(loopback: Loopback) -> None:
    # The server accepts the connection but does not respond to the TLS handshake. Connecting may take half of
    # the timeout, so this is not mistaken for a lost response.
    async with SmartleadClient(
        KEY, base_url=loopback.url.replace("http:", "https:"), timeout=0.1, retry=RetryPolicy.NEVER
    ) as client:
        with pytest.raises(NotSent, match=r"no connection within 0\.05 s"):
            await client.send(MakeThing())
    assert loopback.received == []


async def test_an_unknown_host_raises_not_sent(loopback: Loopback) -> None:
    async with SmartleadClient(
        KEY, base_url="http://nowhere.invalid/api/v1", retry=RetryPolicy.NEVER
    ) as client:
        with pytest.raises(NotSent, match=r"nowhere\.invalid"):
            await client.send(MakeThing())


@pytest.mark.parametrize("request_", [ReadThing(), DeleteThing(), MakeThing()])
async def test_aiohttp_does_not_resend_a_request_on_a_closed_connection(
    loopback: Loopback, request_: Request[Any]
) -> None:
    loopback.then(http(200, {"id": 7}), close_connection, http(200, {"id": 7}))
    async with client_of(loopback) as client:
        await client.send(ReadThing())
        with pytest.raises((Interrupted, OutcomeUnknown)) as raised:
            await client.send(request_)
    assert raised.value.attempts == 1
    assert len(loopback.received) == 2


async def test_a_connection_closed_while_idle_is_replaced(loopback: Loopback) -> None:
    loopback.then(then_close(http(200, {"id": 7})), http(200, {"id": 8}))
    transport = AiohttpTransport()
    async with client_of(loopback, transport=transport) as client:
        await client.send(ReadThing())
        await idle_connections_closed(transport)
        assert await client.send(MakeThing()) == Thing(8)
    assert loopback.connections == 2


async def test_retries_after_lost_responses_are_counted_and_rate_limited(loopback: Loopback) -> None:
    loopback.then(close_connection, truncated(http(), 30), http(503), http(200, {"id": 7}))
    async with client_of(
        loopback, retry=RetryPolicy(first_wait=0), limits=RateLimits.of((9, 60.0))
    ) as client:
        response = await client.send_raw(ReadThing())
        assert response.attempts == len(loopback.received) == 4
        assert client.limiter.available() == 5


async def test_a_redirect_is_not_followed(loopback: Loopback) -> None:
    loopback.always = http(307, b"", {"Location": f"{loopback.url}/elsewhere"})
    async with client_of(loopback) as client:
        with pytest.raises(SmartleadError, match="307"):
            await client.send(ReadThing())
    assert len(loopback.received) == 1
