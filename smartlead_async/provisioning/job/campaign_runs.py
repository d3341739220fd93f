"""The runs of a job: what is to be done, and the collaborators that all campaigns share."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ...api.campaigns.models import Campaign
from ...plan.campaign import CampaignSpec
from ..ledger.protocol import LedgerError
from ..report.report import Report
from .campaign_run import CampaignRun
from .clone import Templates
from .create import Creator
from .first_look import FirstLook
from .journal import Journal
from .mailboxes import MailboxDirectory
from .operations import OPERATIONS, LedgerCampaigns
from .options import JobOptions
from .pending import PendingCampaigns
from .reconcile import Reconciler
from .removal import CampaignPause, CampaignRemoval, CampaignResume
from .sender import GuardedSender
from .slots import Slot
from .started import require_changeable

AnyRun = CampaignRun | CampaignRemoval | CampaignPause | CampaignResume


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
        self._found: dict[str, Campaign] = {}
        """The started campaigns that are to be changed, as they are on the server."""

    async def prepare(self) -> None:
        """Read the ledger, and refuse what is not possible or not allowed before anything is sent."""
        ledger, pending = self._journal.ledger, self.pending
        if isinstance(pending, LedgerCampaigns):
            await pending.load(ledger)
            return
        plan, job = self._options.plan, self._journal.job
        await pending.load(ledger, same_plan=plan is not None and plan == job.applied_plan)
        self.reconciler.listed.expect(pending.created)
        if self._templates is not None:
            for key in pending.templates:
                if (record := await ledger.get(key)) is not None:
                    self._templates.known(record, is_current=pending.is_current(key))
        for change in pending.inspected:
            if change.campaign_id is not None:
                self._found[change.key] = await require_changeable(self._sender, change, change.campaign_id)
        await self._journal.record_begin(plan)
        if pending.is_new and not self._options.create_anyway:
            await self._look_first(pending)

    async def _look_first(self, pending: PendingCampaigns) -> None:
        """Look for the planned campaigns on the server. Those of a stream are looked for one by one."""
        look = self._first_look = await FirstLook.of(self.reconciler)
        if not pending.is_stream:
            async for spec in pending.walk():
                look.note(spec)
            look.require_none()

    async def items(self) -> AsyncGenerator[CampaignSpec | str, None]:
        """Yield the campaigns to work on: specs of the plan, or keys on the ledger."""
        pending = self.pending
        if isinstance(pending, LedgerCampaigns):
            for key in pending.keys:
                yield key
            return
        async for spec in pending.campaigns():
            yield spec
        if pending.is_stream:
            await pending.find_removed(self._journal.ledger)
        for key in pending.removed:
            yield key

    async def run_of(self, item: CampaignSpec | str, slot: Slot) -> AnyRun:
        """Return the run of one campaign."""
        ledger, pending = self._journal.ledger, self.pending
        if isinstance(item, str):
            record = await ledger.get(item)
            if record is None:
                raise LedgerError(f"the record of {item!r} is gone: another program changes this ledger")
            kind: type[CampaignRemoval | CampaignPause | CampaignResume] = CampaignRemoval
            if isinstance(pending, LedgerCampaigns):
                kind = OPERATIONS[pending.operation]
            return kind(
                record, journal=self._journal, sender=self._sender, reconciler=self.reconciler, slot=slot
            )
        assert isinstance(pending, PendingCampaigns)  # noqa: S101 - only a plan has specs
        if self._first_look is not None and pending.is_stream:
            self._first_look.require_new(item)
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


def count(report: Report, run: AnyRun) -> None:
    """Count a run that has ended."""
    if isinstance(run, CampaignRemoval):
        report.count_removed(run.record)
    else:
        report.count(run.record)
