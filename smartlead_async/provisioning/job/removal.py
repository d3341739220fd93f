"""Removals and operations: campaigns that are deleted, paused or started again from the ledger alone."""

from __future__ import annotations

import contextlib
from typing import Any

import attrs

from ...api.campaigns.create import DeleteCampaign
from ...api.campaigns.models import CampaignAction, CampaignStatus
from ...api.campaigns.read import GetCampaign
from ...api.campaigns.setup import UpdateStatus
from ...errors import NotFound, OperationRefused, SmartleadError
from ...plan.step import Step
from ..changes.due import may_be_running
from ..ledger.records import CampaignRecord, CampaignState, StepState
from .campaign_steps import CampaignSteps
from .clone import creation_of
from .create import Creator


class CampaignRemoval(CampaignSteps):
    """Deletes one campaign of the ledger from the server, and then its record."""

    def __init__(self, record: CampaignRecord, *, creator: Creator, **collaborators: Any) -> None:
        super().__init__(record, reconciler=creator.reconciler, **collaborators)
        self._creator = creator

    async def complete(self) -> None:
        """Delete the campaign. One whose create is in doubt is looked for first."""
        # If this run is killed, the campaign is not finished any more.
        self.record = attrs.evolve(self.record, state=CampaignState.RUNNING)
        if self.record.campaign_id is None and self.record.is_under_way:
            await self._creator.find_lost(self._entry, creation_of(self.record), self._slot)
        if self.record.campaign_id is not None:
            with contextlib.suppress(NotFound):
                await self._delete()
        await self._journal.forget_removed(self.record)

    async def _delete(self) -> None:
        if may_be_running(self.record):
            # A running campaign cannot be deleted.
            await self._pause(restarts=False)
        try:
            await self._send(Step.DELETE, DeleteCampaign(self.record.server_id))
        except OperationRefused:
            # Somebody has started it by hand.
            await self._pause(restarts=False)
            await self._send(Step.DELETE, DeleteCampaign(self.record.server_id))


class CampaignOperation(CampaignSteps):
    """Changes the status of one campaign of the ledger."""

    async def fail(self, error: SmartleadError) -> None:
        """Record a failure. The state stays as it is, so that the operation can be repeated."""
        await self._entry.save(attrs.evolve(self._with_failure(error), error=str(error)))


class CampaignPause(CampaignOperation):
    """Pauses one campaign of the ledger if it is running.

    A campaign that somebody else has paused, or that is completed, stays as it is, on the ledger too: only
    those that were paused in this way are resumed.
    """

    async def complete(self) -> None:
        """Pause the campaign, and once more if an earlier start of it could take effect since."""
        self._at = Step.PAUSE
        start = self.record.step(Step.START)
        if start is not None and start.is_in_doubt:
            await self._pause_if_active()
            await self._wait_out(Step.START)
        await self._pause_if_active()
        if self.record.state is CampaignState.PAUSED:
            pause = self.record.begun(Step.PAUSE)
            if pause.state is not StepState.DONE:
                # An earlier request was lost and has taken effect, or the campaign was completed before.
                self.record = self.record.with_step(attrs.evolve(pause, state=StepState.DONE, lost=True))
            self.record = self.record.without_step(Step.START)
        await self._entry.save(attrs.evolve(self.record, error=None))

    async def _pause_if_active(self) -> None:
        try:
            found = await self._sender.send(GetCampaign(self.record.server_id))
        except NotFound:
            return
        if found.status == CampaignStatus.ACTIVE:
            await self._pause_now()

    async def _pause_now(self) -> None:
        record, before = self.record, self.record.step(Step.PAUSE)
        if record.state is CampaignState.PAUSED:
            was_unfinished = before is not None and before.was_unfinished
        else:
            was_unfinished = record.state is not CampaignState.DONE
        self.record = attrs.evolve(_not_started(record), state=CampaignState.PAUSED)
        await self._begin(Step.PAUSE, was_unfinished=was_unfinished)
        response = await self._sender.send_raw(UpdateStatus(record.server_id, CampaignAction.PAUSED))
        self._end(Step.PAUSE, response.attempts)


class CampaignResume(CampaignOperation):
    """Starts one campaign again that was paused from the ledger."""

    async def complete(self) -> None:
        """Start the campaign. One that was paused unfinished is completed by the next run of its job."""
        was_unfinished = self.record.begun(Step.PAUSE).was_unfinished
        await self._send(Step.START, UpdateStatus(self.record.server_id, CampaignAction.START))
        state = CampaignState.RUNNING if was_unfinished else CampaignState.DONE
        await self._entry.save(attrs.evolve(self.record, state=state, error=None))


def _not_started(record: CampaignRecord) -> CampaignRecord:
    """Return a record without its start, or with one that is in doubt if it may still take effect."""
    start = record.step(Step.START)
    if start is not None and start.is_in_doubt:
        return record.with_step(attrs.evolve(start, state=StepState.SENT))
    return record.without_step(Step.START)
