"""What a job has left to do: the plan against the ledger, in the order in which it is to be done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from typing import Final

import attrs

from ...digests import digest64
from ...plan.campaign import CampaignSpec
from ...plan.keys import with_keys
from ..ledger.protocol import Ledger, LedgerError
from ..ledger.records import CampaignState, LeadTally

_AT_A_STRETCH: Final = 500
"""Campaigns of the plan after which other tasks get a turn."""


@attrs.define
class Feed:
    """The campaigns of a plan that are not finished, those that were begun first.

    Of what the ledger holds it keeps digests alone, so that a job of 100,000 campaigns is taken up quickly
    and in little memory. ``skipped`` is told of each campaign that an earlier run finished.
    """

    specs: Iterable[CampaignSpec]
    accept_changes: bool
    skipped: Callable[[LeadTally], None]
    lowest_id: int | None = None
    """The smallest id of a campaign on the ledger."""
    without_id: list[str] = attrs.field(factory=list)
    """The keys of those that have none."""
    templates: list[str] = attrs.field(factory=list)
    """The keys of those that others can be copies of."""
    _compare: bool = False
    _fingerprints: dict[int, int] = attrs.field(factory=dict)
    _finished: dict[int, LeadTally] = attrs.field(factory=dict)
    _begun: set[str] = attrs.field(factory=set)

    def refuse_equal_keys(self) -> None:
        """Raise at once if two campaigns of a list have the same key; of a stream, when the second comes."""
        if isinstance(self.specs, Sequence):
            for _ in with_keys(self.specs):
                pass

    async def take_up(self, ledger: Ledger, *, same_plan: bool) -> None:
        """Take in what the ledger knows; :class:`LedgerError` when the plan is another one than it was."""
        async for head in ledger.heads():
            key = digest64(head.key)
            self._fingerprints[key] = digest64(head.fingerprint) if head.fingerprint else 0
            if head.state is CampaignState.DONE:
                self._finished[key] = head.leads
            elif head.state is CampaignState.RUNNING:
                self._begun.add(head.key)
            if head.campaign_id is None:
                self.without_id.append(head.key)
            else:
                known = self.lowest_id
                self.lowest_id = head.campaign_id if known is None else min(head.campaign_id, known)
            if head.is_template:
                self.templates.append(head.key)
        self._compare = not same_plan and not self.accept_changes
        if self._compare and not isinstance(self.specs, Iterator):
            await self._refuse_changes()
            self._compare = False

    def has_begun(self, spec: CampaignSpec) -> bool:
        """Whether the ledger has a record of this campaign from an earlier run."""
        return digest64(spec.identity) in self._fingerprints

    async def campaigns(self) -> AsyncGenerator[CampaignSpec, None]:
        """What is left, begun campaigns first (from a stream, which passes once, in its own order)."""
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
                self.skipped(finished)

    async def _walk(self) -> AsyncGenerator[CampaignSpec, None]:
        for number, spec in enumerate(with_keys(self.specs), start=1):
            if number % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            yield spec

    async def _refuse_changes(self) -> None:
        gone = set(self._begun)
        changed: list[str] = []
        async for spec in self._walk():
            gone.discard(spec.identity)
            if self._has_changed(spec):
                changed.append(spec.identity)
        changed += [f"{key} (begun, and no longer in it)" for key in sorted(gone)]
        if changed:
            raise LedgerError(_changed(changed))

    def _has_changed(self, spec: CampaignSpec) -> bool:
        before = self._fingerprints.get(digest64(spec.identity))
        # Zero: it failed before its content could be read.
        return bool(before) and before != digest64(spec.fingerprint())


def _changed(keys: Sequence[str]) -> str:
    some = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
    return (
        f"the plan has changed since this ledger was begun, in {some}. Use another ledger, undo the "
        "change, or accept it (--accept-changes): unfinished campaigns are then made as the plan "
        "says now, finished and started ones stay as they are"
    )
