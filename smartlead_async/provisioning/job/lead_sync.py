"""The leads of one campaign on the server, made equal to those of the plan."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from ...api.campaigns.leads import DeleteCampaignLead, ListCampaignLeads, UpdateLead
from ...api.leads.models import Lead, LeadInput
from ...api.leads.read import GetLeadByEmail
from ...errors import NotFound
from ...paging import walk_pages
from ...plan.addresses import address_digest
from ...plan.campaign import CampaignSpec
from ...plan.merge_tags import LEAD_FIELDS
from ...plan.step import Step
from ..changes.change import ChangeRefused
from ..changes.sent_leads import SentLeads, entries_of, lead_digest, rewritten
from ..ledger.records import LeadBatch
from .journal import Journal, JournalEntry
from .sender import GuardedSender
from .steps import lead_batches, tally


@attrs.frozen
class LeadEdits:
    """The leads on the server that are to be updated or removed, by the digests of their addresses."""

    changed: Mapping[int, LeadInput]
    removed: set[int]

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed)


@attrs.define
class LeadSync:
    """Imports new leads, updates changed ones and removes those that are no longer planned.

    Every import is on the ledger before it is sent, so that a lead that may have been imported is known.
    """

    spec: CampaignSpec
    entry: JournalEntry
    journal: Journal
    sender: GuardedSender
    _sent: SentLeads = attrs.field(factory=lambda: SentLeads([]))

    async def add(self) -> None:
        """Import the leads that have not been imported, 400 at a time."""
        key = self.spec.identity
        self._sent = SentLeads.of(await self.journal.ledger.leads(key))
        new = (lead for lead in self.spec.iter_leads() if not self._sent.has(lead))
        requests = lead_batches(new, self.spec.lead_import, self.entry.record.server_id)
        for number, request in enumerate(requests, start=self._sent.next_number):
            batch = LeadBatch(number, entries_of(request.lead_list), is_done=False)
            await self.journal.save_leads(key, batch)
            response = await self.sender.send_raw(request)
            self.entry.count_requests(Step.LEADS, response.attempts)
            imported = tally(request.lead_list, response.value)
            await self.journal.save_leads(key, attrs.evolve(batch, is_done=True))
            record = self.entry.record
            step = record.begun(Step.LEADS)
            step = attrs.evolve(step, batches=step.batches + 1)
            await self.entry.save(record.with_step(step, leads=record.leads + imported))

    @property
    def has_earlier(self) -> bool:
        """Whether leads were sent before this run, so that there may be some to update or to remove."""
        return bool(self._sent.batches)

    def edits(self) -> LeadEdits:
        """Return the leads on the server that are to be updated or removed."""
        changed = {
            address_digest(lead.email): lead
            for lead in self.spec.iter_leads()
            if self._sent.needs_update(lead)
        }
        return LeadEdits(changed, self._sent.removed(self.spec.iter_leads()))

    async def edit(self, edits: LeadEdits) -> None:
        """Update the leads that have changed, and remove those that are no longer planned."""
        found = await self._found(edits)
        emptied: set[int] = set()
        for digest, lead in edits.changed.items():
            if digest not in found:
                continue
            if lost := [*_lost_values(lead, found[digest])]:
                self._require_never_started(lead, lost)
                emptied.add(digest)
            else:
                await self._update(found[digest].id, lead)
        for digest in edits.removed | emptied:
            if digest in found:
                await self._delete(found[digest].id)
        await self._rewrite(edits, emptied)
        if emptied:
            await self.add()

    async def settle(self) -> None:
        """Drop the imports without a response, whose leads are all imported or removed by now."""
        undone = [batch.number for batch in self._sent.batches if not batch.is_done]
        if undone:
            await self.journal.forget_leads(self.spec.identity, *undone)

    async def _found(self, edits: LeadEdits) -> dict[int, Lead]:
        """Return the leads on the server that are to be updated or removed, by address."""
        campaign_id = self.entry.record.server_id
        found: dict[int, Lead] = {}
        if self._sent.looks_up_singly(len(edits.changed), len(edits.removed)):
            for digest, lead in edits.changed.items():
                one = await self._send(GetLeadByEmail(lead.email))
                if one is not None and any(m.campaign_id == campaign_id for m in one.lead_campaign_data):
                    found[digest] = one
            return found
        async for member in walk_pages(self._send, ListCampaignLeads(campaign_id)):
            digest = address_digest(member.lead.email)
            if digest in edits.removed or digest in edits.changed:
                found[digest] = member.lead
        return found

    async def _update(self, lead_id: int, lead: LeadInput) -> None:
        values = {name: getattr(lead, name) for name in LEAD_FIELDS if name != "email"}
        request = UpdateLead(
            self.entry.record.server_id,
            lead_id,
            lead.email,
            **{name: None if value is None else str(value) for name, value in values.items()},
            custom_fields=lead.custom_fields or None,
        )
        await self._send(request)

    async def _delete(self, lead_id: int) -> None:
        with contextlib.suppress(NotFound):
            await self._send(DeleteCampaignLead(self.entry.record.server_id, lead_id))

    async def _rewrite(self, edits: LeadEdits, emptied: set[int]) -> None:
        digests = {digest: lead_digest(lead) for digest, lead in edits.changed.items()}
        for batch in self._sent.batches:
            new = rewritten(batch, without=edits.removed | emptied, changed=digests)
            if new != batch:
                await self.journal.save_leads(self.spec.identity, new)
        leads, removed = self.entry.record.leads, len(edits.removed)
        self.entry.record = attrs.evolve(
            self.entry.record,
            leads=attrs.evolve(leads, sent=leads.sent - removed, added=max(leads.added - removed, 0)),
        )

    def _require_never_started(self, lead: LeadInput, emptied: list[str]) -> None:
        if self.entry.record.was_started:
            names = " and ".join(emptied)
            raise ChangeRefused(
                f"SmartLead cannot empty a value of a lead, and the plan has emptied {names} of "
                f"{lead.email}. "
                "Put the value back or write another one, or take the lead out of the plan (--allow-removals)"
            )

    async def _send(self, request: Any) -> Any:
        response = await self.sender.send_raw(request)
        self.entry.count_requests(Step.LEADS, response.attempts)
        return response.value


def _lost_values(lead: LeadInput, found: Lead) -> Iterator[str]:
    """Yield the names of values that a lead has on the server and that the plan no longer gives."""
    for name in LEAD_FIELDS:
        if getattr(found, name, None) and not getattr(lead, name):
            yield name
    planned = lead.custom_fields or {}
    yield from (name for name, value in (found.custom_fields or {}).items() if value and name not in planned)
