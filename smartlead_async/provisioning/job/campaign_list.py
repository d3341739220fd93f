"""The campaigns on the server, as listed by one request for everybody who needs them at that time."""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from ...api.campaigns.models import Campaign
from ...api.campaigns.read import GetCampaign, ListCampaigns
from ...errors import NotFound, SmartleadError
from ...pipeline.events import Attempt
from .sender import GuardedSender

_LAG: Final = 0.5
"""The share of the horizon after which a campaign that is not listed is looked up."""


class IncompleteList(SmartleadError):
    """Raised if the list of campaigns lacks campaigns that exist, so lost creates cannot be found in it."""


class CampaignList:
    """Lists the campaigns of the account, and notices when the list is incomplete.

    A list may lag, for at most ``horizon`` seconds. Campaigns that the job knows and that are older must be
    listed, unless somebody has deleted them.
    """

    def __init__(self, sender: GuardedSender, horizon: float) -> None:
        self._sender = sender.observed_by(self._note)
        self._horizon = horizon
        self._lock = asyncio.Lock()
        self._sent_at = float("-inf")
        self._listed_as_of = float("-inf")
        self._campaigns: list[Campaign] = []
        self.clients: frozenset[int | None] = frozenset()
        """The clients of the campaigns in the latest list."""
        # Arrays, since there may be 100,000 campaigns.
        self._known = array("q")
        self._known_since = array("d")
        self._deleted: set[int] = set()

    def expect(self, campaign_ids: Iterable[int]) -> None:
        """Note campaigns that exist, so that later lists must have them."""
        now = asyncio.get_running_loop().time()
        for campaign_id in campaign_ids:
            self._known.append(campaign_id)
            self._known_since.append(now)

    async def fresh(self, as_of: float | None = None) -> Sequence[Campaign]:
        """Return all campaigns, oldest first, from a list request that was sent no earlier than ``as_of``.

        That is the current loop time by default.
        """
        loop = asyncio.get_running_loop()
        as_of = loop.time() if as_of is None else as_of
        async with self._lock:
            if self._listed_as_of < as_of:
                await self._list()
                if await self._lacking():
                    # Give the list the time that it may lag.
                    await asyncio.sleep(self._horizon * (1 - _LAG))
                    await self._list()
                    if lacking := await self._lacking():
                        raise IncompleteList(
                            f"the list of campaigns is incomplete: it has {len(self._campaigns)} of them and "
                            f"lacks campaign {lacking}, which exists. A campaign whose create got no "
                            "response could not be found in it and would be created twice. Find out why the "
                            "list is truncated, then run the same job again"
                        )
            return self._campaigns

    async def newest_id(self) -> int:
        """Return the greatest id of all campaigns, or 0 if there are none."""
        listed = await self.fresh()
        return listed[-1].id if listed else 0

    async def _list(self) -> None:
        response = await self._sender.send_raw(ListCampaigns())
        self._campaigns = sorted(response.value, key=lambda campaign: campaign.id)
        self.clients = frozenset(campaign.client_id for campaign in self._campaigns)
        self._listed_as_of = self._sent_at

    async def _lacking(self) -> int | None:
        """Return the id of a campaign that exists and should be listed, and is not."""
        old_enough = bisect_right(self._known_since, self._listed_as_of - self._horizon * _LAG)
        missing = set(self._known[:old_enough]).difference(self._deleted, (c.id for c in self._campaigns))
        return await self._existing_of(missing) if missing else None

    async def _existing_of(self, missing: Collection[int]) -> int | None:
        """Return a campaign that exists among those missing.

        A truncated list lacks the oldest or the newest, so these two stand for all.
        """
        for campaign_id in {min(missing), max(missing)}:
            try:
                await self._sender.send(GetCampaign(campaign_id))
            except NotFound:
                continue
            return campaign_id
        self._deleted.update(missing)
        return None

    def _note(self, attempt: Attempt) -> None:
        if attempt.operation == ListCampaigns.operation.name:
            self._sent_at = asyncio.get_running_loop().time() - attempt.took
