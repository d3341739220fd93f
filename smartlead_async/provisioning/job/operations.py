"""Operations: campaigns that are paused, resumed or deleted by their ledger, without their plan."""

from __future__ import annotations

import enum
from typing import Final

import attrs

from ..changes.due import may_be_running
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, CampaignState
from ..selection import Selection
from .removal import CampaignPause, CampaignRemoval, CampaignResume


class Operation(enum.StrEnum):
    """What can be done to the campaigns of a ledger.

    PAUSE stops the mails of those that are running, RESUME starts those that were paused in this way, and
    DESTROY deletes campaigns from the server and from the ledger.
    """

    PAUSE = "pause"
    RESUME = "resume"
    DESTROY = "destroy"

    def applies_to(self, record: CampaignRecord) -> bool:
        """Return whether there is something to do for a campaign."""
        match self:
            case Operation.PAUSE:
                return record.campaign_id is not None and may_be_running(record)
            case Operation.RESUME:
                return record.state is CampaignState.PAUSED and record.was_started
            case Operation.DESTROY:
                return True


OPERATIONS: Final[dict[Operation, type[CampaignPause | CampaignResume | CampaignRemoval]]] = {
    Operation.PAUSE: CampaignPause,
    Operation.RESUME: CampaignResume,
    Operation.DESTROY: CampaignRemoval,
}


@attrs.define
class LedgerCampaigns:
    """The campaigns of a ledger that an operation applies to."""

    operation: Operation
    selection: Selection = attrs.field(factory=Selection)
    keys: list[str] = attrs.field(factory=list)

    async def load(self, ledger: Ledger) -> None:
        """Read the ledger."""
        async for record in ledger.records():
            if self.selection.takes_head(record.head) and self.operation.applies_to(record):
                self.keys.append(record.key)
