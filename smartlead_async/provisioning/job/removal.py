"""Removals and operations: campaigns that are deleted, paused or started again from the ledger alone."""

from __future__ import annotations

import contextlib

import attrs

from ...api.campaigns.create import CreateCampaign, DeleteCampaign
from ...api.campaigns.models import CampaignAction
from ...api.campaigns.setup import UpdateStatus
from ...errors import NotFound
from ...plan.step import Step
from ..changes.due import may_be_running
from ..ledger.records import CampaignState
from .campaign_steps import CampaignSteps
from .creation import Creation


class CampaignRemoval(CampaignSteps):
    """Deletes one campaign of the ledger from the server, and then its record."""

    async def complete(self) -> None:
        """Delete the campaign. One whose create is in doubt is looked for first."""
        if self.record.campaign_id is None and self.record.is_under_way:
            await self._find()
        if self.record.campaign_id is not None:
            if may_be_running(self.record):
                await self._pause_first()
            await self._begin(Step.DELETE)
            await self._delete()
        await self._journal.forget(self.record.key)

    async def _find(self) -> None:
        record = self.record
        name = record.name if record.copy_name is None else record.copy_name
        creation = Creation(CreateCampaign(name), lambda _: 0, name, record.client_id, copy_of=record.copy_of)
        async with self._slot.given_up():
            found = await self._reconciler.reconcile(self._entry, creation)
        if found is not None:
            await self._entry.save(attrs.evolve(self.record, campaign_id=found.id, adopted=True))
            self._reconciler.release(found.id)

    async def _pause_first(self) -> None:
        # A running campaign cannot be deleted.
        with contextlib.suppress(NotFound):
            await self._pause(restarts=False)

    async def _delete(self) -> None:
        with contextlib.suppress(NotFound):
            await self._sender.send_raw(DeleteCampaign(self.record.server_id))


class CampaignPause(CampaignSteps):
    """Pauses one campaign of the ledger."""

    async def complete(self) -> None:
        """Pause the campaign if it is running."""
        await self._pause(restarts=False)
        await self._entry.save(attrs.evolve(self.record, state=CampaignState.PAUSED, error=None))


class CampaignResume(CampaignSteps):
    """Starts one campaign again that was paused from the ledger."""

    async def complete(self) -> None:
        """Start the campaign."""
        request = UpdateStatus(self.record.server_id, CampaignAction.START)
        await self._send(Step.START, request)
        await self._entry.save(attrs.evolve(self.record, state=CampaignState.DONE, error=None))
