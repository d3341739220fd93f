"""Pause, resume and destroy: what is done to the campaigns of a ledger without their plan."""

from __future__ import annotations

import random
from typing import Literal

import attrs
import pytest

from smartlead_async import FakeSmartlead, MemoryLedger, RateLimits, SmartleadClient
from smartlead_async.fake import Fault
from smartlead_async.fake.faults import Faults
from smartlead_async.fake.state import CampaignStatus
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.operations import Operation
from smartlead_async.provisioning.ledger.records import CampaignState
from smartlead_async.provisioning.report.report import Report

from .jobs import CHECKS, campaigns, job_on, killed_after, seeded_fake, standing

ACTIVE, PAUSED, DRAFTED = CampaignStatus.ACTIVE, CampaignStatus.PAUSED, CampaignStatus.DRAFTED
KILLS = [x / 10 for x in range(1, 12)]


def operation_on(
    fake: FakeSmartlead, operation: Operation | Literal["pause"], ledger: MemoryLedger, *select: str
) -> Job:
    client = SmartleadClient(
        "test-key",
        transport=fake.transport(latency=0.2),
        limits=RateLimits.UNLIMITED,
        wall_clock=fake.clock.wall,
        rng=random.Random(0),
    )
    return client.operate(operation, ledger, select=select, reconcile=CHECKS)


async def pause(fake: FakeSmartlead, ledger: MemoryLedger, *select: str) -> Report:
    return await operation_on(fake, Operation.PAUSE, ledger, *select).run()


async def resume(fake: FakeSmartlead, ledger: MemoryLedger, *select: str) -> Report:
    return await operation_on(fake, Operation.RESUME, ledger, *select).run()


async def destroy(fake: FakeSmartlead, ledger: MemoryLedger, *select: str) -> Report:
    return await operation_on(fake, Operation.DESTROY, ledger, *select).run()


async def provisioned(number: int = 3) -> tuple[FakeSmartlead, list[CampaignSpec], MemoryLedger]:
    specs, fake, ledger = campaigns(number, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    return fake, specs, ledger


def statuses(fake: FakeSmartlead) -> list[CampaignStatus]:
    fake.settle()
    return [campaign.status for campaign in fake.campaigns.values()]


async def states(ledger: MemoryLedger) -> list[CampaignState]:
    return [record.state async for record in ledger.records()]


# --- pause -------------------------------------------------------------------------------------------


async def test_pause_stops_every_running_campaign_with_two_requests_each() -> None:
    fake, _, ledger = await provisioned(3)
    report = await pause(fake, ledger)
    assert (report.done, report.failed, report.requests) == (3, 0, 6)
    assert statuses(fake) == [PAUSED] * 3
    assert await states(ledger) == [CampaignState.PAUSED] * 3
    assert (await pause(fake, ledger)).requests == 0


async def test_pause_and_resume_leave_alone_what_was_not_running() -> None:
    fake, _, ledger = await provisioned(5)
    _, paused, completed, stopped, gone = list(fake.campaigns.values())
    paused.status = PAUSED
    completed.status = CampaignStatus.COMPLETED
    stopped.status = CampaignStatus.STOPPED
    del fake.campaigns[gone.id]
    assert (await pause(fake, ledger)).failed == 0
    expected = [PAUSED, PAUSED, CampaignStatus.COMPLETED, CampaignStatus.STOPPED]
    assert statuses(fake) == expected
    assert (await states(ledger)).count(CampaignState.PAUSED) == 1
    assert (await resume(fake, ledger)).failed == 0
    assert statuses(fake) == [ACTIVE, *expected[1:]]


async def test_drafts_and_half_made_campaigns_are_not_started_by_resume() -> None:
    specs, fake, ledger = campaigns(4, same_names=False), seeded_fake(), MemoryLedger()
    specs[0] = attrs.evolve(specs[0], start=False)
    fake.fail_next(Fault.status_before(422), "UpdateSchedule", times=3)
    await job_on(fake, specs, ledger, concurrency=1).run()
    before = statuses(fake)
    assert before.count(ACTIVE) == 1
    assert (await pause(fake, ledger)).done == 1
    assert ACTIVE not in statuses(fake)
    await resume(fake, ledger)
    assert statuses(fake) == before
    # The half-made ones are completed by their plan.
    assert (await job_on(fake, specs, ledger).run()).done == 4
    assert statuses(fake) == [DRAFTED, ACTIVE, ACTIVE, ACTIVE]


async def test_an_operation_can_be_named_by_a_string() -> None:
    fake, _, ledger = await provisioned(2)
    assert (await operation_on(fake, "pause", ledger)).done == 2
    with pytest.raises(ValueError, match="'stop' is not a valid Operation"):
        SmartleadClient("test-key").operate("stop", ledger)  # type: ignore[arg-type]


async def test_only_the_selected_campaigns_are_paused() -> None:
    fake, _, ledger = await provisioned(3)
    assert (await pause(fake, ledger, "campaign [12]")).done == 2
    assert statuses(fake) == [ACTIVE, PAUSED, PAUSED]
    assert (await resume(fake, ledger, "campaign 1", "state:paused")).done == 1
    assert statuses(fake) == [ACTIVE, ACTIVE, PAUSED]


@pytest.mark.parametrize("seconds", KILLS)
async def test_a_pause_that_is_killed_is_completed_by_the_next_one(seconds: float) -> None:
    fake, _, ledger = await provisioned(12)
    await killed_after(operation_on(fake, Operation.PAUSE, ledger), seconds)
    assert (await pause(fake, ledger)).failed == 0
    assert statuses(fake) == [PAUSED] * 12
    assert (await resume(fake, ledger)).done == 12
    assert statuses(fake) == [ACTIVE] * 12


@pytest.mark.parametrize("seconds", KILLS)
@pytest.mark.parametrize("next_command", ["resume", "provision"])
async def test_no_campaign_stays_paused_after_a_pause_that_was_killed(
    seconds: float, next_command: str
) -> None:
    fake, specs, ledger = await provisioned(12)
    await killed_after(operation_on(fake, Operation.PAUSE, ledger), seconds)
    if next_command == "resume":
        await resume(fake, ledger)
    else:
        await job_on(fake, specs, ledger).run()
    assert statuses(fake) == [ACTIVE] * 12


@pytest.mark.parametrize("seconds", [x / 10 for x in range(2, 36)])
@pytest.mark.parametrize("delay", [1, 4.5])
async def test_a_start_that_takes_effect_after_a_pause_is_paused_as_well(
    seconds: float, delay: float
) -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.late_commit(delay), "UpdateStatus", times=2)
    await killed_after(job_on(fake, specs, ledger), seconds)
    await pause(fake, ledger)
    assert ACTIVE not in statuses(fake)


