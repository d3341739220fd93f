"""The journal closes its ledger and completes its writes, however a job ends."""

from __future__ import annotations

import asyncio

import pytest

from smartlead_async import MemoryLedger
from smartlead_async.provisioning.job.journal import Journal
from smartlead_async.provisioning.ledger.protocol import LedgerError
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState, JobRecord

from .jobs import campaigns, job_on, seeded_fake

RECORD = CampaignRecord("campaign 0", "SaaS founders Q1 2027", None)


class Counted(MemoryLedger):
    """A slow ledger that knows whether it is open."""

    is_open = False
    closed = 0

    async def open(self) -> JobRecord:
        await asyncio.sleep(1)
        self.is_open = True
        return await super().open()

    async def aclose(self) -> None:
        await asyncio.sleep(1)
        self.is_open = False
        self.closed += 1

    async def save(self, record: CampaignRecord) -> None:
        await asyncio.sleep(1)
        await super().save(record)


async def cancelled_after(task: asyncio.Task[object], seconds: float) -> None:
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("seconds", [0.5, 1.5, 3.5], ids=["while opening", "while running", "later"])
async def test_a_ledger_is_closed_when_its_job_is_cancelled(seconds: float) -> None:
    ledger = Counted()
    task: asyncio.Task[object] = asyncio.create_task(job_on(seeded_fake(), campaigns(4), ledger).run())
    await cancelled_after(task, seconds)
    assert (ledger.is_open, ledger.closed) == (False, 1)


async def test_a_ledger_is_closed_when_resuming_fails() -> None:
    class Damaged(Counted):
        def heads(self):  # type: ignore[no-untyped-def]
            raise LedgerError("damaged")

    ledger = Damaged()
    with pytest.raises(LedgerError, match="damaged"):
        await job_on(seeded_fake(), campaigns(1), ledger).run()
    assert (ledger.is_open, ledger.closed) == (False, 1)


async def test_a_ledger_that_cannot_be_opened_is_closed_and_its_error_raised() -> None:
    class Locked(Counted):
        async def open(self) -> JobRecord:
            raise LedgerError("locked")

    ledger = Locked()
    with pytest.raises(LedgerError, match="locked"):
        await job_on(seeded_fake(), campaigns(1), ledger).run()
    assert ledger.closed == 1


async def test_closing_is_completed_although_the_task_is_cancelled() -> None:
    ledger = Counted()

    async def opened_and_closed() -> None:
        async with Journal(ledger).opened():
            pass

    task: asyncio.Task[object] = asyncio.create_task(opened_and_closed())
    await cancelled_after(task, 1.5)
    assert (ledger.is_open, ledger.closed) == (False, 1)


async def test_a_write_is_completed_although_the_task_is_cancelled() -> None:
    ledger = Counted()
    task: asyncio.Task[object] = asyncio.create_task(Journal(ledger).save(RECORD))
    await cancelled_after(task, 0.5)
    assert [record.key async for record in ledger.records()] == ["campaign 0"]


async def test_an_entry_has_the_latest_version_of_its_record() -> None:
    ledger = MemoryLedger()
    entry = Journal(ledger, wall_clock=lambda: 7.0).entry(RECORD)
    await entry.save(CampaignRecord(RECORD.key, RECORD.name, None, state=CampaignState.FAILED))
    saved = await ledger.get(RECORD.key)
    assert saved is not None
    assert (entry.record.state, saved.state, saved.updated_at) == ("failed", "failed", 7.0)


async def test_a_job_without_a_baseline_says_so() -> None:
    journal = Journal(MemoryLedger())
    with pytest.raises(LookupError, match="no baseline"):
        _ = journal.baseline_id
    await journal.record_baseline(100)
    assert journal.baseline_id == journal.job.baseline_id == 100
