"""Leads that move from one campaign to another: they leave the first one before the other imports them."""

from __future__ import annotations

import contextlib
from typing import Any

import attrs

from ...errors import NotFound
from ...plan.campaign import CampaignSpec
from ...plan.step import Step
from ..ledger.records import CampaignRecord, CampaignState
from .campaign_steps import CampaignSteps
from .lead_sync import LeadSync


class LeadRemoval(CampaignSteps):
    """Removes the leads that one campaign no longer has in the plan. All else is done by its run."""

    def __init__(self, spec: CampaignSpec, record: CampaignRecord, **collaborators: Any) -> None:
        super().__init__(record, **collaborators)
        self.spec = spec

    async def complete(self) -> None:
        """Remove the leads."""
        before = self.record.step(Step.LEADS)
        # If this run is killed, the campaign is not finished any more, whatever the plan says by then.
        self.record = attrs.evolve(self.record, state=CampaignState.RUNNING)
        content = None if before is None else before.content
        waits = before is not None and before.is_in_doubt
        await self._begin(Step.LEADS, content, waits=waits)
        sync = LeadSync(self.spec, self._entry, self._journal, self._sender)
        await sync.resume()
        with contextlib.suppress(NotFound):
            # If its deletion was begun, it may be gone, and its leads with it.
            await sync.remove()
        self._end(Step.LEADS, 0)
        await self._entry.save(self.record)
