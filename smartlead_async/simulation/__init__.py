"""Simulation of a whole job in virtual time: the real client, job and ledger against the fake.

It predicts, before the first request is sent to SmartLead, when provisioning a plan would be finished and how
faults and restarts would affect it.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable, Sequence
from typing import Final, Literal

import attrs

from .. import virtual_time
from ..client import SmartleadClient
from ..errors import SmartleadError
from ..fake import Campaign, CampaignStatus, FakeSmartlead, FaultKind
from ..limits import RateLimits
from ..plan.campaign import CampaignSpec
from ..plan.keys import with_keys
from ..plan.needs import account_needs
from ..provisioning.job.job import Job
from ..provisioning.job.options import JobOptions
from ..provisioning.ledger.memory import MemoryLedger
from ..provisioning.ledger.records import CampaignRecord, CampaignState, StepState
from ..provisioning.report.report import Progress, Report, Traffic
from ..waiting import until_done
from .account import seed_account
from .result import Failure, Simulation, WindowUse, samples, use_of

__all__ = [
    "SHORTEST_LIFE", "Failure", "Simulation", "SimulationStuck", "WindowUse", "seed_account",
    "simulate",
]  # fmt: skip

SHORTEST_LIFE: Final = 1.0
"""The minimum number of seconds between restarts of a simulated process."""

_STUCK_AFTER: Final = 3 * 3600.0
_NEVER_ARRIVED: Final = frozenset({FaultKind.REFUSED, FaultKind.LOST_BEFORE})


class SimulationStuck(SmartleadError):
    """The simulated job made no progress, so it would never end."""


def simulate(
    specs: Sequence[CampaignSpec],
    *,
    limits: RateLimits = RateLimits.STANDARD,
    faults: float = 0.0,
    seed: int = 0,
    restart_every: float | None = None,
    latency: float = 0.25,
    concurrency: int = 10,
    strategy: Literal["full", "clone"] = "full",
    prune_orphans: bool = False,
    watch: Callable[[Progress, float], None] | None = None,
    wall_clock: Callable[[], float] = time.time,
) -> Simulation:
    """Run a job in virtual time and return the result. The same seed gives the same simulation.

    ``faults`` is the share of requests that fail, half of them after the change was made. With
    ``restart_every`` the job is killed after so many virtual seconds and run again with the same ledger, as
    often as it takes. ``latency`` is the number of seconds until a response. ``watch`` is called with the
    progress and the virtual time every 30 virtual seconds. The account has the clients and mailboxes that the
    specs require. The clock of the job shows ``wall_clock`` when it begins. Do not call this on a running
    event loop.
    """
    if restart_every is not None and restart_every < SHORTEST_LIFE:
        raise ValueError(f"a process has to live for {SHORTEST_LIFE:g} s at least, not {restart_every:g} s")
    keyed = list(with_keys(specs))
    # Whole seconds: the server rounds timestamps in its headers, so simulations would differ otherwise.
    begins_at = math.floor(wall_clock())

    def wall_clock_of_loop() -> float:
        return begins_at + asyncio.get_running_loop().time()

    run = _Run(
        specs=keyed,
        fake=FakeSmartlead(
            limits=limits, faults=faults or None, seed=seed, log_size=None, wall_clock=wall_clock_of_loop
        ),
        rng=random.Random(seed),  # noqa: S311 - reproducible on purpose
        latency=latency,
        options=JobOptions(
            concurrency=concurrency,
            strategy=strategy,
            prune_orphans=prune_orphans,
            total=len(keyed),
            plan="simulated",
        ),
        restart_every=restart_every,
        watch=watch,
    )
    return virtual_time.run(run.until_done())


@attrs.define(kw_only=True)
class _Run:
    """One simulation in progress."""

    specs: list[CampaignSpec]
    fake: FakeSmartlead
    rng: random.Random
    latency: float
    options: JobOptions
    restart_every: float | None
    watch: Callable[[Progress, float], None] | None
    ledger: MemoryLedger = attrs.field(factory=MemoryLedger)
    report: Report | None = None
    restarts: int = 0
    finished: dict[str, float] = attrs.field(factory=dict)

    async def until_done(self) -> Simulation:
        """Run the job, again after every restart, until it ends without being killed."""
        loop = asyncio.get_running_loop()
        seed_account(self.fake, account_needs(self.specs))
        achieved, achieved_at = -1, loop.time()
        while not await self._run_process():
            self.restarts += 1
            if (steps := await self._steps_done()) > achieved:
                achieved, achieved_at = steps, loop.time()
            elif loop.time() - achieved_at > _STUCK_AFTER:
                raise SimulationStuck(
                    f"{self.restarts} restarts, and no step was done in the last three hours: "
                    "let the process live longer"
                )
        seconds = loop.time()
        self.fake.settle()
        return await self._result(seconds)

    async def _run_process(self) -> bool:
        """Run one process; return whether it ended the job before it was killed."""
        # The clock and the random numbers of the simulation, so that it does not depend on when it is run.
        client = SmartleadClient(
            "test-key",
            transport=self.fake.transport(self.latency),
            limits=self.fake.limits,
            max_in_flight=max(20, self.options.concurrency + 1),
            wall_clock=self.fake.clock.wall,
            rng=self.rng,
        )
        async with client:
            job = Job(
                client,
                self.specs,
                attrs.evolve(self.options, ledger=self.ledger),
                wall_clock=self.fake.clock.wall,
            )
            task = asyncio.create_task(self._job(job))
            watching = asyncio.create_task(self._watched(job))
            try:
                await asyncio.wait([task], timeout=self.restart_every)
                ended = task.done()
                task.cancel()
                await until_done(task)
                if ended:
                    task.result()
            finally:
                watching.cancel()
                self._add_up(job)
        return ended

    async def _job(self, job: Job) -> None:
        await job.run(self._note)

    async def _note(self, record: CampaignRecord) -> None:
        if record.state is CampaignState.DONE:
            self.finished.setdefault(record.key, asyncio.get_running_loop().time())

    async def _watched(self, job: Job) -> None:
        while self.watch is not None:
            await asyncio.sleep(30)
            self.watch(job.progress(), asyncio.get_running_loop().time())

    def _add_up(self, job: Job) -> None:
        """Keep one report: the latest one, which knows every campaign, with the traffic of all processes."""
        latest = job.report
        if self.report is None:
            traffic, began_at = Traffic(limits=self.fake.limits), latest.began_at
        else:
            traffic, began_at = self.report.traffic, self.report.began_at
        traffic.take_in(latest.traffic)
        self.report = attrs.evolve(latest, traffic=traffic, began_at=began_at, began=0.0, finished_before=0)

    async def _steps_done(self) -> int:
        done = 0
        async for record in self.ledger.records():
            done += sum(step.batches + (step.state is StepState.DONE) for step in record.steps)
        return done

    # --- the final state of the server -------------------------------------------------------------

    async def _result(self, seconds: float) -> Simulation:
        records = {record.key: record async for record in self.ledger.records()}
        owned = {record.campaign_id for record in records.values()}
        campaigns = self.fake.campaigns
        unowned = [campaign for campaign in campaigns.values() if campaign.id not in owned]
        orphans = sum(_is_empty(campaign) for campaign in unowned)
        done = [key for key, record in records.items() if record.state is CampaignState.DONE]
        failed = [record for record in records.values() if record.state is CampaignState.FAILED]
        leads, missing = self._leads(records)
        assert self.report is not None  # noqa: S101 - there was at least one process
        log = self.fake.requests
        times = [entry.time for entry in log.entries]
        counted = [e.time for e in log.entries if e.status != 429 and e.fault not in _NEVER_ARRIVED]
        return Simulation(
            report=self.report,
            report_as_json=await self.report.as_json(),
            limits=self.fake.limits,
            campaigns=len(self.specs),
            done=len(done),
            failures=tuple(Failure(r.name, r.failed_step, r.error) for r in failed),
            leads=leads,
            seconds=seconds,
            by_operation=dict(log.by_operation.most_common()),
            by_fault={kind.value: n for kind, n in log.by_fault.most_common()},
            restarts=self.restarts,
            duplicates=len(unowned) - orphans,
            orphans=orphans,
            lost=sum(
                spec.identity not in records or records[spec.identity].campaign_id not in campaigns
                for spec in self.specs
            ),
            leads_missing=missing,
            windows=tuple(use_of(window, counted, seconds) for window in self.fake.limits.windows),
            requests_over_time=samples(times),
            campaigns_over_time=samples(sorted(self.finished.values())),
        )

    def _leads(self, records: dict[str, CampaignRecord]) -> tuple[int, int]:
        """Return the number of leads in the plan, and of those that finished campaigns lack."""
        planned = missing = 0
        for spec in self.specs:
            record = records.get(spec.identity)
            campaign = None
            if record is not None and record.state is CampaignState.DONE:
                campaign = self.fake.campaigns.get(record.campaign_id or 0)
            there = {place.lead.email.lower() for place in campaign.leads.values()} if campaign else set()
            for lead in spec.iter_leads():
                planned += 1
                address = lead.email.lower()
                if campaign is not None and address not in there:
                    # By default SmartLead skips leads that are in another campaign already.
                    elsewhere = self.fake.account.leads_by_email.get(address)
                    missing += elsewhere is None or not elsewhere.memberships
        return planned, missing


def _is_empty(campaign: Campaign) -> bool:
    return campaign.status == CampaignStatus.DRAFTED and not (campaign.sequences or campaign.leads)
