"""The number of requests in flight adapts to the response times of the service."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from smartlead_async import RateLimits, SmartleadError
from smartlead_async.fake import Fault
from smartlead_async.pipeline.events import Attempt
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.provisioning.job.concurrency import AdaptiveConcurrency
from smartlead_async.request import Effect

from .jobs import campaigns, job_on, seeded_fake


@pytest.fixture
def pacing() -> AdaptiveConcurrency:
    return AdaptiveConcurrency(Limiter(RateLimits.UNLIMITED, max_in_flight=16), 16)


def answered(took: float, *, status: int = 200, error: SmartleadError | None = None) -> Attempt:
    return Attempt("ListCampaigns", Effect.READ, 1, status, error, 0.0, took)


def rounds(pacing: AdaptiveConcurrency, took: float, number: int) -> Iterator[int]:
    """Play rounds of responses that take this long; yield the limit after each."""
    for _ in range(number):
        for _ in range(pacing.limiter.max_in_flight):
            pacing.note(answered(took))
        yield pacing.limiter.max_in_flight


async def test_a_steady_service_keeps_the_full_concurrency(pacing: AdaptiveConcurrency) -> None:
    assert set(rounds(pacing, 0.4, 20)) == {16}


async def test_slow_responses_halve_it_round_by_round_and_never_below_one(
    pacing: AdaptiveConcurrency,
) -> None:
    list(rounds(pacing, 0.4, 2))
    allowed = list(rounds(pacing, 5.0, 8))
    assert allowed[:4] == [8, 4, 2, 1]
    assert set(allowed[4:]) == {1}


async def test_after_recovering_it_returns_to_the_ceiling_and_no_further(
    pacing: AdaptiveConcurrency,
) -> None:
    list(rounds(pacing, 0.4, 2))
    assert next(rounds(pacing, 5.0, 1)) == 8
    allowed = list(rounds(pacing, 0.4, 30))
    assert allowed[-1] == 16
    assert all(after - before <= 1 for before, after in itertools.pairwise(allowed))


async def test_three_times_a_very_short_time_is_not_slow(pacing: AdaptiveConcurrency) -> None:
    list(rounds(pacing, 0.01, 2))
    assert set(rounds(pacing, 0.2, 10)) == {16}


async def test_a_service_that_stays_slower_is_not_throttled_for_ever(
    pacing: AdaptiveConcurrency,
) -> None:
    list(rounds(pacing, 0.4, 2))
    assert list(rounds(pacing, 2.0, 200))[-1] == 16


async def test_a_429_halves_it_at_once(pacing: AdaptiveConcurrency) -> None:
    pacing.note(answered(0.1, status=429, error=SmartleadError("too many")))
    assert pacing.limiter.max_in_flight == 8


async def test_restoring_returns_to_the_limit_of_the_client(pacing: AdaptiveConcurrency) -> None:
    list(rounds(pacing, 0.4, 1))
    list(rounds(pacing, 9.0, 3))
    pacing.restore()
    assert pacing.limiter.max_in_flight == 16


async def test_a_job_slows_down_while_responses_are_slow_and_restores_the_client() -> None:
    fake = seeded_fake()
    job = job_on(fake, campaigns(200), latency=0.2, concurrency=20)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(5)
    limiter = job._client.limiter
    assert limiter.max_in_flight == 20
    slow = fake.script(None, Fault.slow(8), times=None)
    await asyncio.sleep(40)
    assert limiter.max_in_flight <= 5
    slow.stop()
    report = await task
    assert (report.done, limiter.max_in_flight) == (200, 20)


async def test_a_cancelled_job_restores_the_client() -> None:
    fake = seeded_fake()
    job = job_on(fake, campaigns(60), concurrency=20)
    fake.script(None, Fault.rate_limited(2), times=3)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(5)
    assert job._client.limiter.max_in_flight < 20
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert job._client.limiter.max_in_flight == 20
