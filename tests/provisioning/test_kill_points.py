"""A process that is killed at any write of its ledger: before the write, or right after it.

Since every request has a write before it and one after its response, these are all the moments that a later
run can tell apart.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from smartlead_async import LeadInput, MemoryLedger
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.job.job import Job

from .jobs import campaigns, job_on, seeded_fake, standing

WRITES = ("save", "save_job", "forget", "save_content", "save_leads", "forget_leads")


class DyingLedger(MemoryLedger):
    """A ledger of a process that is killed at a write: the later ones, of other tasks too, are not made."""

    def __init__(self) -> None:
        super().__init__()
        self.writes_left = float("inf")
        self.is_written = False
        self.kill: Callable[[], Any] = lambda: None

    def die_at(self, number: float, *, is_written: bool, kill: Callable[[], Any]) -> None:
        """Call ``kill`` at this write, before it is made or after."""
        self.writes_left, self.is_written, self.kill = number, is_written, kill

    def live(self) -> None:
        """Take writes again, as a new process does."""
        self.die_at(float("inf"), is_written=False, kill=lambda: None)


def _dying(name: str) -> Any:
    async def write(self: DyingLedger, *values: Any) -> Any:
        self.writes_left -= 1
        result = None
        if self.writes_left > 0 or (self.writes_left == 0 and self.is_written):
            result = await getattr(MemoryLedger, name)(self, *values)
        if self.writes_left <= 0:
            self.kill()
            raise asyncio.CancelledError
        return result

    return write


for _name in WRITES:
    setattr(DyingLedger, _name, _dying(_name))


async def is_killed_at(number: int, is_written: bool, job: Job, ledger: DyingLedger) -> bool:
    """Run a job and kill it at this write; return whether there was such a write."""
    task = asyncio.create_task(job.run())
    ledger.die_at(number, is_written=is_written, kill=task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    was_killed = ledger.writes_left <= 0
    ledger.live()
    return was_killed


def draft() -> CampaignSpec:
    return attrs.evolve(campaigns(1)[0], start=False)


LEADS = list(draft().iter_leads())
EDITS: dict[str, dict[str, Any]] = {
    "more leads": {"leads": [*LEADS, LeadInput("new@c0.example")]},
    "fewer leads": {"leads": LEADS[:1]},
    "other leads": {"leads": [attrs.evolve(lead, last_name="Lund") for lead in LEADS]},
    "emptied leads": {"leads": [LeadInput(lead.email) for lead in LEADS]},
    "all leads exchanged": {"leads": [LeadInput(f"other{n}@c0.example") for n in range(3)]},
    "no leads": {"leads": [], "start": False},
    "steps": {"steps": (StepSpec("New", "<p>New</p>"),)},
    "no steps": {"steps": (), "start": False},
    "no schedule": {"schedule": None, "start": False},
    "settings": {"settings": SettingsSpec(follow_up_percentage=11, unsubscribe_text="Stop")},
    "no settings": {"settings": None},
    "mailboxes": {"mailboxes": MailboxChoice(ids=(502,))},
    "name and client": {"name": "Dentists Q2 2027", "client_id": 301},
    "all at once": {
        "name": "Dentists Q2 2027",
        "leads": [LeadInput("lead1@c0.example"), LeadInput("new@c0.example")],
        "steps": (StepSpec("New", "<p>New</p>"),),
        "schedule": ScheduleSpec("Asia/Tokyo", days=("sat",)),
        "mailboxes": MailboxChoice(ids=(502,)),
    },
}


async def planned(spec: CampaignSpec) -> list[dict[str, Any]]:
    """Return what a job leaves that nobody kills."""
    ideal = seeded_fake()
    await job_on(ideal, [spec]).run()
    return standing(ideal)


async def kill_everywhere(old: CampaignSpec, edit: CampaignSpec, last: CampaignSpec, **options: Any) -> int:
    """Kill a run with an edited plan at every write, and compare what a run with the last plan leaves.

    Return the number of writes.
    """
    ideal = await planned(last)
    for number in range(1, 200):
        for is_written in (False, True):
            fake, ledger = seeded_fake(), DyingLedger()
            await job_on(fake, [old], ledger).run()
            job = job_on(fake, [edit], ledger, allow_removals=True, **options)
            if not await is_killed_at(number, is_written, job, ledger):
                return number - 1
            report = await job_on(fake, [last], ledger, allow_removals=True, **options).run()
            where = f"killed {'after' if is_written else 'before'} write {number}"
            assert (report.done, report.failed, report.orphans) == (1, 0, ()), where
            assert standing(fake) == ideal, where
    raise AssertionError("the job does not end")


@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_of_a_draft_is_completed_after_a_kill_at_any_write(edit: str) -> None:
    edited = attrs.evolve(draft(), **EDITS[edit])
    assert await kill_everywhere(draft(), edited, edited) > 2


@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_that_is_taken_back_after_a_kill_at_any_write_leaves_no_trace(edit: str) -> None:
    await kill_everywhere(draft(), attrs.evolve(draft(), **EDITS[edit]), draft())
