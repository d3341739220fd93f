"""Servers on 127.0.0.1 in their own processes, so that measured CPU time is only the client's.

``instant`` responds to a create with canned bytes, so that it is never the bottleneck. ``fake`` is the
stateful fake, optionally with faults.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

from .measurement import LONGEST_CHILD, ROOT, ChildFailed, environment

API_KEY: Final = "test-key"


@contextlib.contextmanager
def serving(kind: str, **options: Any) -> Iterator[str]:
    """Run a server for the duration of the block; yield its base URL. It also ends if this process dies."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.loopback", kind, json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline().strip()
        if not line.startswith("http"):
            raise ChildFailed(f"the {kind} server did not start")
        yield line
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


# --- in the child ------------------------------------------------------------------------------------

CREATED: Final = b'{"ok":true,"id":%d,"name":"SaaS founders Q1 2027","created_at":"2027-01-04T09:00:00.000Z"}'


class _Instant(asyncio.Protocol):
    """A minimal HTTP/1.1 protocol: find the end of a request and write the response."""

    numbers = iter(range(1000, 10**9))

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            _, named, after = head.lower().partition(b"content-length:")
            length = int(after.partition(b"\r\n")[0]) if named else 0
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            body = CREATED % next(self.numbers)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
                b"X-RateLimit-Limit: 1000000\r\nX-RateLimit-Remaining: 999999\r\n"
                b"X-RateLimit-Reset: 1798794000\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body) + body
            )


async def _instant(stop: asyncio.Event) -> None:
    server = await asyncio.get_running_loop().create_server(_Instant, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}/api/v1", flush=True)
        await stop.wait()
        server.close()


async def _fake(stop: asyncio.Event, *, lost_after: float = 0.0, seed: int = 0) -> None:
    from smartlead_async.fake import FakeSmartlead, FaultKind, Faults
    from smartlead_async.fake.server import running

    faults = Faults(lost_after, kinds={FaultKind.LOST_AFTER: 1.0}, seed=seed) if lost_after else None
    async with running(FakeSmartlead(api_key=API_KEY, faults=faults)) as base_url:
        print(base_url, flush=True)
        await stop.wait()


async def _serve(kind: str, options: dict[str, Any]) -> None:
    stop = asyncio.Event()
    # The parent closes our standard input to stop us; the system does so if the parent dies.
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    serve: Any = {"instant": _instant, "fake": _fake}[kind]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(4 * LONGEST_CHILD):
            await serve(stop, **options)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], json.loads(sys.argv[2])))
