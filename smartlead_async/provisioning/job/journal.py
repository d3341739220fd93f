"""The journal of a job: everything that it records in its ledger."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import attrs

from ...digests import DigestSet
from ...plan.content import as_json
from ...plan.step import Step
from ...waiting import until_done
from ..changes.content import digest_of
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, CampaignState, JobRecord, LeadBatch

T = TypeVar("T")

_RECORD_WAIT_EVERY: Final = 5.0
"""Seconds of a long wait after which its progress is recorded."""


class Journal:
    """Records the progress of one job in a ledger. ``job`` is the current record of the job as a whole.

    A write that has begun is completed even if its task is cancelled.
    """

    def __init__(self, ledger: Ledger, *, wall_clock: Callable[[], float] = time.time) -> None:
        self.ledger = ledger
        self.now = wall_clock
        self.job = JobRecord()
        self.opened_at = 0.0
        """The loop time at which the ledger was opened."""
        self._contents = DigestSet()
        self._forgotten_when_swept: list[str] = []
        self.last_lost_at: float | None = None
        """The loop time at which a create was lost most recently, or seems to have been by an earlier run."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the ledger, and close it however the block ends, also if opening was cancelled half-way."""
        try:
            self.job = await _completed(self.ledger.open())
            self.opened_at = asyncio.get_running_loop().time()
            if self.job.to_sweep:
                # Only the wall clock could tell how long ago that was, and it may have been adjusted, so only
                # the time that earlier runs have waited counts.
                self.last_lost_at = asyncio.get_running_loop().time() - self.job.waited
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

    async def forget_removed(self, record: CampaignRecord) -> None:
        """Delete the record of a campaign that is no longer on the server.

        If lost creates of it may have made others, the record is kept without the campaign until the sweep.
        """
        if not (self.job.to_sweep and record.head.lost > 0):
            await self.forget(record.key)
            return
        self._forgotten_when_swept.append(record.key)
        await self.forget_leads(record.key)
        await self.save(
            CampaignRecord(
                record.key,
                record.name,
                record.client_id,
                state=CampaignState.FAILED,
                creates=record.creates,
                lost=record.lost,
                adopted=record.adopted,
                copy_name=record.copy_name,
                error="it was removed, and it is not known yet whether a lost create has made another one",
            )
        )

    async def record_content(self, content: Any) -> str | None:
        """Store what a step sends, once for all campaigns that share it; return its digest."""
        digest = digest_of(content)
        if digest is not None and self._contents.add(int(digest[:16], 16)):
            await _completed(self.ledger.save_content(digest, as_json(content).decode()))
        return digest

    async def save_leads(self, key: str, batch: LeadBatch) -> None:
        """Record the leads of one import of a campaign."""
        await _completed(self.ledger.save_leads(key, batch))

    async def forget_leads(self, key: str, *numbers: int) -> None:
        """Delete batches of a campaign's leads; all of them if no number is given."""
        await _completed(self.ledger.forget_leads(key, *numbers))

    async def record_request(self) -> None:
        """Record that a request is about to be sent, for the windows of a later run."""
        await _completed(self.ledger.add_request(self.now()))

    async def request_ages(self, period: float) -> list[float]:
        """Return how many seconds ago the requests of this period were sent.

        The age is negative if the wall clock has been set back since.
        """
        now = self.now()
        return [now - sent_at for sent_at in await self.ledger.requests_since(now - period)]

    async def record_begin(self, plan: str | None, *, is_new: bool) -> None:
        """Record that the job has begun, unless an earlier run did, and with which plan it goes on.

        If the ledger ``is_new`` and no lost create can take effect any more, a baseline of an earlier run is
        forgotten: others may have created campaigns since.
        """
        began_at = self.now() if self.job.began_at is None else self.job.began_at
        # Until it is carried out, finished campaigns may agree with either plan.
        applied = self.job.applied_plan if plan == self.job.applied_plan else None
        baseline = None if is_new and not self.job.to_sweep else self.job.baseline_id
        await self._save_job(began_at=began_at, plan=plan, applied_plan=applied, baseline_id=baseline)

    async def restore(self, job: JobRecord) -> None:
        """Take back what a run has recorded that was refused before it created anything."""
        await self._save_job(**attrs.asdict(job))

    async def record_applied(self) -> None:
        """Record that every finished campaign agrees with the plan of this run."""
        await self._save_job(applied_plan=self.job.plan)

    @property
    def baseline_id(self) -> int:
        """The newest campaign of the account before the first create of the job."""
        if self.job.baseline_id is None:
            raise LookupError("the job has no baseline yet")
        return self.job.baseline_id

    async def record_baseline(self, campaign_id: int) -> None:
        """Record the baseline: only campaigns with a greater id can belong to this job."""
        await self._save_job(baseline_id=campaign_id)

    async def record_lost_create(self) -> None:
        """Record that a create got no response, so that the job ends with a sweep."""
        self.last_lost_at = asyncio.get_running_loop().time()
        await self._save_job(lost_creates=self.job.lost_creates + 1, to_sweep=True, waited=0.0)

    async def wait_since_lost(self, seconds: float) -> None:
        """Wait until the last lost create is this many seconds ago.

        The time waited is recorded now and then, so that a job that is killed again and again gets there.
        """
        loop = asyncio.get_running_loop()
        while self.last_lost_at is not None and (left := self.last_lost_at + seconds - loop.time()) > 0:
            await asyncio.sleep(min(left, _RECORD_WAIT_EVERY))
            await self._save_job(waited=loop.time() - self.last_lost_at)

    async def record_clean_sweep(self) -> None:
        """Record that a sweep left nothing behind, so that none is due until another create is lost."""
        await self._save_job(to_sweep=False)
        for key in self._forgotten_when_swept:
            await self.forget(key)
        self._forgotten_when_swept.clear()
        # They cannot take effect any more, so a campaign that somebody makes later is none of theirs.
        for key in [head.key async for head in self.ledger.heads() if head.lost > 0]:
            if (record := await self.ledger.get(key)) is not None:
                await self.save(attrs.evolve(record, lost=int(record.adopted)))

    async def _save_job(self, **changes: Any) -> None:
        self.job = attrs.evolve(self.job, **changes)
        await _completed(self.ledger.save_job(self.job))


@attrs.define
class JournalEntry:
    """The entry of one campaign in the journal. ``record`` is always its latest version."""

    journal: Journal
    record: CampaignRecord

    def count_requests(self, step: Step, number: int) -> None:
        """Count requests of a step that has begun. They are recorded with its next save."""
        begun = self.record.begun(step)
        self.record = self.record.with_step(attrs.evolve(begun, requests=begun.requests + number))

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
        await until_done(task)
        raise
