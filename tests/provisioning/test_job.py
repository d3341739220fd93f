"""A job as a whole: order, failures, resuming, stopping, outages, and how long it takes."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Literal

import attrs
import pytest

from smartlead_async import (
    AuthenticationError,
    MemoryLedger,
    RateLimits,
    SmartleadClient,
    SqliteLedger,
)
from smartlead_async.fake import Fault
from smartlead_async.limits import Lane
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.provisioning.job.options import ReconcilePolicy
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState

from .jobs import TAKEN, campaigns, job_on, killed_after, seeded_fake, standing

_SOON = ReconcilePolicy((0.05, 0.1))

FULL = [
    "CreateCampaign",
    "SaveSequences",
    "AddEmailAccounts",
    "AddLeads",
    "UpdateSchedule",
    "UpdateSettings",
    "UpdateStatus",
]
"""The requests of one campaign."""


async def test_a_full_set_up_is_one_list_and_seven_requests_in_their_order() -> None:
    fake = seeded_fake()
    specs = [attrs.evolve(campaigns(1, leads=400)[0], mailboxes=MailboxChoice(ids=(501,)))]
    report = await job_on(fake, specs).run()
    assert [entry.operation for entry in fake.requests.entries] == ["ListCampaigns", *FULL]
    assert report.requests == 8
    assert fake.snapshot()[0]["status"] == "ACTIVE"


async def test_leads_go_in_batches_of_400() -> None:
    fake = seeded_fake()
    report = await job_on(fake, campaigns(1, leads=801)).run()
    assert fake.requests.by_operation["AddLeads"] == 3
    assert (report.leads.sent, report.leads.added) == (801, 801)


@pytest.mark.parametrize("operation", FULL)
async def test_a_failed_campaign_does_not_stop_the_others_and_is_completed_by_the_next_run(
    operation: str,
) -> None:
    specs, fake, ledger = campaigns(4), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.status_before(422), operation)
    report = await job_on(fake, specs, ledger, concurrency=1).run()
    assert (report.done, report.failed, report.succeeded) == (3, 1, False)
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    assert failed.key == "campaign 0"
    assert failed.failed_step is TAKEN[FULL.index(operation)]
    assert failed.error is not None
    assert "HTTP 422" in failed.error

    sent = len(fake.requests)
    again = await job_on(fake, specs, ledger).run()
    assert (again.done, again.failed, again.finished_before) == (4, 0, 3)
    # From the step that failed; the mailboxes may have to be looked up again.
    left = 7 - FULL.index(operation)
    assert len(fake.requests) - sent - fake.requests.by_operation["ListEmailAccounts"] + 1 in (left, left + 1)
    assert Counter(c["name"] for c in standing(fake)) == Counter(s.name for s in specs)


async def test_a_finished_job_sends_nothing_when_it_is_run_again() -> None:
    specs, fake, ledger = campaigns(3), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    sent = len(fake.requests)
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.finished_before, len(fake.requests)) == (3, 3, sent)


async def test_campaigns_in_progress_are_completed_before_others_start() -> None:
    specs, fake, ledger = campaigns(12, same_names=False), seeded_fake(), MemoryLedger()
    assert not await killed_after(job_on(fake, specs, ledger, concurrency=3), 2.0)
    begun = {record.key async for record in ledger.records(CampaignState.RUNNING)}
    assert 1 <= len(begun) <= 3
    ended: list[str] = []

    async def note(record: CampaignRecord) -> None:
        ended.append(record.key)

    await job_on(fake, list(reversed(specs)), ledger, concurrency=3).run(note)
    assert set(ended[: len(begun)]) == begun


async def test_concurrency_bounds_the_campaigns_in_progress() -> None:
    fake = seeded_fake()
    transport_peak = 0
    job = job_on(fake, campaigns(20), concurrency=4)
    task = asyncio.create_task(job.run())
    while not task.done():
        await asyncio.sleep(0.05)
        transport_peak = max(transport_peak, job.progress().running)
    assert transport_peak == 4


async def test_a_wrong_key_ends_the_job_at_once_and_finished_work_is_recorded() -> None:
    specs, fake, ledger = campaigns(10), seeded_fake(), MemoryLedger()
    job = job_on(fake, specs, ledger, concurrency=2)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(3)
    fake.revoke_key("test-key")
    with pytest.raises(AuthenticationError):
        await task
    done = [record async for record in ledger.records(CampaignState.DONE)]
    assert len(done) == job.report.done > 0
    assert fake.requests.by_status[401] <= 2


async def test_stop_waits_for_responses_in_flight_and_sends_nothing_more() -> None:
    specs, fake, ledger = campaigns(10), seeded_fake(), MemoryLedger()
    job = job_on(fake, specs, ledger, concurrency=4, latency=1.0)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(5.5)
    sent = len(fake.requests)
    job.stop()
    report = await task
    assert report.interrupted
    # The fake notes a request when its answer is due: those of the four campaigns that were under way.
    assert len(fake.requests) <= sent + 4
    # Nothing is left in doubt: the next run neither looks nor repeats a create.
    await job_on(fake, specs, ledger).run()
    assert fake.requests.by_operation["ListCampaigns"] == 1
    assert fake.requests.by_operation["CreateCampaign"] == 10


async def test_stop_does_not_wait_for_the_rate_limit_or_a_pause() -> None:
    specs, fake = campaigns(10), seeded_fake()
    fake.script("SaveSequences", Fault.status_before(503), times=None)
    job = job_on(fake, specs, limits=RateLimits.of((5, 3600.0)), concurrency=4)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(60)
    before = asyncio.get_running_loop().time()
    job.stop()
    await task
    assert asyncio.get_running_loop().time() - before < 1


async def test_interactive_calls_go_before_those_of_a_job() -> None:
    specs, fake = campaigns(60), seeded_fake()
    job = job_on(fake, specs, limits=RateLimits.of((10, 60.0)))
    task = asyncio.create_task(job.run())
    await asyncio.sleep(90)
    asked = asyncio.get_running_loop().time()
    client = job._client.with_options(lane=Lane.INTERACTIVE)
    assert isinstance(client, SmartleadClient)
    await client.campaigns.list()
    assert asyncio.get_running_loop().time() - asked <= 60
    job.stop()
    await task


@pytest.mark.parametrize("limits", [RateLimits.UNLIMITED, RateLimits.of((10, 1.0))], ids=str)
async def test_a_call_beside_a_job_does_not_wait_for_imports_that_hang(limits: RateLimits) -> None:
    fake = seeded_fake()
    job = job_on(fake, campaigns(60), limits=limits, concurrency=30)
    fake.script("AddLeads", Fault.slow(29), times=None)
    task = asyncio.create_task(job.run())
    client = job._client.with_options(lane=Lane.INTERACTIVE)
    assert isinstance(client, SmartleadClient)
    for _ in range(8):
        await asyncio.sleep(4)
        asked = asyncio.get_running_loop().time()
        await client.campaigns.list()
        assert asyncio.get_running_loop().time() - asked <= 2
    job.stop()
    await task


async def test_an_outage_of_an_hour_is_waited_out_with_few_requests() -> None:
    specs, fake = campaigns(6), seeded_fake()
    job = job_on(fake, specs)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(0.7)
    outage = fake.script(None, Fault.status_before(503), times=None)
    await asyncio.sleep(600)
    assert job.progress().down_for is not None
    sent = len(fake.requests)
    await asyncio.sleep(3000)
    assert len(fake.requests) - sent <= 3000 / 60 + 1
    outage.stop()
    report = await task
    assert (report.done, report.failed) == (6, 0)
    assert Counter(c["name"] for c in standing(fake)) == Counter(s.name for s in specs)


async def test_a_request_that_fails_while_the_service_is_up_fails_its_campaign() -> None:
    specs, fake = campaigns(3), seeded_fake()
    fake.script("UpdateSchedule", Fault.status_before(500), times=None)
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed) == (0, 3)
    assert fake.requests.by_operation["UpdateStatus"] == 0


async def test_a_deadline_ends_the_job() -> None:
    fake = seeded_fake()
    report = await job_on(fake, campaigns(100), deadline=10.0, concurrency=2).run()
    assert report.deadline_passed
    assert 0 < report.done < 100


@pytest.mark.sockets
async def test_a_job_resumes_from_its_ledger_file(tmp_path: Path) -> None:
    specs, fake, path = campaigns(8), seeded_fake(), tmp_path / "job.ledger"
    job = job_on(fake, specs, SqliteLedger(path), latency=0.005)
    assert not await killed_after(job, 0.06)
    report = await job_on(fake, specs, SqliteLedger(path), latency=0, reconcile=_SOON).run()
    assert (report.done, report.failed) == (8, 0)
    assert Counter(c["name"] for c in standing(fake)) == Counter(s.name for s in specs)
    assert len([record async for record in report.campaigns()]) == 8
    other = [specs[0], attrs.evolve(specs[1], name="Another"), *specs[2:]]
    report = await job_on(fake, other, SqliteLedger(path), latency=0).run()
    assert (report.done, report.finished_before, report.requests) == (8, 7, 1)
    assert Counter(c["name"] for c in standing(fake)) == Counter(s.name for s in other)


@pytest.mark.parametrize("counting", ["sliding", "fixed", "token"])
@pytest.mark.parametrize(("tier", "number"), [(RateLimits.STANDARD, 300), (RateLimits.PRO, 300)])
async def test_a_job_takes_no_longer_than_the_windows_ask_for_and_meets_no_429(
    tier: RateLimits, number: int, counting: Literal["sliding", "fixed", "token"]
) -> None:
    fake = seeded_fake(limits=tier, counting=counting)
    report = await job_on(fake, campaigns(number), limits=tier, latency=0.3).run()
    took = asyncio.get_running_loop().time()
    assert report.done == number
    assert fake.throttled == 0
    assert took <= 1.02 * tier.shortest_time(report.requests)


async def test_another_user_of_the_key_is_noticed_before_a_429() -> None:
    tier = RateLimits.of((60, 60.0))
    fake = seeded_fake(limits=tier)
    job = job_on(fake, campaigns(40), limits=tier, latency=0.1)
    task = asyncio.create_task(job.run())
    while not task.done():
        fake.spend(2)
        await asyncio.sleep(6)
    assert (await task).done == 40
    # A third of the key's requests are somebody else's; hardly one of ours is turned away.
    assert fake.throttled <= 5
