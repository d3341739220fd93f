"""Small jobs on the fake, for tests with faults."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from smartlead_async import FakeSmartlead, LeadInput, MemoryLedger, RateLimits, SmartleadClient, SqliteLedger
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions, ReconcilePolicy
from smartlead_async.provisioning.ledger.protocol import Ledger
from smartlead_async.provisioning.ledger.records import (
    CampaignRecord,
)
from smartlead_async.provisioning.report.report import Report

CHECKS = ReconcilePolicy((2.0, 6.0, 20.0))
"""Shorter than the default, and longer than the longest delay of a fault (5 s)."""


TAKEN: list[Step] = [step for step in Step if step not in (Step.PAUSE, Step.DELETE)]
"""The steps of a new campaign."""


def campaigns(number: int, *, leads: int = 3, same_names: bool = True) -> list[CampaignSpec]:
    """Return specs with every step, two of each name, equal in pairs except for name and leads."""
    return [
        CampaignSpec(
            f"SaaS founders Q1 2027 – demo invite {n // 2 if same_names else n}",
            key=f"campaign {n}",
            steps=(
                StepSpec(
                    "Hello {{first_name}}",
                    f"<p>{n % 2}</p>",
                    variants=(VariantSpec(share=50), VariantSpec("Hi {{first_name}}", share=50)),
                ),
                StepSpec(body="<p>Any thoughts?</p>", delay_days=3),
            ),
            mailboxes=MailboxChoice(ids=(501, 502)) if n % 2 else MailboxChoice(tag="North"),
            leads=[LeadInput(f"lead{i}@c{n}.example", first_name="Zoë") for i in range(leads)],
            schedule=ScheduleSpec("Europe/Berlin"),
            settings=SettingsSpec(follow_up_percentage=60),
            start=True,
        )
        for n in range(number)
    ]


def wall_clock() -> float:
    """Return a time that is the same in every run and advances with the clock of the loop."""
    try:
        return 1_800_000_000.5 + asyncio.get_running_loop().time()
    except RuntimeError:
        return 1_800_000_000.5


def seeded_fake(**options: Any) -> FakeSmartlead:
    """Return a fake with the mailboxes that these campaigns send from."""
    faults = options.pop("faults", None)
    options.setdefault("wall_clock", wall_clock)
    fake = FakeSmartlead(**options)
    for name in ("ada", "bo"):
        fake.add_email_account(f"{name}@sender.example", tags=("North",))
    fake.faults = faults
    return fake


def job_on(
    fake: FakeSmartlead, specs: Iterable[CampaignSpec], ledger: Ledger | None = None, **options: Any
) -> Job:
    """Return a job with its own client, as in a process of its own, on the clock of the fake."""
    client = SmartleadClient(
        "test-key",
        transport=fake.transport(latency=options.pop("latency", 0.2)),
        limits=options.pop("limits", RateLimits.UNLIMITED),
        wall_clock=fake.clock.wall,
        rng=random.Random(0),
    )
    options.setdefault("reconcile", CHECKS)
    options.setdefault("prune_orphans", True)
    options.setdefault("create_anyway", True)
    return Job(
        client,
        specs,
        JobOptions(ledger=MemoryLedger() if ledger is None else ledger, **options),
        wall_clock=fake.clock.wall,
    )


async def killed_after(job: Job, seconds: float) -> bool:
    """Run a job and kill it, as SIGKILL would; return whether it was done before."""
    task = asyncio.create_task(job.run())
    await asyncio.wait({task}, timeout=seconds)
    if task.done():
        task.result()
        return True
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return False


async def run_with_kills(
    fake: FakeSmartlead, specs: Iterable[CampaignSpec], ledger: Ledger, kills: Sequence[float], **options: Any
) -> Report:
    """Run a job to its end, killed after each of these times and run again."""
    for seconds in kills:
        if await killed_after(job_on(fake, specs, ledger, **options), seconds):
            break
    return await job_on(fake, specs, ledger, **options).run()


def standing(fake: FakeSmartlead) -> list[dict[str, Any]]:
    """Return the campaigns of a fake, late commits included."""
    fake.settle()
    return in_order(fake.snapshot())


def in_order(campaigns: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return campaigns sorted by their content, in whatever order their leads were added."""
    return sorted(campaigns, key=lambda each: json.dumps(each, sort_keys=True, default=str))


class SlowToRead(MemoryLedger):
    """A ledger that is slow to read, so that new campaigns get ahead of those in progress."""

    async def get(self, key: str) -> CampaignRecord | None:
        await asyncio.sleep(0.5)
        return await super().get(key)


class _ThreadlessConnection:
    """An SQLite connection with the methods of aiosqlite's that ledgers use, and no thread of its own."""

    def __init__(self, opened: sqlite3.Connection, *, is_durable: bool) -> None:
        self._opened = opened
        self._is_durable = is_durable

    async def execute_fetchall(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        # Other tasks run before and after, as they do while a thread works.
        await asyncio.sleep(0)
        if statement.startswith("PRAGMA synchronous") and not self._is_durable:
            # No test loses power, and waiting for the disk is slow.
            statement = "PRAGMA synchronous = OFF"
        rows = self._opened.execute(statement, values).fetchall()
        await asyncio.sleep(0)
        return rows

    async def close(self) -> None:
        self._opened.close()


class TimelessLedger(SqliteLedger):
    """A ledger in a file that takes no virtual time, and no thread that would make runs differ."""

    waits_for_disk = False

    async def _with_thread(self, opened: sqlite3.Connection) -> Any:
        return _ThreadlessConnection(opened, is_durable=self.waits_for_disk)


class DurableLedger(TimelessLedger):
    """A ledger in a file that waits for the disk as it does outside of tests."""

    waits_for_disk = True
