"""A response has an upper bound, also after decompression, and costs little memory beyond it."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from smartlead_async.errors import OutcomeUnknown, ResponseTooLarge
from smartlead_async.transport.aiohttp import AiohttpTransport

from .loopback import Loopback, client_of, http
from .operations import MakeThing, ReadThing, Thing

LIMIT = 100_000


def compressed(body: bytes, encoding: str) -> bytes:
    packs: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
    return http(200, packs.get(encoding, bytes)(body), {"Content-Encoding": encoding})


def chunked(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = [body[at : at + 5000] for at in range(0, len(body), 5000)]
    return head + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def packed(body: bytes, encoding: str) -> bytes:
    return chunked(body) if encoding == "chunked" else compressed(body, encoding)


def sized(size: int) -> bytes:
    return b'{"id": 7, "name": "' + b"x" * (size - 21) + b'"}'


@pytest.mark.parametrize("pack", ["gzip", "deflate", "identity", "chunked"])
@pytest.mark.parametrize("request_", [ReadThing(), MakeThing()])
async def test_a_larger_response_is_refused(loopback: Loopback, pack: str, request_: Any) -> None:
    body = sized(LIMIT + 1)
    loopback.always = packed(body, pack)
    transport = AiohttpTransport(max_response_size=LIMIT)
    async with client_of(loopback, transport=transport) as client:
        with pytest.raises((ResponseTooLarge, OutcomeUnknown), match="larger than 100,000 bytes") as raised:
            await client.send(request_)
    error = raised.value.failure if isinstance(raised.value, OutcomeUnknown) else raised.value
    assert type(error) is ResponseTooLarge
    assert isinstance(raised.value, OutcomeUnknown) is isinstance(request_, MakeThing)
    assert len(loopback.received) == 1


@pytest.mark.parametrize("pack", ["gzip", "deflate", "identity", "chunked"])
async def test_a_response_of_the_largest_size_is_read(loopback: Loopback, pack: str) -> None:
    body = sized(LIMIT)
    loopback.always = packed(body, pack)
    async with client_of(loopback, transport=AiohttpTransport(max_response_size=LIMIT)) as client:
        assert await client.send(ReadThing()) == Thing(7, "x" * (LIMIT - 21))
        await client.send(ReadThing())
    assert loopback.connections == 1


async def test_a_gzip_bomb_costs_little_memory(loopback: Loopback) -> None:
    bomb = compressed(b" " * 300_000_000, "gzip")
    loopback.always = bomb
    async with client_of(loopback, transport=AiohttpTransport(max_response_size=2**20)) as client:
        tracemalloc.start()
        try:
            with pytest.raises(ResponseTooLarge):
                await client.send(ReadThing())
            assert tracemalloc.get_traced_memory()[1] < 30_000_000
        finally:
            tracemalloc.stop()
