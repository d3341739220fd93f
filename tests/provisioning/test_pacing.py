"""How many requests are under way at once follows how the service copes."""

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
    """So many rounds of answers that take so long, and what is allowed after each."""
    for _ in range(number):
        for _ in range(pacing.limiter.max_in_flight):
            pacing.note(answered(took))
        yield pacing.limiter.max_in_flight


async def test_a_steady_service_is_left_alone(pacing: AdaptiveConcurrency) -> None:
    assert set(rounds(pacing, 0.4, 20)) == {16}


async def test_slow_answers_halve_it_round_by_round_and_never_below_one(pacing: AdaptiveConcurrency) -> None:
    list(rounds(pacing, 0.4, 2))
    allowed = list(rounds(pacing, 5.0, 8))
    assert allowed[:4] == [8, 4, 2, 1]
    assert set(allowed[4:]) == {1}


async def test_what_was_slow_once_gets_back_to_where_it_was_and_no_further(
    pacing: AdaptiveConcurrency,
) -> None:
    list(rounds(pacing, 0.4, 2))
    assert next(rounds(pacing, 5.0, 1)) == 8
    allowed = list(rounds(pacing, 0.4, 30))
    assert allowed[-1] == 16
    assert all(after - before <= 1 for before, after in itertools.pairwise(allowed))


async def test_three_times_next_to_nothing_is_not_slow(pacing: AdaptiveConcurrency) -> None:
    list(rounds(pacing, 0.01, 2))
    assert set(rounds(pacing, 0.2, 10)) == {16}


async def test_a_service_that_has_become_slower_for_good_is_not_held_down_for_ever(
    pacing: AdaptiveConcurrency,
) -> None:
    list(rounds(pacing, 0.4, 2))
    assert list(rounds(pacing, 2.0, 200))[-1] == 16


async def test_a_429_halves_it_at_once(pacing: AdaptiveConcurrency) -> None:
    pacing.note(answered(0.1, status=429, error=SmartleadError("too many")))
    assert pacing.limiter.max_in_flight == 8


async def test_restoring_gives_back_what_the_client_had(pacing: AdaptiveConcurrency) -> None:
    list(rounds(pacing, 0.4, 1))
    list(rounds(pacing, 9.0, 3))
    pacing.restore()
    assert pacing.limiter.max_in_flight == 16


async def test_a_job_eases_off_while_answers_are_slow_and_leaves_the_client_as_it_was() -> None:
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


async def test_a_job_that_is_cut_off_leaves_the_client_as_it_was() -> None:
    fake = seeded_fake()
    job = job_on(fake, campaigns(60), concurrency=20)
    fake.script(None, Fault.rate_limited(2), times=3)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(5)
    assert job._client.limiter.max_in_flight < 20
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert job._client.limiter.max_in_flight == 20
