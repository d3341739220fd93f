"""A whole job on virtual time: the real client, runner and ledger against the fake.

What the provisioning of a plan would be like is told before the first request is sent to SmartLead: when it
would be finished, and what faults and restarts would do to it.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import attrs

from . import virtual_time
from .client import SmartleadClient
from .errors import SmartleadError
from .fake import Campaign, CampaignStatus, FakeSmartlead, FaultKind
from .limits import RateLimits, Window
from .plan.campaign import CampaignSpec
from .plan.keys import with_keys
from .plan.needs import AccountNeeds, account_needs
from .provisioning.job.job import Job, JobOptions
from .provisioning.ledger.memory import MemoryLedger
from .provisioning.ledger.records import CampaignRecord, CampaignState, StepState
from .provisioning.report.report import Progress, Report, Traffic

MOST_SAMPLES: Final = 1000
SHORTEST_LIFE: Final = 1.0
"""Seconds that a simulated process lives at least, if it is restarted."""

_STUCK_AFTER: Final = 3 * 3600.0
_MAILBOXES_PER_TAG: Final = 2
_NEVER_ARRIVED: Final = frozenset({FaultKind.REFUSED, FaultKind.LOST_BEFORE})

Sample = tuple[float, int]
"""Seconds since the job began, and how many there were by then."""


class SimulationStuck(SmartleadError):
    """The simulated job came no further, so it would never end."""


@attrs.frozen
class WindowUse:
    """How a job used one rate-limit window.

    ``most`` is the greatest number of requests in any span of the window's period; ``share`` is what was sent
    of all that the window would have let through from the job's begin to its end.
    """

    window: Window
    most: int
    share: float


@attrs.frozen
class Failure:
    """A campaign that could not be set up."""

    name: str
    step: str | None
    reason: str | None


@attrs.frozen(kw_only=True)
class Simulation:
    """What came of a simulated job. ``seconds`` are virtual: what the job would take for real.

    ``duplicates`` are campaigns that were set up although no campaign of the plan owns them, ``orphans``
    empty drafts that a lost create left behind; ``lost`` counts campaigns of the plan that are not on the
    server, and ``leads_missing`` the leads of finished campaigns that are not there. ``requests`` and what
    the windows let through are counted on the server's side, over all restarts; ``report`` is the job's own,
    with the traffic of all its lives. Example::

        simulation = simulate(specs, limits=RateLimits.STANDARD, faults=0.1)
        print(simulation.seconds, simulation.requests, simulation.duplicates)
    """

    report: Report
    limits: RateLimits
    campaigns: int
    done: int
    failures: tuple[Failure, ...]
    leads: int
    seconds: float
    by_operation: dict[str, int]
    by_fault: dict[str, int]
    restarts: int
    duplicates: int
    orphans: int
    lost: int
    leads_missing: int
    windows: tuple[WindowUse, ...]
    requests_over_time: tuple[Sample, ...] = attrs.field(repr=False)
    campaigns_over_time: tuple[Sample, ...] = attrs.field(repr=False)
    report_as_json: dict[str, Any] = attrs.field(repr=False)

    @property
    def requests(self) -> int:
        """How many requests reached the server or tried to."""
        return sum(self.by_operation.values())

    @property
    def succeeded(self) -> bool:
        """Whether every campaign is there exactly once, with all its leads, and nothing else is."""
        wrong = self.duplicates + self.orphans + self.lost + self.leads_missing
        return self.done == self.campaigns and not wrong

    def as_json(self) -> dict[str, Any]:
        """The job's report as JSON, and on top of it what only a simulation knows."""
        report = self.report_as_json
        requests = {**report["requests"], "total": self.requests, "by_operation": self.by_operation}
        counts = {**report["campaigns"], "planned": self.campaigns, "done": self.done}
        return {
            **report,
            "elapsed_seconds": round(self.seconds, 3),
            "planned": self.campaigns,
            "campaigns": {**counts, "failed": len(self.failures)},
            "requests": requests,
            "server": {
                "duplicates": self.duplicates,
                "lost": self.lost,
                "leads_missing": self.leads_missing,
                "restarts": self.restarts,
                "faults": sum(self.by_fault.values()),
            },
            "orphans_left": self.orphans,
            "leads_planned": self.leads,
            "faults": self.by_fault,
            "windows": [
                {
                    "limit": use.window.limit,
                    "period_seconds": use.window.period,
                    "most_in_a_period": use.most,
                    "share_used": round(use.share, 4),
                }
                for use in self.windows
            ],
            "requests_over_time": [[round(at, 3), n] for at, n in self.requests_over_time],
            "campaigns_over_time": [[round(at, 3), n] for at, n in self.campaigns_over_time],
        }


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
    """Carry out a job on virtual time. The same seed gives the same simulation.

    ``faults`` is the share of requests that go wrong, half of them after the change was made. With
    ``restart_every`` the job is killed after so many virtual seconds and begun again with the same ledger, as
    often as it takes. ``latency`` is the seconds an answer takes. ``watch`` is told of the progress, and of
    the virtual second, every half minute of it. The account has the clients and mailboxes that the specs
    need. The job's own clock stands at ``wall_clock`` when it begins. It must not be called on a running
    event loop.
    """
    if restart_every is not None and restart_every < SHORTEST_LIFE:
        raise ValueError(f"a process has to live for {SHORTEST_LIFE:g} s at least, not {restart_every:g} s")
    keyed = list(with_keys(specs))
    # Whole seconds, because the server rounds instants in its headers: or no two simulations are the same.
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
    return virtual_time.run(run.to_its_end())


