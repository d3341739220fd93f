"""digests."""

from __future__ import annotations

import hashlib
from array import array


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
