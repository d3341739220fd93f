"""Ending a job early: by stop, by deadline, by leaving its loop, by cancelling it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from smartlead_async import AuthenticationError, MemoryLedger, RateLimits, SmartleadClient
from smartlead_async.fake import FakeSmartlead, Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import ReconcilePolicy
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState, StepState
from smartlead_async.provisioning.report.report import Report

from .jobs import campaigns, job_on, seeded_fake, standing


def now() -> float:
    return asyncio.get_running_loop().time()


async def stopped_after(job: Job, seconds: float) -> tuple[Report, float]:
    """Stop a job after some time; return its report and how long stopping took."""
    task = asyncio.create_task(job.run())
    await asyncio.sleep(seconds)
    asked = now()
    job.stop()
    return await task, now() - asked


async def all_records(ledger: MemoryLedger) -> list[CampaignRecord]:
    return [record async for record in ledger.records()]


async def finished(fake: FakeSmartlead, specs: list[CampaignSpec], ledger: MemoryLedger) -> None:
    """Finish the job in another run, and check that the result is as if nothing had happened."""
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.failed) == (len(specs), 0)
    ideal = seeded_fake()
    await job_on(ideal, specs).run()
    assert standing(fake) == standing(ideal)


async def test_responses_in_flight_are_recorded_and_nothing_more_is_sent() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(10)
    job = job_on(fake, specs, ledger, latency=2.0, concurrency=5)
    # Half of a latency after the fifth round of requests was sent, of which the first is the list.
    report, took = await stopped_after(job, 5 * 2.0 - 0.5)
    assert report.interrupted
    assert took <= 2.0
    arrived = fake.requests.total
    await asyncio.sleep(60)
    assert fake.requests.total == arrived == report.requests
    records = await all_records(ledger)
    # One step each that was begun and not sent; all that was sent has its response on record. The two lists,
    # of campaigns and of mailboxes, belong to no campaign.
    lists = sum(fake.requests.by_operation[name] for name in ("ListCampaigns", "ListEmailAccounts"))
    assert sum(record.requests for record in records) + lists == arrived
    await finished(fake, specs, ledger)
    assert fake.requests.by_operation["CreateCampaign"] == 10


async def test_a_failed_response_is_not_retried_after_stopping() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    fake.script("SaveSequences", Fault.status_before(503), times=None)
    job = job_on(fake, campaigns(3), ledger, latency=1.0, concurrency=1)
    # The first attempt at a sequence is on its way.
    _, took = await stopped_after(job, 2.5)
    assert fake.requests.by_operation["SaveSequences"] == 1
    assert took < 1.6


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("CreateCampaign", Fault.lost_after()),
        ("AddLeads", Fault.status_before(503)),
        (None, Fault.status_before(503)),
        ("UpdateSchedule", Fault.rate_limited(600)),
    ],
    ids=["settling", "a retry", "an outage", "a closed gate"],
)
async def test_stopping_does_not_wait_for_pauses(operation: str | None, fault: Fault) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(4)
    script = fake.script(operation, fault, times=None)
    job = job_on(fake, specs, ledger, reconcile=ReconcilePolicy((100.0, 300.0)))
    _, took = await stopped_after(job, 30)
    assert took <= 1
    script.stop()
    await finished(fake, specs, ledger)


async def test_a_create_that_was_only_queued_is_not_treated_as_lost() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(6, same_names=False)
    # The list and the first create take both places; the others are in line for theirs.
    job = job_on(fake, specs, ledger, limits=RateLimits.of((2, 1000.0)), latency=0.1)
    await stopped_after(job, 100)
    records = {record.key: record for record in await all_records(ledger)}
    assert len(records) == 1
    assert all(record.campaign_id is not None for record in records.values())
    await finished(fake, specs, ledger)
    assert fake.requests.by_operation["ListCampaigns"] == 1


async def test_stopping_skips_the_sweep_and_the_next_run_makes_it() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(2, same_names=False)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    # Both are done, and the sweep waits for whatever may still come of the lost one.
    report, took = await stopped_after(job_on(fake, specs, ledger), 10)
    assert (report.done, report.interrupted) == (2, True)
    assert took <= 1
    lists = []
    for _ in range(3):
        before = fake.requests.total
        await job_on(fake, specs, ledger).run()
        lists.append(fake.requests.total - before)
    # The second run has nothing to do but the sweep, and the third not even that.
    assert lists == [1, 0, 0]


async def test_stopping_before_and_after_is_harmless() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(2)
    job = job_on(fake, specs, ledger)
    job.stop()
    report = await job.run()
    assert (report.interrupted, report.done, fake.requests.total) == (True, 0, 0)
    other = job_on(fake, specs, ledger)
    report = await other.run()
    other.stop()
    assert (report.done, report.interrupted) == (2, False)


async def test_interactive_calls_continue_when_a_job_is_stopped_and_do_not_delay_it() -> None:
    fake = seeded_fake()
    async with SmartleadClient(
        "test-key", transport=fake.transport(5.0), limits=RateLimits.UNLIMITED
    ) as client:
        job = client.provision(campaigns(4), create_anyway=True)

        async def people() -> int:
            asked = 0
            while asked < 30:
                await client.campaigns.list()
                asked += 1
            return asked

        asking = [asyncio.create_task(people()) for _ in range(3)]
        _, took = await stopped_after(job, 12)
        assert took <= 5.5
        assert await asyncio.gather(*asking) == [30, 30, 30]
        # And the lane is open again for the next job.
        report = await client.provision(campaigns(4), create_anyway=True)
        assert (report.done, report.failed, report.interrupted) == (4, 0, False)


async def test_stopping_one_of_two_jobs_on_a_client_lets_the_other_complete_everything() -> None:
    fake, specs, ledger = seeded_fake(), campaigns(8), MemoryLedger()
    async with SmartleadClient(
        "test-key", transport=fake.transport(0.2), limits=RateLimits.of((5, 60.0))
    ) as client:
        one, two = client.provision(specs[:4], ledger=ledger), client.provision(specs[4:], create_anyway=True)
        running = asyncio.create_task(two.run())
        stopped, took = await stopped_after(one, 90)
        assert (stopped.interrupted, stopped.succeeded) == (True, False)
        assert took <= 1
        report = await running
        assert (report.done, report.failed, report.interrupted) == (4, 0, False)
        assert report.succeeded
        resumed = await client.provision(specs[:4], ledger=ledger)
        assert (resumed.done, resumed.failed) == (4, 0)
    ideal = seeded_fake()
    await job_on(ideal, specs).run()
    assert standing(fake) == standing(ideal)


async def test_the_deadline_of_one_of_two_jobs_on_a_client_lets_the_other_complete_everything() -> None:
    fake, specs = seeded_fake(), campaigns(8)
    async with SmartleadClient(
        "test-key", transport=fake.transport(0.2), limits=RateLimits.of((5, 60.0))
    ) as client:
        one, two = client.provision(specs[:4], deadline=90), client.provision(specs[4:], create_anyway=True)
        expired, report = await asyncio.gather(one.run(), two.run())
        assert (expired.deadline_passed, expired.interrupted) == (True, True)
        assert (report.done, report.deadline_passed, report.succeeded) == (4, False, True)


async def test_the_requests_of_a_stopped_job_leave_the_queue_and_return_their_permits() -> None:
    fake, limits = seeded_fake(), RateLimits.of((1, 60.0))
    async with SmartleadClient("test-key", transport=fake.transport(0.2), limits=limits) as client:
        job = client.provision(campaigns(4, same_names=False))
        task = asyncio.create_task(job.run())
        await asyncio.sleep(90)
        assert client.limiter.waiting == 4
        job.stop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert client.limiter.waiting == 0
        await task
        assert (client.limiter.waiting, client.limiter.in_flight) == (0, 0)
        await asyncio.sleep(60)
        assert client.limiter.available() == 1


# --- deadlines ------------------------------------------------------------------------------------------


async def test_at_the_deadline_requests_in_flight_get_their_responses() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(20)
    report = await job_on(fake, specs, ledger, latency=2.0, concurrency=4, deadline=31.0).run()
    assert report.deadline_passed
    assert report.interrupted
    assert now() <= 33
    assert not any(
        step.state is StepState.SENT and step.requests for r in await all_records(ledger) for step in r.steps
    )
    await finished(fake, specs, ledger)
    assert fake.requests.by_operation["CreateCampaign"] == 20
    assert fake.requests.by_operation["ListCampaigns"] == 1


async def test_a_deadline_that_is_not_reached_is_not_reported() -> None:
    report = await job_on(seeded_fake(), campaigns(2), deadline=600.0).run()
    assert (report.deadline_passed, report.interrupted, report.succeeded) == (False, False, True)


# --- iterating ------------------------------------------------------------------------------------------


async def test_iterating_over_a_job_yields_each_campaign_once() -> None:
    job = job_on(seeded_fake(), campaigns(12), concurrency=3)
    keys = [record.key async for record in job]
    assert sorted(keys) == sorted(f"campaign {n}" for n in range(12))
    assert (job.report.done, job.report.succeeded) == (12, True)


async def test_a_slow_reader_loses_nothing_when_the_job_is_stopped() -> None:
    ledger = MemoryLedger()
    job = job_on(seeded_fake(), campaigns(40), ledger, concurrency=4)
    seen = []
    async for record in job:
        seen.append(record.key)
        await asyncio.sleep(5)
        if len(seen) == 3:
            job.stop()
    done = [record.key async for record in ledger.records(CampaignState.DONE)]
    assert sorted(seen) == sorted(done)
    assert 3 < len(done) < 40


async def test_leaving_the_loop_ends_the_job() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(30)
    async with job_on(fake, specs, ledger, concurrency=3) as job:
        async for record in job:
            assert record.state is CampaignState.DONE
            break
    sent = fake.requests.total
    await asyncio.sleep(60)
    assert fake.requests.total == sent
    await finished(fake, specs, ledger)


async def test_closing_the_iterator_ends_the_job() -> None:
    fake, specs = seeded_fake(), campaigns(30)
    job = job_on(fake, specs, concurrency=3)
    async with aclosing(aiter(job)) as outcomes:
        await anext(outcomes)
    sent = fake.requests.total
    await asyncio.sleep(60)
    assert fake.requests.total == sent


async def test_the_error_that_ends_a_job_is_raised_in_the_loop() -> None:
    fake = seeded_fake()
    job = job_on(fake, campaigns(30), concurrency=2)
    seen = []
    with pytest.raises(AuthenticationError):
        async for record in job:
            seen.append(record)
            if len(seen) == 4:
                fake.revoke_key("test-key")
    assert len(seen) >= 4


# --- hard cancellation ----------------------------------------------------------------------------------


async def test_a_cancelled_job_leaves_a_record_of_what_was_sent_for_the_next_run() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(6, same_names=False)
    task = asyncio.create_task(job_on(fake, specs, ledger, latency=2.0, concurrency=6).run())
    # The list is received; the responses to all six creates are on their way.
    await asyncio.sleep(3.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    records = await all_records(ledger)
    in_doubt = [record for record in records if record.campaign_id is None]
    assert len(in_doubt) == 6
    assert all(record.begun(Step.CREATE).state is StepState.SENT for record in in_doubt)
    assert len(fake.campaigns) == 6
    await finished(fake, specs, ledger)
    # All were found: by one list after that of the baseline, and the one of the sweep.
    assert fake.requests.by_operation["CreateCampaign"] == 6
    assert fake.requests.by_operation["ListCampaigns"] == 3
    assert all(
        record.adopted for record in await all_records(ledger) if record.key in {r.key for r in in_doubt}
    )
