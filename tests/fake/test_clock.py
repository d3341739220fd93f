"""Every time that the fake tells is that of one clock, whatever has passed before the first request."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from smartlead_async import virtual_time
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.clock import Clock
from smartlead_async.fake.server import running
from smartlead_async.limits import RateLimits

from .raw import AGENT, Raw

IDLE = 300.0


class MachineClock:
    """The clocks of the machine, which a test sets forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        for name in ("time", "monotonic"):
            monkeypatch.setattr(time, name, self._reader(getattr(time, name)))

    def _reader(self, original: Callable[[], float]) -> Callable[[], float]:
        return lambda: original() + self.ahead


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> MachineClock:
    return MachineClock(monkeypatch)


async def times(raw: Raw) -> dict[str, float]:
    """Return every time that the fake tells in a create and in a 429, as unix time."""
    created = await raw.send("POST", "/campaigns/create", {"name": "A"})
    refused = await raw.send("POST", "/campaigns/create", {"name": "B"})
    assert (created.status, refused.status) == (200, 429)
    date = parsedate_to_datetime(refused.headers["date"]).timestamp()
    return {
        "created_at": datetime.fromisoformat(json.loads(created.body)["created_at"]).timestamp(),
        "date of the create": parsedate_to_datetime(created.headers["date"]).timestamp(),
        "date of the 429": date,
        "reset of the create": int(created.headers["x-ratelimit-reset"]) - 60,
        "reset of the 429": int(refused.headers["x-ratelimit-reset"]) - 60,
        "end of Retry-After": date + int(refused.headers["retry-after"]) - 60,
        "end in the body": date + json.loads(refused.body)["error"]["retry_after"] - 60,
    }


def limited() -> FakeSmartlead:
    return FakeSmartlead(limits=RateLimits.of((1, 60.0)))


def assert_all(told: dict[str, float], expected: float) -> None:
    assert told == {name: pytest.approx(expected, abs=1.1) for name in told}


def test_virtual_time_before_the_first_request_counts() -> None:
    fake = limited()
    began = fake.clock.wall()

    async def main() -> dict[str, float]:
        await asyncio.sleep(IDLE)
        return await times(Raw(fake, fake.transport()))

    assert_all(virtual_time.run(main(), start=77.0), began + IDLE)


async def test_virtual_time_counts_from_the_creation_in_a_running_loop() -> None:
    await asyncio.sleep(1000)
    fake = limited()
    began = fake.clock.wall()
    assert began == pytest.approx(time.time(), abs=1.1)
    await asyncio.sleep(IDLE)
    assert_all(await times(Raw(fake, fake.transport())), began + IDLE)


def test_real_time_before_the_event_loop_counts(machine: MachineClock) -> None:
    fake = limited()
    machine.ahead += IDLE
    told = asyncio.run(times(Raw(fake, fake.transport())))
    assert_all(told, time.time())


def test_real_time_between_two_event_loops_counts(machine: MachineClock) -> None:
    fake = limited()
    asyncio.run(times(Raw(fake, fake.transport())))
    machine.ahead += IDLE
    assert_all(asyncio.run(times(Raw(fake, fake.transport()))), time.time())


def test_a_real_loop_after_a_virtual_one_goes_on_where_that_ended() -> None:
    clock = Clock()
    began = clock.wall()

    async def wait() -> None:
        await asyncio.sleep(3600)
        clock.now()

    async def read() -> float:
        return clock.wall()

    virtual_time.run(wait())
    assert asyncio.run(read()) - began == pytest.approx(3600, abs=1)
    virtual_time.run(wait())
    assert clock.wall() - began == pytest.approx(7200, abs=1)


@pytest.mark.sockets
async def test_a_served_fake_that_was_idle_tells_one_time(machine: MachineClock) -> None:
    fake = limited()
    async with running(fake) as base_url, aiohttp.ClientSession(f"{base_url}/", headers=AGENT) as client:
        machine.ahead += IDLE
        query = {"api_key": "test-key"}
        async with client.post("campaigns/create", params=query, json={"name": "A"}) as response:
            assert len(response.headers.getall("Date")) == 1
            date = parsedate_to_datetime(response.headers["Date"]).timestamp()
            created = datetime.fromisoformat((await response.json())["created_at"]).timestamp()
            reset = int(response.headers["X-RateLimit-Reset"]) - 60
    assert_all({"date": date, "created_at": created, "reset": reset}, time.time())
