"""``DigestSet``: equivalent to a set, and compact."""

from __future__ import annotations

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async.digests import DigestSet, digest64

# Many that collide in a small array, and both ends of the range.
digests = st.one_of(
    st.integers(1, 2**64 - 1), st.integers(1, 40).map(lambda n: n << 32), st.sampled_from([1, 255, 2**64 - 1])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(digests, max_size=600))
def test_it_holds_the_same_elements_as_a_set(added: list[int]) -> None:
    ours, theirs = DigestSet(), set[int]()
    for digest in added:
        assert (digest in ours) == (digest in theirs)
        assert ours.add(digest) == (digest not in theirs)
        theirs.add(digest)
        assert digest in ours
    assert len(ours) == len(theirs)
    assert all(digest in ours for digest in theirs)


def test_the_digest_zero_can_be_added() -> None:
    seen = DigestSet()
    assert 0 not in seen
    assert seen.add(0)
    assert not seen.add(0)
    assert 0 in seen


def test_a_digest_takes_at_most_24_bytes() -> None:
    seen = DigestSet()
    for number in range(20_000):
        seen.add(digest64(f"campaign {number}"))
        # The initial array holds the first 171.
        assert sys.getsizeof(seen._slots) <= 24 * max(len(seen), 171) + 200
    assert len(seen) == 20_000
