"""Settling a create whose answer was lost: look, adopt what is certainly ours, or create again.

SmartLead has no idempotency key. What there is: ids that only grow, and a list of all campaigns. The rule
and what it leaves to chance are written down in ``docs/exactly-once.md``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import attrs

from ...api.campaigns.leads import ListCampaignLeads
from ...api.campaigns.models import Campaign, CampaignStatus
from ...api.campaigns.read import ListCampaigns
from ...api.campaigns.setup import GetSequences
from ...pipeline.events import Attempt, Response
from ...request import Request
from ..ledger.protocol import Ledger
from .client import SendsRequests

T = TypeVar("T")


_SKEW: Final = 300.0


Guard = Callable[[Callable[[], Awaitable[Response[Any]]]], Awaitable[Response[Any]]]
"""Runs what it is given as the job sends all else: waiting out outages, and not at all once it is stopped."""


def _as_tuple(looks: Iterable[float]) -> tuple[float, ...]:
    return tuple(looks)


@attrs.frozen
class Settling:
    """When to look for a campaign whose create got no answer: seconds after it was lost.

    Lists may lag and a create may take effect late, so several looks are taken; only when the last one finds
    nothing is it created again. One list request serves all campaigns that are waiting. Example::

        client.provision(specs, settling=Settling(looks=(10, 60)))
    """

    looks: tuple[float, ...] = attrs.field(
        default=(5.0, 15.0, 45.0), validator=attrs.validators.min_len(1), converter=_as_tuple
    )

    @property
    def horizon(self) -> float:
        """Seconds after which a lost create is taken to have had no effect."""
        return self.looks[-1]


class Settler:
    """Looks for lost creates, for a whole job at once."""

    def __init__(
        self,
        client: SendsRequests,
        ledger: Ledger,
        policy: Settling,
        *,
        guard: Guard,
        wall_clock: Callable[[], float],
    ) -> None:
        self._client = client.with_options(on_attempt=self._note)
        self._ledger = ledger
        self._policy = policy
        self._guard = guard
        self._wall_clock = wall_clock
        self._lock = asyncio.Lock()
        self._list_sent_at = float("-inf")
        self._listed_as_of = float("-inf")
        self._server_clock = 0.0
        self._campaigns: list[Campaign] = []
        self._claimed: set[int] = set()
        self.mark: int | None = None
        """Campaigns with a greater id may be ours. None until the first answer of the job gave one."""

    def has_mark(self) -> bool:
        """Whether it is known below which id nothing is ours."""
        return self.mark is not None

    async def settle(
        self,
        name: str,
        client_id: int | None,
        *,
        age: float,
        looked: Callable[[int], Awaitable[None]],
        after: int = 0,
        is_copy: bool = False,
    ) -> int | None:
        """The id of the campaign that a lost create made; None when it made none.

        The pauses between looks are counted from now, and ``looked`` is told of each look that found nothing:
        a job that is cut off takes only the looks that are left, ``after`` those. ``age`` is how many seconds
        ago the create was sent. The caller makes sure that no other create of this name is under way.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        looks = self._policy.looks
        first = min(after, len(looks) - 1)
        passed = looks[first - 1] if first else 0.0
        for number, look in enumerate(looks[first:], start=first + 1):
            due = began + look - passed
            await asyncio.sleep(due - loop.time())
            listed = await self._listed(due)
            if self.mark is None:
                # The very first create of the job was lost, so no answer has given a mark.
                self._mark_by_clock(listed, age + loop.time() - began)
            # The newest first: by such a mark, somebody's draft from just before may be among them.
            for campaign in reversed(listed):
                if self._fits(campaign, name, client_id, is_copy=is_copy):
                    # Claimed while it is looked into, so that no two take the same one.
                    self._claimed.add(campaign.id)
                    if await self._is_nobodys(campaign, client_id, is_copy=is_copy):
                        return campaign.id
                    self._claimed.discard(campaign.id)
            await looked(number)
        return None

    def saw(self, campaign_id: int) -> None:
        """An id that is certainly ours: the mark is below it."""
        self.mark = campaign_id - 1 if self.mark is None else min(self.mark, campaign_id - 1)

    async def find_mark(self, age: float) -> None:
        """The mark of a job whose first create, sent that many seconds ago, has no answer. One request."""
        self._mark_by_clock(await self._listed(asyncio.get_running_loop().time()), age)

    def _mark_by_clock(self, listed: Sequence[Campaign], age: float) -> None:
        """By the server's own clock, where it tells: older than the create by more than clocks differ."""
        self.mark = _newest_before(listed, self._server_clock - age - _SKEW)

    async def unowned(self) -> list[Campaign]:
        """Campaigns newer than the mark that no record owns. One list request."""
        if self.mark is None:
            return []
        listed = await self._listed(asyncio.get_running_loop().time())
        newer = [campaign for campaign in listed if campaign.id > self.mark]
        return [campaign for campaign in newer if await self._ledger.owner(campaign.id) is None]

    async def is_empty(self, campaign: Campaign) -> bool:
        """Whether a campaign is a draft without a sequence: nothing was ever set up in it. One request."""
        if campaign.status != CampaignStatus.DRAFTED:
            return False
        return not (await self._send(GetSequences(campaign.id))).value

    async def has_no_leads(self, campaign: Campaign) -> bool:
        """Whether a campaign is a draft without leads: a copy that nobody has used yet. One request."""
        if campaign.status != CampaignStatus.DRAFTED:
            return False
        return not (await self._send(ListCampaignLeads(campaign.id, limit=1))).value.data

    def _fits(self, campaign: Campaign, name: str, client_id: int | None, *, is_copy: bool) -> bool:
        """Newer than the mark, of this name and client, and not being looked into."""
        return (
            self.mark is not None
            and campaign.id > self.mark
            and (campaign.name or "").strip() == name.strip()
            and (is_copy or self._may_be_of_client(campaign, client_id))
            and campaign.id not in self._claimed
        )

    async def _is_nobodys(self, campaign: Campaign, client_id: int | None, *, is_copy: bool) -> bool:
        """No record owns it, or is more likely to, and nothing was done in it since it came to be."""
        untouched = self.has_no_leads if is_copy else self.is_empty
        return (
            await self._ledger.owner(campaign.id) is None
            and (is_copy or campaign.client_id == client_id or not await self._is_anothers(campaign))
            and await untouched(campaign)
        )

    async def _is_anothers(self, campaign: Campaign) -> bool:
        """Whether the create of another record, of this very client, may have made it."""
        name, client_id = (campaign.name or "").strip(), campaign.client_id
        async for head in self._ledger.heads():
            if (head.name.strip(), head.client_id, head.campaign_id) == (name, client_id, None):
                return True
        return False

    def _may_be_of_client(self, campaign: Campaign, client_id: int | None) -> bool:
        if campaign.client_id == client_id:
            return True
        # A client's own key files every campaign under that client by itself.
        return client_id is None and {c.client_id for c in self._campaigns} == {campaign.client_id}

    async def _listed(self, fresh_as_of: float) -> Sequence[Campaign]:
        """All campaigns, oldest first, as listed by a request that was sent no earlier than this."""
        async with self._lock:
            if self._listed_as_of < fresh_as_of:
                answer = await self._send(ListCampaigns())
                self._campaigns = sorted(answer.value, key=lambda campaign: campaign.id)
                self._listed_as_of = self._list_sent_at
                self._server_clock = _date(answer.headers.get("date"), self._wall_clock())
            return self._campaigns

    async def _send(self, request: Request[T]) -> Response[T]:
        return await self._guard(lambda: self._client.send_raw(request))

    def _note(self, attempt: Attempt) -> None:
        if attempt.operation == ListCampaigns.operation.name:
            self._list_sent_at = asyncio.get_running_loop().time() - attempt.took


def _date(header: str | None, fallback: float) -> float:
    try:
        return email.utils.parsedate_to_datetime(header or "").timestamp()
    except ValueError:
        return fallback


def _newest_before(campaigns: Sequence[Campaign], instant: float) -> int:
    before = dt.datetime.fromtimestamp(instant, dt.UTC)
    return max((c.id for c in campaigns if c.created_at is not None and c.created_at < before), default=0)