@pytest.mark.parametrize("seconds", KILLS)
async def test_a_resume_that_was_killed_can_be_followed_by_a_pause(seconds: float) -> None:
    fake, _, ledger = await provisioned(12)
    await pause(fake, ledger)
    fake.fail_next(Fault.late_commit(4), "UpdateStatus", times=3)
    await killed_after(operation_on(fake, Operation.RESUME, ledger), seconds)
    await pause(fake, ledger)
    assert ACTIVE not in statuses(fake)
    await resume(fake, ledger)
    assert statuses(fake) == [ACTIVE] * 12


async def test_a_pause_that_takes_effect_late_does_not_stop_a_resumed_campaign() -> None:
    fake, _, ledger = await provisioned(3)
    fake.fail_next(Fault.late_commit(4), "UpdateStatus", times=3)
    await pause(fake, ledger)
    await resume(fake, ledger)
    assert statuses(fake) == [ACTIVE] * 3


async def test_a_pause_that_is_refused_is_a_failure_and_can_be_repeated() -> None:
    fake, specs, ledger = await provisioned(3)
    fake.fail_next(Fault.status_before(422), "UpdateStatus")
    report = await pause(fake, ledger)
    assert (report.done, report.failed) == (2, 1)
    assert statuses(fake).count(ACTIVE) == 1
    assert (await pause(fake, ledger)).done == 1
    assert statuses(fake) == [PAUSED] * 3
    assert (await job_on(fake, specs, ledger).run()).done == 3
    assert statuses(fake) == [ACTIVE] * 3


async def test_a_resume_that_is_refused_is_a_failure_and_can_be_repeated() -> None:
    fake, _, ledger = await provisioned(3)
    await pause(fake, ledger)
    fake.fail_next(Fault.status_before(422), "UpdateStatus")
    assert (await resume(fake, ledger)).failed == 1
    assert (await resume(fake, ledger)).done == 1
    assert statuses(fake) == [ACTIVE] * 3


async def test_provision_starts_paused_campaigns_again_as_the_plan_says() -> None:
    fake, specs, ledger = await provisioned(3)
    await pause(fake, ledger)
    specs[1] = attrs.evolve(specs[1], start=False)
    report = await job_on(fake, specs, ledger).run()
    assert report.done == 3
    assert statuses(fake) == [ACTIVE, PAUSED, ACTIVE]


async def test_what_the_plan_has_paused_is_not_resumed() -> None:
    fake, specs, ledger = await provisioned(3)
    specs[1] = attrs.evolve(specs[1], start=False)
    await job_on(fake, specs, ledger).run()
    await pause(fake, ledger)
    await resume(fake, ledger)
    assert statuses(fake) == [ACTIVE, PAUSED, ACTIVE]


@pytest.mark.parametrize("resumed", [True, False])
async def test_a_change_that_was_interrupted_is_completed_after_pause_and_resume(resumed: bool) -> None:
    fake, specs, ledger = await provisioned(3)
    changed = [attrs.evolve(spec, settings=SettingsSpec(follow_up_percentage=11)) for spec in specs]
    fake.fail_next(Fault.status_before(422), "UpdateSettings", times=2)
    assert (await job_on(fake, changed, ledger, plan="changed").run()).failed == 2
    await pause(fake, ledger)
    if resumed:
        assert (await resume(fake, ledger)).done == 3
        assert statuses(fake) == [ACTIVE] * 3
    assert (await job_on(fake, changed, ledger, plan="changed").run()).failed == 0
    expected = seeded_fake()
    await job_on(expected, changed).run()
    assert standing(fake) == standing(expected)


