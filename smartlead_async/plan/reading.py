"""What is collected while a campaign of a plan file is read: problems, and the places of values."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

import attrs

from .nodes import Node
from .problem import Place, Problem, did_you_mean, error


def names_of(cls: type) -> tuple[str, ...]:
    """Return the keys that a class has in a plan."""
    return tuple(a.name for a in attrs.fields(cls) if a.name != "origin")


@attrs.define
class Reading:
    """The problems and the places of values collected while a campaign is read."""

    file: str
    problems: list[Problem] = attrs.field(factory=list)
    places: dict[str, Place] = attrs.field(factory=dict)

    def place(self, node: Node) -> Place:
        """Return the place of a node."""
        return Place(self.file, node.line, node.column)

    def note(self, path: str, node: Node) -> None:
        """Record the place of a value."""
        self.places[path] = self.place(node)

    def error(self, code: str, path: str, node: Node, message: str, advice: str = "") -> None:
        """Add an error about a node."""
        self.problems.append(error(code, message, path=path, advice=advice, place=self.place(node)))

    def mapping(self, node: Node, path: str, keys: Iterable[str]) -> dict[str, Node]:
        """Return the entries with a known key; unknown keys are errors, and null counts as omitted."""
        if not isinstance(node.value, dict):
            self.error("wrong_kind", path, node, "expected a mapping of keys to values", _missing_space(node))
            return {}
        known = tuple(keys)
        entries = {}
        for key, value in node.value.items():
            here = f"{path}.{key}" if path else key
            if key not in known:
                self.error("unknown_key", here, value, f"unknown key {key!r}", did_you_mean(key, known))
            elif value.value is not None:
                self.note(here, value)
                entries[key] = value
        return entries

    def items(self, node: Node, path: str) -> list[Node]:
        """Return the items of a list; anything else is an error."""
        if not isinstance(node.value, list):
            self.error("wrong_kind", path, node, "expected a list")
            return []
        for index, item in enumerate(node.value):
            self.note(f"{path}[{index}]", item)
        return node.value

    def under(self, path: str) -> list[Problem]:
        """Return the problems with their paths within the file."""
        return [
            attrs.evolve(p, path=".".join(part for part in (path, p.path) if part)) for p in self.problems
        ]


def plain_values(entries: Mapping[str, Node], cls: type) -> dict[str, Any]:
    """Return values for the fields of a class: where it has a string, as it is written in the file."""
    strings = _string_fields(cls)
    return {key: _frozen(node.text if key in strings else node.plain()) for key, node in entries.items()}


@functools.cache
def _string_fields(cls: type) -> frozenset[str]:
    # Not by Attribute.type, which is a string until a client resolves the types of the class.
    return frozenset(name for name, kind in get_type_hints(cls).items() if kind in (str, str | None))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _missing_space(node: Node) -> str:
    key, colon, value = node.value.partition(":") if isinstance(node.value, str) else ("", "", "")
    return f"Put a space after the colon of {key}:" if colon and value and key.isidentifier() else ""
