"""Runner, ledger and fake through whatever order of faults, crashes, stops, resumes and plan edits.

In the end every planned campaign exists exactly once, as planned, and nobody was ever in two of them.
"""

from __future__ import annotations

import asyncio
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
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions
from smartlead_async.provisioning.ledger.protocol import Ledger
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState, JobRecord
from smartlead_async.provisioning.report.report import Report
from smartlead_async.virtual_time import VirtualTimeLoop

from ..watchdog import EXAMPLE_LIMIT, time_limit
from .jobs import CHECKS, TimelessLedger, job_on, seeded_fake, standing, wall_clock

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


class Process:
    """A process that works on the job: what it writes and sends counts until it is killed."""

    def __init__(self) -> None:
        self.is_dead = False


class MortalMemory(MemoryLedger):
    """A ledger in memory that takes nothing more from a process that is dead."""

    process: Process | None = None

    async def save(self, record: CampaignRecord) -> None:
        if self.process is None or not self.process.is_dead:
            await super().save(record)

    async def save_job(self, job: JobRecord) -> None:
        if self.process is None or not self.process.is_dead:
            await super().save_job(job)

    async def forget(self, key: str) -> bool:
        return (self.process is None or not self.process.is_dead) and await super().forget(key)


class MortalFile(TimelessLedger):
    """The same in a file."""

    process: Process | None = None

    async def save(self, record: CampaignRecord) -> None:
        if self.process is None or not self.process.is_dead:
            await super().save(record)

    async def save_job(self, job: JobRecord) -> None:
        if self.process is None or not self.process.is_dead:
            await super().save_job(job)

    async def forget(self, key: str) -> bool:
        return (self.process is None or not self.process.is_dead) and await super().forget(key)


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
        self.specs = [spec(n) for n in range(number)]
        self.expected = {one.identity: one for one in self.specs}
        self.ledger: MortalMemory | MortalFile = (
            MortalFile(self.folder / "job.ledger") if in_a_file else MortalMemory()
        )
        self.options = {"strategy": strategy, "concurrency": concurrency}
        self.dice = random.Random(seed)
        self.job: Job | None = None
        self.task: asyncio.Task[Report] | None = None
        self.process = Process()
        self.edited = False
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
        options: Any = {**self.options, "accept_changes": self.edited}
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
                assert error.operation == "ListCampaigns"  # noqa: PT017 - the only one that may
                return
            # All else is the fault of single campaigns.
            assert report.done + report.failed == len(self.specs)

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
        new = spec(len(self.specs))
        self.specs.append(new)
        self.expected[new.identity] = new

    @precondition(lambda self: self.task is None)
    @rule(
        which=st.integers(0, 9),
        what=st.sampled_from(["name", "text", "leads", "mailbox", "schedule", "settings", "client"]),
    )
    def the_plan_is_edited(self, which: int, what: str) -> None:
        number = which % len(self.specs)
        old = self.specs[number]
        leads = list(old.iter_leads())
        changes: dict[str, dict[str, Any]] = {
            "name": {"name": f"{old.name}!"},
            "text": {"steps": (StepSpec("New", f"<p>{len(old.steps)}</p>"), *old.steps)},
            "leads": {"leads": [*leads, LeadInput(f"more{len(leads)}@c{number}.example")]},
            "mailbox": {"mailboxes": MailboxChoice(ids=(502,))},
            "schedule": {"schedule": ScheduleSpec("Asia/Tokyo", days=("sat",))},
            "settings": {"settings": SettingsSpec(follow_up_percentage=30)},
            "client": {"client_id": 302},
        }
        new = self.specs[number] = attrs.evolve(old, **changes[what])
        self.edited = True
        record = self.do(self._record(old.identity))
        if record is None or not (record.state is CampaignState.DONE or record.step(Step.START)):
            self.expected[new.identity] = new

    async def _record(self, key: str) -> CampaignRecord | None:
        if isinstance(self.ledger, MortalFile) and not self.ledger.path.exists():
            return None
        await self.ledger.open()
        try:
            return await self.ledger.get(key)
        finally:
            await self.ledger.aclose()

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
        report = await self.new_job(self.ledger).run()
        assert (report.done, report.failed) == (len(self.specs), 0)
        assert all(orphan.pruned for orphan in report.orphans)
        expected = list(self.expected.values())
        ideal = seeded_fake()
        await job_on(ideal, expected).run()
        assert standing(self.fake) == standing(ideal)
        owned = Counter([record.campaign_id async for record in self.ledger.records()])
        assert owned == Counter(self.fake.campaigns.keys())
        # There is nothing left to do.
        sent = self.fake.requests.total
        await self.new_job(self.ledger).run()
        assert self.fake.requests.total == sent


TestExactlyOnce = ExactlyOnce.TestCase
TestExactlyOnce.settings = settings(
    max_examples=int(os.environ.get("STATEFUL_EXAMPLES", "60")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
