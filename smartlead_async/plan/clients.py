"""Clients by name: plans name them, and SmartLead's requests take their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol, Self

import attrs

from .campaign import CampaignSpec
from .problem import Place, Problem, error, most_similar

_SHOWN: Final = 5


class NamedClient(Protocol):
    """A client with its id and name, such as those of ``client.clients.list()``."""

    @property
    def id(self) -> int:
        """The id."""
        ...

    @property
    def name(self) -> str | None:
        """The name."""
        ...


@attrs.frozen
class ClientNames:
    """The ids of an account's clients by their names.

    Example::

        names = ClientNames.of(await client.clients.list())
        spec = names.resolved(CampaignSpec("Founders Q1 2027", client="Northwind"))
    """

    _ids: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, clients: Iterable[NamedClient]) -> Self:
        """Return the names of these clients."""
        ids: dict[str, tuple[int, ...]] = {}
        for each in clients:
            name = (each.name or "").strip()
            ids[name] = (*ids.get(name, ()), each.id)
        return cls(ids)

    def problem(self, name: str, place: Place | None = None) -> Problem | None:
        """Return what is wrong with a name: no client has it, or several have; None if one has it."""
        found = self._ids.get(name.strip(), ())
        if len(found) == 1:
            return None
        if not found:
            advice = most_similar(name.strip(), filter(None, self._ids)) or self._known()
            message = f"the account has no client {name.strip()!r}"
            return error("unknown_client", message, path="client", advice=advice, place=place)
        ids = ", ".join(map(str, sorted(found)))
        message = f"{len(found)} clients of the account have the name {name.strip()!r}: {ids}"
        advice = "Name one of them by client_id."
        return error("ambiguous_client", message, path="client", advice=advice, place=place)

    def resolved(self, spec: CampaignSpec) -> CampaignSpec:
        """Return the spec with the id of its client, if it has one with a name that one client has."""
        name = spec.client
        if not isinstance(name, str) or len(found := self._ids.get(name.strip(), ())) != 1:
            return spec
        return attrs.evolve(spec, client=None, client_id=found[0])

    def _known(self) -> str:
        names = sorted(filter(None, self._ids))
        if not names:
            return "It has none that this key can see."
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return f"It has {', '.join(map(repr, names[:_SHOWN]))}{more}."
