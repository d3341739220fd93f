"""Runner, ledger and fake through whatever order of faults, crashes, stops, resumes and plan edits.

In the end every planned campaign exists exactly once, as planned, and nobody was ever in two of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from smartlead_async import LeadInput, MemoryLedger, RateLimits, SmartleadClient, ValidationFailed
from smartlead_async.fake import FakeSmartlead, Fault, Script
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.changes.change import ChangeRefused
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions
from smartlead_async.provisioning.ledger.protocol import Ledger
from smartlead_async.provisioning.ledger.records import CampaignState
from smartlead_async.provisioning.report.report import Report
from smartlead_async.virtual_time import VirtualTimeLoop

from ..watchdog import EXAMPLE_LIMIT, time_limit
from .jobs import CHECKS, TimelessLedger, in_order, job_on, seeded_fake, standing, wall_clock

T = TypeVar("T")

OPERATIONS = (
    "CreateCampaign",
    "DuplicateCampaign",
    "SaveSequences",
    "AddEmailAccounts",
    "AddLeads",
    "UpdateSchedule",
    "UpdateSettings",
    "UpdateStatus",
    "ListCampaigns",
    "GetSequences",
    "ListCampaignLeads",
    "ListEmailAccounts",
    None,
)
FAULTS = (
    Fault.refused(),
    Fault.status_before(503),
    Fault.status_before(422),
    Fault.lost_before(),
    Fault.status_after(500),
    Fault.lost_after(),
    Fault.late_commit(1),
    Fault.late_commit(5),
    Fault.unlisted(5),
    Fault.too_slow(40),
    Fault.slow(6),
    Fault.truncated(),
    Fault.broken_off(),
    Fault.not_json(),
    Fault.rate_limited(3),
)


READ_FIRST = ("ListCampaigns", "GetCampaign", "GetCampaignAnalytics")
"""The operations that a job needs before it works on single campaigns."""


class Process:
    """A process that works on the job: what it writes and sends counts until it is killed."""

    def __init__(self) -> None:
        self.is_dead = False


def _alive(method: str) -> Any:
    """Return a method of a ledger that does nothing for a process that is dead."""

    async def write(self: Any, *args: Any) -> Any:
        if self.process is None or not self.process.is_dead:
            return await getattr(super(type(self), self), method)(*args)
        return False

    return write


class MortalMemory(MemoryLedger):
    """A ledger in memory that takes nothing more from a process that is dead."""

    process: Process | None = None


class MortalFile(TimelessLedger):
    """The same in a file."""

    process: Process | None = None


for _ledger in (MortalMemory, MortalFile):
    for _method in ("save", "save_job", "forget", "save_content", "save_leads", "forget_leads"):
        setattr(_ledger, _method, _alive(_method))


def spec(number: int) -> CampaignSpec:
    """Campaigns of two kinds, several of each name."""
    return CampaignSpec(
        f"Dentists, part {number // 3}, Q1 2027",
        client_id=(None, 301)[number % 5 == 4],
        key=f"campaign {number}",
        steps=(
            StepSpec("Hello {{first_name}}", f"<p>{number % 2}</p>"),
            StepSpec(body="<p>?</p>", delay_days=3),
        ),
        mailboxes=MailboxChoice(ids=(501,)) if number % 2 else MailboxChoice(tag="North"),
        leads=[LeadInput(f"lead{n}@c{number}.example") for n in range(2)],
        schedule=ScheduleSpec("Europe/Berlin"),
        settings=SettingsSpec(follow_up_percentage=60),
        start=number % 4 != 3,
    )


EDITS = (
    "name",
    "text",
    "other text",
    "fewer steps",
    "no steps",
    "more leads",
    "fewer leads",
    "other leads",
    "emptied lead",
    "mailbox",
    "no mailboxes",
    "schedule",
    "no schedule",
    "settings",
    "other settings",
    "no settings",
    "client",
    "no client",
    "start",
    "no start",
)


def edited(old: CampaignSpec, what: str) -> CampaignSpec:
    """Return a campaign as somebody might edit it."""
    leads = list(old.iter_leads())
    new = LeadInput(f"more{len(leads)}@{old.identity.replace(' ', '')}.example", first_name="Zoë")
    changes: dict[str, dict[str, Any]] = {
        "name": {"name": f"{old.name}!"},
        "text": {"steps": (*old.steps, StepSpec("New", f"<p>{len(old.steps)}</p>"))},
        "other text": {"steps": (StepSpec("Other", "<p>other</p>"), *old.steps[1:])},
        "fewer steps": {"steps": old.steps[:1]},
        "no steps": {"steps": (), "start": False},
        "more leads": {"leads": [*leads, new]},
        "fewer leads": {"leads": leads[1:] or [new]},
        "other leads": {"leads": [attrs.evolve(lead, last_name="Other") for lead in leads]},
        "emptied lead": {"leads": [attrs.evolve(lead, first_name=None, last_name=None) for lead in leads]},
        "mailbox": {"mailboxes": MailboxChoice(ids=(502,))},
        "no mailboxes": {"mailboxes": None, "start": False},
        "schedule": {"schedule": ScheduleSpec("Asia/Tokyo", days=("sat",))},
        "no schedule": {"schedule": None, "start": False},
        "settings": {"settings": SettingsSpec(follow_up_percentage=30)},
        "other settings": {"settings": SettingsSpec(send_as_plain_text=True, force_plain_text=True)},
        "no settings": {"settings": None},
        "client": {"client_id": 302},
        "no client": {"client_id": None},
        "start": {"start": bool(old.steps and old.mailboxes and leads and old.schedule)},
        "no start": {"start": False},
    }
    return attrs.evolve(old, **changes[what])


def with_other_leads(old: CampaignSpec, number: int) -> CampaignSpec:
    """Return a campaign whose leads have other addresses."""
    leads = [attrs.evolve(lead, email=f"r{number}.{lead.email}") for lead in old.iter_leads()]
    return attrs.evolve(old, leads=leads)


def at_rest(campaigns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return campaigns with one status for all that send nothing: those once started are no drafts."""
    found = [{**each, "status": each["status"].replace("DRAFTED", "PAUSED")} for each in campaigns]
    return in_order(found)


