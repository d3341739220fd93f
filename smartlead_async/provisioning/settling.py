"""Settling a create whose answer was lost: look, adopt what is certainly ours, or create again.

SmartLead has no idempotency key. What there is: ids that only grow, and a list of all campaigns. The rule
and what it leaves to chance are written down in ``docs/exactly-once.md``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Final

import attrs

from ..models.campaigns import Campaign, CampaignStatus
from ..pipeline import Attempt
from ..resources.campaign_leads import ListCampaignLeads
from ..resources.campaigns import GetSequences, ListCampaigns
from ._sending import SendsRequests
from .ledger import Ledger

_SKEW: Final = 300.0


@attrs.frozen
class Settling:
    """When to look for a campaign whose create got no answer: seconds after it was lost.

    Lists may lag and a create may take effect late, so several looks are taken; only when the last one finds
    nothing is it created again. One list request serves all campaigns that are waiting. Example::

        client.provision(specs, settling=Settling(looks=(10, 60)))
    """

    looks: tuple[float, ...] = attrs.field(
        default=(5.0, 15.0, 45.0), validator=attrs.validators.min_len(1), converter=tuple
    )

    @property
    def horizon(self) -> float:
        """Seconds after which a lost create is taken to have had no effect."""
        return self.looks[-1]


@attrs.frozen
class Orphan:
    """A campaign on the server that looks like one of ours and belongs to no record."""

    campaign_id: int
    name: str
    client_id: int | None
    status: str
    pruned: bool = False


class Settler:
    """Looks for lost creates, for a whole job at once."""

    def __init__(self, client: SendsRequests, ledger: Ledger, policy: Settling) -> None:
        self._client = client.with_options(on_attempt=self._note)
        self._ledger = ledger
        self._policy = policy
        self._lock = asyncio.Lock()
        self._list_sent_at = float("-inf")
        self._listed_as_of = float("-inf")
        self._campaigns: list[Campaign] = []
        self._claimed: set[int] = set()
        self.requests = 0
        self.mark: int | None = None
        """Campaigns with a greater id may be ours. None until the first answer of the job gave one."""

    def has_mark(self) -> bool:
        """Whether it is known below which id nothing is ours."""
        return self.mark is not None

    async def settle(
        self, name: str, client_id: int | None, *, lost_at: float, sent_at: float, is_copy: bool = False
    ) -> int | None:
        """The id of the campaign that a lost create made; None when it made none.

        ``lost_at`` is the loop time at which the answer was given up, ``sent_at`` the wall-clock instant of
        the create. The caller makes sure that no other create of this name is under way.
        """
        for look in self._policy.looks:
            due = lost_at + look
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            listed = await self._listed(due)
            if self.mark is None:
                # The very first create of the job was lost, so no answer has given a mark: go by the clock.
                self.mark = _newest_before(listed, sent_at - _SKEW)
            for campaign in listed:
                if await self._is_ours(campaign, name, client_id, is_copy=is_copy):
                    self._claimed.add(campaign.id)
                    return campaign.id
        return None

    def saw(self, campaign_id: int) -> None:
        """An id that is certainly ours: the mark is below it."""
        self.mark = campaign_id - 1 if self.mark is None else min(self.mark, campaign_id - 1)

    async def unowned(self) -> list[Campaign]:
        """Campaigns newer than the mark that no record owns. One list request."""
        listed = await self._listed(asyncio.get_running_loop().time())
        newer = [campaign for campaign in listed if campaign.id > (self.mark or 0)]
        return [campaign for campaign in newer if await self._ledger.owner(campaign.id) is None]

    async def is_empty(self, campaign: Campaign) -> bool:
        """Whether a campaign is a draft without a sequence: nothing was ever set up in it. One request."""
        if campaign.status != CampaignStatus.DRAFTED:
            return False
        self.requests += 1
        return not await self._client.send(GetSequences(campaign.id))

    async def has_no_leads(self, campaign: Campaign) -> bool:
        """Whether a campaign is a draft without leads: a copy that nobody has used yet. One request."""
        if campaign.status != CampaignStatus.DRAFTED:
            return False
        self.requests += 1
        page = await self._client.send(ListCampaignLeads(campaign.id, limit=1))
        return not page.data

    async def _is_ours(self, campaign: Campaign, name: str, client_id: int | None, *, is_copy: bool) -> bool:
        """Newer than the mark, of this name and client, nobody's, and nothing was done in it since."""
        untouched = self.has_no_leads if is_copy else self.is_empty
        return (
            campaign.id > (self.mark or 0)
            and campaign.name == name
            and (is_copy or self._same_client(campaign, client_id))
            and campaign.id not in self._claimed
            and await self._ledger.owner(campaign.id) is None
            and await untouched(campaign)
        )

    def _same_client(self, campaign: Campaign, client_id: int | None) -> bool:
        if campaign.client_id == client_id:
            return True
        # A client's own key files every campaign under that client by itself.
        return client_id is None and {c.client_id for c in self._campaigns} == {campaign.client_id}

    async def _listed(self, fresh_as_of: float) -> Sequence[Campaign]:
        """All campaigns, oldest first, as listed by a request that was sent no earlier than this."""
        async with self._lock:
            if self._listed_as_of < fresh_as_of:
                campaigns = await self._client.send(ListCampaigns())
                self._campaigns = sorted(campaigns, key=lambda campaign: campaign.id)
                self._listed_as_of = self._list_sent_at
            return self._campaigns

    def _note(self, attempt: Attempt) -> None:
        self.requests += attempt.operation == ListCampaigns.operation.name
        self._list_sent_at = asyncio.get_running_loop().time() - attempt.took


def _newest_before(campaigns: Sequence[Campaign], instant: float) -> int:
    before = dt.datetime.fromtimestamp(instant, dt.UTC)
    return max((c.id for c in campaigns if c.created_at is not None and c.created_at < before), default=0)
