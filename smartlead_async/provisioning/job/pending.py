"""The campaigns that a job has left to do: the plan minus what the ledger says is finished."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from typing import Final

import attrs

from ...digests import digest64
from ...plan.campaign import CampaignSpec
from ...plan.keys import with_keys
from ..ledger.protocol import Ledger, LedgerError
from ..ledger.records import CampaignState, LeadTally
from ..report.report import Report

_YIELD_EVERY: Final = 500
"""Campaigns of the plan after which other tasks run."""


@attrs.define
class PendingCampaigns:
    """The campaigns of a plan that are not finished, with those in progress first.

    It keeps only digests of the ledger's records, so that a job of 100,000 campaigns is resumed quickly and
    in little memory. Campaigns that an earlier run finished are counted in ``report``.
    """

    specs: Iterable[CampaignSpec]
    accept_changes: bool
    report: Report
    created: array[int] = attrs.field(factory=lambda: array("q"))
    """The ids of the campaigns that earlier runs have created."""
    templates: list[str] = attrs.field(factory=list)
    """The keys of campaigns that are templates, or were to become one."""
    _compare: bool = False
    _fingerprints: dict[int, int] = attrs.field(factory=dict)
    _finished: dict[int, LeadTally] = attrs.field(factory=dict)
    _begun: set[str] = attrs.field(factory=set)

    def reject_duplicate_keys(self) -> None:
        """Raise if two campaigns of a list have the same key. A stream is checked as it is read."""
        if isinstance(self.specs, Sequence):
            for _ in with_keys(self.specs):
                pass

    async def load(self, ledger: Ledger, *, same_plan: bool) -> None:
        """Read the ledger; raise :class:`LedgerError` if the plan has changed since."""
        async for head in ledger.heads():
            key = digest64(head.key)
            self._fingerprints[key] = digest64(head.fingerprint) if head.fingerprint else 0
            if head.state is CampaignState.DONE:
                self._finished[key] = head.leads
            elif head.state is CampaignState.RUNNING:
                self._begun.add(head.key)
            if head.campaign_id is not None:
                self.created.append(head.campaign_id)
            if head.has_copies:
                self.templates.append(head.key)
        self._compare = not same_plan and not self.accept_changes
        if self._compare and not isinstance(self.specs, Iterator):
            await self._reject_changes()
            self._compare = False

    def has_begun(self, spec: CampaignSpec) -> bool:
        """Return whether the ledger has a record of this campaign from an earlier run."""
        return digest64(spec.identity) in self._fingerprints

    async def campaigns(self) -> AsyncGenerator[CampaignSpec, None]:
        """Yield the pending campaigns, those in progress first (a stream keeps its own order)."""
        early: set[str] = set()
        if self._begun and not isinstance(self.specs, Iterator):
            early = self._begun
            left = set(early)
            async for spec in self._walk():
                if spec.identity in left:
                    left.discard(spec.identity)
                    yield spec
                if not left:
                    break
        async for spec in self._walk():
            if spec.identity in early:
                continue
            if self._compare and self._has_changed(spec):
                raise LedgerError(_changed([spec.identity]))
            finished = self._finished.get(digest64(spec.identity))
            if finished is None:
                yield spec
            else:
                self.report.count_finished_before(finished)

    async def _walk(self) -> AsyncGenerator[CampaignSpec, None]:
        for number, spec in enumerate(with_keys(self.specs), start=1):
            if number % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
            yield spec

    async def _reject_changes(self) -> None:
        gone = set(self._begun)
        changed: list[str] = []
        async for spec in self._walk():
            gone.discard(spec.identity)
            if self._has_changed(spec):
                changed.append(spec.identity)
        changed += [f"{key} (in progress, and no longer in the plan)" for key in sorted(gone)]
        if changed:
            raise LedgerError(_changed(changed))

    def _has_changed(self, spec: CampaignSpec) -> bool:
        before = self._fingerprints.get(digest64(spec.identity))
        # Zero if the campaign failed before its content could be read.
        return bool(before) and before != digest64(spec.fingerprint())


def _changed(keys: Sequence[str]) -> str:
    some = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
    return (
        f"the plan has changed since this ledger was begun, in {some}. Use another ledger, undo the "
        "change, or accept it (--accept-changes): unfinished campaigns are then set up as the plan "
        "says now, finished and started ones stay as they are"
    )
