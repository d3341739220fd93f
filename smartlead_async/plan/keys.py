"""The keys that identify campaigns within a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from ..digests import DigestSet, key_digest
from ..formats import encodable
from ..typed import mismatch
from .campaign import CampaignSpec
from .findings import describe
from .problem import InvalidPlan, Problem, error


class KeyRing:
    """Gives every campaign of a plan a unique key; it stores digests, not the keys."""

    def __init__(self) -> None:
        self.taken = DigestSet()
        """The digests of the keys."""
        self._numbers: dict[int, int] = {}

    def keyed(self, spec: CampaignSpec) -> CampaignSpec:
        """Return the spec with its key; :class:`InvalidPlan` if its explicit key is already taken."""
        unique = self.unique(spec)
        return unique if unique.key is not None else attrs.evolve(unique, key=unique.identity)

    def unique(self, spec: CampaignSpec) -> CampaignSpec:
        """Return the spec with a unique identity, which is only given a key if another one has it."""
        key = spec.identity
        first = key_digest(key)
        if self.taken.add(first):
            return spec
        while not self.taken.add(key_digest(key)):
            if spec.key is not None:
                raise InvalidPlan([spec.located(_key_taken(spec.key))])
            # Continue from the last number: starting over would be quadratic for thousands of equal names.
            number = self._numbers[first] = self._numbers.get(first, 1) + 1
            key = f"{spec.identity} #{number}"
        return attrs.evolve(spec, key=key)


@attrs.frozen
class UnusableSpec(CampaignSpec):
    """Stands for an item that a job cannot record, such as a dict, so that it is a campaign that fails."""

    found: tuple[Problem, ...] = attrs.field(default=(), kw_only=True)

    def problems(self) -> list[Problem]:
        """Return the problems of the item."""
        return list(self.found)


def with_keys(
    specs: Iterable[CampaignSpec], *, allow_names: bool = False, ring: KeyRing | None = None
) -> Iterator[CampaignSpec]:
    """Yield the specs, each with a unique identity: its key, else client and name, numbered if repeated.

    An explicit key that is used twice raises :class:`InvalidPlan`, because it identifies neither campaign.
    An item that is not a spec, or whose name, client or key cannot be recorded, becomes one that has its
    problems; so does one that names its client instead of giving its id, unless ``allow_names`` is set.
    An empty ``ring`` has all the keys in the end.
    """
    ring = KeyRing() if ring is None else ring
    items = (_recordable(item, index) for index, item in enumerate(specs))
    return (ring.unique(spec if allow_names else _with_known_client(spec)) for spec in items)


def require_specs(specs: Sequence[object]) -> None:
    """Raise :class:`InvalidPlan` if items of a list are not specs."""
    wrong = [_no_spec(item, index) for index, item in enumerate(specs) if not isinstance(item, CampaignSpec)]
    wrong += [
        spec.located(problem)
        for spec in specs
        if isinstance(spec, CampaignSpec) and (problem := _unknown_id(spec)) is not None
    ]
    if wrong:
        raise InvalidPlan(wrong)


def require_client_id(spec: CampaignSpec) -> None:
    """Raise :class:`InvalidPlan` if a spec names its client instead of giving its id."""
    problem = _unknown_id(spec)
    if problem is not None:
        raise InvalidPlan([spec.located(problem)])


def _recordable(item: object, index: int) -> CampaignSpec:
    if not isinstance(item, CampaignSpec):
        return UnusableSpec(f"specs[{index}]", found=(_no_spec(item, index),))
    has_client = item.client is None or _is_text(item.client)
    has_integer = item.client_id is None or mismatch(int, item.client_id) is None
    if has_client and has_integer and _is_text(item.name) and (item.key is None or _is_text(item.key)):
        return item
    found = tuple(item.problems())
    return UnusableSpec(encodable(item.identity), key=f"specs[{index}]", origin=item.origin, found=found)


def _with_known_client(spec: CampaignSpec) -> CampaignSpec:
    problem = _unknown_id(spec)
    if problem is None:
        return spec
    found = (*spec.problems(), spec.located(problem))
    return UnusableSpec(spec.name, key=spec.key or spec.identity, origin=spec.origin, found=found)


def _unknown_id(spec: CampaignSpec) -> Problem | None:
    if spec.client is None:
        return None
    return error(
        "client_by_name",
        f"the id of the client {describe(spec.client)} is not known",
        path="client",
        advice="Use plan.with_clients(await client.clients.list()), or give client_id.",
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and encodable(value) == value


def _no_spec(item: object, index: int) -> Problem:
    return error("wrong_kind", f"expected a CampaignSpec, got {describe(item)}", path=f"specs[{index}]")


def _key_taken(key: str) -> Problem:
    return error(
        "duplicate_key",
        f"another campaign of the plan has the key {key!r}",
        path="key",
        advice="Give each campaign a unique key, or omit the key.",
    )
