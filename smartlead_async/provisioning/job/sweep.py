"""The final sweep of a job: campaigns that a lost create left behind."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ...api.campaigns.create import DeleteCampaign
from ...api.campaigns.models import Campaign
from ...naming import may_be_stored_as
from ..ledger.records import Orphan, RecordHead
from .journal import Journal
from .reconcile import Reconciler
from .sender import GuardedSender


@attrs.frozen
class OrphanSweep:
    """Finds campaigns above the baseline that have a planned name and no owner.

    With ``prune``, those that a lost create of this job must have made, and in which nothing was ever set up,
    are deleted.
    """

    sender: GuardedSender
    journal: Journal
    reconciler: Reconciler
    prune: bool = False

    async def run(self) -> tuple[Orphan, ...]:
        """Wait until no lost create can take effect any more, then return what was found."""
        await self.journal.wait_since_lost(self.reconciler.policy.horizon)
        unowned = await self.reconciler.unowned()
        planned = await self._records_of(unowned)
        orphans = [campaign for campaign in unowned if planned[campaign.id]]
        return tuple([await self._handle(orphan, orphans, planned[orphan.id]) for orphan in orphans])

    async def _records_of(self, unowned: Sequence[Campaign]) -> dict[int, list[RecordHead]]:
        """Return, for each campaign, the records whose create may have made it."""
        found: dict[int, list[RecordHead]] = {campaign.id: [] for campaign in unowned}
        if unowned:
            async for head in self.journal.ledger.heads():
                for campaign in unowned:
                    if any(may_be_stored_as(name, campaign.name or "") for name in head.names):
                        found[campaign.id].append(head)
        return found

    async def _handle(
        self, orphan: Campaign, orphans: Sequence[Campaign], records: Sequence[RecordHead]
    ) -> Orphan:
        pruned = False
        if self.prune and self._is_ours(orphan, orphans, records) and await self.reconciler.is_empty(orphan):
            await self.sender.send(DeleteCampaign(orphan.id))
            pruned = True
        return Orphan(orphan.id, orphan.name, orphan.client_id, str(orphan.status), pruned)

    def _is_ours(self, orphan: Campaign, orphans: Sequence[Campaign], records: Sequence[RecordHead]) -> bool:
        """Return whether lost creates account for every orphan of this name and client.

        If there are more, somebody else has made campaigns of this name, and which of them are ours cannot be
        told.
        """
        alike = sum((o.name, o.client_id) == (orphan.name, orphan.client_id) for o in orphans)
        may_be_of = self.reconciler.may_be_of_client
        return alike <= sum(head.lost for head in records if may_be_of(orphan, head.client_id))
