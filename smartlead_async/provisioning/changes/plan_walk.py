"""One pass over a plan, and the campaigns of the ledger that were not in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Mapping
from typing import Final

import attrs

from ...digests import DigestSet, key_digest
from ...plan.campaign import CampaignSpec
from ...plan.keys import KeyRing, with_keys
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignState, RecordHead
from ..selection import Selection

_YIELD_EVERY: Final = 500
"""Campaigns of the plan after which other tasks run."""


@attrs.define
class PlanWalk:
    """Walks over a plan, and remembers which campaigns are in it, as digests of their keys."""

    selection: Selection
    planned: DigestSet = attrs.field(factory=DigestSet)
    """The digests of the keys of all campaigns, once the plan was read to its end."""
    allow_names: bool = False
    """Whether campaigns may name their clients; such a campaign has another key than one with an id."""

    async def specs(
        self, specs: Iterable[CampaignSpec], states: Mapping[int, CampaignState]
    ) -> AsyncGenerator[CampaignSpec, None]:
        """Yield the campaigns that are selected, each with its key; ``states`` are those on the ledger."""
        takes_all = not self.selection
        ring = KeyRing()
        keyed = with_keys(specs, allow_names=self.allow_names, ring=ring)
        for number, spec in enumerate(keyed, start=1):
            if number % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
            if takes_all or self.selection.takes(spec, states.get(key_digest(spec.identity))):
                yield spec
        self.planned = ring.taken

    async def removed(self, ledger: Ledger, known: Collection[int]) -> AsyncIterator[RecordHead]:
        """Yield the selected campaigns of the ledger that were not in the plan, now that it was read.

        ``known`` are the digests of the keys on the ledger.
        """
        if all(key in self.planned for key in known):
            return  # As with most plans. It spares reading the ledger again.
        async for head in ledger.heads():
            if key_digest(head.key) not in self.planned and self.selection.takes_head(head):
                yield head
