"""The windows of an earlier run, which a resumed job takes into account."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async import MemoryLedger, RateLimits, SmartleadClient, virtual_time
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions
from smartlead_async.provisioning.ledger.protocol import Ledger

from .jobs import TimelessLedger, campaigns, job_on, killed_after, seeded_fake

LIMITS = RateLimits.of((10, 60.0), (40, 600.0))


class Timed(MemoryLedger):
    """A ledger that keeps the loop time of every request."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    async def add_request(self, sent_at: float) -> None:
        self.times.append(asyncio.get_running_loop().time())
        await super().add_request(sent_at)

    def most_in(self, period: float) -> int:
        """Return the most requests that were sent within a period of this length."""
        return max(sum(0 <= other - begin < period for other in self.times) for begin in self.times)


@settings(max_examples=20, deadline=None)
@given(kills=st.lists(st.floats(0.5, 90.0), min_size=1, max_size=5))
def test_windows_hold_however_often_a_job_is_killed_and_resumed(kills: list[float]) -> None:
    async def main() -> None:
        fake, ledger, specs = seeded_fake(), Timed(), campaigns(6)
        for seconds in kills:
            await killed_after(job_on(fake, specs, ledger, limits=LIMITS), seconds)
        report = await job_on(fake, specs, ledger, limits=LIMITS).run()
        assert report.done == 6
        assert ledger.most_in(59.9) <= 10
        assert ledger.most_in(599.9) <= 40

    virtual_time.run(main())


@pytest.mark.parametrize("jump", [-7200.0, -30.0])
async def test_a_clock_that_was_set_back_does_not_empty_the_windows(jump: float) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(6)
    assert not await killed_after(job_on(fake, specs, ledger, limits=LIMITS), 20)
    new = job_on(fake, specs, ledger, limits=LIMITS)
    await killed_after(Job(new._client, specs, new._options, wall_clock=lambda: fake.clock.wall() + jump), 30)
    assert len(fake.requests) <= 10


async def test_a_second_job_on_the_same_client_does_not_count_its_requests_twice() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    client = SmartleadClient("test-key", transport=fake.transport(), limits=RateLimits.of((30, 600.0)))
    for number in (1, 2):
        options = JobOptions(ledger=ledger)
        await Job(client, campaigns(number), options, wall_clock=fake.clock.wall).run()
    assert client.limiter.available() == 30 - len(fake.requests)


async def test_requests_of_the_last_period_are_kept_in_the_ledger(tmp_path: Path) -> None:
    for ledger in (MemoryLedger(), TimelessLedger(tmp_path / "a.ledger")):
        await requests_are_kept(ledger)


async def requests_are_kept(ledger: Ledger) -> None:
    await ledger.open()
    for sent_at in (10.0, 20.0, 30.0):
        await ledger.add_request(sent_at)
    assert await ledger.requests_since(15.0) == [20.0, 30.0]
    assert await ledger.requests_since(0.0) == [20.0, 30.0]
    await ledger.aclose()


async def test_a_request_is_recorded_before_it_is_sent() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    task = asyncio.create_task(job_on(fake, campaigns(1), ledger, limits=LIMITS, latency=5.0).run())
    await asyncio.sleep(1)
    assert (len(fake.requests), len(await ledger.requests_since(0.0))) == (0, 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
