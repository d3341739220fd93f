"""Creates each campaign exactly once, although responses get lost and a create must not be repeated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

import attrs

from ...api.campaigns.models import Campaign
from ...errors import OutcomeUnknown, ResponseDecodeError, SmartleadError
from ...events import ReconcileBegan, ReconcileEnded
from ...naming import normal_name
from ...plan.step import Step
from ..ledger.records import CampaignRecord, StepRecord, StepState
from .creation import Creation
from .job_limiter import Stopped
from .journal import Journal, JournalEntry
from .reconcile import Reconciler
from .sender import GuardedSender
from .slots import Slot

_MAX_LOST: Final = 8


class CreateLost(SmartleadError):
    """The create of one campaign was sent again and again, and its response was lost every time."""


@attrs.define
class Creator:
    """Sends creates, one at a time for each name, and reconciles those whose response is lost."""

    sender: GuardedSender
    journal: Journal
    reconciler: Reconciler
    _names: WeakValueDictionary[str, asyncio.Lock] = attrs.field(factory=WeakValueDictionary)

    async def ensure(self, entry: JournalEntry, creation: Creation, slot: Slot) -> None:
        """Create the campaign of an entry unless it has an id: afterwards it exists exactly once."""
        if entry.record.campaign_id is not None:
            return
        await self.reconciler.ensure_baseline()
        async with self._locked(creation.name, slot):
            await self._ensure(entry, creation, slot)

    async def find_lost(self, entry: JournalEntry, creation: Creation, slot: Slot) -> None:
        """Adopt the campaign that a lost create of an earlier run has made, if it made one; create none."""
        async with self._locked(creation.name, slot):
            await self._reconcile(entry, creation, slot)

    @asynccontextmanager
    async def _locked(self, name: str, slot: Slot) -> AsyncIterator[None]:
        # Whatever of this name appears while no other create of it is in flight belongs to this one.
        lock = self._names.setdefault(normal_name(name), asyncio.Lock())
        if lock.locked():
            async with slot.given_up():
                await lock.acquire()
        else:
            await lock.acquire()
        try:
            yield
        finally:
            lock.release()

    async def _ensure(self, entry: JournalEntry, creation: Creation, slot: Slot) -> None:
        earlier = entry.record.step(Step.CREATE)
        if earlier is not None and earlier.state is StepState.SENT:
            # By a run that ended before the response came.
            await self._reconcile(entry, creation, slot)
        for _ in range(_MAX_LOST):
            if entry.record.campaign_id is not None:
                return
            await self._send(entry, creation, slot)
        if entry.record.campaign_id is None:
            raise CreateLost(
                f"its create was sent {_MAX_LOST} times, and no response told the id of a new campaign"
            )

    async def _send(self, entry: JournalEntry, creation: Creation, slot: Slot) -> None:
        before = entry.record
        await entry.save(self._sent(before))
        step = entry.record.begun(Step.CREATE)
        try:
            response = await self.sender.send_raw(creation.request)
        except (OutcomeUnknown, ResponseDecodeError) as unknown:
            entry.record = entry.record.with_step(_counted(step, unknown.attempts))
            await self._reconcile(entry, creation, slot)
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
            campaign_id = creation.campaign_id(response.value)
            name = getattr(response.value, "name", None)
            is_named = name is None or await self.reconciler.may_be_named(before.key, creation, name)
            if is_named and await self.reconciler.reserve(campaign_id):
                await self._own(entry, campaign_id, creation, creation.inherited)
                return
            # The id of an older campaign or of another record, or the name of another create: the response
            # tells nothing about this one.
            await self._reconcile(entry, creation, slot)
            if not is_named and entry.record.campaign_id is None:
                # No campaign has the name, so the server may have stored another one.
                found = await self.reconciler.take_empty(campaign_id, creation)
                if found is not None:
                    await self._adopt(entry, creation, found)

    def _sent(self, record: CampaignRecord) -> CampaignRecord:
        earlier = record.step(Step.CREATE)
        requests = earlier.requests if earlier is not None else 0
        step = StepRecord(Step.CREATE, StepState.SENT, sent_at=self.journal.now(), requests=requests)
        return record.with_step(step, creates=record.creates + 1)

    async def _reconcile(self, entry: JournalEntry, creation: Creation, slot: Slot) -> None:
        record = entry.record
        await self.journal.record_lost_create()
        # A create that an interrupted run has counted already is not counted again.
        await entry.save(attrs.evolve(record, lost=min(record.lost + 1, record.creates)))
        job = self.sender.job
        self.sender.emit(ReconcileBegan(job, creation.name))
        async with slot.given_up():
            found = await self.reconciler.reconcile(entry, creation)
        self.sender.emit(ReconcileEnded(job, creation.name, None if found is None else found.id))
        if found is not None:
            await self._adopt(entry, creation, found)

    async def _adopt(self, entry: JournalEntry, creation: Creation, found: Campaign) -> None:
        # A copy inherits nothing here: it is set up in full, since its template may have been changed. The
        # settings correct a name that is not quite the planned one.
        client_id = creation.client_id
        if creation.is_copy:
            client_id = None if self.reconciler.may_be_of_client(found, None) else found.client_id
        actual = attrs.evolve(creation, name=found.name or creation.name, client_id=client_id)
        step = attrs.evolve(entry.record.begun(Step.CREATE), lost=creation.is_copy)
        entry.record = attrs.evolve(entry.record.with_step(step), adopted=True)
        await self._own(entry, found.id, actual)

    async def _own(
        self, entry: JournalEntry, campaign_id: int, creation: Creation, inherited: Sequence[StepRecord] = ()
    ) -> None:
        step = entry.record.begun(Step.CREATE)
        done = attrs.evolve(step, state=StepState.DONE, ended_at=self.journal.now())
        record = attrs.evolve(
            entry.record, campaign_id=campaign_id, name=creation.name, client_id=creation.client_id
        )
        for one in inherited:
            record = record.with_step(one)
        await entry.save(record.with_step(done))
        self.reconciler.release(campaign_id)
        self.reconciler.listed.expect([campaign_id])


def _counted(step: StepRecord, requests: int) -> StepRecord:
    return attrs.evolve(step, requests=step.requests + requests)
