"""The run of one campaign from its create to its start, with each step recorded before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from ...api.campaigns.create import CampaignCreated, CreateCampaign
from ...api.campaigns.setup import ListCampaignEmailAccounts, RemoveEmailAccounts
from ...errors import SmartleadError
from ...plan.campaign import CampaignSpec
from ...plan.request_count import COPIED, signature, steps_of
from ...plan.step import Step
from ...request import Request
from ..ledger.protocol import LedgerError
from ..ledger.records import CampaignRecord, CampaignState, LeadTally, StepRecord, StepState
from .clone import Template, Templates, creation, renaming
from .create import Creator
from .creation import Creation
from .journal import Journal
from .mailboxes import MailboxDirectory
from .sender import GuardedSender
from .slots import Slot
from .steps import lead_batches, request_for, settings_request, tally


class CampaignRun:
    """Takes one campaign from its create to its start.

    It needs the collaborators that the campaigns of a job share, and no job. ``templates`` is None unless
    campaigns are cloned. Example::

        run = CampaignRun(spec, journal=journal, sender=sender, creator=creator, mailboxes=mailboxes)
        await run.complete()
        print(run.record.campaign_id)
    """

    def __init__(
        self,
        spec: CampaignSpec,
        before: CampaignRecord | None = None,
        *,
        journal: Journal,
        sender: GuardedSender,
        creator: Creator,
        mailboxes: MailboxDirectory,
        templates: Templates | None = None,
        accept_changes: bool = False,
        slot: Slot | None = None,
    ) -> None:
        self.spec = spec
        self._before = before
        self._journal = journal
        self._entry = journal.entry(before or CampaignRecord(spec.identity, spec.name, spec.client_id))
        self._sender = sender
        self._creator = creator
        self._mailboxes = mailboxes
        self._templates = templates
        self._accept_changes = accept_changes
        self._slot = slot or Slot()
        self._at = Step.CREATE
        self._stays_as_begun = False

    @property
    def record(self) -> CampaignRecord:
        """The latest version of the campaign's record."""
        return self._entry.record

    @record.setter
    def record(self, record: CampaignRecord) -> None:
        self._entry.record = record

    async def complete(self) -> None:
        """Take every step that is not done yet. Errors are raised, for :meth:`fail` to record."""
        self._resume()
        template = await self._template()
        kind = self.record.signature
        if self._templates is not None and kind is not None and template is None:
            await self._build_template(self._templates, kind)
        else:
            await self._take_all(template)
        await self._entry.save(attrs.evolve(self.record, state=CampaignState.DONE))

    async def fail(self, error: SmartleadError) -> None:
        """Record a failure at the current step."""
        record = self.record
        # The creator records a failed create. One with an unknown outcome stays SENT, so that the next run
        # reconciles it before it creates again.
        if self._at is not Step.CREATE:
            step = record.step(self._at)
            if step is None or step.ended_at is not None:
                # It failed before it was sent by this run.
                step = attrs.evolve(
                    step or StepRecord(self._at, StepState.SENT, 0.0), sent_at=self._journal.now()
                )
            requests = step.requests + error.attempts
            record = record.with_step(
                self._ended(step, StepState.FAILED, requests=requests, error=str(error))
            )
        await self._entry.save(attrs.evolve(record, state=CampaignState.FAILED, error=str(error)))

    # --- before the first step -----------------------------------------------------------------------

    def _resume(self) -> None:
        """Continue from the record of an earlier run, if the campaign is still the same."""
        self.spec.validate()
        fingerprint = self.spec.fingerprint()
        record = attrs.evolve(self.record, fingerprint=fingerprint, state=CampaignState.RUNNING, error=None)
        changed = self._before is not None and self._before.fingerprint not in ("", fingerprint)
        if changed and not self._accept_changes:
            raise LedgerError(f"campaign {record.key!r} has changed since this ledger was begun")
        if changed and record.step(Step.START) is not None:
            # It may be sending already: start it as it was, and change nothing else.
            self._stays_as_begun = True
            record = attrs.evolve(record, fingerprint=self.record.fingerprint)
        elif changed and record.is_under_way:
            # Repeat all steps but the create, so that the server ends up with what the plan says now. Until
            # then the record keeps the name by which a lost create can be found. It is no template any more.
            kept = tuple(step for step in record.steps if step.step is Step.CREATE)
            record = attrs.evolve(
                record, steps=kept, leads=LeadTally(), signature=None, is_template=False, is_revised=True
            )
        if not record.is_under_way:
            record = attrs.evolve(
                record,
                name=self.spec.name,
                client_id=self.spec.client_id,
                signature=None,
                copy_of=None,
                copy_name=None,
            )
        self.record = record

    async def _template(self) -> Template | None:
        """Return the template to copy; None if the campaign is set up in full."""
        templates, record = self._templates, self.record
        if record.is_under_way:
            # Finish it the way it was begun; otherwise a lost create would be looked up by the wrong name.
            if record.copy_of is not None and record.copy_name is not None:
                return self._template_before(record.copy_of, record.copy_name)
            if templates is not None and record.signature is not None:
                templates.reserve(record.signature)
            return None
        kind = signature(self.spec) if templates is not None else None
        if templates is None or kind is None:
            return None
        async with self._slot.given_up():
            template = await templates.wait_for(kind)
        if template is not None:
            self.record = attrs.evolve(record, copy_of=template.campaign_id, copy_name=template.copy_name)
        elif templates.may_build(kind, self.spec.name):
            self.record = attrs.evolve(record, signature=kind)
        return template

    def _template_before(self, copy_of: int, copy_name: str) -> Template:
        """Return the template that an earlier run has begun to copy."""
        templates = self._templates
        template = templates.standing(copy_of) if templates is not None else None
        if template is not None:
            return template
        if self.record.campaign_id is None:
            # It may have been set up differently since, and the copy would be of that.
            self.record = attrs.evolve(self.record, is_revised=True)
        return Template(copy_of, copy_name, None)

    def _creation(self, template: Template | None) -> Creation:
        if template is not None:
            return creation(template)
        name, client_id = self.record.name, self.record.client_id
        return Creation(CreateCampaign(name, client_id=client_id), _created_id, name, client_id)

    # --- the steps -----------------------------------------------------------------------------------

    def _steps(self, template: Template | None) -> tuple[Step, ...]:
        """Return the steps to take. A copy has most of them done and needs a new name, which is a setting."""
        steps = steps_of(self.spec)
        if self._stays_as_begun:
            return (Step.CREATE, Step.START)
        if self.record.is_revised:
            return tuple(step for step in Step if step in steps or step is Step.SETTINGS)
        if template is None:
            return steps
        return (Step.CREATE, Step.SETTINGS, *(step for step in steps if step not in (Step.CREATE, *COPIED)))

    async def _build_template(self, templates: Templates, kind: str) -> None:
        """Take the steps that copies inherit, let others begin to copy, then take the rest."""
        with templates.building(kind) as built:
            await self._take_all(None, among=COPIED)
            await self._entry.save(attrs.evolve(self.record, is_template=True))
            built(self.record)
        await self._take_all(None)

    async def _take_all(self, template: Template | None, *, among: Sequence[Step] = tuple(Step)) -> None:
        self._at = Step.CREATE
        await self._creator.ensure(self._entry, self._creation(template), self._slot)
        for step in self._steps(template):
            if step is not Step.CREATE and step in among and not self.record.is_done(step):
                self._at = step
                await self._take(step, template)

    async def _take(self, step: Step, template: Template | None) -> None:
        if step is Step.LEADS:
            await self._import_leads()
        elif step is Step.SETTINGS and self.record.is_revised:
            spec, campaign_id = self.spec, self.record.server_id
            request = settings_request(campaign_id, spec.settings, name=spec.name, client_id=spec.client_id)
            await self._send(step, request)
            self.record = attrs.evolve(self.record, name=spec.name, client_id=spec.client_id)
        elif step is Step.SETTINGS and template is not None:
            await self._send(step, renaming(self.spec, template, self.record.server_id))
        elif step is Step.MAILBOXES and self.spec.mailboxes is not None:
            mailbox_ids = await self._mailboxes.ids(self.spec.mailboxes)
            await self._send(step, request_for(step, self.spec, self.record.server_id, mailbox_ids))
            if self.record.is_revised:
                await self._remove_other_mailboxes(mailbox_ids)
        else:
            await self._send(step, request_for(step, self.spec, self.record.server_id, ()))

    async def _send(self, step: Step, request: Request[Any]) -> None:
        await self._begin(step)
        response = await self._sender.send_raw(request)
        self._end(step, response.attempts)

    async def _remove_other_mailboxes(self, mailbox_ids: Sequence[int]) -> None:
        """Remove mailboxes that the plan no longer names, so that the campaign stops sending from them."""
        campaign_id = self.record.server_id
        listed = await self._sender.send_raw(ListCampaignEmailAccounts(campaign_id))
        self._end(Step.MAILBOXES, listed.attempts)
        others = [account.id for account in listed.value if account.id not in mailbox_ids]
        if others:
            removed = await self._sender.send_raw(RemoveEmailAccounts(campaign_id, email_account_ids=others))
            self._end(Step.MAILBOXES, removed.attempts)

    async def _import_leads(self) -> None:
        begun = await self._begin(Step.LEADS)
        for request in lead_batches(self.spec, self.record.server_id, after=begun.batches):
            response = await self._sender.send_raw(request)
            step = self.record.begun(Step.LEADS)
            step = attrs.evolve(step, requests=step.requests + response.attempts)
            self.record = self.record.with_step(step)
            imported = tally(request.lead_list, response.value)
            step = attrs.evolve(step, batches=step.batches + 1)
            await self._entry.save(self.record.with_step(step, leads=self.record.leads + imported))
        self._end(Step.LEADS, 0)

    async def _begin(self, step: Step) -> StepRecord:
        """Record a step before it is sent, together with the end of the previous one."""
        now = self._journal.now()
        before = self.record.step(step) or StepRecord(step, StepState.SENT, now)
        begun = attrs.evolve(before, state=StepState.SENT, sent_at=now, ended_at=None, error=None)
        await self._entry.save(self.record.with_step(begun))
        return begun

    def _end(self, step: Step, requests: int) -> None:
        """Mark a step as done. It is recorded with the next step; until then, repeating it does no harm."""
        begun = self.record.begun(step)
        done = self._ended(begun, StepState.DONE, requests=begun.requests + requests)
        self.record = self.record.with_step(done)

    def _ended(
        self, step: StepRecord, state: StepState, *, requests: int, error: str | None = None
    ) -> StepRecord:
        return attrs.evolve(step, state=state, ended_at=self._journal.now(), requests=requests, error=error)


def _created_id(response: CampaignCreated) -> int:
    return response.id
