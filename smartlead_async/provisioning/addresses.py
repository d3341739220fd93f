"""E-mail addresses: whether one can be right, and when two are the same; telling texts apart by digests."""

from __future__ import annotations

import hashlib
import re
from array import array
from typing import Final

# What mailboxes really use, not all that RFC 5322 allows: in a lead list, a quoted local part is a typo.
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")
_LABEL: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def address_flaw(address: str) -> str | None:
    """Why this cannot be an e-mail address, in a few words; None when it can be one."""
    local, at, domain = address.rpartition("@")
    if not at:
        return "it has no @"
    if not local or not domain:
        return f"nothing stands {'after' if local else 'before'} the @"
    if len(address) > 254:
        return "it is longer than 254 characters"
    return _local_flaw(local) or _domain_flaw(domain)


def _local_flaw(local: str) -> str | None:
    if "@" in local:
        return "it has more than one @"
    if len(local) > 64:
        return "more than 64 characters stand before the @"
    if not _LOCAL.fullmatch(local):
        return "it has a blank or a sign that no address has"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "it has a dot where none can be"
    return None


def _domain_flaw(domain: str) -> str | None:
    labels = domain.split(".")
    if len(labels) < 2:
        return "its domain has no dot"
    if not all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels):
        return "its domain is malformed"
    if len(labels[-1]) < 2 or labels[-1].isdigit():
        return f"its domain cannot end in .{labels[-1]}"
    return None


def comparable(address: str) -> str:
    """The form in which two addresses are the same mailbox: trimmed, in lower case."""
    return address.strip().lower()


def digest64(text: str) -> int:
    """64 bits that stand for a text, so that millions can be remembered without one being kept."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class DigestSet:
    """A set of 64-bit digests that takes 12 to 24 bytes for each, where a set of numbers takes a hundred.

    One array, in which a digest is looked for at the place that it names, and from there on. Example::

        seen = DigestSet()
        if not seen.add(digest64(key)):
            print("there was one before")
    """

    __slots__ = ("_count", "_places")

    def __init__(self) -> None:
        self._places = array("Q", [0]) * 256
        self._count = 0

    def __contains__(self, digest: int) -> bool:
        return self._places[self._place(digest or 1)] != 0

    def __len__(self) -> int:
        return self._count

    def add(self, digest: int) -> bool:
        """Take it in; False if it was there."""
        # Zero is for places where none is; two digests in 2^64 are taken for the same.
        digest = digest or 1
        place = self._place(digest)
        if self._places[place]:
            return False
        self._places[place] = digest
        self._count += 1
        if 3 * self._count > 2 * len(self._places):
            self._grow()
        return True

    def _place(self, digest: int) -> int:
        """Where it is, or where it would be."""
        places = self._places
        last = len(places) - 1
        place = digest & last
        while (there := places[place]) and there != digest:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        before = self._places
        self._places = array("Q", [0]) * (2 * len(before))
        for digest in before:
            if digest:
                self._places[self._place(digest)] = digest


def fold(address: str) -> int:
    """:func:`digest64` of an address, the same for every way of writing it."""
    return digest64(comparable(address))
