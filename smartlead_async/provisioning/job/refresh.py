"""The drift of campaigns: read from the server and compared with what the ledger says was applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from ...api.campaigns.leads import ListCampaignLeads
from ...api.campaigns.models import Campaign
from ...api.campaigns.read import GetCampaign, ListCampaigns
from ...api.campaigns.setup import GetSequences, ListCampaignEmailAccounts
from ...errors import NotFound
from ...limits import Lane
from ...paging import walk_pages
from ...pipeline.events import Attempt
from ...plan.addresses import address_digest
from ...plan.campaign import CampaignSpec
from ...plan.step import Step
from ..changes.applied import Applied, applied
from ..changes.change import CampaignChange, Change, Drift
from ..changes.drift_outcomes import with_outcomes
from ..changes.due import FRESH_SETTINGS
from ..changes.sent_leads import LeadChanges
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, RecordHead
from .client import ProvisioningClient
from .comparison import compared, identity_changes, schedule_changes, settings_changes, step_changes

_LEADS_PER_PAGE: Final = 100
_MAX_ADDRESSES: Final = 3


def refresh_requests(heads: Iterable[RecordHead]) -> int:
    """Return the requests that reading these campaigns takes, if nothing was changed by hand.

    One lists all campaigns; each takes one for its sequence, one for its mailboxes, and one for every 100
    leads.
    """
    there = [head for head in heads if head.campaign_id is not None]
    pages = sum(max(1, -(-head.leads.sent // _LEADS_PER_PAGE)) for head in there)
    return 1 + 2 * len(there) + pages if there else 0


class Refresh:
    """Reads campaigns of an open ledger from the server, for their drift.

    ``requests`` counts the requests, retries included.
    """

    def __init__(self, client: ProvisioningClient, ledger: Ledger) -> None:
        self._client = client.with_options(lane=Lane.BULK, on_attempt=self._count)
        self._ledger = ledger
        self._listed: dict[int, Campaign] | None = None
        self.requests = 0

    async def of(self, planned: CampaignChange) -> CampaignChange:
        """Return a change with the drift of its campaign, if it has been created.

        Costs one request for its sequence, one for its mailboxes and one for every 100 leads; one more for
        all campaigns together, and one for each that differs in its status, name, schedule or settings.
        """
        record = await self._ledger.get(planned.key)
        if record is None or record.campaign_id is None:
            return planned
        try:
            found = await self._drift(record, record.campaign_id)
        except NotFound:
            found = Drift(is_deleted=True)
        drift = with_outcomes(found, planned)
        return attrs.evolve(planned, campaign_id=record.campaign_id, drift=drift)

    async def _drift(self, record: CampaignRecord, campaign_id: int) -> Drift:
        expected = await applied(record, self._ledger)
        changes = [*await self._campaign(expected, campaign_id)]
        steps = await self._client.send(GetSequences(campaign_id))
        accounts = await self._client.send(ListCampaignEmailAccounts(campaign_id))
        if Step.SEQUENCES in expected.known:
            changes += step_changes(expected.spec.steps, steps)
        if Step.MAILBOXES in expected.known:
            found = sorted(account.id for account in accounts)
            changes += compared("mailboxes", sorted(expected.mailbox_ids), found)
        leads, addresses = await self._leads(expected, record.leads.skipped, campaign_id)
        return Drift(changes=tuple(changes), leads=leads, addresses=addresses)

    async def _campaign(self, expected: Applied, campaign_id: int) -> list[Change]:
        """Compare what the list of all campaigns has; a list may lag, so that what differs is read again."""
        listed = (await self._all()).get(campaign_id)
        if listed is not None and not [*_campaign_changes(expected, listed)]:
            return []
        return [*_campaign_changes(expected, await self._client.send(GetCampaign(campaign_id)))]

    async def _all(self) -> dict[int, Campaign]:
        if self._listed is None:
            self._listed = {campaign.id: campaign for campaign in await self._client.send(ListCampaigns())}
        return self._listed

    async def _leads(
        self, expected: Applied, skipped: int, campaign_id: int
    ) -> tuple[LeadChanges, tuple[str, ...]]:
        """Compare the leads by their addresses; as many may be missing as SmartLead left out."""
        found: dict[int, str] = {}
        async for member in walk_pages(self._client.send, ListCampaignLeads(campaign_id)):
            found[address_digest(member.lead.email)] = member.lead.email
        if Step.LEADS not in expected.known:
            return LeadChanges(), ()
        sent = expected.sent.addresses()
        added = [address for digest, address in found.items() if digest not in sent]
        removed = max(0, sum(digest not in found for digest in sent) - skipped)
        return LeadChanges(added=len(added), removed=removed), tuple(added[:_MAX_ADDRESSES])

    def _count(self, _: Attempt) -> None:
        self.requests += 1


def _campaign_changes(expected: Applied, found: Campaign) -> Iterator[Change]:
    spec, known = expected.spec, expected.known
    if Step.START in known and found.status not in expected.statuses:
        yield Change("status", str(expected.statuses[0]), str(found.status))
    if Step.SETTINGS in known:
        yield from identity_changes(spec.name, spec.client_id, found)
    if Step.SCHEDULE in known:
        yield from _schedule_changes(spec, found)
    if Step.SETTINGS in known and spec.settings is not None:
        yield from filter(_is_given, settings_changes(spec.settings, found))
        if spec.settings.unsubscribe_text is None:
            yield from compared("settings.unsubscribe_text", None, found.unsubscribe_text or None)


def _schedule_changes(spec: CampaignSpec, found: Campaign) -> Iterator[Change]:
    if spec.schedule is not None:
        yield from schedule_changes(spec.schedule, found)
    elif found.schedule is not None:
        yield Change("schedule", None, attrs.asdict(found.schedule))


def _is_given(change: Change) -> bool:
    """Return whether a setting differs; one that SmartLead does not return is at its default."""
    name = change.path.partition(".")[2]
    return change.after is not None or change.before != FRESH_SETTINGS.get(name)