def furnish(fake: FakeSmartlead, needs: AccountNeeds) -> None:
    """Give a fake the clients and mailboxes that a plan takes for granted, with the ids it names them by.

    Example::

        fake = FakeSmartlead()
        furnish(fake, account_needs(load_plan("plan.yaml").specs()))
    """
    for client_id in needs.client_ids:
        fake.add_client(f"Client {client_id}", client_id=client_id)
    for mailbox_id in needs.mailbox_ids:
        fake.ids.email_account = itertools.count(mailbox_id)
        fake.add_email_account(f"mailbox-{mailbox_id}@sender.example")
    # Numbers that the plan names belong to no other mailbox.
    fake.ids.email_account = itertools.count(max([500, *needs.mailbox_ids]) + 1)
    for address in needs.addresses:
        fake.add_email_account(address)
    for tag in needs.tags:
        name = "".join(c if c.isascii() and c.isalnum() else "-" for c in tag.lower())
        for number in range(1, _MAILBOXES_PER_TAG + 1):
            fake.add_email_account(f"{name}-{number}@sender.example", tags=[tag])


@attrs.define(kw_only=True)
class _Run:
    """One simulation on its way."""

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

    async def to_its_end(self) -> Simulation:
        """Run the job, again after every restart, until it ends by itself."""
        loop = asyncio.get_running_loop()
        furnish(self.fake, account_needs(self.specs))
        achieved, achieved_at = -1, loop.time()
        while not await self._one_life():
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
        return await self._judged(seconds)

    async def _one_life(self) -> bool:
        """One process: whether it came to the end of the job before it was killed."""
        client = SmartleadClient(
            "test-key",
            transport=self.fake.transport(self.latency),
            limits=self.fake.limits,
            max_in_flight=max(20, self.options.concurrency),
        )
        # The clock and the dice of the simulation: nothing of it may depend on when it is run.
        client._pipeline._wall_clock = self.fake.clock.wall  # noqa: SLF001
        client._pipeline._rng = self.rng  # noqa: SLF001
        async with client:
            job = Job(
                client,
                self.specs,
                ledger=self.ledger,
                options=self.options,
                wall_clock=self.fake.clock.wall,
            )
            task = asyncio.create_task(self._job(job))
            watching = asyncio.create_task(self._watched(job))
            try:
                await asyncio.wait([task], timeout=self.restart_every)
                ended = task.done()
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
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
        """One report for all lives: the last one's, which knows every campaign, with everybody's traffic."""
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

    # --- what stands on the server in the end --------------------------------------------------------

    async def _judged(self, seconds: float) -> Simulation:
        records = {record.key: record async for record in self.ledger.records()}
        owned = {record.campaign_id for record in records.values()}
        campaigns = self.fake.campaigns
        unowned = [campaign for campaign in campaigns.values() if campaign.id not in owned]
        orphans = sum(_is_empty(campaign) for campaign in unowned)
        done = [key for key, record in records.items() if record.state is CampaignState.DONE]
        failed = [record for record in records.values() if record.state is CampaignState.FAILED]
        leads, missing = self._leads(records)
        assert self.report is not None  # noqa: S101 - there was at least one life
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
            windows=tuple(_use(window, counted, seconds) for window in self.fake.limits.windows),
            requests_over_time=_samples(times),
            campaigns_over_time=_samples(sorted(self.finished.values())),
        )

    def _leads(self, records: dict[str, CampaignRecord]) -> tuple[int, int]:
        """All leads of the plan, and how many of those of finished campaigns are not on the server."""
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
                    # SmartLead leaves out who is in another campaign already, unless it is told otherwise.
                    elsewhere = self.fake.account.leads_by_email.get(address)
                    missing += elsewhere is None or not elsewhere.places
        return planned, missing


def _is_empty(campaign: Campaign) -> bool:
    return campaign.status == CampaignStatus.DRAFTED and not (campaign.sequences or campaign.leads)


def _use(window: Window, times: Sequence[float], seconds: float) -> WindowUse:
    recent: deque[float] = deque()
    most = 0
    for at in times:
        recent.append(at)
        # The end of a period belongs to the next one; a hair's breadth is a rounding error, not a request.
        while recent[0] <= at - window.period + 1e-6:
            recent.popleft()
        most = max(most, len(recent))
    allowed = window.limit * (1 + seconds // window.period)
    return WindowUse(window, most, len(times) / allowed)


def _samples(times: Sequence[float]) -> tuple[Sample, ...]:
    """How many there were at each of at most :data:`MOST_SAMPLES` instants, the last one among them."""
    stride = max(1, -(-len(times) // MOST_SAMPLES))
    kept = [(at, number) for number, at in enumerate(times, start=1) if number % stride == 0]
    if times and (not kept or kept[-1][1] != len(times)):
        kept.append((times[-1], len(times)))
    return tuple(kept)