# --- destroy -----------------------------------------------------------------------------------------


async def test_destroy_deletes_what_the_ledger_made_and_nothing_else() -> None:
    fake, specs, ledger = await provisioned(4)
    other = MemoryLedger()
    await job_on(fake, specs[:2], other).run()
    report = await destroy(fake, ledger)
    assert (report.removed, report.failed) == (4, 0)
    assert sorted(fake.campaigns) == [record.campaign_id async for record in other.records()]
    assert [record async for record in ledger.records()] == []


async def test_destroy_deletes_the_selected_campaigns() -> None:
    fake, specs, ledger = await provisioned(4)
    assert (await destroy(fake, ledger, "campaign 0", "campaign 3")).removed == 2
    assert {campaign.name for campaign in fake.campaigns.values()} == {specs[1].name, specs[2].name}
    assert [record.key async for record in ledger.records()] == ["campaign 1", "campaign 2"]


@pytest.mark.parametrize("status", CampaignStatus)
async def test_destroy_deletes_a_campaign_whatever_somebody_has_done_to_it(status: CampaignStatus) -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    specs = [attrs.evolve(specs[0], start=False), specs[1]]
    await job_on(fake, specs, ledger).run()
    for campaign in fake.campaigns.values():
        campaign.status = status
    assert (await destroy(fake, ledger)).removed == 2
    assert statuses(fake) == []


@pytest.mark.parametrize("seconds", [x / 10 for x in range(1, 16)])
async def test_a_destroy_that_is_killed_is_completed_by_the_next_one(seconds: float) -> None:
    fake, _, ledger = await provisioned(12)
    await killed_after(operation_on(fake, Operation.DESTROY, ledger), seconds)
    await destroy(fake, ledger)
    assert statuses(fake) == []
    assert [record async for record in ledger.records()] == []


@pytest.mark.parametrize("strategy", ["full", "clone"])
@pytest.mark.parametrize("seconds", [x / 10 for x in range(1, 16, 2)])
async def test_after_a_destroy_that_was_killed_the_plan_can_be_provisioned(
    seconds: float, strategy: str
) -> None:
    specs, fake, ledger = campaigns(6, same_names=False), seeded_fake(), MemoryLedger()
    options = {"strategy": strategy, "plan": "the plan"}
    await job_on(fake, specs, ledger, **options).run()
    ideal = standing(fake)
    await killed_after(operation_on(fake, Operation.DESTROY, ledger), seconds)
    assert (await job_on(fake, specs, ledger, **options).run()).done == 6
    assert standing(fake) == ideal


@pytest.mark.parametrize("strategy", ["full", "clone"])
@pytest.mark.parametrize("seconds", [x / 10 for x in range(1, 24)])
async def test_destroy_finds_campaigns_whose_create_was_lost(seconds: float, strategy: str) -> None:
    specs, fake, ledger = campaigns(6, same_names=False), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.late_commit(4), "CreateCampaign", times=3)
    fake.fail_next(Fault.late_commit(4), "DuplicateCampaign", times=3)
    await killed_after(job_on(fake, specs, ledger, strategy=strategy, prune_orphans=False), seconds)
    report = await destroy(fake, ledger)
    assert report.failed == 0
    assert statuses(fake) == []
    assert [record async for record in ledger.records()] == []


@pytest.mark.parametrize("seed", range(6))
async def test_destroy_leaves_nothing_behind_after_faults_and_kills(seed: int) -> None:
    specs, fake, ledger = campaigns(8), seeded_fake(faults=Faults(0.3, seed=seed)), MemoryLedger()
    await killed_after(job_on(fake, specs, ledger, prune_orphans=False), 6.0)
    for seconds in (2.0, 5.0, 9.0, 14.0, 25.0):
        await killed_after(operation_on(fake, Operation.DESTROY, ledger), seconds)
    fake.faults = None
    await destroy(fake, ledger)
    assert statuses(fake) == []
    assert [record async for record in ledger.records()] == []


async def test_a_destroyed_plan_is_provisioned_as_if_it_were_new() -> None:
    fake, specs, ledger = await provisioned(3)
    ideal = standing(fake)
    await destroy(fake, ledger)
    report = await job_on(fake, specs, ledger, create_anyway=False).run()
    assert (report.done, report.finished_before) == (3, 0)
    assert standing(fake) == ideal


async def test_paused_campaigns_can_be_destroyed() -> None:
    fake, _, ledger = await provisioned(3)
    await pause(fake, ledger)
    assert (await destroy(fake, ledger)).requests == 3
    assert statuses(fake) == []


async def test_destroy_deletes_the_empty_draft_of_a_create_that_took_effect_after_the_last_check() -> None:
    specs, fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.late_commit(25), "CreateCampaign")
    await killed_after(job_on(fake, specs, ledger, prune_orphans=False), 21.5)
    report = await destroy(fake, ledger)
    assert [orphan.pruned for orphan in report.orphans] == [True]
    assert statuses(fake) == []
    assert [record async for record in ledger.records()] == []
