"""The final sweep of a job: campaigns that a lost create left behind."""

from __future__ import annotations

import asyncio

import attrs

from ...api.campaigns.create import DeleteCampaign
from ...api.campaigns.models import Campaign
from ..ledger.records import Orphan
from .clone import name_of_copy
from .journal import Journal
from .reconcile import Reconciler
from .sender import GuardedSender


@attrs.frozen
class OrphanSweep:
    """Finds campaigns above the baseline that have a planned name and no owner.

    With ``prune``, those that are empty drafts are deleted.
    """

    sender: GuardedSender
    journal: Journal
    reconciler: Reconciler
    prune: bool = False

    async def run(self) -> tuple[Orphan, ...]:
        """Wait until no lost create can take effect any more, then return what was found."""
        if self.journal.last_lost_at is not None:
            horizon = self.journal.last_lost_at + self.reconciler.policy.horizon
            await asyncio.sleep(horizon - asyncio.get_running_loop().time())
        unowned = await self.reconciler.unowned()
        planned = await self._planned_among({campaign.name for campaign in unowned})
        return tuple([await self._handle(campaign) for campaign in unowned if campaign.name in planned])

    async def _planned_among(self, names: set[str | None]) -> set[str | None]:
        planned: set[str | None] = set()
        async for head in self.journal.ledger.heads():
            planned |= names & {head.name, name_of_copy(head.name)}
        return planned

    async def _handle(self, campaign: Campaign) -> Orphan:
        pruned = False
        if self.prune and await self.reconciler.is_empty(campaign):
            await self.sender.send(DeleteCampaign(campaign.id))
            pruned = True
        return Orphan(campaign.id, campaign.name, campaign.client_id, str(campaign.status), pruned)
