"""One campaign's way from its create to its start, each step on the ledger before and after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import attrs

from ...api.campaigns.create import CampaignCreated, CreateCampaign
from ...api.campaigns.setup import ListCampaignEmailAccounts, RemoveEmailAccounts
from ...errors import SmartleadError
from ...pipeline.events import Response
from ...plan.campaign import CampaignSpec
from ...plan.request_count import COPIED, signature, steps_of
from ...plan.step import Step
from ...request import Request
from ..ledger.protocol import LedgerError
from ..ledger.records import CampaignRecord, CampaignState, LeadTally, StepRecord, StepState
from .clone import Template, Templates, creation, renaming
from .create import Creation, Creator
from .mailboxes import MailboxDirectory
from .steps import lead_batches, request_for, settings_request, tally


@attrs.frozen(kw_only=True)
class Services:
    """What the campaigns of a job share. ``templates`` is None unless the job clones."""

    send: Callable[[Request[Any]], Awaitable[Response[Any]]]
    save: Callable[[CampaignRecord], Awaitable[None]]
    creator: Creator
    mailboxes: MailboxDirectory
    templates: Templates | None
    wall_clock: Callable[[], float]
    accept_changes: bool


class CampaignRun:
    """Sees one campaign through. ``record`` is always the latest there is."""

    def __init__(self, spec: CampaignSpec, before: CampaignRecord | None, services: Services) -> None:
        self.spec = spec
        self.record = before or CampaignRecord(spec.identity, spec.name, spec.client_id)
        self._before = before
        self._services = services
        self._at = Step.CREATE
        self._stays_as_begun = False

    async def complete(self) -> None:
        """Take every step that is not done yet. What goes wrong is raised, for :meth:`fail` to record."""
        self._take_over()
        template = await self._template()
        templates, kind = self._services.templates, self.record.signature
        if templates is not None and kind is not None and template is None:
            await self._build_template(templates, kind)
        else:
            await self._take_all(template, self._steps(template))
        await self._save(attrs.evolve(self.record, state=CampaignState.DONE))

    async def fail(self, error: SmartleadError) -> None:
        """Put the failure on record, at the step that was under way."""
        record = self.record
        # The record of the create is its creator's: one that is unknown stays SENT, so that the next run
        # looks before it creates.
        if self._at is not Step.CREATE:
            step = record.step(self._at) or StepRecord(self._at, StepState.SENT, self._services.wall_clock())
            requests = step.requests + error.attempts
            record = record.with_step(
                self._ended(step, StepState.FAILED, requests=requests, error=str(error))
            )
        await self._save(attrs.evolve(record, state=CampaignState.FAILED, error=str(error)))

    # --- before the first step -----------------------------------------------------------------------

    def _take_over(self) -> None:
        """Go on with what an earlier run left, if the campaign is still the same."""
        self.spec.validate()
        fingerprint = self.spec.fingerprint()
        record = attrs.evolve(self.record, fingerprint=fingerprint, state=CampaignState.RUNNING, error=None)
        changed = self._before is not None and self._before.fingerprint not in ("", fingerprint)
        if changed and not self._services.accept_changes:
            raise LedgerError(f"campaign {record.key!r} has changed since this ledger was begun")
        if changed and record.step(Step.START) is not None:
            # It may be sending already: it is started as it was, and nothing in it is touched any more.
            self._stays_as_begun = True
            record = attrs.evolve(record, fingerprint=self.record.fingerprint)
        elif changed and record.is_under_way:
            # Set up anew but for the create, so that the server ends up with what the plan says now. Until
            # then the record keeps the name by which a lost create can be found. Nothing is copied from it.
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
        """What this campaign is to be a copy of; None when it is built."""
        templates, record = self._services.templates, self.record
        if record.is_under_way:
            # Finished in the way in which it was begun, or a lost create would be looked for by a wrong name.
            if record.copy_of is not None and record.copy_name is not None:
                return self._template_before(record.copy_of, record.copy_name)
            if templates is not None and record.signature is not None:
                templates.claim(record.signature)
            return None
        kind = signature(self.spec) if templates is not None else None
        if templates is None or kind is None:
            return None
        template = await templates.wait_for(kind)
        if template is not None:
            self.record = attrs.evolve(record, copy_of=template.campaign_id, copy_name=template.copy_name)
        elif templates.may_build(kind, self.spec.name):
            self.record = attrs.evolve(record, signature=kind)
        return template

    def _template_before(self, copy_of: int, copy_name: str) -> Template:
        """What an earlier run has begun to copy."""
        templates = self._services.templates
        template = templates.standing(copy_of) if templates is not None else None
        if template is not None:
            return template
        if self.record.campaign_id is None:
            # It may have been set up in another way since, and a copy of it would be of that.
            self.record = attrs.evolve(self.record, is_revised=True)
        return Template(copy_of, copy_name, None)

    def _creation(self, template: Template | None) -> Creation:
        if template is not None:
            return creation(template)
        name, client_id = self.record.name, self.record.client_id
        return Creation(CreateCampaign(name, client_id=client_id), _created_id, name, client_id)

    # --- the steps -----------------------------------------------------------------------------------

    def _steps(self, template: Template | None) -> tuple[Step, ...]:
        """The steps that are to be taken. A copy has most of it already and needs its name, a setting."""
        steps = steps_of(self.spec)
        if self._stays_as_begun:
            return (Step.CREATE, Step.START)
        if self.record.is_revised:
            return tuple(step for step in Step if step in steps or step is Step.SETTINGS)
        if template is None:
            return steps
        return (Step.CREATE, Step.SETTINGS, *(step for step in steps if step not in (Step.CREATE, *COPIED)))

    async def _build_template(self, templates: Templates, kind: str) -> None:
        """First what copies take over, then the rest; in between others may begin to copy."""
        steps = self._steps(None)
        with templates.building(kind) as built:
            await self._take_all(None, [step for step in steps if step in (Step.CREATE, *COPIED)])
            await self._save(attrs.evolve(self.record, is_template=True))
            built(self.record)
        await self._take_all(None, steps)

    async def _take_all(self, template: Template | None, steps: Sequence[Step]) -> None:
        self._at = Step.CREATE
        await self._services.creator.ensure(self.record, self._creation(template), self._save)
        for step in steps:
            if step is not Step.CREATE and not self.record.is_done(step):
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
            mailbox_ids = await self._services.mailboxes.ids(self.spec.mailboxes)
            await self._send(step, request_for(step, self.spec, self.record.server_id, mailbox_ids))
            if self.record.is_revised:
                await self._remove_mailboxes_but(mailbox_ids)
        else:
            await self._send(step, request_for(step, self.spec, self.record.server_id, ()))

    async def _send(self, step: Step, request: Request[Any]) -> None:
        await self._begin(step)
        response = await self._services.send(request)
        self._end(step, response.attempts)

    async def _remove_mailboxes_but(self, mailbox_ids: Sequence[int]) -> None:
        """Those that the plan named before it changed: the campaign would go on sending from them."""
        campaign_id = self.record.server_id
        listed = await self._services.send(ListCampaignEmailAccounts(campaign_id))
        self._end(Step.MAILBOXES, listed.attempts)
        others = [account.id for account in listed.value if account.id not in mailbox_ids]
        if others:
            removed = await self._services.send(RemoveEmailAccounts(campaign_id, email_account_ids=others))
            self._end(Step.MAILBOXES, removed.attempts)

    async def _import_leads(self) -> None:
        begun = await self._begin(Step.LEADS)
        for request in lead_batches(self.spec, self.record.server_id, after=begun.batches):
            response = await self._services.send(request)
            step = self.record.begun(Step.LEADS)
            step = attrs.evolve(step, requests=step.requests + response.attempts)
            self.record = self.record.with_step(step)
            imported = tally(request.lead_list, response.value)
            step = attrs.evolve(step, batches=step.batches + 1)
            await self._save(self.record.with_step(step, leads=self.record.leads + imported))
        self._end(Step.LEADS, 0)

    async def _begin(self, step: Step) -> StepRecord:
        """On the ledger before it is sent; the end of the step before goes along."""
        now = self._services.wall_clock()
        before = self.record.step(step) or StepRecord(step, StepState.SENT, now)
        begun = attrs.evolve(before, state=StepState.SENT, sent_at=now, ended_at=None, error=None)
        await self._save(self.record.with_step(begun))
        return begun

    def _end(self, step: Step, requests: int) -> None:
        """Done. It goes on the ledger with the next step, and until then would be harmless to repeat."""
        begun = self.record.begun(step)
        done = self._ended(begun, StepState.DONE, requests=begun.requests + requests)
        self.record = self.record.with_step(done)

    def _ended(
        self, step: StepRecord, state: StepState, *, requests: int, error: str | None = None
    ) -> StepRecord:
        return attrs.evolve(
            step, state=state, ended_at=self._services.wall_clock(), requests=requests, error=error
        )

    async def _save(self, record: CampaignRecord) -> None:
        self.record = record
        await self._services.save(record)


def _created_id(answer: CampaignCreated) -> int:
    return answer.id
