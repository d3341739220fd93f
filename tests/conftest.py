"""What every test has at hand. Async tests run on virtual time, unless they use sockets."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
from aiohttp import ClientResponse
from aioresponses import aioresponses

from smartlead_async.virtual_time import VirtualTimeLoop

from .client.loopback import Loopback
from .client.scripted import ScriptedTransport

_USE_SOCKETS = {"loopback"}


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A clock that jumps, so that an hour of waiting costs nothing; real time only for real sockets."""
    uses_sockets = _USE_SOCKETS.intersection(getattr(item, "fixturenames", ()))
    if uses_sockets or item.get_closest_marker("sockets"):
        return {"real time": asyncio.new_event_loop}
    return {"virtual time": VirtualTimeLoop}


@pytest.fixture
def scripted() -> ScriptedTransport:
    """A transport that answers what the test tells it to."""
    return ScriptedTransport()


@pytest.fixture
async def loopback() -> AsyncIterator[Loopback]:
    """An HTTP server on 127.0.0.1 that sends scripted bytes. Whatever is left unclosed fails the test."""
    async with Loopback() as server:
        yield server
    gc.collect()


class _ResponseOfToday(ClientResponse):
    """Supplies the argument that aiohttp 3.14 asks for and aioresponses 0.7.9 does not give.

    ``tests/client/test_canned_bytes.py`` fails the day this is no longer needed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"stream_writer": _NoWriter()} | kwargs)


class _NoWriter:
    output_size = 0


class CannedAnswers(aioresponses):
    """aioresponses, made to work with the aiohttp of today."""

    def add(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("response_class", _ResponseOfToday)
        super().add(*args, **kwargs)


@pytest.fixture
def canned() -> Iterator[CannedAnswers]:
    """Canned bytes for aiohttp: ``canned.get(url, status=…, body=…)``."""
    answers = CannedAnswers()
    with answers:
        yield answers
