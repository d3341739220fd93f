"""Reconciles creates whose response was lost: adopts the campaign, or reports that there is none.

SmartLead has no idempotency key. It has ids that only grow, and a list of all campaigns. The rules, and what
they cannot guarantee, are described in ``docs/exactly-once.md``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import attrs

from ...api.campaigns.leads import ListCampaignLeads
from ...api.campaigns.models import Campaign, CampaignStatus
from ...api.campaigns.sequences import SequenceStep
from ...api.campaigns.setup import GetSequences, ListCampaignEmailAccounts
from ...errors import NotFound
from ...naming import may_be_stored_as, normal_name
from ...plan.step import Step
from ...typed import MAX_INTEGER
from .campaign_list import CampaignList
from .creation import Creation
from .journal import Journal, JournalEntry
from .options import ReconcilePolicy
from .sender import GuardedSender


class Reconciler:
    """Looks for the campaigns of lost creates, for a whole job at once."""

    def __init__(self, sender: GuardedSender, journal: Journal, policy: ReconcilePolicy) -> None:
        self.policy = policy
        self.listed = CampaignList(sender, policy.horizon)
        self._sender = sender
        self._journal = journal
        self._baseline_lock = asyncio.Lock()
        self._reserved: set[int] = set()
        """Campaigns that a create is about to own, so that no two own the same one."""

    @property
    def baseline_id(self) -> int | None:
        """The newest campaign of the account before the first create of the job; None until it is known."""
        return self._journal.job.baseline_id

    async def ensure_baseline(self) -> None:
        """Record the newest campaign of the account, once, before the first create of a job.

        Costs one request.
        """
        # Nobody may pass before the baseline is written.
        async with self._baseline_lock:
            if self.baseline_id is None:
                await self._journal.record_baseline(await self.listed.newest_id())

    async def reconcile(self, entry: JournalEntry, creation: Creation) -> Campaign | None:
        """Return the campaign that a lost create made, reserved for it; None if it made none.

        The pauses between checks are counted from now. Each check that finds nothing is recorded, and an
        interrupted job resumes with the remaining ones. The caller makes sure that no other create of this
        name is in flight.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        checks = self.policy.checks
        first = min(entry.record.begun(Step.CREATE).checks, len(checks) - 1)
        passed = checks[first - 1] if first else 0.0
        for number, check in enumerate(checks[first:], start=first + 1):
            due = began + check - passed
            await asyncio.sleep(due - loop.time())
            found = await self._find(await self.listed.fresh(due), entry.record.key, creation)
            if found is not None:
                return found
            step = entry.record.begun(Step.CREATE)
            await entry.save(entry.record.with_step(attrs.evolve(step, checks=number)))
        return None

    async def reserve(self, campaign_id: int) -> bool:
        """Reserve a campaign for one create, until :meth:`release`; return whether it can be that create's.

        It cannot if it is older than the job, or belongs to a record or to another create.
        """
        if campaign_id in self._reserved or not self._journal.baseline_id < campaign_id <= MAX_INTEGER:
            return False
        self._reserved.add(campaign_id)
        if not await self.has_owner(campaign_id):
            return True
        self._reserved.discard(campaign_id)
        return False

    async def take_empty(self, campaign_id: int, creation: Creation) -> Campaign | None:
        """Return the campaign with this id, reserved for a create that may have made it."""
        for campaign in self._newer(await self.listed.fresh()):
            if campaign.id == campaign_id and await self.reserve(campaign_id):
                if await self._can_be_adopted(campaign, creation):
                    return campaign
                self.release(campaign_id)
        return None

    def release(self, campaign_id: int) -> None:
        """End the reservation of a campaign: it is on the ledger, or has not been adopted."""
        self._reserved.discard(campaign_id)

    async def unowned(self) -> list[Campaign]:
        """Return the campaigns above the baseline that no record owns. Costs one request."""
        return [c for c in self._newer(await self.listed.fresh()) if not await self.has_owner(c.id)]

    async def has_owner(self, campaign_id: int) -> bool:
        """Return whether a campaign belongs to a record."""
        return await self._journal.ledger.owner(campaign_id) is not None

    async def is_empty(self, campaign: Campaign) -> bool:
        """Return whether a campaign is a draft in which nothing was ever set up. Costs three requests."""
        return (
            await self._is_draft_without_leads(campaign)
            and campaign.schedule is None
            and not await self._sender.send(GetSequences(campaign.id))
            and not await self._sender.send(ListCampaignEmailAccounts(campaign.id))
        )

    async def may_be_named(self, key: str, creation: Creation, name: str) -> bool:
        """Return whether the campaign of the create of a record may have this name.

        A server may have cut off the end of a long name. But what is left may also be the whole name of
        another record whose create is in doubt, and then it is that one's.
        """
        if normal_name(name) == normal_name(creation.name):
            return True
        return may_be_stored_as(creation.name, name) and not await self._is_expected_under(name, key)

    async def _find(self, listed: Sequence[Campaign], key: str, creation: Creation) -> Campaign | None:
        for campaign in self._alike(listed, creation):
            is_named = await self.may_be_named(key, creation, campaign.name or "")
            if is_named and await self.reserve(campaign.id):
                if await self._can_be_adopted(campaign, creation):
                    return campaign
                self.release(campaign.id)
        return None

    def _alike(self, listed: Sequence[Campaign], creation: Creation) -> list[Campaign]:
        """Return the newer campaigns with the client and name of a create, those with a cut name last."""
        alike = [
            campaign
            for campaign in self._newer(listed)
            if may_be_stored_as(creation.name, campaign.name or "")
            and (creation.is_copy or self.may_be_of_client(campaign, creation.client_id))
        ]
        return sorted(alike, key=lambda each: -len(normal_name(each.name or "")))

    async def _is_expected_under(self, name: str, key: str) -> bool:
        """Return whether the create of another record would give a campaign exactly this name."""
        wanted = normal_name(name)
        heads = self._journal.ledger.heads()
        return any(
            [
                wanted in map(normal_name, head.names)
                async for head in heads
                if head.campaign_id is None and head.is_on_server and head.key != key
            ]
        )

    def _newer(self, listed: Sequence[Campaign]) -> list[Campaign]:
        return [campaign for campaign in listed if campaign.id > self._journal.baseline_id]

    async def _can_be_adopted(self, campaign: Campaign, creation: Creation) -> bool:
        """Return whether nothing was done in a campaign, and no other create is more likely to own it."""
        if creation.copy_of is not None:
            return await self._is_untouched_copy(campaign, creation.copy_of)
        is_of_client = campaign.client_id == creation.client_id
        return (is_of_client or not await self._is_expected_by_another(campaign)) and await self.is_empty(
            campaign
        )

    async def _is_untouched_copy(self, campaign: Campaign, copy_of: int) -> bool:
        """Return whether a campaign has the sequence of a template and no leads."""
        if not await self._is_draft_without_leads(campaign):
            return False
        try:
            copied = await self._sender.send(GetSequences(campaign.id))
            original = await self._sender.send(GetSequences(copy_of))
        except NotFound:
            return False
        return _content(copied) == _content(original)

    async def _is_draft_without_leads(self, campaign: Campaign) -> bool:
        if campaign.status != CampaignStatus.DRAFTED:
            return False
        return not (await self._sender.send(ListCampaignLeads(campaign.id, limit=1))).data

    async def is_expected(self, campaign: Campaign) -> bool:
        """Return whether the create of a record, for whatever client, may have made a campaign."""
        return bool(await self._clients_expecting(campaign))

    async def _is_expected_by_another(self, campaign: Campaign) -> bool:
        """Return whether the create of another record, for this very client, may have made a campaign."""
        return campaign.client_id in await self._clients_expecting(campaign)

    async def _clients_expecting(self, campaign: Campaign) -> set[int | None]:
        """Return the clients of the records without an id whose create may have made a campaign."""
        return {
            head.client_id
            async for head in self._journal.ledger.heads()
            if head.campaign_id is None and may_be_stored_as(head.name, campaign.name or "")
        }

    def may_be_of_client(self, campaign: Campaign, client_id: int | None) -> bool:
        """Return whether a create for a client, or for none, may have made a campaign."""
        if campaign.client_id == client_id:
            return True
        # With the API key of a client, SmartLead assigns every campaign to that client.
        return client_id is None and self.listed.clients == {campaign.client_id}


def _content(steps: Sequence[SequenceStep]) -> list[Any]:
    """Return what a sequence sends, without the ids and timestamps that differ between copies."""
    return sorted(
        (
            step.seq_number,
            step.subject or "",
            step.email_body or "",
            sorted(
                (variant.variant_label or "", variant.subject or "", variant.email_body or "")
                for variant in step.sequence_variants
                if not variant.is_deleted
            ),
        )
        for step in steps
    )
