"""The keys that identify campaigns within a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from ..digests import DigestSet, digest64
from .campaign import CampaignSpec
from .problem import InvalidPlan, Problem, error


class KeyRing:
    """Gives every campaign of a plan a unique key; it stores digests, not the keys."""

    def __init__(self) -> None:
        self._taken = DigestSet()
        self._numbers: dict[int, int] = {}

    def keyed(self, spec: CampaignSpec) -> CampaignSpec:
        """Return the spec with its key; :class:`InvalidPlan` if its explicit key is already taken."""
        key = spec.identity
        first = digest64(key)
        while not self._taken.add(digest64(key)):
            if spec.key is not None:
                raise InvalidPlan([spec.located(_key_taken(spec.key))])
            # Continue from the last number: starting over would be quadratic for thousands of equal names.
            number = self._numbers[first] = self._numbers.get(first, 1) + 1
            key = f"{spec.identity} #{number}"
        return spec if spec.key == key else attrs.evolve(spec, key=key)


def with_keys(specs: Iterable[CampaignSpec]) -> Iterator[CampaignSpec]:
    """Yield the specs, each with a unique ``key``: its own, else client and name, numbered if repeated.

    An explicit key that is used twice raises :class:`InvalidPlan`, because it identifies neither campaign.
    """
    ring = KeyRing()
    return (ring.keyed(spec) for spec in specs)


def _key_taken(key: str) -> Problem:
    return error(
        "duplicate_key",
        f"another campaign of the plan has the key {key!r}",
        path="key",
        advice="Give each campaign a unique key, or omit the key.",
    )
