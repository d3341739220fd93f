"""Verification: compares the campaigns on the server with the plan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, Final

import attrs

from ...api.campaigns.leads import ListCampaignLeads
from ...api.campaigns.models import Campaign, CampaignStatus
from ...api.campaigns.read import GetCampaign
from ...api.campaigns.setup import GetSequences, ListCampaignEmailAccounts
from ...errors import NotFound
from ...limits import Lane
from ...paging import walk_pages
from ...plan.addresses import address_digest
from ...plan.campaign import CampaignSpec
from ...plan.keys import with_keys
from ...wording import reasons
from ..changes.change import Change
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord
from ..selection import Selection
from .client import ProvisioningClient, RequestSender
from .comparison import compared, identity_changes, schedule_changes, settings_changes, step_changes
from .mailboxes import MailboxDirectory

_MISSING_SHOWN: Final = 3


_STARTED: Final = (CampaignStatus.ACTIVE, CampaignStatus.COMPLETED)
"""The statuses of a campaign that was started and that nobody paused, stopped or archived."""


@attrs.frozen
class Difference:
    """A place where the server differs from the plan. ``path`` is the path in the plan."""

    key: str
    campaign_id: int | None
    path: str
    planned: Any
    found: Any

    def __str__(self) -> str:
        where = f"campaign {self.campaign_id}" if self.campaign_id is not None else "not created"
        return f"{self.key} ({where}): {self.path}: planned {self.planned!r}, found {self.found!r}"


async def verify(
    client: ProvisioningClient,
    specs: Iterable[CampaignSpec],
    ledger: Ledger,
    *,
    select: Selection | Iterable[str] = (),
    on_campaign: Callable[[], object] = lambda: None,
) -> AsyncIterator[Difference]:
    """Yield every difference between the plan and the server, campaign by campaign.

    Campaigns that are on the ledger and no longer in the plan are differences, too. Costs three requests a
    campaign of the plan and one for every 100 leads; nothing is changed. Settings that SmartLead
    does not return cannot be compared. The ledger must be open. ``select`` restricts it to a part of the
    plan, as in :class:`JobOptions`. ``on_campaign`` is called after each campaign of the plan. Example::

        async for difference in verify(client, specs, ledger):
            print(difference)
    """
    selection = select if isinstance(select, Selection) else Selection.parse(select)
    bulk = client.with_options(lane=Lane.BULK)
    mailboxes = MailboxDirectory(bulk)
    planned = set()
    for spec in with_keys(specs):
        planned.add(spec.identity)
        record = await ledger.get(spec.identity)
        if not selection.takes(spec, None if record is None else record.state):
            continue
        if record is None or record.campaign_id is None:
            yield Difference(spec.identity, None, "", "a campaign", "none in the ledger")
        else:
            check = _Comparison(bulk, spec, record, record.campaign_id)
            for difference in await check.differences(mailboxes):
                yield difference
        on_campaign()
    async for head in ledger.heads():
        is_left = head.key not in planned and head.campaign_id is not None
        if is_left and selection.takes_head(head):
            # It may have been removed from the plan, or renamed: it stays on the server, and goes on sending.
            yield Difference(head.key, head.campaign_id, "", "no campaign", f"{head.name!r} on the ledger")


@attrs.frozen
class _Comparison:
    sender: RequestSender
    spec: CampaignSpec
    record: CampaignRecord
    campaign_id: int

    async def differences(self, mailboxes: MailboxDirectory) -> list[Difference]:
        try:
            campaign = await self.sender.send(GetCampaign(self.campaign_id))
        except NotFound:
            return [self._difference("", "a campaign", "none on the server")]
        found = [*self._campaign(campaign)]
        if self.spec.steps:
            steps = await self.sender.send(GetSequences(self.campaign_id))
            found += step_changes(self.spec.steps, steps)
        if self.spec.mailboxes:
            accounts = await self.sender.send(ListCampaignEmailAccounts(self.campaign_id))
            planned = sorted(await mailboxes.ids(self.spec.mailboxes))
            found += compared("mailboxes", planned, sorted(account.id for account in accounts))
        differences = [self._difference(each.path, each.before, each.after) for each in found]
        return differences + await self._leads()

    def _campaign(self, campaign: Campaign) -> Iterator[Change]:
        yield from identity_changes(self.spec.name, self.spec.client_id, campaign)
        # Started campaigns complete on their own.
        stands = CampaignStatus.PAUSED if self.record.was_started else CampaignStatus.DRAFTED
        expected = _STARTED if self.spec.start else (stands,)
        if campaign.status not in expected:
            yield Change("start", self.spec.start, str(campaign.status))
        if self.spec.schedule is not None:
            yield from schedule_changes(self.spec.schedule, campaign)
        if self.spec.settings is not None:
            yield from settings_changes(self.spec.settings, campaign)

    async def _leads(self) -> list[Difference]:
        planned = {address_digest(lead.email): lead.email for lead in self.spec.iter_leads()}
        if not planned:
            return []
        there = set()
        async for lead in walk_pages(self.sender.send, ListCampaignLeads(self.campaign_id)):
            there.add(address_digest(lead.lead.email))
        missing = [address for digest, address in planned.items() if digest not in there]
        differences = []
        if len(missing) > self.record.leads.skipped:
            tally = self.record.leads
            why = reasons(tally.left_out)
            wanted = f"{len(planned)} leads, {tally.skipped} of them left out by SmartLead{why}"
            some = ", ".join(missing[:_MISSING_SHOWN])
            differences.append(self._difference("leads", wanted, f"{len(missing)} are missing: {some}"))
        if foreign := len(there - planned.keys()):
            differences.append(self._difference("leads", "no others", f"{foreign} that are not in the plan"))
        return differences

    def _difference(self, path: str, planned: Any, found: Any) -> Difference:
        return Difference(self.spec.identity, self.campaign_id, path, planned, found)
