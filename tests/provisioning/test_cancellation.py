"""Cancellation at every await of a job: nothing is left, and the next run ends with each campaign once."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import anyio
import attrs
import pytest

from smartlead_async import FakeSmartlead, MemoryLedger, RateLimits, SmartleadClient, SqliteLedger
from smartlead_async.api.campaigns import CreateCampaign
from smartlead_async.fake import FakeTransport, Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.provisioning.ledger.protocol import Ledger

from ..stepping import cancelled_at, tasks_left
from .jobs import CHECKS, campaigns, seeded_fake

LIMITS = RateLimits.of((4, 1.0), (60, 60.0))
PLAN: list[CampaignSpec] = [
    attrs.evolve(spec, name=f"Dentists {n} Q1 2027") for n, spec in enumerate(campaigns(2))
]


@attrs.define
class Attempted:
    """A job on a fake of its own that may be run again, with the same ledger and client."""

    ledger: Ledger
    fake: FakeSmartlead = attrs.field(factory=seeded_fake)
    transport: FakeTransport = attrs.field(init=False)
    client: SmartleadClient = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.fake.fail_next(Fault.lost_after(), CreateCampaign)
        self.transport = self.fake.transport(latency=0.2)
        self.client = SmartleadClient("test-key", transport=self.transport, limits=LIMITS)

    async def run(self) -> None:
        await self.client.provision(
            PLAN, ledger=self.ledger, reconcile=CHECKS, concurrency=2, create_anyway=True, prune_orphans=True
        )

    async def check_and_resume(self, where: object) -> None:
        await asyncio.sleep(0)
        assert tasks_left() == set(), where
        limiter = self.client.limiter
        assert (limiter.in_flight, limiter.waiting, self.transport.in_flight) == (0, 0, 0), where
        await self.run()
        names = sorted(campaign.name for campaign in self.fake.campaigns.values())
        assert names == [spec.name for spec in PLAN], where
        for spec in PLAN:
            self.fake.assert_campaign(spec.name, status="ACTIVE", leads=3, steps=2)


async def test_a_job_that_is_cancelled_at_any_await_is_resumed_exactly_once() -> None:
    number = 0
    for number in itertools.count(1):
        job = Attempted(MemoryLedger())
        was_reached = await cancelled_at(number, job.run())
        await job.check_and_resume(number)
        if not was_reached:
            break
    assert number > 50


async def test_a_cancelled_job_gives_its_ledger_file_back(tmp_path: Path) -> None:
    for number in range(1, 400, 37):
        job = Attempted(SqliteLedger(tmp_path / f"{number}.ledger"))
        was_reached = await cancelled_at(number, job.run())
        await job.check_and_resume(number)
        if not was_reached:
            break


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.5, 1.0, 3.0, 10.0])
async def test_a_cancel_scope_of_anyio_ends_a_job(seconds: float, tmp_path: Path) -> None:
    """A cancel scope cancels again at every further await, until it is left."""
    for ledger in (MemoryLedger(), SqliteLedger(tmp_path / "job.ledger")):
        job = Attempted(ledger)
        with anyio.move_on_after(seconds) as scope:
            await job.run()
        assert scope.cancelled_caught
        await job.check_and_resume(seconds)


async def test_a_task_group_of_anyio_runs_jobs_and_requests_side_by_side() -> None:
    job = Attempted(MemoryLedger())
    async with anyio.create_task_group() as group:
        group.start_soon(job.run)
        for _ in range(5):
            group.start_soon(job.client.campaigns.list)
    await job.check_and_resume("task group")
