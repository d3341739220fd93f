"""A server on 127.0.0.1 that sends scripted bytes over real sockets and records the requests."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Self

import attrs

from smartlead_async.client import SmartleadClient
from smartlead_async.limits import RateLimits
from smartlead_async.pipeline.retry import RetryPolicy

from .scripted import KEY

Act = Callable[[asyncio.StreamWriter], Awaitable[None]]
Reply = bytes | Act


def http(status: int = 200, body: Any = None, headers: dict[str, str] | None = None) -> bytes:
    """Return the bytes of a response with Content-Length."""
    raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {"id": 7}).encode()
    lines = {"Content-Type": "application/json", "Content-Length": str(len(raw))} | (headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + raw


async def close_connection(writer: asyncio.StreamWriter) -> None:
    """Close the connection without a response."""
    writer.close()


async def reset_connection(writer: asyncio.StreamWriter) -> None:
    """Reset the connection (RST)."""
    writer.transport.abort()


async def send_nothing(_: asyncio.StreamWriter) -> None:
    """Keep the connection open without a response."""


def truncated(response: bytes, keep: int) -> Act:
    """Send the first bytes of a response, then close the connection."""

    async def send_part(writer: asyncio.StreamWriter) -> None:
        writer.write(response[:keep])
        await writer.drain()
        writer.close()

    return send_part


def then_close(response: bytes) -> Act:
    """Send a complete response without announcing the close, then close the connection."""
    return truncated(response, len(response))


@attrs.frozen
class Received:
    """A received request, and the number of its connection."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@attrs.define
class Loopback:
    """A server that plays its replies in order, across all connections."""

    replies: deque[Reply] = attrs.field(factory=deque)
    always: Reply | None = None
    greeting: bytes | None = None
    """Sent to each client that connects, before its request; the connection is then closed."""
    received: list[Received] = attrs.field(factory=list)
    connections: int = 0
    open_now: int = 0
    max_open: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = attrs.field(factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def then(self, *replies: Reply) -> Loopback:
        self.replies.extend(replies)
        return self

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Stop listening and close all connections."""
        if self._server is not None:
            self._server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.open_now += 1
        self.max_open = max(self.max_open, self.open_now)
        number = self.connections
        try:
            # Cancelled at the end of the test; asyncio should not log it.
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                if self.greeting is not None:
                    writer.write(self.greeting)
                    return
                while True:
                    self.received.append(await _read_request(reader, number))
                    reply = self.replies.popleft() if self.replies else self.always
                    assert reply is not None, "no reply is scripted for this request"
                    if isinstance(reply, bytes):
                        writer.write(reply)
                        await writer.drain()
                    else:
                        await reply(writer)
        finally:
            self.open_now -= 1
            self._tasks.discard(task)
            writer.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - no asyncio.Event exists for kernel events
            await asyncio.sleep(0.001)


def client_of(server: Loopback, **options: Any) -> SmartleadClient:
    """Return a client for the loopback server, by default without retries and rate limits."""
    for name, value in {"retry": RetryPolicy.NEVER, "limits": RateLimits.UNLIMITED, "timeout": 5.0}.items():
        options.setdefault(name, value)
    return SmartleadClient(KEY, base_url=server.url, **options)


async def _read_request(reader: asyncio.StreamReader, connection: int) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.strip().split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(connection, method, target, headers, body)
