"""The leads of one campaign on the server, made equal to those of the plan."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from ...api.campaigns.leads import DeleteCampaignLead, ListCampaignLeads, UpdateLead
from ...api.campaigns.models import CampaignStatus
from ...api.campaigns.read import GetCampaign
from ...api.leads.models import Lead, LeadInput
from ...api.leads.read import GetLeadByEmail
from ...errors import NotFound
from ...paging import walk_pages
from ...plan.addresses import address_digest
from ...plan.campaign import CampaignSpec
from ...plan.merge_tags import LEAD_FIELDS
from ...plan.step import Step
from ..changes.change import ChangeRefused
from ..changes.sent_leads import EDITS, SentLeads, edit_batch, entries_of, is_counted, lead_digest, rewritten
from ..ledger.records import LeadBatch, LeadTally
from .journal import Journal, JournalEntry
from .sender import GuardedSender
from .steps import lead_batches, tally

_NAMED: Final = 3
"""Leads that an error names."""


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

    Every import is on the ledger before it is sent, and so are the leads that are about to be updated or
    removed. So whatever the plan says after a crash, it is known which leads may be on the server, and with
    which data.
    """

    spec: CampaignSpec
    entry: JournalEntry
    journal: Journal
    sender: GuardedSender
    _sent: SentLeads = attrs.field(factory=lambda: SentLeads([]))
    _is_draft: bool | None = None
    """Whether the campaign is a draft on the server; None if it was not asked for."""

    async def add(self) -> None:
        """Import the leads that have not been imported, 400 at a time."""
        leads, sent = self.spec.iter_leads, self._sent
        new = (lead for lead in leads() if not sent.has(lead) and not sent.is_left_out(lead))
        again = (lead for lead in leads() if not sent.has(lead) and sent.is_left_out(lead))
        number = await self._import(new, sent.next_number, LeadTally.__add__)
        await self._import(again, number, _completed)

    async def _import(
        self,
        leads: Iterable[LeadInput],
        number: int,
        counted: Callable[[LeadTally, LeadTally], LeadTally],
    ) -> int:
        """Import leads in batches from this number on; return the number of the next batch."""
        key = self.spec.identity
        for request in lead_batches(leads, self.spec.lead_import, self.entry.record.server_id):
            batch = LeadBatch(number, entries_of(request.lead_list), is_done=False)
            await self.journal.save_leads(key, batch)
            response = await self.sender.send_raw(request)
            self.entry.count_requests(Step.LEADS, response.attempts)
            imported = tally(request.lead_list, response.value)
            await self.journal.save_leads(key, attrs.evolve(batch, is_done=True))
            record = self.entry.record
            step = record.begun(Step.LEADS)
            step = attrs.evolve(step, batches=step.batches + 1)
            await self.entry.save(record.with_step(step, leads=counted(record.leads, imported)))
            number += 1
        return number

    async def resume(self) -> None:
        """Read which leads were sent, and import a batch again whose result was not recorded."""
        await self.load()
        done = [batch for batch in self._sent.batches if batch.is_done]
        if done and sum(map(len, done[:-1])) == self.entry.record.leads.sent:
            await self.journal.save_leads(self.spec.identity, attrs.evolve(done[-1], is_done=False))
            await self.load()

    async def load(self) -> None:
        """Read which leads were sent by earlier runs."""
        self._sent = SentLeads.of(await self.journal.ledger.leads(self.spec.identity))

    @property
    def has_edits_in_doubt(self) -> bool:
        """Whether an earlier run may have updated or removed leads without recording it."""
        return self._sent.has_edits

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
        """Update the leads that have changed, and remove those that are no longer planned.

        Leads that have to be imported again are removed and imported: those with an emptied value, and those
        that somebody has removed on the server. In a campaign that was started, both are refused.
        """
        await self.load()
        found = await self._found(edits)
        again = await self._emptied(edits, found) | await self._missing(edits, found)
        updates = {digest: lead for digest, lead in edits.changed.items() if digest not in again}
        gone = edits.removed | again
        counted = gone & self._sent.counted()
        await self._record_edits(gone, updates)
        for digest, lead in updates.items():
            if digest in found:
                await self._update(found[digest].id, lead)
        for digest in gone:
            if digest in found:
                await self._delete(found[digest].id)
        await self._record_edited(counted, found, updates)
        if again:
            await self.load()
            await self.add()

    async def remove(self) -> None:
        """Remove the leads that are no longer planned, and nothing else."""
        await self.edit(LeadEdits({}, self._sent.removed(self.spec.iter_leads())))
        await self.journal.forget_leads(self.spec.identity, EDITS)

    async def settle(self) -> None:
        """Drop the imports without a response, whose leads are all imported or removed by now."""
        batches = await self.journal.ledger.leads(self.spec.identity)
        undone = [batch.number for batch in batches if not batch.is_done]
        if undone:
            await self.journal.forget_leads(self.spec.identity, *undone)
        # An interrupted run may have removed leads without counting them.
        number = sum(len(batch) for batch in batches if batch.is_done)
        if (surplus := self.entry.record.leads.sent - number) > 0:
            leads = _removed(self.entry.record.leads, surplus, 0)
            self.entry.record = attrs.evolve(self.entry.record, leads=leads)

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

    async def _record_edits(self, gone: set[int], updates: Mapping[int, LeadInput]) -> None:
        """Record, before anything is sent, which leads may be gone or have other data from now on."""
        key, batches = self.spec.identity, self._sent.batches
        edited = edit_batch(batches, gone, {digest: lead_digest(lead) for digest, lead in updates.items()})
        await self.journal.save_leads(key, edited)
        self._sent.batches = [
            rewritten(batch, without=gone) if is_counted(batch) else batch for batch in batches
        ]
        await self._save_changed(batches)

    async def _record_edited(
        self, gone: set[int], found: Mapping[int, Lead], updates: Mapping[int, LeadInput]
    ) -> None:
        digests = {digest: lead_digest(lead) for digest, lead in updates.items()}
        batches = self._sent.batches
        self._sent.batches = [
            rewritten(batch, changed=digests) if is_counted(batch) else batch for batch in batches
        ]
        await self._save_changed(batches)
        self.entry.record = attrs.evolve(
            self.entry.record, leads=_removed(self.entry.record.leads, len(gone), len(gone - found.keys()))
        )

    async def _save_changed(self, before: Sequence[LeadBatch]) -> None:
        for old, new in zip(before, self._sent.batches, strict=True):
            if new != old:
                await self.journal.save_leads(self.spec.identity, new)

    async def _emptied(self, edits: LeadEdits, found: Mapping[int, Lead]) -> set[int]:
        """Return the leads that have a value on the server that the plan no longer gives."""
        emptied: set[int] = set()
        for digest, lead in edits.changed.items():
            if digest in found and (lost := [*_lost_values(lead, found[digest])]):
                await self._require_never_started(lead, lost)
                emptied.add(digest)
        return emptied

    async def _missing(self, edits: LeadEdits, found: Mapping[int, Lead]) -> set[int]:
        """Return the changed leads that somebody has removed from the campaign on the server."""
        missing = [digest for digest in edits.changed if digest not in found]
        record = self.entry.record
        if len(missing) <= record.leads.skipped:
            # SmartLead left them out when they were imported, which the report tells.
            return set()
        if await self._may_have_mailed():
            addresses = [edits.changed[digest].email for digest in missing]
            more = f" and {len(addresses) - _NAMED} more" if len(addresses) > _NAMED else ""
            raise ChangeRefused(
                "the plan has changed leads that the campaign on the server no longer has: "
                f"{', '.join(addresses[:_NAMED])}{more}. A lead that was removed by hand is not imported "
                "again, since it may have got mail. Undo the change, or take the lead out of the plan "
                "(--allow-removals)"
            )
        return set(missing)

    async def _may_have_mailed(self) -> bool:
        """Return whether the campaign was started, by a job or by somebody else."""
        if not self.entry.record.was_started and self._is_draft is None:
            found = await self._send(GetCampaign(self.entry.record.server_id))
            self._is_draft = found.status == CampaignStatus.DRAFTED
        return not self._is_draft

    async def _require_never_started(self, lead: LeadInput, emptied: list[str]) -> None:
        if await self._may_have_mailed():
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


def _completed(leads: LeadTally, again: LeadTally) -> LeadTally:
    """Return a tally after leads that it counts were imported again."""
    return attrs.evolve(leads.with_fewer_left_out(again.added), added=leads.added + again.added)


def _removed(leads: LeadTally, number: int, absent: int) -> LeadTally:
    """Return a tally without leads that are gone, of which those that were absent had been left out."""
    left_out = min(absent, leads.skipped)
    added = min(number - left_out, leads.added)
    already_there = min(number - left_out - added, leads.already_there)
    return attrs.evolve(
        leads.with_fewer_left_out(left_out),
        sent=max(leads.sent - number, 0),
        added=leads.added - added,
        already_there=leads.already_there - already_there,
    )


def _lost_values(lead: LeadInput, found: Lead) -> Iterator[str]:
    """Yield the names of values that a lead has on the server and that the plan no longer gives."""
    for name in LEAD_FIELDS:
        if getattr(found, name, None) and not getattr(lead, name):
            yield name
    planned = lead.custom_fields or {}
    yield from (name for name, value in (found.custom_fields or {}).items() if value and name not in planned)
