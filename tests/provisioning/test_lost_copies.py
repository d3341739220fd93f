"""Copies whose duplicate got no response are not lost, whatever becomes of the plan before the next run."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from smartlead_async import FakeSmartlead, LeadInput, MemoryLedger
from smartlead_async.fake import Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.operations import Operation
from smartlead_async.provisioning.ledger.records import CampaignRecord

from .jobs import campaigns, job_on, killed_after, seeded_fake, standing
from .test_operations import operation_on

NEW_STEPS = (StepSpec("New", "<p>New</p>"),)


def alike(number: int, **changes: Any) -> list[CampaignSpec]:
    """Return campaigns that are copied from the first of them."""
    model = campaigns(1)[0]
    return [
        attrs.evolve(
            model,
            name=f"Dentists, part {n}, Q1 2027",
            key=f"part {n}",
            leads=[LeadInput(f"lead@c{n}.example")],
            **changes,
        )
        for n in range(number)
    ]


async def with_lost_copy(
    fault: Fault, **changes: Any
) -> tuple[FakeSmartlead, MemoryLedger, list[CampaignSpec]]:
    """Return what a job leaves that was killed before it knew whether its last duplicate took effect."""
    fake, ledger, specs = seeded_fake(), MemoryLedger(), alike(3, **changes)
    await job_on(fake, specs[:2], ledger, strategy="clone").run()
    fake.fail_next(fault, "DuplicateCampaign")
    assert not await killed_after(job_on(fake, specs, ledger, strategy="clone"), 1.0)
    copy = await record_of(ledger, "part 2")
    assert (copy.copy_of is None, copy.campaign_id) == (False, None)
    return fake, ledger, specs


async def record_of(ledger: MemoryLedger, key: str) -> CampaignRecord:
    record = await ledger.get(key)
    assert record is not None
    return record


async def require_as_planned(fake: FakeSmartlead, ledger: MemoryLedger, specs: list[CampaignSpec]) -> None:
    """Run the job to its end, and compare the server with what a new job would have made."""
    report = await job_on(fake, specs, ledger, strategy="clone", allow_removals=True).run()
    assert (report.done, report.failed, report.orphans) == (len(specs), 0, ())
    ideal = seeded_fake()
    await job_on(ideal, specs).run()
    assert standing(fake) == standing(ideal)


FAULTS = pytest.mark.parametrize(
    "fault",
    [Fault.lost_after(), Fault.late_commit(5), Fault.unlisted(5), Fault.lost_before()],
    ids=lambda fault: fault.kind.name,
)


@FAULTS
async def test_a_template_that_leaves_the_plan_takes_no_lost_copy_with_it(fault: Fault) -> None:
    fake, ledger, specs = await with_lost_copy(fault)
    await require_as_planned(fake, ledger, specs[1:])


@FAULTS
async def test_a_lost_copy_that_leaves_the_plan_together_with_its_template_is_deleted(fault: Fault) -> None:
    fake, ledger, specs = await with_lost_copy(fault)
    await require_as_planned(fake, ledger, specs[1:2])


@FAULTS
async def test_a_template_that_is_edited_loses_no_copy(fault: Fault) -> None:
    fake, ledger, specs = await with_lost_copy(fault)
    await require_as_planned(fake, ledger, [attrs.evolve(specs[0], steps=NEW_STEPS), *specs[1:]])


@FAULTS
@pytest.mark.parametrize("part", ["steps", "schedule", "mailboxes", "settings"])
async def test_a_lost_copy_keeps_nothing_that_the_plan_has_dropped_since(fault: Fault, part: str) -> None:
    fake, ledger, specs = await with_lost_copy(fault, start=False)
    dropped: dict[str, Any] = {part: () if part == "steps" else None}
    specs[2] = attrs.evolve(specs[2], **dropped)
    await require_as_planned(fake, ledger, specs)


@pytest.mark.parametrize("seconds", [3.2, 3.5, 3.7, 3.9, 4.1])
async def test_an_adopted_copy_that_is_set_up_in_part_keeps_nothing_that_was_dropped(seconds: float) -> None:
    fake, ledger, specs = await with_lost_copy(Fault.lost_after(), start=False)
    assert not await killed_after(job_on(fake, specs, ledger, strategy="clone"), seconds)
    copy = await record_of(ledger, "part 2")
    assert copy.adopted
    specs[2] = attrs.evolve(specs[2], schedule=None, settings=None, mailboxes=None)
    await require_as_planned(fake, ledger, specs)


async def test_an_adopted_copy_that_is_finished_is_changed_in_place() -> None:
    fake, ledger, specs = await with_lost_copy(Fault.lost_after(), start=False)
    await require_as_planned(fake, ledger, specs)
    before = (await record_of(ledger, "part 2")).campaign_id
    specs[2] = attrs.evolve(specs[2], steps=NEW_STEPS)
    await require_as_planned(fake, ledger, specs)
    assert (await record_of(ledger, "part 2")).campaign_id == before


async def test_a_copy_whose_template_stays_holds_up_no_other_campaign() -> None:
    fake, ledger, specs = await with_lost_copy(Fault.lost_before())
    specs.append(attrs.evolve(campaigns(1)[0], name="Another", key="another", steps=NEW_STEPS))
    assert not await killed_after(job_on(fake, specs, ledger, strategy="clone"), 1.9)
    assert (await record_of(ledger, "another")).campaign_id is not None


async def test_a_template_that_is_destroyed_alone_takes_no_lost_copy_with_it() -> None:
    fake, ledger, specs = await with_lost_copy(Fault.lost_after())
    report = await operation_on(fake, Operation.DESTROY, ledger, "part 0").run()
    assert (report.removed, (await record_of(ledger, "part 2")).campaign_id is None) == (1, False)
    await require_as_planned(fake, ledger, specs[1:])


async def test_a_campaign_that_is_replaced_still_accounts_for_its_lost_creates() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    (spec,) = alike(1, start=False)
    # Killed after the create that was sent again; the first one has made a draft that lists do not show yet.
    fake.fail_next(Fault.unlisted(40), "CreateCampaign")
    assert not await killed_after(job_on(fake, [spec], ledger), 21.7)
    record = await record_of(ledger, spec.identity)
    assert (record.creates, record.lost, record.step(Step.SCHEDULE) is None) == (2, 1, False)
    report = await job_on(fake, [attrs.evolve(spec, schedule=None)], ledger, allow_removals=True).run()
    assert (report.done, [orphan.pruned for orphan in report.orphans]) == (1, [True])
    assert len(fake.campaigns) == 1
