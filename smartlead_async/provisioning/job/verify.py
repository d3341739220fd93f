"""Verification: compares the campaigns on the server with the plan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from ...api.campaigns.leads import ListCampaignLeads
from ...api.campaigns.models import Campaign, CampaignStatus
from ...api.campaigns.read import GetCampaign
from ...api.campaigns.sequences import SequenceStep
from ...api.campaigns.setup import GetSequences, ListCampaignEmailAccounts
from ...errors import NotFound
from ...limits import Lane
from ...paging import walk_pages
from ...plan.addresses import address_digest
from ...plan.campaign import CampaignSpec
from ...plan.keys import with_keys
from ...plan.settings import READABLE, SettingsSpec
from ...wording import reasons
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord
from ..selection import Selection
from .client import ProvisioningClient, RequestSender
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
            found += self._sequence(steps)
        if self.spec.mailboxes:
            accounts = await self.sender.send(ListCampaignEmailAccounts(self.campaign_id))
            planned = sorted(await mailboxes.ids(self.spec.mailboxes))
            found += self._compared("mailboxes", planned, sorted(account.id for account in accounts))
        return found + await self._leads()

    def _campaign(self, campaign: Campaign) -> Iterator[Difference]:
        yield from self._compared("name", self.spec.name, campaign.name)
        if self.spec.client_id is not None:
            yield from self._compared("client_id", self.spec.client_id, campaign.client_id)
        # Started campaigns complete on their own.
        stands = CampaignStatus.PAUSED if self.record.was_started else CampaignStatus.DRAFTED
        expected = _STARTED if self.spec.start else (stands,)
        if campaign.status not in expected:
            yield self._difference("start", self.spec.start, str(campaign.status))
        yield from self._schedule(campaign)
        if self.spec.settings is not None:
            yield from self._settings(self.spec.settings, campaign)

    def _schedule(self, campaign: Campaign) -> Iterator[Difference]:
        planned = self.spec.schedule
        if planned is None:
            return
        if campaign.schedule is None:
            yield self._difference("schedule", "a schedule", None)
            return
        days = sorted({day % 7 for day in campaign.schedule.days})
        yield from self._compared("schedule.timezone", planned.timezone, campaign.schedule.timezone)
        yield from self._compared("schedule.days", list(planned.day_numbers), days)
        yield from self._compared("schedule.start", planned.start, campaign.schedule.start_hour)
        yield from self._compared("schedule.end", planned.end, campaign.schedule.end_hour)
        if planned.starts_at is not None:
            yield from self._compared("schedule.starts_at", planned.starts_at, campaign.schedule_start_time)
        minutes, leads = campaign.min_time_between_emails, campaign.max_leads_per_day
        yield from self._compared("schedule.minutes_between_emails", planned.minutes_between_emails, minutes)
        yield from self._compared("schedule.new_leads_per_day", planned.new_leads_per_day, leads)

    def _settings(self, planned: SettingsSpec, campaign: Campaign) -> Iterator[Difference]:
        for name in READABLE:
            value = getattr(planned, name)
            if value is not None:
                yield from self._compared(f"settings.{name}", value, getattr(campaign, name))
        if planned.track_settings is not None:
            # Written DONT_TRACK_…, read without the TRACK_.
            as_read = sorted(
                str(setting).replace("DONT_TRACK_", "DONT_") for setting in planned.track_settings
            )
            yield from self._compared(
                "settings.track_settings", as_read, sorted(map(str, campaign.track_settings))
            )

    def _sequence(self, found: Sequence[SequenceStep]) -> Iterator[Difference]:
        by_number = {step.seq_number: step for step in found}
        yield from self._compared("steps", len(self.spec.steps), len(found))
        for number, planned in enumerate(self.spec.steps, start=1):
            step, path = by_number.get(number), f"steps[{number - 1}]"
            if step is None:
                continue
            delay = step.seq_delay_details.delay_in_days if step.seq_delay_details is not None else None
            yield from self._compared(f"{path}.delay_days", planned.delay_days, delay)
            variants = [v for v in step.sequence_variants if not v.is_deleted]
            mails = (
                sorted((v.variant_label or "", v.subject or "", v.email_body or "") for v in variants)
                if planned.variants
                else [("", step.subject or "", step.email_body or "")]
            )
            wanted = sorted((m.label or "", m.subject or "", m.body or "") for m in planned.mails())
            yield from self._compared(f"{path}.mails", wanted, mails)

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

    def _compared(self, path: str, planned: Any, found: Any) -> Iterator[Difference]:
        if planned != found:
            yield self._difference(path, planned, found)

    def _difference(self, path: str, planned: Any, found: Any) -> Difference:
        return Difference(self.spec.identity, self.campaign_id, path, planned, found)
