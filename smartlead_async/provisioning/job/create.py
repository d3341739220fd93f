"""Creates each campaign exactly once, although responses get lost and a create must not be repeated."""

from __future__ import annotations

import asyncio
from typing import Final
from weakref import WeakValueDictionary

import attrs

from ...errors import OutcomeUnknown, ResponseDecodeError, SmartleadError
from ...plan.step import Step
from ..ledger.records import CampaignRecord, StepRecord, StepState
from .creation import Creation
from .job_limiter import Stopped
from .journal import Journal, JournalEntry
from .reconcile import Reconciler
from .sender import GuardedSender

_MAX_LOST: Final = 8


class CreateLost(SmartleadError):
    """The create of one campaign was sent again and again, and its response was lost every time."""


@attrs.define
class Creator:
    """Sends creates, one at a time for each name, and reconciles those whose response is lost.

    The first create of a job is sent alone. The id in its response gives the baseline below which no campaign
    belongs to the job, at no additional request.
    """

    sender: GuardedSender
    journal: Journal
    reconciler: Reconciler
    _names: WeakValueDictionary[tuple[str, int | None], asyncio.Lock] = attrs.field(
        factory=WeakValueDictionary
    )
    _first: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    async def ensure(self, entry: JournalEntry, creation: Creation) -> None:
        """Create the campaign of an entry unless it has an id: afterwards it exists exactly once."""
        if entry.record.campaign_id is not None:
            return
        # Whatever of this name appears while no other create of it is in flight belongs to this one.
        lock = self._names.setdefault((creation.name, creation.client_id), asyncio.Lock())
        async with lock:
            if not self._has_baseline():
                async with self._first:
                    if not self._has_baseline():
                        await self._ensure(entry, creation)
                        return
            await self._ensure(entry, creation)

    def _has_baseline(self) -> bool:
        return self.journal.job.baseline_id is not None

    async def _ensure(self, entry: JournalEntry, creation: Creation) -> None:
        earlier = entry.record.step(Step.CREATE)
        if earlier is not None and earlier.state is StepState.SENT:
            # By a run that ended before the response came. Only the wall clock could tell how long ago, and
            # it may have been adjusted since, so the remaining checks are timed from now.
            age = max(self.journal.now() - earlier.sent_at, 0.0)
            await self._reconcile(entry, creation, age=age)
        for _ in range(_MAX_LOST):
            if entry.record.campaign_id is not None:
                return
            await self._send(entry, creation)
        if entry.record.campaign_id is None:
            raise CreateLost(f"its create was sent {_MAX_LOST} times and the response lost every time")

    async def _send(self, entry: JournalEntry, creation: Creation) -> None:
        loop = asyncio.get_running_loop()
        before = entry.record
        sent_at = loop.time()
        await entry.save(self._sent(before))
        step = entry.record.begun(Step.CREATE)
        try:
            response = await self.sender.send_raw(creation.request)
        except (OutcomeUnknown, ResponseDecodeError) as unknown:
            entry.record = entry.record.with_step(_counted(step, unknown.attempts))
            await self._reconcile(entry, creation, age=loop.time() - sent_at)
        except Stopped:
            # It was not sent, so there is nothing to look for.
            await (entry.save(before) if before.steps else self.journal.forget(before.key))
            raise
        except SmartleadError as error:
            failed = attrs.evolve(
                _counted(step, error.attempts),
                state=StepState.FAILED,
                ended_at=self.journal.now(),
                error=str(error),
            )
            await entry.save(entry.record.with_step(failed))
            raise
        else:
            entry.record = entry.record.with_step(_counted(step, response.attempts))
            await self._own(entry, creation.campaign_id(response.value))

    def _sent(self, record: CampaignRecord) -> CampaignRecord:
        earlier = record.step(Step.CREATE)
        requests = earlier.requests if earlier is not None else 0
        step = StepRecord(Step.CREATE, StepState.SENT, sent_at=self.journal.now(), requests=requests)
        return record.with_step(step, creates=record.creates + 1)

    async def _reconcile(self, entry: JournalEntry, creation: Creation, *, age: float) -> None:
        await self.journal.record_lost_create()
        await entry.save(entry.record)
        found = await self.reconciler.reconcile(entry, creation, age=age)
        if found is not None:
            entry.record = attrs.evolve(entry.record, adopted=True)
            await self._own(entry, found)

    async def _own(self, entry: JournalEntry, campaign_id: int) -> None:
        # The baseline first: a crash in between must not leave an id from which a higher baseline follows.
        await self.journal.record_own_id(campaign_id)
        step = entry.record.begun(Step.CREATE)
        done = attrs.evolve(step, state=StepState.DONE, ended_at=self.journal.now())
        await entry.save(entry.record.with_step(done, campaign_id=campaign_id))


def _counted(step: StepRecord, requests: int) -> StepRecord:
    return attrs.evolve(step, requests=step.requests + requests)
