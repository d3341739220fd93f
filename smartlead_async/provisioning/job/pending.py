"""The campaigns that a job has left to do: the plan, compared with what the ledger says is finished."""

from __future__ import annotations

from array import array
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence

import attrs

from ...digests import DigestSet, fingerprint_digest, key_digest
from ...plan.addresses import address_digest
from ...plan.campaign import CampaignSpec
from ...plan.keys import require_specs, with_keys
from ..changes.change import CampaignChange, ChangeRefused
from ..changes.compare import compare, removal
from ..changes.plan_walk import PlanWalk
from ..changes.refusals import refused
from ..changes.sent_leads import SentLeads
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignState, LeadTally
from ..report.report import Report
from ..selection import Selection
from .left_out import LeftOutLeads, find_left_out, may_lack_leads


@attrs.define
class PendingCampaigns:
    """The campaigns of a plan that are not as the plan says, with those in progress first.

    It keeps only digests of the ledger's records, so that a job of 100,000 campaigns is resumed quickly and
    in little memory. Campaigns that an earlier run finished are counted in ``report``.
    """

    specs: Iterable[CampaignSpec]
    report: Report
    allow_removals: bool = False
    selection: Selection = attrs.field(factory=Selection)
    created: array[int] = attrs.field(factory=lambda: array("q"))
    """The ids of the campaigns that earlier runs have created."""
    templates: list[str] = attrs.field(factory=list)
    """The keys of campaigns that are templates, or were to become one."""
    copies: list[str] = attrs.field(factory=list)
    """The keys of the copies without an id."""
    removed: list[str] = attrs.field(factory=list)
    """The keys of campaigns on the ledger that are no longer in the plan."""
    giving_up_leads: list[str] = attrs.field(factory=list)
    """The keys of campaigns whose leads move to others, and have to leave before those import them."""
    left_out: list[LeftOutLeads] = attrs.field(factory=list)
    """Leads that campaigns lack because others had them, which give them up in this run."""
    inspected: list[CampaignChange] = attrs.field(factory=list)
    """The changes that depend on what is on the server."""
    _is_same_plan: bool = False
    _may_lack_leads: bool = False
    _fingerprints: dict[int, int] = attrs.field(factory=dict)
    _finished: dict[int, LeadTally] = attrs.field(factory=dict)
    _states: dict[int, CampaignState] = attrs.field(factory=dict)
    _begun: set[str] = attrs.field(factory=set)
    _changed: DigestSet = attrs.field(factory=DigestSet)
    _walk: PlanWalk = attrs.field(
        default=attrs.Factory(lambda self: PlanWalk(self.selection), takes_self=True)
    )
    _unchanged: list[LeadTally] = attrs.field(factory=list)
    """The leads of the campaigns that are finished and have not changed."""
    _pending: int | None = None
    """The campaigns that are not; None if the plan was not compared."""

    def require_usable(self) -> None:
        """Raise if items of a list are not specs, or have the same key. A stream is checked as it is read."""
        if isinstance(self.specs, Sequence):
            require_specs(self.specs)
            if any(spec.key is not None for spec in self.specs):
                for _ in with_keys(self.specs):
                    pass

    async def load(self, ledger: Ledger, *, same_plan: bool) -> None:
        """Read the ledger, and find out what has changed since.

        Raises :class:`ChangeRefused` with every change that SmartLead cannot make and every removal that was
        not allowed.
        """
        self._is_same_plan = same_plan
        async for head in ledger.heads():
            key = key_digest(head.key)
            self._fingerprints[key] = fingerprint_digest(head.fingerprint)
            if head.state is CampaignState.DONE:
                self._finished[key] = head.leads
            elif head.state is CampaignState.RUNNING:
                self._begun.add(head.key)
            if self.selection.needs_state:
                self._states[key] = head.state
            if head.campaign_id is not None:
                self.created.append(head.campaign_id)
            elif head.copy_name is not None:
                self.copies.append(head.key)
            if head.has_copies:
                self.templates.append(head.key)
            self._may_lack_leads = self._may_lack_leads or may_lack_leads(head)
        is_unfinished = len(self._finished) < len(self._fingerprints)
        if not self.is_stream and (is_unfinished or not same_plan):
            await self._find_changes(ledger)

    @property
    def is_stream(self) -> bool:
        """Whether the campaigns can be read only once."""
        return isinstance(self.specs, Iterator)

    @property
    def is_new(self) -> bool:
        """Whether the ledger has no campaign yet."""
        return not self._fingerprints

    def has_begun(self, spec: CampaignSpec) -> bool:
        """Return whether the ledger has a record of this campaign from an earlier run."""
        return key_digest(spec.identity) in self._fingerprints

    def is_current(self, key: str) -> bool:
        """Return whether a campaign of the ledger is certain to stay as it is."""
        digest = key_digest(key)
        is_planned = digest in self._walk.planned and digest not in self._changed
        return self._is_same_plan or (not self.is_stream and is_planned)

    async def campaigns(self) -> AsyncGenerator[CampaignSpec, None]:
        """Yield the pending campaigns, those in progress first (a stream keeps its own order)."""
        if self._pending == 0:
            for leads in self._unchanged:
                self.report.count_finished_before(leads)
            return
        early: set[str] = set()
        if self._begun and not self.is_stream:
            early = self._begun
            left = set(early)
            async for spec in self.walk():
                if spec.identity in left:
                    left.discard(spec.identity)
                    yield spec
                if not left:
                    break
        async for spec in self.walk():
            if spec.identity in early:
                continue
            finished = self._finished.get(key_digest(spec.identity))
            if finished is None or self._is_changed(spec):
                yield spec
            else:
                self.report.count_finished_before(finished)

    async def find_removed(self, ledger: Ledger) -> None:
        """Find the campaigns on the ledger that were not in the plan, now that all of it was read.

        Raises :class:`ChangeRefused` if there are some and removals are not allowed.
        """
        if removals := await self._find_removed(ledger):
            raise ChangeRefused(refused([], removals))

    async def _find_removed(self, ledger: Ledger) -> list[str]:
        removals: list[str] = []
        if self._is_same_plan:
            return removals
        async for head in self._walk.removed(ledger, self._fingerprints):
            self.removed.append(head.key)
            if not self.allow_removals and head.is_on_server:
                removals.append(f"{head.key}: {', '.join(removal(head).removals)}")
        return removals

    def walk(self) -> AsyncGenerator[CampaignSpec, None]:
        """Yield the campaigns of the plan that are selected, each with its key."""
        return self._walk.specs(self.specs, self._states)

    async def _find_changes(self, ledger: Ledger) -> None:
        impossible: list[str] = []
        removals: list[str] = []
        leaving: dict[str, set[int]] = {}
        self._pending = 0
        async for spec in self.walk():
            key = key_digest(spec.identity)
            finished, has_changed = self._finished.get(key), self._has_changed(spec, key)
            if finished is not None and not has_changed:
                self._unchanged.append(finished)
                continue
            self._pending += 1
            if key not in self._fingerprints:
                continue
            if has_changed:
                self._changed.add(key)
            if _is_invalid(spec):
                continue  # It fails alone.
            if leads := SentLeads.of(await ledger.leads(spec.identity)).removed(spec.iter_leads()):
                leaving[spec.identity] = leads
            # An interrupted run may have begun the same change; it is not judged again.
            if has_changed:
                change = await compare(spec, await ledger.get(spec.identity), ledger)
                self._judge(change, impossible, removals)
        removals += await self._find_removed(ledger)
        if impossible or removals:
            raise ChangeRefused(refused(impossible, removals))
        await self._find_left_out(ledger, leaving)
        await self._find_moved_leads(leaving)

    def _judge(self, change: CampaignChange, impossible: list[str], removals: list[str]) -> None:
        """Add a change to those that are impossible or not allowed, or to those that need the server."""
        if change.refusal is not None:
            impossible.append(f"{change.key}: {change.refusal}")
        elif change.removals and not self.allow_removals:
            removals.append(f"{change.key}: {', '.join(change.removals)}")
        elif change.needs_status:
            self.inspected.append(change)

    async def _find_left_out(self, ledger: Ledger, leaving: dict[str, set[int]]) -> None:
        """Find the leads that can be imported now, and count their campaigns as unfinished."""
        if not self._may_lack_leads:
            return
        gone = {key: SentLeads.of(await ledger.leads(key)).addresses() for key in self.removed}
        self.left_out = await find_left_out(ledger, {**leaving, **gone})
        for head in (each.head for each in self.left_out):
            key = key_digest(head.key)
            finished = self._finished.pop(key, None)
            is_unchanged = key in self._walk.planned and key not in self._changed
            if finished is not None and is_unchanged and self.selection.takes_head(head):
                self._unchanged.remove(finished)
                self._pending = (self._pending or 0) + 1

    async def _find_moved_leads(self, leaving: dict[str, set[int]]) -> None:
        """Find the campaigns whose removed leads are planned in others."""
        if not leaving:
            return
        anywhere = set[int]().union(*leaving.values())
        moved: set[int] = set().union(*(each.leads for each in self.left_out))
        async for spec in self.walk():
            key = key_digest(spec.identity)
            if (key in self._changed or key not in self._finished) and not _is_invalid(spec):
                moved.update(anywhere.intersection(address_digest(lead.email) for lead in spec.iter_leads()))
        self.giving_up_leads += [key for key, leads in leaving.items() if not moved.isdisjoint(leads)]

    def _is_changed(self, spec: CampaignSpec) -> bool:
        key = key_digest(spec.identity)
        return self._has_changed(spec, key) if self.is_stream else key in self._changed

    def _has_changed(self, spec: CampaignSpec, key: int) -> bool:
        if self._is_same_plan:
            return False
        before = self._fingerprints.get(key)
        # Zero if the campaign failed before its content could be read.
        return bool(before) and before != _fingerprint_of(spec)


def _fingerprint_of(spec: CampaignSpec) -> int | None:
    """Return a digest of the fingerprint; None if the spec or its leads cannot be read."""
    try:
        return fingerprint_digest(spec.fingerprint())
    except Exception:  # noqa: BLE001 - whatever is wrong is told when the campaign is run
        return None


def _is_invalid(spec: CampaignSpec) -> bool:
    return any(problem.is_error for problem in spec.problems()) or _fingerprint_of(spec) is None
