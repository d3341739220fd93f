"""Fixtures and hooks of all tests. Async tests run on virtual time, unless they use sockets."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from typing import Any

import aiosqlite
import pytest
from aiohttp import ClientResponse
from aioresponses import aioresponses
from hypothesis import HealthCheck, Phase, settings

from smartlead_async.virtual_time import VirtualTimeLoop

from .client.loopback import Loopback
from .client.scripted import ScriptedTransport
from .watchdog import item_limit, limit_examples

# A failing example is printed as it was found, at once, with the line that reproduces it. Every value is
# given here, because Hypothesis has other defaults if CI=1 is set: every run would try the same examples.
settings.register_profile(
    "tests",
    parent=settings.get_profile("default"),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    print_blob=True,
    derandomize=False,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# For people who look into a failure: pytest --hypothesis-profile=shrink. It does not reuse what a run without
# shrinking has saved, since Hypothesis takes that to be as small as it can be.
settings.register_profile(
    "shrink",
    parent=settings.get_profile("tests"),
    phases=[Phase.explicit, Phase.generate, Phase.shrink, Phase.explain],
)
settings.load_profile("tests")

# These options are for this run and not for the ones that tests start.
os.environ.pop("PYTEST_ADDOPTS", None)

_USE_SOCKETS = {"loopback"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Bound each example of a property in real time."""
    limit_examples(item)


def pytest_collection_finish() -> None:
    """Take what was collected out of garbage collection: thousands of tests that no collection would free."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def leave_no_garbage() -> Iterator[None]:
    """Free what the tests of a file have left, and take the rest out of garbage collection as well."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def hold_the_clock_for_sqlite() -> Iterator[None]:
    """Let the virtual clock wait for the threads of SQLite files, which a busy machine may slow down."""
    execute: Callable[..., Awaitable[Any]] = aiosqlite.Connection._execute

    async def hold_clock(self: aiosqlite.Connection, *args: Any, **kwargs: Any) -> Any:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualTimeLoop):
            return await execute(self, *args, **kwargs)
        loop.hold_clock()
        try:
            return await execute(self, *args, **kwargs)
        finally:
            loop.release_clock()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiosqlite.Connection, "_execute", hold_clock)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Bound the set-up of a test in real time."""
    with item_limit(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Bound the call of a test in real time."""
    with item_limit(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Bound the tear-down of a test in real time."""
    with item_limit(item):
        return (yield)


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
    """A transport that returns what the test scripts."""
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
