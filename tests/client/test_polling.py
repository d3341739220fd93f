"""Waiting for work on the server: when it is read, and what ends the wait."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from smartlead_async import FakeSmartlead, NotFinished, SmartleadClient, poll
from smartlead_async.api.smart_senders import GetOrder
from smartlead_async.errors import (
    AuthenticationError,
    Interrupted,
    NotFound,
    RateLimited,
    ResponseDecodeError,
    ServiceUnavailable,
    SmartleadError,
)


class Work:
    """Work that returns or raises these readings one after the other, and the last one from then on."""

    def __init__(self, *readings: str | SmartleadError) -> None:
        self.readings = list(readings)
        self.read_at: list[float] = []
        self.updates: list[str] = []

    async def read(self) -> str:
        self.read_at.append(asyncio.get_running_loop().time())
        reading = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        if isinstance(reading, SmartleadError):
            raise reading
        return reading

    async def poll(self, **options: Any) -> str:
        start = asyncio.get_running_loop().time()
        try:
            return await poll(
                self.read, lambda reading: reading == "done", on_update=self.updates.append, **options
            )
        finally:
            self.read_at = [at - start for at in self.read_at]


async def test_work_is_read_at_intervals_until_it_is_finished() -> None:
    work = Work("pending", "pending", "running", "done")
    assert await work.poll(every=300, deadline=3600) == "done"
    assert work.read_at == [0, 300, 600, 900]
    assert work.updates == ["pending", "running", "done"]


async def test_finished_work_is_read_once() -> None:
    work = Work("done")
    assert await work.poll(deadline=0) == "done"
    assert work.read_at == [0]


async def test_the_deadline_ends_the_wait_after_a_last_reading() -> None:
    work = Work("pending")
    with pytest.raises(NotFinished, match="not finished after 100 s: call poll") as raised:
        await work.poll(every=60, deadline=100)
    assert raised.value.last == "pending"
    assert work.read_at == [0, 60, 100]


@pytest.mark.parametrize(
    "outage",
    [
        Interrupted("connection reset"),
        ServiceUnavailable("down", status=503),
        RateLimited("slow down", status=429),
        ResponseDecodeError(("a page @ $",), malformed=True),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_outage_does_not_end_the_wait(outage: SmartleadError) -> None:
    work = Work("pending", outage, outage, "done")
    assert await work.poll(every=60, deadline=3600) == "done"
    assert work.read_at == [0, 60, 120, 180]


async def test_an_outage_that_outlasts_the_deadline_is_the_cause_of_the_error() -> None:
    outage = ServiceUnavailable("down", status=503)
    work = Work("pending", outage)
    with pytest.raises(NotFinished) as raised:
        await work.poll(every=60, deadline=120)
    assert (raised.value.last, raised.value.__cause__) == ("pending", outage)


@pytest.mark.parametrize(
    "refusal",
    [
        NotFound("no such order", status=404),
        AuthenticationError("no such key", status=401),
        ResponseDecodeError(("expected an object @ $",)),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_refusal_ends_the_wait(refusal: SmartleadError) -> None:
    work = Work("pending", refusal)
    with pytest.raises(type(refusal)):
        await work.poll(every=60, deadline=3600)
    assert work.read_at == [0, 60]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 0.5, "deadline": 60}, "every must be at least 1 second"),
        ({"every": math.nan, "deadline": 60}, "every must be at least 1 second"),
        ({"deadline": -1}, "deadline must be at least 0"),
        ({"deadline": math.nan}, "deadline must be at least 0"),
    ],
)
async def test_a_wait_that_would_flood_the_server_or_never_end_is_refused(
    options: dict[str, float], message: str
) -> None:
    work = Work("pending")
    with pytest.raises(ValueError, match=message):
        await work.poll(**options)
    assert work.read_at == []


async def test_a_wait_can_be_cancelled() -> None:
    task = asyncio.create_task(Work("pending").poll(every=60, deadline=3600))
    await asyncio.sleep(90)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_order_is_waited_for_by_its_id() -> None:
    fake = FakeSmartlead()
    fake.respond(GetOrder, {"ok": True, "data": {"order_id": "895001", "status": "Payment Pending"}})
    finish = {"ok": True, "data": {"order_id": "895001", "status": "completed"}}
    asyncio.get_running_loop().call_later(1000, fake.respond, GetOrder, finish)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        order = await poll(
            lambda: client.smart_senders.get_order("895001"),
            lambda order: order.status == "completed",
            every=300,
            deadline=12 * 3600,
        )
    assert order.order_id == "895001"
    assert len(fake.requests) == 5
