"""The run of one campaign: from its create to its start, or from what it is to what the plan says now.

Each step is recorded before its request is sent and after its response.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import attrs

from ...api.campaigns.create import DeleteCampaign
from ...api.campaigns.models import Campaign, CampaignStatus
from ...api.campaigns.read import GetCampaign
from ...api.campaigns.setup import (
    AddEmailAccounts,
    GetSequences,
    ListCampaignEmailAccounts,
    RemoveEmailAccounts,
    SaveSequences,
    UpdateSettings,
)
from ...errors import NotFound, SmartleadError
from ...pipeline.refusals import may_take_effect
from ...plan.campaign import CampaignSpec
from ...plan.request_count import COPIED, signature
from ...plan.step import Step
from ..changes.change import Action, CampaignChange, ChangeRefused
from ..changes.compare import compare, compare_leads
from ..changes.content import step_content
from ..changes.due import FRESH_SETTINGS, due_steps, is_renamed
from ..ledger.records import CampaignRecord, CampaignState, StepState
from .campaign_steps import CampaignSteps
from .clone import Template, Templates, creation, creation_of
from .create import Creator
from .creation import Creation
from .journal import Journal
from .lead_sync import LeadSync
from .lost_copies import find_lost_copy, is_lost_copy
from .mailboxes import MailboxDirectory
from .sender import GuardedSender
from .slots import Slot
from .started import require_changeable
from .steps import given_settings, request_for, sequence, with_saved_ids


class CampaignRun(CampaignSteps):
    """Makes one campaign on the server what the plan says, whatever state it is in.

    It needs the collaborators that the campaigns of a job share, and no job. ``templates`` is None unless
    campaigns are cloned. ``found`` is the campaign on the server, if it has been read already. Example::

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
        allow_removals: bool = False,
        slot: Slot | None = None,
        found: Campaign | None = None,
    ) -> None:
        super().__init__(
            before or CampaignRecord(spec.identity, spec.name, spec.client_id),
            journal=journal,
            sender=sender,
            reconciler=creator.reconciler,
            slot=slot,
        )
        self.spec = spec
        self._before = before
        self._creator = creator
        self._mailboxes = mailboxes
        self._templates = templates
        self._allow_removals = allow_removals
        self._found = found
        self._has_lead_changes = False
        self._was_paused = False
        self._was_paused_by_hand = False
        self._give_back: Callable[[], None] | None = None
        """Lets others copy the template that this campaign is copied from."""

    async def complete(self) -> None:
        """Take every step that is due. Errors are raised, for :meth:`fail` to record."""
        await self._resume()
        template = await self._template()
        kind = self.record.signature
        if self._templates is not None and kind is not None and template is None:
            await self._build_template(self._templates, kind)
        else:
            await self._take_all(template)
        self.record = await self._with_import_settings()
        if (create := self.record.begun(Step.CREATE)).lost:
            # An adopted copy has been set up in full.
            self.record = self.record.with_step(attrs.evolve(create, lost=False))
        if template is not None:
            self._become_template()
        await self._entry.save(attrs.evolve(self.record, state=CampaignState.DONE))
        if template is not None and self._templates is not None:
            self._templates.add(self.record)

    async def fail(self, error: SmartleadError) -> None:
        """Record a failure; a campaign that was paused for a sequence that was refused is started again."""
        if self._at is Step.SEQUENCES and self._was_paused and not may_take_effect(error):
            with contextlib.suppress(SmartleadError):
                await self._send(Step.START, request_for(Step.START, self.spec, self.record.server_id))
                self._at = Step.SEQUENCES
        await super().fail(error)

    # --- before the first step -----------------------------------------------------------------------

    async def _resume(self) -> None:
        """Continue from the record of an earlier run, and find out what has changed since."""
        self.spec.validate()
        fingerprint = self.spec.fingerprint()
        before = self._before
        if before is not None and before.is_under_way and before.fingerprint not in ("", fingerprint):
            await self._change(await compare(self.spec, before, self._journal.ledger))
        elif before is not None and (delete := before.step(Step.DELETE)) is not None and delete.is_in_doubt:
            await self._delete()
        elif before is not None and before.campaign_id is not None:
            # An earlier run may have ended after it recorded the fingerprint and before it reached the leads.
            self._has_lead_changes = bool(await compare_leads(self.spec, self._journal.ledger))
        record = attrs.evolve(self.record, fingerprint=fingerprint, state=CampaignState.RUNNING, error=None)
        if not record.is_under_way:
            record = attrs.evolve(
                record,
                name=self.spec.name,
                client_id=self.spec.client_id,
                signature=None,
                copy_of=None,
            )
        self.record = record.without_step(Step.DELETE)

    async def _change(self, change: CampaignChange) -> None:
        require_allowed(change, allow_removals=self._allow_removals)
        self._has_lead_changes = bool(change.leads)
        if change.action is Action.REPLACE:
            await self._require_replaceable()
            await self._delete()
            return
        if is_lost_copy(self.record) or self.record.begun(Step.CREATE).lost:
            await self._delete_copy()
            return
        if change.needs_status and self._found is None:
            self._found = await require_changeable(self._sender, change, self.record.server_id)
        if set(change.steps) & set(COPIED):
            self.record = attrs.evolve(self.record, signature=None, is_template=False)

    async def _require_replaceable(self) -> None:
        """Raise if somebody has started the campaign: its leads may have got mail and would get it again.

        One whose deletion was begun by the operator is deleted in any case.
        """
        delete = self.record.step(Step.DELETE)
        if self.record.campaign_id is None or (delete is not None and delete.is_in_doubt):
            return
        with contextlib.suppress(NotFound):
            found = await self._sender.send(GetCampaign(self.record.server_id))
            if found.status != CampaignStatus.DRAFTED:
                raise ChangeRefused(
                    f"the plan has dropped what SmartLead cannot remove, and campaign {found.id} was started "
                    "by somebody, so it is not deleted and created again. Undo the change, or plan another "
                    "campaign"
                )

    async def _delete_copy(self) -> None:
        """Delete a copy that has, or may have, what the plan says no longer, if there is one."""
        if self.record.campaign_id is None:
            await find_lost_copy(self._entry, self._creator, self._slot)
        if self.record.campaign_id is not None:
            await self._delete()

    async def _delete(self) -> None:
        """Delete a campaign that was never started, so that it is created again."""
        # If this run is killed, the campaign is not finished any more, whatever the plan says by then.
        self.record = attrs.evolve(self.record, state=CampaignState.RUNNING)
        await self._begin(Step.DELETE)
        with contextlib.suppress(NotFound):
            await self._sender.send_raw(DeleteCampaign(self.record.server_id))
        await self._journal.forget_leads(self.record.key)
        self._has_lead_changes = False
        record = self.record
        fresh = CampaignRecord(self.spec.identity, self.spec.name, self.spec.client_id)
        # Other creates of it may have been lost, which the sweep has to know.
        lost = record.head.lost
        await self._entry.save(attrs.evolve(fresh, creates=lost, lost=lost, copy_name=record.copy_name))

    async def _template(self) -> Template | None:
        """Return the template to copy; None if the campaign is set up in full."""
        templates, record = self._templates, self.record
        if record.is_under_way and record.copy_of is not None and record.copy_name is not None:
            # Finish it the way it was begun; otherwise a lost create would be looked up by the wrong name.
            template = templates.standing(record.copy_of) if templates is not None else None
            if template is not None or record.campaign_id is not None:
                return template
            await find_lost_copy(self._entry, self._creator, self._slot)
            record = self.record
        if record.is_under_way:
            if templates is not None and record.signature is not None:
                templates.reserve(record.signature)
            return None
        kind = signature(self.spec) if templates is not None else None
        if templates is None or kind is None:
            return None
        async with self._slot.given_up():
            template = await templates.take(kind)
        if template is not None:
            self._give_back = partial(templates.give_back, kind, template)
            self.record = attrs.evolve(record, copy_of=template.campaign_id, copy_name=template.copy_name)
        elif templates.may_build(kind, self.spec.name):
            self.record = attrs.evolve(record, signature=kind)
        return template

    def _creation(self, template: Template | None) -> Creation:
        if template is not None:
            return creation(template)
        return creation_of(attrs.evolve(self.record, copy_of=None))

    # --- the steps -----------------------------------------------------------------------------------

    async def _build_template(self, templates: Templates, kind: str) -> None:
        """Take the steps that copies inherit, let others begin to copy, then take the rest."""
        with templates.building(kind) as built:
            await self._take_all(None, among=COPIED)
            await self._entry.save(attrs.evolve(self.record, is_template=True))
            built(self.record)
        await self._take_all(None)

    def _become_template(self) -> None:
        """Let others be copied from a finished copy if they would have to wait for its template."""
        kind = signature(self.spec)
        if self._templates is not None and kind is not None and self._templates.may_add(kind, self.spec.name):
            self.record = attrs.evolve(self.record, signature=kind, is_template=True)

    async def _take_all(self, template: Template | None, *, among: Sequence[Step] = tuple(Step)) -> None:
        self._at = Step.CREATE
        try:
            await self._creator.ensure(self._entry, self._creation(template), self._slot)
        finally:
            if self._give_back is not None:
                self._give_back()
                self._give_back = None
        for step in due_steps(self.spec, self.record, has_lead_changes=self._has_lead_changes):
            if step in among:
                self._at = step
                await self._take(step)

    async def _take(self, step: Step) -> None:
        match step:
            case Step.PAUSE:
                self._was_paused_by_hand = await self._pause(self._found, restarts=self.spec.start)
                self._was_paused = self.spec.start and not self._was_paused_by_hand
            case Step.SEQUENCES:
                await self._save_sequences()
            case Step.MAILBOXES:
                await self._set_mailboxes()
            case Step.LEADS:
                await self._sync_leads()
            case Step.SETTINGS:
                await self._update_settings()
            case Step.START if self._was_paused_by_hand:
                pass
            case _:
                request = request_for(step, self.spec, self.record.server_id)
                await self._send(step, request, await self._content(step))

    async def _save_sequences(self) -> None:
        campaign_id = self.record.server_id
        steps = sequence(self.spec.steps)
        await self._begin(Step.SEQUENCES, await self._content(Step.SEQUENCES))
        if self.record.was_started:
            steps = with_saved_ids(steps, await self._count(GetSequences(campaign_id)))
        await self._count(SaveSequences(campaign_id, sequences=steps))
        self._end(Step.SEQUENCES, 0)

    async def _set_mailboxes(self) -> None:
        campaign_id, choice = self.record.server_id, self.spec.mailboxes
        before = self.record.step(Step.MAILBOXES)
        had = () if before is None else before.mailbox_ids
        ids = () if choice is None else await self._mailboxes.ids(choice)
        content = await self._content(Step.MAILBOXES)
        await self._begin(Step.MAILBOXES, content, mailbox_ids=tuple(dict.fromkeys((*had, *ids))))
        if ids:
            await self._count(AddEmailAccounts(campaign_id, email_account_ids=ids))
        if before is None and self.record.copy_of is not None:
            # What it has inherited from its template is not known.
            listed = await self._count(ListCampaignEmailAccounts(campaign_id))
            had = tuple(account.id for account in listed)
        if gone := [each for each in had if each not in ids]:
            await self._count(RemoveEmailAccounts(campaign_id, email_account_ids=gone))
        self._end(Step.MAILBOXES, 0, mailbox_ids=ids)

    async def _sync_leads(self) -> None:
        before = self.record.step(Step.LEADS)
        await self._begin(Step.LEADS, await self._content(Step.LEADS), waits=False)
        is_in_doubt = before is not None and before.is_in_doubt
        sync = LeadSync(self.spec, self._entry, self._journal, self._sender)
        await sync.resume()
        if is_in_doubt and sync.has_edits_in_doubt:
            await self._wait_out(Step.LEADS)
            is_in_doubt = False
        await sync.add()
        if sync.has_earlier:
            if edits := sync.edits():
                if is_in_doubt:
                    await self._wait_out(Step.LEADS)
                await sync.edit(edits)
            await sync.settle()
        self._end(Step.LEADS, 0)

    async def _update_settings(self) -> None:
        spec, record = self.spec, self.record
        before = record.step(Step.SETTINGS)
        given = given_settings(spec.settings)
        had = () if before is None else before.settings
        reset = {name: FRESH_SETTINGS[name] for name in had if name in FRESH_SETTINGS and name not in given}
        renames = is_renamed(spec, record)
        # If an earlier request failed or got no response, the record has the identity that it sent.
        is_uncertain = before is not None and before.state is not StepState.DONE
        identity: dict[str, Any] = {}
        if renames or is_uncertain:
            identity["name"] = spec.name
        if spec.client_id != record.client_id or is_uncertain:
            identity["client_id"] = spec.client_id
        content = await self._content(Step.SETTINGS)
        self.record = attrs.evolve(record, name=spec.name, client_id=spec.client_id)
        await self._begin(
            Step.SETTINGS,
            content,
            waits=renames or before is None or before.content != content,
            settings=tuple(dict.fromkeys((*had, *given))),
        )
        await self._count(UpdateSettings(record.server_id, **given, **reset, **identity))
        self._end(Step.SETTINGS, 0, settings=tuple(given))

    async def _content(self, step: Step) -> str | None:
        """Store what the plan says about a step; return its digest."""
        return await self._journal.record_content(step_content(self.spec, step))

    async def _with_import_settings(self) -> CampaignRecord:
        """Return the record with the import settings of the plan, which may change without an import."""
        leads = self.record.step(Step.LEADS)
        if leads is None or (self.spec.lead_import is None and leads.content is None):
            return self.record
        return self.record.with_step(attrs.evolve(leads, content=await self._content(Step.LEADS)))


def require_allowed(change: CampaignChange, *, allow_removals: bool) -> None:
    """Raise :class:`ChangeRefused` if SmartLead cannot make a change, or if it removes something."""
    if change.refusal is not None:
        raise ChangeRefused(change.refusal)
    if change.removals and not allow_removals:
        raise ChangeRefused(
            f"the plan no longer has {', '.join(change.removals)} of this campaign. Removals must be allowed "
            "(--allow-removals), or put it back into the plan"
        )
