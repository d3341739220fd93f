"""Reconciles creates whose response was lost: adopts the campaign, or reports that there is none.

SmartLead has no idempotency key. It has ids that only grow, and a list of all campaigns. The rules, and what
they cannot guarantee, are described in ``docs/exactly-once.md``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
from collections.abc import Sequence
from typing import Final

import attrs

from ...api.campaigns.leads import ListCampaignLeads
from ...api.campaigns.models import Campaign, CampaignStatus
from ...api.campaigns.read import ListCampaigns
from ...api.campaigns.setup import GetSequences
from ...pipeline.events import Attempt
from ...plan.step import Step
from .creation import Creation
from .journal import Journal, JournalEntry
from .options import ReconcilePolicy
from .sender import GuardedSender

_CLOCK_SKEW: Final = 300.0
"""Seconds by which the clocks of the server and of this process may differ."""


class Reconciler:
    """Looks for the campaigns of lost creates, for a whole job at once."""

    def __init__(self, sender: GuardedSender, journal: Journal, policy: ReconcilePolicy) -> None:
        self.policy = policy
        self._sender = sender.observed_by(self._note)
        self._journal = journal
        self._lock = asyncio.Lock()
        self._list_sent_at = float("-inf")
        self._listed_as_of = float("-inf")
        self._server_clock = 0.0
        self._campaigns: list[Campaign] = []
        self._reserved: set[int] = set()
        """Campaigns that are being looked into, so that no two creates adopt the same one."""

    async def reconcile(self, entry: JournalEntry, creation: Creation, *, age: float) -> int | None:
        """Return the id of the campaign that a lost create made; None if it made none.

        ``age`` is how many seconds ago the create was sent. The pauses between checks are counted from now.
        Each check that finds nothing is recorded, and an interrupted job resumes with the remaining ones.
        The caller makes sure that no other create of this name is in flight.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        checks = self.policy.checks
        first = min(entry.record.begun(Step.CREATE).checks, len(checks) - 1)
        passed = checks[first - 1] if first else 0.0
        for number, check in enumerate(checks[first:], start=first + 1):
            due = began + check - passed
            await asyncio.sleep(due - loop.time())
            listed = await self._listed(due)
            if self._journal.job.baseline_id is None:
                # The very first create of the job was lost, so no response has given a baseline.
                await self._set_baseline_by_clock(listed, age + loop.time() - began)
            found = await self._find(listed, creation)
            if found is not None:
                return found
            step = entry.record.begun(Step.CREATE)
            await entry.save(entry.record.with_step(attrs.evolve(step, checks=number)))
        return None

    async def find_baseline(self, age: float) -> None:
        """Set the baseline of a job whose first create, sent that many seconds ago, got no response.

        Costs one request.
        """
        await self._set_baseline_by_clock(await self._listed(asyncio.get_running_loop().time()), age)

    async def unowned(self) -> list[Campaign]:
        """Return the campaigns above the baseline that no record owns. Costs one request."""
        baseline_id = self._journal.job.baseline_id
        if baseline_id is None:
            return []
        listed = await self._listed(asyncio.get_running_loop().time())
        newer = [campaign for campaign in listed if campaign.id > baseline_id]
        return [campaign for campaign in newer if not await self._has_owner(campaign)]

    async def is_empty(self, campaign: Campaign) -> bool:
        """Return whether a campaign is a draft without a sequence: nothing was ever set up in it.

        Costs one request.
        """
        if campaign.status != CampaignStatus.DRAFTED:
            return False
        return not await self._sender.send(GetSequences(campaign.id))

    async def _has_no_leads(self, campaign: Campaign) -> bool:
        """Return whether a campaign is a draft without leads: a copy that nobody has used yet."""
        if campaign.status != CampaignStatus.DRAFTED:
            return False
        return not (await self._sender.send(ListCampaignLeads(campaign.id, limit=1))).data

    async def _set_baseline_by_clock(self, listed: Sequence[Campaign], age: float) -> None:
        """Set the baseline to the newest campaign that is certainly older than the create.

        The age is taken from the server's own clock where its responses tell it.
        """
        await self._journal.record_baseline(_newest_before(listed, self._server_clock - age - _CLOCK_SKEW))

    async def _find(self, listed: Sequence[Campaign], creation: Creation) -> int | None:
        # The newest first: above a baseline set by the clock there may be a slightly older draft of somebody
        # else's.
        for campaign in reversed(listed):
            if self._matches(campaign, creation):
                self._reserved.add(campaign.id)
                if await self._can_be_adopted(campaign, creation):
                    return campaign.id
                self._reserved.discard(campaign.id)
        return None

    def _matches(self, campaign: Campaign, creation: Creation) -> bool:
        """Return whether a campaign is above the baseline, has the name and client, and is not reserved."""
        baseline_id = self._journal.job.baseline_id
        return (
            baseline_id is not None
            and campaign.id > baseline_id
            and (campaign.name or "").strip() == creation.name.strip()
            and (creation.is_copy or self._may_be_of_client(campaign, creation.client_id))
            and campaign.id not in self._reserved
        )

    async def _can_be_adopted(self, campaign: Campaign, creation: Creation) -> bool:
        """Return whether no record owns a campaign or is more likely to, and nothing was done in it."""
        is_untouched = self._has_no_leads if creation.is_copy else self.is_empty
        is_of_client = creation.is_copy or campaign.client_id == creation.client_id
        return (
            not await self._has_owner(campaign)
            and (is_of_client or not await self._is_expected_by_another(campaign))
            and await is_untouched(campaign)
        )

    async def _has_owner(self, campaign: Campaign) -> bool:
        return await self._journal.ledger.owner(campaign.id) is not None

    async def _is_expected_by_another(self, campaign: Campaign) -> bool:
        """Return whether the create of another record, for this very client, may have made a campaign."""
        name, client_id = (campaign.name or "").strip(), campaign.client_id
        async for head in self._journal.ledger.heads():
            if (head.name.strip(), head.client_id, head.campaign_id) == (name, client_id, None):
                return True
        return False

    def _may_be_of_client(self, campaign: Campaign, client_id: int | None) -> bool:
        if campaign.client_id == client_id:
            return True
        # With the API key of a client, SmartLead assigns every campaign to that client.
        return client_id is None and {c.client_id for c in self._campaigns} == {campaign.client_id}

    async def _listed(self, fresh_as_of: float) -> Sequence[Campaign]:
        """Return all campaigns, oldest first, from a list request that was sent no earlier than this."""
        async with self._lock:
            if self._listed_as_of < fresh_as_of:
                response = await self._sender.send_raw(ListCampaigns())
                self._campaigns = sorted(response.value, key=lambda campaign: campaign.id)
                self._listed_as_of = self._list_sent_at
                self._server_clock = _date(response.headers.get("date"), self._journal.now())
            return self._campaigns

    def _note(self, attempt: Attempt) -> None:
        if attempt.operation == ListCampaigns.operation.name:
            self._list_sent_at = asyncio.get_running_loop().time() - attempt.took


def _date(header: str | None, fallback: float) -> float:
    try:
        return email.utils.parsedate_to_datetime(header or "").timestamp()
    except ValueError:
        return fallback


def _newest_before(campaigns: Sequence[Campaign], timestamp: float) -> int:
    before = dt.datetime.fromtimestamp(timestamp, dt.UTC)
    return max((c.id for c in campaigns if c.created_at is not None and c.created_at < before), default=0)
