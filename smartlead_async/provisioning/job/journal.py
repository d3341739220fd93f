"""The journal of a job: everything that it records in its ledger."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import attrs

from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, JobRecord

T = TypeVar("T")


class Journal:
    """Records the progress of one job in a ledger. ``job`` is the current record of the job as a whole.

    A write that has begun is completed even if its task is cancelled.
    """

    def __init__(self, ledger: Ledger, *, wall_clock: Callable[[], float] = time.time) -> None:
        self.ledger = ledger
        self.now = wall_clock
        self.job = JobRecord()
        self.last_lost_at: float | None = None
        """The loop time at which this run last lost a create."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the ledger, and close it however the block ends, also if opening was cancelled half-way."""
        try:
            self.job = await _completed(self.ledger.open())
            yield
        finally:
            await _completed(self.ledger.aclose())

    def entry(self, record: CampaignRecord) -> JournalEntry:
        """Return the entry of a campaign, to be updated as it makes progress."""
        return JournalEntry(self, record)

    async def save(self, record: CampaignRecord) -> None:
        """Record a campaign."""
        await _completed(self.ledger.save(attrs.evolve(record, updated_at=self.now())))

    async def forget(self, key: str) -> None:
        """Delete the record of a campaign."""
        await _completed(self.ledger.forget(key))

    async def record_begin(self, plan: str | None) -> None:
        """Record that the job has begun, unless an earlier run did, and with which plan it goes on."""
        began_at = self.now() if self.job.began_at is None else self.job.began_at
        await self._save_job(began_at=began_at, plan=plan)

    async def record_baseline(self, campaign_id: int) -> None:
        """Record the baseline: campaigns with a greater id may belong to this job."""
        if campaign_id != self.job.baseline_id:
            await self._save_job(baseline_id=campaign_id)

    async def record_own_id(self, campaign_id: int) -> None:
        """Record that a campaign belongs to this job: the baseline is below its id."""
        baseline_id = self.job.baseline_id
        await self.record_baseline(
            campaign_id - 1 if baseline_id is None else min(baseline_id, campaign_id - 1)
        )

    async def record_lost_create(self) -> None:
        """Record that a create got no response, so that the job ends with a sweep."""
        self.last_lost_at = asyncio.get_running_loop().time()
        await self._save_job(lost_creates=self.job.lost_creates + 1, to_sweep=True)

    async def record_clean_sweep(self) -> None:
        """Record that a sweep left nothing behind, so that none is due until another create is lost."""
        await self._save_job(to_sweep=False)

    async def _save_job(self, **changes: Any) -> None:
        self.job = attrs.evolve(self.job, **changes)
        await _completed(self.ledger.save_job(self.job))


@attrs.define
class JournalEntry:
    """The entry of one campaign in the journal. ``record`` is always its latest version."""

    journal: Journal
    record: CampaignRecord

    async def save(self, record: CampaignRecord) -> None:
        """Replace the record and write it to the ledger."""
        self.record = record
        await self.journal.save(record)


async def _completed(operation: Coroutine[Any, Any, T]) -> T:
    """Run an operation on the ledger to its end, even if the task that waits for it is cancelled."""
    task = asyncio.ensure_future(operation)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
