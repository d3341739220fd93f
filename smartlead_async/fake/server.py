"""The fake over real HTTP, for clients in other processes and other languages.

    async with running(FakeSmartlead()) as base_url:   # "http://127.0.0.1:49152/api/v1"
        ...

It listens on the loopback interface by default, because its key is a test key and there is no TLS. The
operations of all hosts are served under the one base URL.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import struct
from collections.abc import AsyncIterator, Callable
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from .clock import Clock
from .content import MAX_BODY, body_too_large, decode_body
from .control import control_reply
from .exchange import Ending, Receiver
from .pages import page_at
from .posting import posting, wait_until_posted
from .replies import Refusal, Reply

_MIN_COMPRESSED: Final = 4096

_logger: Final = logging.getLogger("smartlead_async.fake.http")


def _shorten(record: logging.LogRecord) -> bool:
    """Log a request that is not valid HTTP as one line, without its URL, which contains the API key."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args = "A request was not valid HTTP (%s)", (type(error).__name__,)
    return True


_logger.addFilter(_shorten)


def create_app(fake: Receiver) -> web.Application:
    """Create an aiohttp application that passes every request to the fake."""

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:  # noqa: ARG001
        # A middleware also gets the requests that no route of aiohttp can match, such as "OPTIONS *".
        try:
            body = await _read_body(request)
        except Refusal as refusal:
            return _response(refusal.reply, fake.clock)
        control = control_reply(request.method, request.path, body, fake)
        if control is not None:
            await wait_until_posted(fake.webhook_deliveries)
            return _response(control, fake.clock)
        if request.method in {"GET", "HEAD"}:
            page = page_at(request.path, fake, f"{request.scheme}://{request.host}/api/v1")
            if page is not None:
                return _response(page, fake.clock)
        headers = {"user-agent": request.headers.get("User-Agent", "")}
        url = request.rel_url
        exchange = fake.receive(request.method, url.raw_path, url.raw_query_string, headers, body)
        if exchange.delay:
            await asyncio.sleep(exchange.delay)
        reply = exchange.reply
        if reply is None:
            _reset(request)
            return web.Response()
        if exchange.ending is Ending.CUT_OFF:
            return await _cut_off(request, reply, fake.clock)
        return _response(reply, fake.clock)

    return web.Application(client_max_size=MAX_BODY, middlewares=[handle])


async def _read_body(request: web.Request) -> bytes:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise body_too_large() from None
    return decode_body(body, request.headers)


def _headers(reply: Reply, clock: Clock) -> dict[str, str]:
    return {"Date": clock.http_date(), "Content-Type": reply.content_type, **reply.headers}


def _response(reply: Reply, clock: Clock) -> web.Response:
    response = web.Response(status=reply.status, body=reply.body, headers=_headers(reply, clock))
    if len(reply.body) > _MIN_COMPRESSED:
        response.enable_compression()
    return response


def _reset(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        # Without lingering the other side gets a reset instead of an orderly close.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _cut_off(request: web.Request, reply: Reply, clock: Clock) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=_headers(reply, clock))
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        # Half of the body is still buffered: closing sends it, aborting would not.
        request.transport.close()
    return response


@contextlib.asynccontextmanager
async def running(fake: Receiver, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the fake while the block runs, and return its base URL. Port 0 takes a free port.

    Example::

    async with running(fake) as base_url, SmartleadClient("test-key", base_url=base_url) as client:
        await client.campaigns.create("SaaS founders Q1 2027")
    """
    # A closed connection cancels its handler, so that a pending slow response does not delay the shutdown.
    runner = web.AppRunner(
        create_app(fake),
        access_log=None,
        logger=_logger,
        auto_decompress=False,
        handle_signals=False,
        handler_cancellation=True,
        shutdown_timeout=0.5,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        address = runner.addresses[0]
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        async with posting(fake.webhook_deliveries):
            yield f"http://{name}:{address[1]}/api/v1"
    finally:
        await runner.cleanup()


async def serve(
    fake: Receiver,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the fake until SIGTERM, SIGINT or cancellation; ``on_ready`` is called with the base URL."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    handled = []
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not available on Windows or outside the main thread; cancellation works there.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
            handled.append(number)
    try:
        async with running(fake, host=host, port=port) as base_url:
            on_ready(base_url)
            await stop.wait()
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