class ExactlyOnce(RuleBasedStateMachine):
    """A job, begun and ended in every way there is."""

    @initialize(
        number=st.integers(1, 6),
        strategy=st.sampled_from(["full", "clone"]),
        in_a_file=st.sampled_from([False, False, True]),
        concurrency=st.sampled_from([1, 3, 8]),
        seed=st.integers(0, 1000),
    )
    def begin(self, number: int, strategy: str, in_a_file: bool, concurrency: int, seed: int) -> None:
        self.runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
        self.folder = Path(tempfile.mkdtemp())
        self.fake: FakeSmartlead = self.do(self._furnished())
        self.number = number
        self.specs = [spec(n) for n in range(number)]
        self.history: dict[str, list[CampaignSpec]] = {}
        self.gone: list[CampaignSpec] = []
        self.returned = 0
        self.ledger: MortalMemory | MortalFile = (
            MortalFile(self.folder / "job.ledger") if in_a_file else MortalMemory()
        )
        self.options = {"strategy": strategy, "concurrency": concurrency}
        self.dice = random.Random(seed)
        self.job: Job | None = None
        self.task: asyncio.Task[Report] | None = None
        self.process = Process()
        self.offset = 0.0
        self.outage: Script | None = None

    async def _furnished(self) -> FakeSmartlead:
        return seeded_fake()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        with time_limit(EXAMPLE_LIMIT):
            return self.runner.run(work)

    def new_job(self, ledger: Ledger) -> Job:
        client = SmartleadClient(
            "test-key",
            transport=self.fake.transport(latency=lambda: self.dice.uniform(0.05, 0.4)),
            limits=RateLimits.UNLIMITED,
            wall_clock=lambda: wall_clock() + self.offset,
            rng=self.dice,
        )
        options: Any = {**self.options, "allow_removals": True, "create_anyway": True}
        return Job(
            client,
            list(self.specs),
            JobOptions(ledger=ledger, reconcile=CHECKS, prune_orphans=True, **options),
            wall_clock=lambda: wall_clock() + self.offset,
        )

    # --- what happens ----------------------------------------------------------------------------------

    @precondition(lambda self: self.task is None)
    @rule(seconds=st.floats(0.0, 6.0))
    def start(self, seconds: float) -> None:
        self.process = self.ledger.process = Process()
        self.job = self.new_job(self.ledger)
        self.do(self._start(self.job, seconds))

    async def _start(self, job: Job, seconds: float) -> None:
        self.task = asyncio.create_task(job.run())
        await self._pass(seconds)

    @rule(seconds=st.one_of(st.floats(0.01, 3.0), st.floats(3.0, 60.0)))
    def time_passes(self, seconds: float) -> None:
        self.do(self._pass(seconds))

    async def _pass(self, seconds: float) -> None:
        if self.task is None:
            await asyncio.sleep(seconds)
            return
        await asyncio.wait({self.task}, timeout=seconds)
        if self.task.done():
            task, self.task = self.task, None
            try:
                report = task.result()
            except ValidationFailed as error:
                # A job that was cut off at its first create has to know what there was before it.
                if error.operation not in READ_FIRST:
                    raise
                return
            except ChangeRefused:
                return
            # All else is the fault of single campaigns.
            assert report.done + report.failed >= len(self.specs)

    @precondition(lambda self: self.task is not None)
    @rule()
    def kill(self) -> None:
        self.process.is_dead = True
        self.do(self._end_of_task())

    async def _end_of_task(self) -> None:
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.task = None

    @precondition(lambda self: self.task is not None)
    @rule()
    def cancel(self) -> None:
        self.do(self._end_of_task())

    @precondition(lambda self: self.task is not None)
    @rule()
    def stop(self) -> None:
        self.do(self._stop())

    async def _stop(self) -> None:
        assert self.job is not None
        assert self.task is not None
        began = asyncio.get_running_loop().time()
        self.job.stop()
        with contextlib.suppress(ChangeRefused):
            await self.task
        # An answer that is too slow is waited for as long as the client waits, and no pause at all.
        assert asyncio.get_running_loop().time() - began < 31
        self.task = None

    @rule(fault=st.sampled_from(FAULTS), operation=st.sampled_from(OPERATIONS), times=st.integers(1, 3))
    def a_fault_is_coming(self, fault: Fault, operation: str | None, times: int) -> None:
        self.fake.fail_next(fault, operation, times=times)

    @rule(seconds=st.floats(1.0, 4000.0))
    def an_outage(self, seconds: float) -> None:
        down = self.fake.script(None, Fault.status_before(503), times=None)
        self.do(self._pass(seconds))
        down.stop()

    @rule(offset=st.sampled_from([-250.0, 0.0, 250.0]))
    def the_wall_clock_jumps(self, offset: float) -> None:
        self.offset = offset

    @precondition(lambda self: self.task is None and len(self.specs) < 10)
    @rule()
    def the_plan_grows(self) -> None:
        self.number += 1
        self.specs.append(spec(self.number - 1))

    @precondition(lambda self: self.task is None)
    @rule(which=st.integers(0, 9), what=st.sampled_from(EDITS))
    def the_plan_is_edited(self, which: int, what: str) -> None:
        number = which % len(self.specs)
        old = self.specs[number]
        self.history.setdefault(old.identity, []).append(old)
        self.specs[number] = edited(old, what)

    @precondition(lambda self: self.task is None and any(self.history.values()))
    @rule()
    def the_last_edits_are_taken_back(self) -> None:
        for number, new in enumerate(self.specs):
            if earlier := self.history.get(new.identity):
                # The new one is kept, since SmartLead may refuse to go back.
                self.specs[number], earlier[-1] = earlier[-1], new

    @precondition(lambda self: self.task is None and len(self.specs) > 1)
    @rule(which=st.integers(0, 9))
    def a_campaign_leaves_the_plan(self, which: int) -> None:
        self.gone.append(self.specs.pop(which % len(self.specs)))

    @precondition(lambda self: self.task is None and self.gone)
    @rule()
    def a_campaign_returns_to_the_plan(self) -> None:
        # With other leads: the account keeps those of a deleted campaign, with values that a later import
        # does not empty.
        spec = self.gone.pop()
        self.returned += 1
        earlier = self.history.get(spec.identity, [])
        earlier[:] = [with_other_leads(old, self.returned) for old in earlier]
        self.specs.append(with_other_leads(spec, self.returned))

    # --- what always holds, and what holds in the end -----------------------------------------------------

    @invariant()
    def nobody_is_in_two_campaigns(self) -> None:
        if hasattr(self, "fake"):
            twice = [lead.email for lead in self.fake.account.leads.values() if len(lead.memberships) > 1]
            assert not twice

    def teardown(self) -> None:
        if not hasattr(self, "fake"):
            return
        try:
            self.do(self._to_the_end())
        finally:
            self.runner.close()
            shutil.rmtree(self.folder)

    async def _to_the_end(self) -> None:
        if self.task is not None:
            await self._end_of_task()
        self.fake.clear_scripts()
        self.ledger.process = None
        await self._carry_out()
        ideal = seeded_fake()
        await job_on(ideal, self.specs).run()
        assert at_rest(standing(self.fake)) == at_rest(standing(ideal))
        owned = Counter([record.campaign_id async for record in self.ledger.records()])
        assert owned == Counter(self.fake.campaigns.keys())
        # There is nothing left to do.
        sent = self.fake.requests.total
        await self.new_job(self.ledger).run()
        assert self.fake.requests.total == sent

    async def _carry_out(self) -> None:
        """Run the job to its end. What is refused goes back to the plan as it was before."""
        for _ in range(100):
            try:
                report = await self.new_job(self.ledger).run()
            except ChangeRefused as error:
                if not self._takes_back([key for key in self.history if f"{key}: " in str(error)]):
                    raise
                continue
            failed = [record async for record in report.campaigns(CampaignState.FAILED)]
            if not failed:
                assert (report.done, report.failed) == (len(self.specs), 0)
                assert all(orphan.pruned for orphan in report.orphans)
                return
            assert all("SmartLead cannot" in (record.error or "") for record in failed), failed
            assert self._takes_back([record.key for record in failed])
        raise AssertionError("the plan is still refused")

    def _takes_back(self, keys: list[str]) -> bool:
        for number, old in enumerate(self.specs):
            if old.identity in keys and self.history.get(old.identity):
                self.specs[number] = self.history[old.identity].pop()
        return bool(keys)


TestExactlyOnce = ExactlyOnce.TestCase
TestExactlyOnce.settings = settings(
    max_examples=int(os.environ.get("STATEFUL_EXAMPLES", "60")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
