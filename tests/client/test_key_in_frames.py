"""No frame of any traceback holds the API key, whatever ends a request: not even frames of libraries."""

from __future__ import annotations

import asyncio
import gc
import traceback
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

import pytest

from smartlead_async.client import SmartleadClient
from smartlead_async.errors import SmartleadError
from smartlead_async.fake import FakeSmartlead
from smartlead_async.limits import RateLimits
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.transport import HttpRequest, HttpResponse, Transport
from smartlead_async.transport.aiohttp import AiohttpTransport

from .loopback import Loopback, close_connection, http, send_nothing, truncated, until
from .operations import MakeThing, ReadThing

KEY = "Zq9-SECRET-key77"

Exit = Callable[[SmartleadClient, Loopback], Awaitable[object]]


def exceptions(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, its causes and contexts, and the members of groups."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        here = waiting.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        yield here
        waiting += [here.__cause__, here.__context__, getattr(here, "failure", None)]
        waiting += getattr(here, "exceptions", ())


def frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def assert_no_frame_shows_the_key(error: BaseException) -> None:
    for one in exceptions(error):
        assert KEY not in "".join(traceback.format_exception(one))
        for frame in frames(one.__traceback__):
            if frame.f_code.co_filename == __file__:
                continue
            for name, value in frame.f_locals.items():
                assert KEY not in repr(value), f"{frame.f_code.co_qualname}: {name} = {value!r}"
                assert not isinstance(value, str | bytes) or KEY not in str(value)


# --- the ways in which a request can end ----------------------------------------------------------------


async def by_timeout(client: SmartleadClient, _: Loopback) -> None:
    async with asyncio.timeout(0.1):
        await client.send(ReadThing())


async def by_wait_for(client: SmartleadClient, _: Loopback) -> None:
    await asyncio.wait_for(client.send(MakeThing()), 0.1)


async def by_task_group(client: SmartleadClient, loopback: Loopback) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(client.send(ReadThing()))
        await until(lambda: bool(loopback.received))
        raise LookupError("something else failed")


async def by_cancelling(client: SmartleadClient, loopback: Loopback) -> None:
    task = asyncio.create_task(client.send(ReadThing()))
    await until(lambda: bool(loopback.received))
    task.cancel("shutdown")
    await task


async def by_closing_the_coroutine(client: SmartleadClient, _: Loopback) -> None:
    coroutine = client.send(ReadThing())
    coroutine.throw(KeyboardInterrupt())


async def by_the_deadline_of_the_call(client: SmartleadClient, _: Loopback) -> None:
    await client.with_options(retry=RetryPolicy(deadline=0.1, max_attempts=1)).send(ReadThing())


async def by_the_timeout_of_the_client(client: SmartleadClient, _: Loopback) -> None:
    await client.with_options(timeout=0.1).send(MakeThing())


async def by_a_job(client: SmartleadClient, loopback: Loopback) -> None:
    job = asyncio.create_task(client.provision([CampaignSpec("Dentists in Oslo")]).run())
    await until(lambda: bool(loopback.received))
    job.cancel()
    await job


async def by_an_observer(client: SmartleadClient, loopback: Loopback) -> None:
    def fail(_: object) -> None:
        raise LookupError("the observer failed")

    loopback.always = http(200, {"id": 7})
    await client.with_options(on_attempt=fail).send(ReadThing())


@pytest.mark.parametrize(
    "ends",
    [
        by_timeout, by_wait_for, by_task_group, by_cancelling, by_closing_the_coroutine,
        by_the_deadline_of_the_call, by_the_timeout_of_the_client, by_a_job, by_an_observer,
    ],
)  # fmt: skip
async def test_however_a_request_ends_no_frame_shows_the_key(loopback: Loopback, ends: Exit) -> None:
    loopback.always = send_nothing
    async with SmartleadClient(KEY, base_url=loopback.url, limits=RateLimits.UNLIMITED) as client:
        with pytest.raises(BaseException) as raised:  # noqa: PT011 - whatever it is
            await ends(client, loopback)
    assert_no_frame_shows_the_key(raised.value)


@pytest.mark.parametrize(
    "reply",
    [
        close_connection, truncated(http(), 30), b"no HTTP\r\n\r\n", http(200, b"{"), http(500), http(302),
        http(200, b"no gzip", {"Content-Encoding": "gzip"}), http(401, {"message": KEY}),
        http(404, KEY.encode()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("request_", [ReadThing(), MakeThing()])
async def test_whatever_the_server_sends_no_frame_shows_the_key(
    loopback: Loopback, reply: Any, request_: Any
) -> None:
    loopback.always = reply
    async with SmartleadClient(KEY, base_url=loopback.url, retry=RetryPolicy.NEVER) as client:
        with pytest.raises(SmartleadError) as raised:
            await client.send(request_)
    assert_no_frame_shows_the_key(raised.value)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, MemoryError, RecursionError, AssertionError])
async def test_an_exception_inside_aiohttp_leaves_no_frame_with_the_key(kind: type[BaseException]) -> None:
    class Session:
        async def request(self, _method: str, url: object, **_: object) -> None:
            here = str(url)
            assert KEY in here
            await asyncio.sleep(0)
            raise kind(f"at {len(here)}")

    transport = AiohttpTransport(session=Session())  # type: ignore[arg-type]
    request = HttpRequest("GET", f"https://server.example/?api_key={KEY}")
    with pytest.raises(BaseException) as raised:  # noqa: PT011
        await transport.send(request)
    assert_no_frame_shows_the_key(raised.value)


class Hanging:
    """A user's transport, whose frames hold the URL."""

    enforces_timeout = False

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        url = request.url
        await asyncio.sleep(60)
        return HttpResponse(200, {}, url.encode())

    async def aclose(self) -> None: ...


@pytest.fixture
def other_transports() -> list[Transport]:
    return [Hanging(), FakeSmartlead(api_key=KEY).transport(latency=60)]


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("ends", [by_timeout, by_wait_for, by_the_timeout_of_the_client])
async def test_the_frames_of_other_transports_are_left_behind_too(
    other_transports: list[Transport], ends: Exit, number: int
) -> None:
    client = SmartleadClient(KEY, transport=other_transports[number])
    with pytest.raises((TimeoutError, SmartleadError)) as raised:
        await ends(client, Loopback())
    assert_no_frame_shows_the_key(raised.value)


async def test_no_exception_with_the_key_stays_in_memory(loopback: Loopback) -> None:
    loopback.always = send_nothing
    async with SmartleadClient(KEY, base_url=loopback.url) as client:
        with pytest.raises(TimeoutError):
            await by_timeout(client, loopback)
    gc.collect()
    for error in [thing for thing in gc.get_objects() if isinstance(thing, BaseException)]:
        assert KEY not in repr(error)
