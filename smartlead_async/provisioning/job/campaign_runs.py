"""The runs of a job: what is to be done, and the collaborators that all campaigns share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import attrs

from ...api.campaigns.models import Campaign
from ...plan.campaign import CampaignSpec
from ...plan.step import Step
from ..ledger.protocol import LedgerError
from ..ledger.records import CampaignRecord, CampaignState
from ..report.report import Report
from .campaign_run import CampaignRun
from .campaign_steps import CampaignSteps
from .clone import Templates
from .create import Creator
from .first_look import CampaignsExist, FirstLook
from .journal import Journal
from .lead_removal import LeadRemoval
from .left_out import import_again
from .lost_copies import find_lost_copies
from .mailboxes import MailboxDirectory
from .operations import LedgerCampaigns, Operation
from .options import JobOptions
from .pending import PendingCampaigns
from .reconcile import Reconciler
from .removal import CampaignOperation, CampaignPause, CampaignRemoval, CampaignResume
from .sender import GuardedSender
from .slots import Slot
from .started import require_changeable


@attrs.frozen
class LeadsLeave:
    """A campaign of the plan whose leads move to others."""

    spec: CampaignSpec


Item = CampaignSpec | LeadsLeave | str
"""What a job works on: a campaign of the plan, or the key of one on the ledger."""


class CampaignRuns:
    """Finds what a job has to do, and creates the run of each campaign."""

    def __init__(
        self,
        pending: PendingCampaigns | LedgerCampaigns,
        options: JobOptions,
        *,
        journal: Journal,
        sender: GuardedSender,
    ) -> None:
        self.pending = pending
        self.reconciler = Reconciler(sender, journal, options.reconcile)
        self._options = options
        self._journal = journal
        self._sender = sender
        self._creator = Creator(sender, journal, self.reconciler)
        self._mailboxes = MailboxDirectory(sender)
        self._templates = Templates() if options.strategy == "clone" else None
        self._first_look: FirstLook | None = None
        self._looking = asyncio.Lock()
        self._keeping_leads: set[str] = set()
        """The campaigns whose leads could not be removed. The next run of the job goes on with them."""
        self._found: dict[str, Campaign] = {}
        """The started campaigns that are to be changed, as they are on the server."""

    async def prepare(self) -> None:
        """Read the ledger, and refuse what is not possible or not allowed before anything is sent."""
        ledger, pending = self._journal.ledger, self.pending
        if isinstance(pending, LedgerCampaigns):
            await pending.load(ledger)
            self.reconciler.listed.expect(pending.created)
            await self._find_lost_copies()
            await self._import_left_out()
            return
        plan, job = self._options.plan, self._journal.job
        await pending.load(ledger, same_plan=plan is not None and plan == job.applied_plan)
        self.reconciler.listed.expect(pending.created)
        if self._templates is not None:
            for key in pending.templates:
                if (record := await ledger.get(key)) is not None:
                    # One that an interrupted run was about to delete may be gone.
                    is_current = pending.is_current(key) and record.step(Step.DELETE) is None
                    self._templates.known(record, is_current=is_current)
        for change in pending.inspected:
            if change.campaign_id is not None:
                self._found[change.key] = await require_changeable(self._sender, change, change.campaign_id)
        await self._journal.record_begin(plan, is_new=pending.is_new)
        if pending.is_new and not self._options.create_anyway:
            try:
                await self._look_first(pending)
            except CampaignsExist:
                await self._journal.restore(job)
                raise
        await self._find_lost_copies()
        await self._import_left_out()

    async def _import_left_out(self) -> None:
        """Note the leads that can be imported since other campaigns give them up, before these do."""
        for left_out in self.pending.left_out:
            await import_again(self._journal, left_out)

    async def _find_lost_copies(self) -> None:
        """Look for lost copies while their templates, by which they are found, are as they were."""
        pending = self.pending
        await find_lost_copies(pending.copies, self._journal, self._creator, stays=pending.is_current)

    async def _look_first(self, pending: PendingCampaigns) -> None:
        """Look for the planned campaigns on the server. Those of a stream are looked for one by one."""
        look = self._first_look = await FirstLook.of(self.reconciler)
        if not pending.is_stream:
            async for spec in pending.walk():
                look.note(spec)
            look.require_none()

    async def removals(self) -> AsyncGenerator[Item, None]:
        """Yield what is removed before anything is created or imported.

        SmartLead leaves out leads that another campaign has, so those that move have to leave it first. What
        a stream no longer has is known, and removed, at its end.
        """
        pending = self.pending
        if isinstance(pending, LedgerCampaigns) or pending.is_stream:
            return
        for key in pending.removed:
            yield key
        if pending.giving_up_leads:
            keys = set(pending.giving_up_leads)
            async for spec in pending.walk():
                if spec.identity in keys:
                    yield LeadsLeave(spec)

    async def campaigns(self) -> AsyncGenerator[Item, None]:
        """Yield the campaigns to work on: specs of the plan, or keys on the ledger."""
        pending = self.pending
        if isinstance(pending, LedgerCampaigns):
            for key in pending.keys:
                yield key
            return
        async for spec in pending.campaigns():
            if spec.identity not in self._keeping_leads:
                yield spec
        if pending.is_stream:
            await pending.find_removed(self._journal.ledger)
            for key in pending.removed:
                yield key

    async def run_of(self, item: Item, slot: Slot) -> CampaignSteps:
        """Return the run of one campaign."""
        ledger, pending = self._journal.ledger, self.pending
        if isinstance(item, LeadsLeave):
            return LeadRemoval(
                item.spec,
                await self._record(item.spec.identity),
                journal=self._journal,
                sender=self._sender,
                reconciler=self.reconciler,
                slot=slot,
            )
        if isinstance(item, str):
            record = await self._record(item)
            operation = pending.operation if isinstance(pending, LedgerCampaigns) else Operation.DESTROY
            return self._run_of_record(record, operation, slot)
        assert isinstance(pending, PendingCampaigns)  # noqa: S101 - only a plan has specs
        if not self._options.create_anyway and not pending.has_begun(item):
            await self._require_new(item, pending)
        return CampaignRun(
            item,
            await ledger.get(item.identity) if pending.has_begun(item) else None,
            journal=self._journal,
            sender=self._sender,
            creator=self._creator,
            mailboxes=self._mailboxes,
            templates=self._templates,
            allow_removals=self._options.allow_removals,
            slot=slot,
            found=self._found.get(item.identity),
        )

    async def _require_new(self, spec: CampaignSpec, pending: PendingCampaigns) -> None:
        """Raise if a campaign that the ledger does not know exists. Costs one request a run."""
        async with self._looking:
            if self._first_look is None:
                self._first_look = await FirstLook.of(self.reconciler)
        if not pending.is_new:
            await self._first_look.require_known(spec)
        elif pending.is_stream:
            self._first_look.require_new(spec)

    async def _record(self, key: str) -> CampaignRecord:
        record = await self._journal.ledger.get(key)
        if record is None:
            raise LedgerError(f"the record of {key!r} is gone: another program changes this ledger")
        return record

    def _run_of_record(self, record: CampaignRecord, operation: Operation, slot: Slot) -> CampaignSteps:
        common: dict[str, Any] = {"journal": self._journal, "sender": self._sender, "slot": slot}
        match operation:
            case Operation.PAUSE:
                return CampaignPause(record, reconciler=self.reconciler, **common)
            case Operation.RESUME:
                return CampaignResume(record, reconciler=self.reconciler, **common)
            case Operation.DESTROY:
                return CampaignRemoval(record, creator=self._creator, **common)

    def count(self, report: Report, run: CampaignSteps) -> None:
        """Count a run that has ended."""
        match run:
            case CampaignRemoval():
                report.count_removed(run.record)
            case CampaignOperation():
                report.count_operation(run.record)
            case LeadRemoval() if run.record.state is not CampaignState.FAILED:
                pass  # Its campaign is counted when it is as the plan says.
            case LeadRemoval():
                # If they left later in this run, the campaigns that want them would not get them any more.
                self._keeping_leads.add(run.record.key)
                report.count(run.record)
            case _:
                report.count(run.record)
