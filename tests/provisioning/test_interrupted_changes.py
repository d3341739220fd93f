"""A change of finished campaigns that is interrupted at any moment is completed by the next run."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from smartlead_async import LeadInput, MemoryLedger
from smartlead_async.fake import Fault
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec

from .jobs import campaigns, job_on, killed_after, seeded_fake, standing

LEADS: dict[str, list[LeadInput]] = {
    "more leads": [LeadInput(f"lead{n}@c0.example", first_name="Zoë") for n in range(4)],
    "fewer leads": [LeadInput("lead0@c0.example", first_name="Zoë")],
    "other leads": [LeadInput(f"lead{n}@c0.example", first_name="Zoë", last_name="Lund") for n in range(3)],
}
PARTS: dict[str, Any] = {
    "name": "Dentists Q2 2027",
    "steps": (StepSpec("New", "<p>New</p>"),),
    "mailboxes": MailboxChoice(ids=(502,)),
    "schedule": ScheduleSpec("Asia/Tokyo", days=("sat",)),
    "settings": SettingsSpec(follow_up_percentage=11),
}


@pytest.mark.parametrize("leads", LEADS)
async def test_a_change_that_is_killed_at_any_moment_is_completed(leads: str) -> None:
    for tenths in range(1, 26, 2):
        fake, ledger, (spec,) = seeded_fake(), MemoryLedger(), campaigns(1)
        await job_on(fake, [spec], ledger).run()
        changed = attrs.evolve(spec, leads=LEADS[leads], **PARTS)
        await killed_after(job_on(fake, [changed], ledger, allow_removals=True), tenths / 10)
        report = await job_on(fake, [changed], ledger, allow_removals=True).run()
        assert (report.done, report.failed) == (1, 0)
        ideal = seeded_fake()
        await job_on(ideal, [changed]).run()
        assert standing(fake) == standing(ideal), f"killed after {tenths / 10} s"


@pytest.mark.parametrize("leads", LEADS)
async def test_a_change_that_fails_before_its_leads_changes_them_later(leads: str) -> None:
    fake, ledger, (spec,) = seeded_fake(), MemoryLedger(), campaigns(1)
    await job_on(fake, [spec], ledger).run()
    changed = attrs.evolve(spec, leads=LEADS[leads], steps=PARTS["steps"])
    fake.fail_next(Fault.status_before(422), "SaveSequences")
    assert (await job_on(fake, [changed], ledger, allow_removals=True).run()).failed == 1
    assert (await job_on(fake, [changed], ledger, allow_removals=True).run()).done == 1
    ideal = seeded_fake()
    await job_on(ideal, [changed]).run()
    assert standing(fake) == standing(ideal)


@pytest.mark.parametrize(
    "identity", [{"name": "Dentists Q2 2027"}, {"client_id": 301}], ids=["name", "client"]
)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "late"])
async def test_a_rename_that_is_taken_back_while_it_is_in_doubt_leaves_no_trace(
    identity: dict[str, Any], late: bool
) -> None:
    fake, ledger, (spec,) = seeded_fake(), MemoryLedger(), campaigns(1)
    await job_on(fake, [spec], ledger).run()
    fake.fail_next(Fault.late_commit(5) if late else Fault.slow(9), "UpdateSettings")
    assert not await killed_after(job_on(fake, [attrs.evolve(spec, **identity)], ledger), 0.25)
    assert (await job_on(fake, [spec], ledger).run()).failed == 0
    ideal = seeded_fake()
    await job_on(ideal, [spec]).run()
    assert standing(fake) == standing(ideal)


@pytest.mark.parametrize("fault", [Fault.status_before(422), Fault.lost_before()], ids=["refused", "lost"])
async def test_a_rename_that_failed_is_sent_again(fault: Fault) -> None:
    fake, ledger, (spec,) = seeded_fake(), MemoryLedger(), campaigns(1)
    await job_on(fake, [spec], ledger).run()
    changed = attrs.evolve(spec, name="Dentists Q2 2027", client_id=301)
    fake.fail_next(fault, "UpdateSettings")
    await killed_after(job_on(fake, [changed], ledger), 0.25)
    assert (await job_on(fake, [changed], ledger).run()).failed == 0
    ideal = seeded_fake()
    await job_on(ideal, [changed]).run()
    assert standing(fake) == standing(ideal)


@pytest.mark.parametrize(
    "fault",
    [Fault.lost_before(), Fault.late_commit(5), Fault.lost_after()],
    ids=lambda fault: fault.kind.name,
)
async def test_a_restart_in_doubt_is_not_taken_for_a_pause_by_hand(fault: Fault) -> None:
    fake, ledger, (spec,) = seeded_fake(), MemoryLedger(), campaigns(1)
    await job_on(fake, [spec], ledger).run()
    changed = attrs.evolve(spec, steps=PARTS["steps"])
    # Status, what was sent, pause, sequence, save, start.
    task = job_on(fake, [changed], ledger, allow_removals=True)
    fake.script("UpdateStatus", Fault.slow(0), times=1)
    fake.fail_next(fault, "UpdateStatus")
    assert not await killed_after(task, 1.35)
    assert fake.requests.by_operation["UpdateStatus"] == 3
    # Whatever the plan says next, the campaign is started again.
    assert (await job_on(fake, [spec], ledger, allow_removals=True).run()).done == 1
    ideal = seeded_fake()
    await job_on(ideal, [spec]).run()
    assert standing(fake) == standing(ideal)
