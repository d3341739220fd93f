"""The set that remembers the keys of a plan: exact, and small."""

from __future__ import annotations

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async.digests import DigestSet, digest64

# Many that name the same place of a small array, and the two ends.
digests = st.one_of(
    st.integers(1, 2**64 - 1), st.integers(1, 40).map(lambda n: n << 32), st.sampled_from([1, 255, 2**64 - 1])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(digests, max_size=600))
def test_it_holds_what_a_set_would_hold(added: list[int]) -> None:
    ours, theirs = DigestSet(), set[int]()
    for digest in added:
        assert (digest in ours) == (digest in theirs)
        assert ours.add(digest) == (digest not in theirs)
        theirs.add(digest)
        assert digest in ours
    assert len(ours) == len(theirs)
    assert all(digest in ours for digest in theirs)


def test_a_digest_of_zero_is_one_as_well() -> None:
    seen = DigestSet()
    assert 0 not in seen
    assert seen.add(0)
    assert not seen.add(0)
    assert 0 in seen


def test_a_digest_takes_24_bytes_at_most() -> None:
    seen = DigestSet()
    for number in range(20_000):
        seen.add(digest64(f"campaign {number}"))
        # The first 171 share the array that is there from the beginning.
        assert sys.getsizeof(seen._slots) <= 24 * max(len(seen), 171) + 200
    assert len(seen) == 20_000
