"""The leads that were sent to a campaign, 16 bytes each, compared with those of the plan."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Self

import attrs

from ...api.leads.models import LeadInput
from ...digests import DigestSet, digest64
from ...plan.addresses import address_digest
from ...plan.content import as_json, content_of
from ...wording import count
from ..ledger.records import LeadBatch

_ENTRY: Final = struct.Struct("<QQ")
_LEADS_PER_PAGE: Final = 100
EDITS: Final = -1
"""The number of the batch that holds the leads that are being updated or removed."""
LEFT_OUT: Final = -2
"""The number of the batch that holds leads that SmartLead may have left out and that are imported again."""


def lead_digest(lead: LeadInput) -> int:
    """Return a 64-bit digest of all data of a lead."""
    return digest64(as_json(content_of(lead)).decode())


def entries_of(leads: Iterable[LeadInput]) -> bytes:
    """Return the entries of leads, as a :class:`LeadBatch` holds them."""
    return b"".join(_ENTRY.pack(address_digest(lead.email), lead_digest(lead)) for lead in leads)


@attrs.frozen
class LeadChanges:
    """Differences between the leads of a plan and those that were sent, as counts."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __add__(self, other: LeadChanges) -> LeadChanges:
        return LeadChanges(
            self.added + other.added, self.changed + other.changed, self.removed + other.removed
        )

    def __str__(self) -> str:
        """Return ``"+ 12 leads, ~ 1 lead, − 3 leads"``; nothing if no lead changes."""
        signs = {"+": self.added, "~": self.changed, "−": self.removed}
        return ", ".join(f"{sign} {count(number, 'lead')}" for sign, number in signs.items() if number)


@attrs.define
class SentLeads:
    """The leads that were sent to one campaign.

    A lead of an import without a response counts as sent if it is to be removed, and as not sent if it is to
    be added. Takes 24 to 48 bytes a lead while a campaign is compared.
    """

    batches: Sequence[LeadBatch]
    _addresses: DigestSet = attrs.field(factory=DigestSet)
    _leads: DigestSet = attrs.field(factory=DigestSet)
    _in_doubt: dict[int, set[int]] = attrs.field(factory=dict)
    """The leads of imports without a response: the digests of their data, by address."""
    _left_out: set[int] = attrs.field(factory=set)

    @classmethod
    def of(cls, batches: Sequence[LeadBatch]) -> Self:
        """Return the leads of these batches."""
        sent = cls(batches)
        for batch in batches:
            for address, lead in _ENTRY.iter_unpack(batch.entries):
                if batch.is_done:
                    sent._addresses.add(address)
                    sent._leads.add(lead)
                else:
                    sent._in_doubt.setdefault(address, set()).add(lead)
                    if batch.number == LEFT_OUT:
                        sent._left_out.add(address)
        return sent

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    @property
    def pages(self) -> int:
        """The number of pages in which SmartLead lists these leads."""
        return -(-len(self) // _LEADS_PER_PAGE)

    def looks_up_singly(self, changed: int, removed: int) -> bool:
        """Return whether looking up changed leads one by one takes no more requests than listing all.

        Removed leads must be listed, since only the digests of their addresses are known.
        """
        return not removed and changed <= self.pages

    @property
    def has_edits(self) -> bool:
        """Whether there are leads whose update or removal was begun and not completed."""
        return any(batch.number == EDITS for batch in self.batches)

    @property
    def next_number(self) -> int:
        """The number of the next batch."""
        return max(self.batches[-1].number + 1, 0) if self.batches else 0

    def is_left_out(self, lead: LeadInput) -> bool:
        """Return whether a lead is imported again because SmartLead may have left it out."""
        return bool(self._left_out) and address_digest(lead.email) in self._left_out

    def has(self, lead: LeadInput) -> bool:
        """Return whether the address of a lead was imported."""
        return address_digest(lead.email) in self._addresses

    def needs_update(self, lead: LeadInput) -> bool:
        """Return whether a lead was imported, or may have been, with other data."""
        digest = lead_digest(lead)
        if self.has(lead) and digest not in self._leads:
            return True
        return not self._in_doubt.get(address_digest(lead.email), set()) <= {digest}

    def removed(self, planned: Iterable[LeadInput]) -> set[int]:
        """Return the digests of the addresses that were sent and are not planned."""
        wanted = DigestSet()
        for lead in planned:
            wanted.add(address_digest(lead.email))
        return {address for address in self._all() if address not in wanted}

    def addresses(self) -> set[int]:
        """Return the digests of the addresses that were sent."""
        return set(self._all())

    def counted(self) -> set[int]:
        """Return those of them that are in the tally of the campaign."""
        return type(self)([batch for batch in self.batches if is_counted(batch)]).addresses()

    def compare(self, planned: Iterable[LeadInput]) -> LeadChanges:
        """Return how the planned leads differ from those that were sent."""
        added = changed = 0
        wanted = DigestSet()
        for lead in planned:
            wanted.add(address_digest(lead.email))
            if not self.has(lead):
                added += 1
            elif self.needs_update(lead):
                changed += 1
        return LeadChanges(added, changed, len({each for each in self._all() if each not in wanted}))

    def _all(self) -> Iterator[int]:
        for batch in self.batches:
            for address, _ in _ENTRY.iter_unpack(batch.entries):
                yield address


def is_counted(batch: LeadBatch) -> bool:
    """Return whether the leads of a batch are in the tally of their campaign."""
    return batch.is_done or batch.number == LEFT_OUT


def rewritten(
    batch: LeadBatch, *, without: AbstractSet[int] = frozenset(), changed: Mapping[int, int] | None = None
) -> LeadBatch:
    """Return a batch without some addresses, and with other digests of the data of others."""
    changes = changed or {}
    entries = b"".join(
        _ENTRY.pack(address, changes.get(address, lead))
        for address, lead in _ENTRY.iter_unpack(batch.entries)
        if address not in without
    )
    return attrs.evolve(batch, entries=entries)


def left_out_batch(batches: Sequence[LeadBatch], leads: AbstractSet[int]) -> LeadBatch:
    """Return the batch of leads that are imported again, given the digests of their addresses."""
    entries = b"".join(
        _ENTRY.pack(address, lead)
        for batch in batches
        if is_counted(batch)
        for address, lead in _ENTRY.iter_unpack(batch.entries)
        if address in leads or batch.number == LEFT_OUT
    )
    return LeadBatch(LEFT_OUT, entries, is_done=False)


def edit_batch(batches: Sequence[LeadBatch], gone: AbstractSet[int], changed: Mapping[int, int]) -> LeadBatch:
    """Return the batch of leads that are about to be removed or updated, like one without a response.

    Those that are removed keep their digest, so that a lead that comes back to the plan is imported again;
    those that are updated have that of the new data, so that one that is changed back is updated again.
    """
    earlier = b"".join(batch.entries for batch in batches if batch.number == EDITS)
    removed = b"".join(
        _ENTRY.pack(address, lead)
        for batch in batches
        if is_counted(batch)
        for address, lead in _ENTRY.iter_unpack(batch.entries)
        if address in gone
    )
    updated = b"".join(_ENTRY.pack(*entry) for entry in changed.items())
    return LeadBatch(EDITS, earlier + removed + updated, is_done=False)
