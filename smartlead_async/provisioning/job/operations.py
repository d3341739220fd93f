"""Operations: campaigns that are paused, resumed or deleted by their ledger, without their plan."""

from __future__ import annotations

import enum
from array import array

import attrs

from ..changes.due import may_be_running
from ..changes.sent_leads import SentLeads
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, CampaignState
from ..selection import Selection
from .left_out import LeftOutLeads, find_left_out, may_lack_leads


class Operation(enum.StrEnum):
    """Operations on the campaigns of a ledger.

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
                return record.state is CampaignState.PAUSED
            case Operation.DESTROY:
                return True

    def requests(self, record: CampaignRecord) -> int:
        """Return the requests that it takes for a campaign."""
        match self:
            case Operation.PAUSE:
                return 2
            case Operation.RESUME:
                return 1
            case Operation.DESTROY:
                return 3 if may_be_running(record) else 1


@attrs.define
class LedgerCampaigns:
    """The campaigns of a ledger that an operation applies to."""

    operation: Operation
    selection: Selection = attrs.field(factory=Selection)
    keys: list[str] = attrs.field(factory=list)
    copies: list[str] = attrs.field(factory=list)
    """The keys of the copies without an id."""
    created: array[int] = attrs.field(factory=lambda: array("q"))
    """The ids of all campaigns of the ledger."""
    left_out: list[LeftOutLeads] = attrs.field(factory=list)
    """Leads that other campaigns lack because those that are deleted had them."""
    expected_requests: int = 0
    _taken: set[str] = attrs.field(factory=set)

    async def load(self, ledger: Ledger) -> None:
        """Read the ledger."""
        lack_leads = False
        async for record in ledger.records():
            lack_leads = lack_leads or may_lack_leads(record.head)
            if record.campaign_id is not None:
                self.created.append(record.campaign_id)
            elif record.copy_of is not None:
                self.copies.append(record.key)
            if self.takes(record):
                self.expected_requests += self.operation.requests(record)
                self.keys.append(record.key)
        self._taken.update(self.keys)
        if lack_leads and self.operation is Operation.DESTROY:
            leaving = {key: SentLeads.of(await ledger.leads(key)).addresses() for key in self.keys}
            self.left_out = await find_left_out(ledger, leaving)

    def takes(self, record: CampaignRecord) -> bool:
        """Return whether there is something to do for a campaign that is selected."""
        return self.selection.takes_head(record.head) and self.operation.applies_to(record)

    @property
    def total(self) -> int:
        """The number of campaigns that the operation applies to."""
        return len(self.keys)

    def is_current(self, key: str) -> bool:
        """Return whether a campaign of the ledger stays on the server."""
        return self.operation is not Operation.DESTROY or key not in self._taken
