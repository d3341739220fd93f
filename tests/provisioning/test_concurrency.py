"""The number of requests in flight adapts to the response times of the service."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from smartlead_async import FakeSmartlead, MemoryLedger, RateLimits, SmartleadError
from smartlead_async.fake import Fault
from smartlead_async.pipeline.events import Attempt
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.provisioning.job.concurrency import AdaptiveConcurrency
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.job_limiter import JobLimiter
from smartlead_async.provisioning.ledger.protocol import LedgerError
from smartlead_async.provisioning.ledger.records import CampaignRecord
from smartlead_async.request import Effect

from .jobs import campaigns, job_on, seeded_fake


@pytest.fixture
def pacing() -> AdaptiveConcurrency:
    return AdaptiveConcurrency(JobLimiter(Limiter(RateLimits.UNLIMITED, max_in_flight=16)), 16)


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


def in_flight_limits(job: Job) -> tuple[int, int]:
    """Return how many requests may be in flight: of the job, and of its client."""
    return job._sender.limiter.max_in_flight, job._client.limiter.max_in_flight


async def test_a_job_slows_down_while_responses_are_slow_and_recovers() -> None:
    fake = seeded_fake()
    job = job_on(fake, campaigns(200), latency=0.2, concurrency=20)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(5)
    assert in_flight_limits(job) == (20, 20)
    slow = fake.script(None, Fault.slow(8), times=None)
    await asyncio.sleep(40)
    own, of_client = in_flight_limits(job)
    assert own <= 5
    assert of_client == 20
    slow.stop()
    report = await task
    assert report.done == 200


class FailingLedger(MemoryLedger):
    """A ledger that cannot be written any more from some moment on."""

    fails = False

    async def save(self, record: CampaignRecord) -> None:
        if self.fails:
            raise LedgerError("the disk is full")
        await super().save(record)


def slowed_job(fake: FakeSmartlead) -> Job:
    """Return a job that the service rate-limits when it saves its first sequences."""
    fake.script("SaveSequences", Fault.rate_limited(1), times=3)
    return job_on(fake, campaigns(60), FailingLedger(), concurrency=20)


async def run_to(ending: str, job: Job) -> None:
    """Run a job until it has slowed down, and end it in this way."""
    task = asyncio.create_task(job.run())
    await asyncio.sleep(2)
    assert in_flight_limits(job)[0] < 20
    match ending:
        case "cancelled":
            task.cancel()
        case "stopped":
            job.stop()
        case "failed":
            ledger = job._journal.ledger
            assert isinstance(ledger, FailingLedger)
            ledger.fails = True
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("ending", ["done", "cancelled", "stopped", "failed"])
async def test_no_job_leaves_its_client_slower(ending: str) -> None:
    job = slowed_job(seeded_fake())
    await run_to(ending, job)
    assert job._client.limiter.max_in_flight == 20


@pytest.mark.parametrize("ending", ["done", "cancelled", "stopped", "failed"])
@pytest.mark.parametrize("head_start", [0.0, 0.5])
async def test_a_job_that_slows_down_slows_no_other_job_of_its_client(ending: str, head_start: float) -> None:
    slowed = slowed_job(seeded_fake())
    other = Job(slowed._client, [CampaignSpec(f"Plain {n}") for n in range(400)])
    others_report = asyncio.create_task(other.run())
    await asyncio.sleep(head_start)
    await run_to(ending, slowed)
    assert in_flight_limits(other) == (20, 20)
    assert (await others_report).done == 400
    assert in_flight_limits(other) == (20, 20)
