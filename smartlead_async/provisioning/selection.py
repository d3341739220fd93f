"""Selections: the part of a plan or ledger that a command works on."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Self

import attrs

from ..plan.campaign import CampaignSpec
from .ledger.records import CampaignState, RecordHead


@attrs.frozen
class Selection:
    """The campaigns that all kinds of terms select: by key or name, by client, by state on the ledger.

    Terms of one kind are alternatives. Without terms, everything is selected. Example::

        Selection.parse(["Dentists*", "client:7", "state:failed"])
    """

    names: tuple[str, ...] = ()
    clients: frozenset[int | None] = frozenset()
    states: frozenset[CampaignState | None] = frozenset()
    keys: frozenset[str] | None = None
    """Exactly the campaigns with these keys, whatever the terms; None for no such restriction."""

    @classmethod
    def parse(cls, terms: Iterable[str]) -> Self:
        """Return the selection that terms describe; ValueError if one of them cannot be understood.

        A term is ``client:ID`` (``client:none`` for no client), ``state:NAME``, or a key or name in which
        ``*``, ``?`` and ``[…]`` are wildcards. ``key:`` and ``name:`` may stand before it.
        """
        names: list[str] = []
        clients: set[int | None] = set()
        states: set[CampaignState | None] = set()
        for term in terms:
            kind, colon, value = term.partition(":")
            match kind if colon else "":
                case "client":
                    clients.add(_client(value))
                case "state":
                    states.add(_state(value))
                case "key" | "name":
                    names.append(value)
                case _ if term:
                    names.append(term)
                case _:
                    raise ValueError("an empty term selects nothing: leave it out")
        return cls(tuple(names), frozenset(clients), frozenset(states))

    def __bool__(self) -> bool:
        return bool(self.names or self.clients or self.states or self.keys is not None)

    @property
    def needs_state(self) -> bool:
        """Whether the state on the ledger matters."""
        return bool(self.states)

    def takes(self, spec: CampaignSpec, state: CampaignState | None = None) -> bool:
        """Return whether a campaign of the plan is selected; ``state`` is None if it has not begun."""
        return self._takes(spec.identity, spec.name, spec.client_id, state)

    def takes_head(self, head: RecordHead) -> bool:
        """Return whether a campaign of the ledger is selected."""
        return self._takes(head.key, head.name, head.client_id, head.state)

    def _takes(self, key: str, name: str, client_id: int | None, state: CampaignState | None) -> bool:
        if self.keys is not None and key not in self.keys:
            return False
        if self.clients and client_id not in self.clients:
            return False
        if self.states and state not in self.states:
            return False
        return not self.names or any(
            fnmatchcase(key, pattern) or fnmatchcase(name, pattern) for pattern in self.names
        )


def _client(value: str) -> int | None:
    if value == "none":
        return None
    if value.isdecimal() and value.isascii():
        return int(value)
    raise ValueError(f"client:{value} is not understood: write client: and an id, such as client:7")


def _state(value: str) -> CampaignState | None:
    if value == "new":
        return None
    try:
        return CampaignState(value)
    except ValueError:
        states = ", ".join(("new", *CampaignState))
        raise ValueError(f"state:{value} is not understood: the states are {states}") from None
