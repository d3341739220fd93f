"""64-bit digests of strings, and a compact set of them."""

from __future__ import annotations

import functools
import hashlib
from array import array


def digest64(text: str) -> int:
    """Return a 64-bit digest of a string, so that millions can be compared without being stored."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


key_digest = functools.lru_cache(maxsize=16)(digest64)
"""The same for a key that is looked up several times in a row."""


def fingerprint_digest(fingerprint: str) -> int:
    """Return 64 bits of a fingerprint; 0 if there is none."""
    try:
        return int(fingerprint[:16], 16)
    except ValueError:
        return digest64(fingerprint) if fingerprint else 0


class DigestSet:
    """A set of 64-bit digests that takes 12 to 24 bytes per digest; a set of integers takes about 100.

    It is a hash table with linear probing in one array. Example::

        seen = DigestSet()
        if not seen.add(digest64(key)):
            print("duplicate key")
    """

    __slots__ = ("_count", "_slots")

    def __init__(self) -> None:
        self._slots = array("Q", [0]) * 256
        self._count = 0

    def __contains__(self, digest: int) -> bool:
        return self._slots[self._slot(digest or 1)] != 0

    def __len__(self) -> int:
        return self._count

    def add(self, digest: int) -> bool:
        """Add a digest; return False if it is already in the set."""
        # Zero marks an empty slot, so the digests 0 and 1 count as the same.
        digest = digest or 1
        slot = self._slot(digest)
        if self._slots[slot]:
            return False
        self._slots[slot] = digest
        self._count += 1
        if 3 * self._count > 2 * len(self._slots):
            self._grow()
        return True

    def _slot(self, digest: int) -> int:
        """Return the slot of a digest, or the empty slot where it belongs."""
        slots = self._slots
        mask = len(slots) - 1
        slot = digest & mask
        while (found := slots[slot]) and found != digest:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        old = self._slots
        self._slots = array("Q", [0]) * (2 * len(old))
        for digest in old:
            if digest:
                self._slots[self._slot(digest)] = digest
