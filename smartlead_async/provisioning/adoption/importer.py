"""The import of campaigns: read from the server, written as a plan with lead files and a ledger."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
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
from ...plan.campaign import CampaignSpec
from ...plan.check import check
from ...plan.files import failure_reason
from ...plan.lead_writer import DELIMITER, write_lead_file
from ...plan.leads_csv import LeadFile
from ...plan.merge_tags import TagUse
from ...plan.plan import load_plan
from ...plan.plan_writer import plan_text
from ...plan.problem import InvalidPlan, Problem
from ...plan.tag_check import tags_of
from ...wording import count
from ..job.client import ProvisioningClient
from ..job.journal import Journal
from ..ledger.protocol import LedgerError
from ..ledger.records import JobRecord
from ..ledger.sqlite import SqliteLedger
from .campaign_leads import leads_of
from .campaign_spec import Notes, spec_of
from .choice import CampaignChoice, ImportRefused, LeftOut, impossible
from .files import ImportFiles
from .rows import record_adopted

REQUESTS_PER_CAMPAIGN: Final = 3

_AT_ONCE: Final = 8
"""Campaigns that are read at the same time; the leads of each are in memory until they are written."""

_REASONS: Final = 3


@attrs.frozen
class Note:
    """Something about an imported campaign that its plan cannot say, or says differently."""

    campaign_id: int
    name: str
    text: str

    def __str__(self) -> str:
        return f"campaign {self.campaign_id}, {self.name!r}: {self.text}"


@attrs.frozen
class ImportedCampaign:
    """An imported campaign: its specification with the key, and its state on the server."""

    campaign: Campaign
    spec: CampaignSpec
    leads: int


@attrs.define
class Imported:
    """The result of an import."""

    plan: Path
    ledger: Path
    campaigns: list[ImportedCampaign] = attrs.field(factory=list)
    left_out: list[LeftOut] = attrs.field(factory=list)
    notes: list[Note] = attrs.field(factory=list)
    requests: int = 0


@attrs.define
class _Read:
    """The data read of one campaign."""

    campaign: Campaign
    spec: CampaignSpec
    leads: int
    notes: Notes
    missing_tags: set[str]


class Importer:
    """Imports campaigns in two steps, so that their number is known before they are read.

    ``job`` returns the fingerprint that the ledger records for a plan of so many campaigns. Example::

        importer = Importer(client, ImportFiles.of(Path("plan.yaml"), None))
        chosen = await importer.choose(CampaignChoice(clients=(7,)))
        imported = await importer.run(chosen)
    """

    def __init__(
        self,
        client: ProvisioningClient,
        files: ImportFiles,
        *,
        force: bool = False,
        job: Callable[[int], str | None] = lambda _: None,
        wall_clock: Callable[[], float] = time.time,
        on_campaign: Callable[[int], object] = lambda _: None,
        open_ledger: Callable[..., SqliteLedger] = SqliteLedger,
    ) -> None:
        self._client = client.with_options(lane=Lane.BULK, on_attempt=self._count)
        self._files = files
        self._force = force
        self._job = job
        self._wall_clock = wall_clock
        self._on_campaign = on_campaign
        self._open_ledger = open_ledger
        self._done = 0
        self.result = Imported(files.plan, files.ledger)

    async def choose(self, choice: CampaignChoice) -> list[Campaign]:
        """Return the chosen campaigns that a plan can describe; the others are in ``result.left_out``.

        Costs one request. :class:`ImportRefused` if files or ledger rows are in the way, or if nothing is
        left.
        """
        self._files.require_usable(force=self._force)
        choice.require_known_statuses()
        listed = await self._client.send(ListCampaigns())
        chosen = choice.of(listed)
        self.result.left_out = list(impossible(chosen))
        left_out = {each.campaign_id for each in self.result.left_out}
        left = [campaign for campaign in chosen if campaign.id not in left_out]
        self._require_some(left)
        await self._require_unknown(left)
        return left

    async def run(self, chosen: Sequence[Campaign]) -> Imported:
        """Read the campaigns and write plan, lead files and ledger: all of it, or nothing.

        Costs three requests a campaign and one for every 100 leads.
        """
        try:
            with self._files.staged() as staged:
                await self._run_staged(chosen, staged)
        except OSError as failure:
            reason = failure_reason(failure)
            raise ImportRefused(
                f"nothing was imported: {self._files.plan} cannot be written: {reason}"
            ) from None
        return self.result

    async def _run_staged(self, chosen: Sequence[Campaign], staged: ImportFiles) -> None:
        try:
            await self._run(chosen, staged)
        except LedgerError as failure:
            # The staged ledger will be gone, so its place tells nothing.
            reason = str(failure).replace(f"{staged.ledger}", f"{self._files.ledger}")
            raise ImportRefused(f"nothing was imported: {reason}") from None

    async def _run(self, chosen: Sequence[Campaign], staged: ImportFiles) -> None:
        found = await self._read_all(chosen, staged)
        kept = self._write_plan([each for each in found if each is not None], staged)
        self._require_some(kept)
        await self._write_ledger(kept, staged)
        self._files.replace_with(staged)

    def _count(self, _: Attempt) -> None:
        self.result.requests += 1

    def _require_some(self, campaigns: Sequence[object]) -> None:
        if not campaigns:
            reasons = "; ".join(map(str, self.result.left_out[:_REASONS]))
            more = len(self.result.left_out) - _REASONS
            raise ImportRefused(
                f"nothing can be imported: {reasons}{f'; and {more} more' if more > 0 else ''}"
            )

    def _leave_out(self, campaign: Campaign, reason: str, spec: CampaignSpec | None = None) -> None:
        if spec is not None and isinstance(spec.leads, LeadFile):
            spec.leads.path.unlink()
        self.result.left_out.append(LeftOut(campaign.id, campaign.name, reason))

    # --- the ledger -----------------------------------------------------------------------------------

    async def _require_unknown(self, campaigns: Iterable[Campaign]) -> None:
        """Raise :class:`ImportRefused` if the ledger knows one of the campaigns."""
        if not self._files.ledger.exists():
            return
        async with self._open_ledger(self._files.ledger, read_only=True) as ledger:
            for campaign in campaigns:
                if (key := await ledger.owner(campaign.id)) is not None:
                    raise ImportRefused(
                        f"campaign {campaign.id}, {campaign.name!r}, is on the ledger {self._files.ledger} "
                        f"already, as {key!r}: leave it out, or name another ledger"
                    )

    async def _write_ledger(self, kept: Sequence[_Read], staged: ImportFiles) -> None:
        if self._files.ledger.exists():
            # Opened to write, so that no job uses it, and so that the file is complete.
            async with self._open_ledger(self._files.ledger):
                pass
            shutil.copyfile(self._files.ledger, staged.ledger)
        by_key = {each.spec.identity: each for each in kept}
        async with self._open_ledger(staged.ledger) as ledger:
            journal = Journal(ledger, wall_clock=self._wall_clock)
            for spec in load_plan(staged.plan).specs():
                await record_adopted(journal, spec, by_key[spec.identity].campaign)
            job: JobRecord = await ledger.open()
            plan = self._job(len(kept)) or job.plan
            await ledger.save_job(attrs.evolve(job, plan=plan, applied_plan=None))

    # --- the server -----------------------------------------------------------------------------------

    async def _read_all(self, chosen: Sequence[Campaign], staged: ImportFiles) -> list[_Read | None]:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def read(campaign: Campaign) -> _Read | None:
            async with slots:
                found = await self._read(campaign, staged)
            self._done += 1
            self._on_campaign(self._done)
            return found

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read(campaign)) for campaign in chosen]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _read(self, listed: Campaign, staged: ImportFiles) -> _Read | None:
        try:
            campaign = await self._client.send(GetCampaign(listed.id))
            steps = await self._client.send(GetSequences(listed.id))
            accounts = await self._client.send(ListCampaignEmailAccounts(listed.id))
            pages = walk_pages(self._client.send, ListCampaignLeads(listed.id))
            # A page may repeat leads of the one before if others are added or removed meanwhile.
            members = {each.campaign_lead_map_id: each async for each in pages}
        except NotFound:
            self._leave_out(listed, "it is no longer on the server")
            return None
        if reason := next(impossible([campaign]), None):
            self.result.left_out.append(reason)
            return None
        notes = Notes()
        spec = spec_of(campaign, steps, [account.id for account in accounts], notes)
        leads = leads_of(list(members.values()), notes)
        if leads:
            path = staged.leads / f"{spec.identity}.csv"
            if misread := write_lead_file(path, leads):
                some = ", ".join(lead.email for lead in misread[:_REASONS])
                notes.append(f"{count(len(misread), 'lead')} cannot be in a CSV file, such as {some}")
                addresses = {lead.email for lead in misread}
                leads = [lead for lead in leads if lead.email not in addresses]
            spec = attrs.evolve(spec, leads=LeadFile(path, delimiter=DELIMITER)) if leads else spec
        if errors := [str(problem.message) for problem in spec.problems() if problem.is_error]:
            self._leave_out(campaign, f"no plan can describe it: {'; '.join(errors[:_REASONS])}", spec)
            return None
        tags = TagUse({tag.name for _, tag in tags_of(spec)})
        for lead in leads:
            tags.add(lead)
        missing = {tag.name for _, tag in tags_of(spec) if leads and not tags.provided(tag.name)}
        if missing:
            named = ", ".join(f"{{{{{name}}}}}" for name in sorted(missing))
            notes.append(f"no lead has a value for {named}, which its mails use (see allowed_tags)")
        return _Read(campaign, spec, len(leads), notes, missing)

    # --- the plan -------------------------------------------------------------------------------------

    def _write_plan(self, found: list[_Read], staged: ImportFiles) -> list[_Read]:
        """Write the plan without the campaigns that its check finds fault with; return those in it."""
        while found:
            specs = [each.spec for each in found]
            tags = set().union(*(each.missing_tags for each in found))
            staged.plan.write_text(plan_text(specs, staged.plan.parent, allowed_tags=tags), encoding="utf-8")
            faults = _faults(staged.plan)
            if not faults:
                break
            for index, problems in faults.items():
                reasons = "; ".join(problem.message for problem in problems[:_REASONS])
                left = found[index]
                self._leave_out(left.campaign, f"its plan would have errors: {reasons}", left.spec)
            found = [each for index, each in enumerate(found) if index not in faults]
        for each in found:
            self.result.campaigns.append(
                ImportedCampaign(each.campaign, self._in_place(each.spec), each.leads)
            )
            self.result.notes += [Note(each.campaign.id, each.campaign.name, text) for text in each.notes]
        return found

    def _in_place(self, spec: CampaignSpec) -> CampaignSpec:
        if not isinstance(spec.leads, LeadFile):
            return spec
        path = self._files.leads / spec.leads.path.name
        return attrs.evolve(spec, leads=attrs.evolve(spec.leads, path=path))


def _faults(plan: Path) -> dict[int, list[Problem]]:
    """Return the errors of a plan by the number of their campaign."""
    faults: dict[int, list[Problem]] = {}
    errors = check(plan).errors
    for problem in errors:
        campaign = re.match(r"campaigns\[(\d+)\]", problem.path)
        if campaign is None:
            raise InvalidPlan(errors)
        faults.setdefault(int(campaign[1]), []).append(problem)
    return faults
