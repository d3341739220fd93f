"""Problems and places of values, collected while a campaign of a plan file is read."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, get_type_hints

import attrs

from ..typed import mismatch, union_members
from .findings import Findings
from .nodes import Node
from .origin import Origin, is_inside
from .problem import Place, Problem, did_you_mean, error, similar_name

_SYNONYMS: Final = {
    "file": "csv", "path": "csv", "filename": "csv", "text": "body", "content": "body", "html": "body",
    "message": "body", "address": "email", "tz": "timezone",
    "mail": "email", "e-mail": "email", "company": "company_name", "organization": "company_name",
    "phone": "phone_number", "mobile": "phone_number", "linkedin": "linkedin_profile",
}  # fmt: skip
"""Keys that are often used in place of ours."""


_NOT_IN_FILE_NAMES: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


_ESCAPES: Final = "\a\b\f\n\r\t\v\x1b\0"


def meant_key(key: str, known: Collection[str]) -> str | None:
    """Return the known key that an unknown one probably stands for, or None."""
    if (head := key.partition(":")[0]) in known:
        return head  # In {…}, "timezone:Europe/Berlin" is a key without a value.
    synonym = _SYNONYMS.get(key.lower())
    return synonym if synonym in known else similar_name(key, known)


def unknown_key(key: str, known: Collection[str]) -> tuple[str, str]:
    """Return the message that a key is unknown, and advice."""
    meant = meant_key(key, known)
    if meant and key.startswith(f"{meant}:"):
        return f"unknown key {key!r}", f"Put a space after the colon of {meant}:"
    return f"unknown key {key!r}", f"Did you mean {meant!r}?" if meant else did_you_mean(key, known)


def misspelled_keys(given: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Return the known keys that are absent and probably given under another name, with that name.

    Their values are read nevertheless, so that one misspelled key is one error and not also a missing value.
    """
    found: dict[str, str] = {}
    for key in given:
        if key not in known and (meant := meant_key(key, known)) and meant not in given:
            found.setdefault(meant, key)
    return found


def names_of(cls: type) -> tuple[str, ...]:
    """Return the keys that a class has in a plan."""
    return tuple(a.name for a in attrs.fields(cls) if a.name != "origin")


@attrs.define
class Reading:
    """The problems and the places of values collected while a campaign is read.

    ``unread`` are the paths of values of a wrong kind, and ``misspelled`` those of values under an unknown
    key: what else is wrong there follows from the problem that is already told.
    """

    file: str
    problems: list[Problem] = attrs.field(factory=list)
    places: dict[str, Place] = attrs.field(factory=dict)
    unread: set[str] = attrs.field(factory=set)
    misspelled: set[str] = attrs.field(factory=set)

    @property
    def has_flaws(self) -> bool:
        """Whether anything could not be read as it is written."""
        return bool(self.problems or self.unread or self.misspelled)

    def place(self, node: Node) -> Place:
        """Return the place of a node."""
        return Place(self.file, node.line, node.column)

    def note(self, path: str, node: Node) -> None:
        """Record the place of a value."""
        self.places[path] = self.place(node)

    def error(self, code: str, path: str, node: Node, message: str, advice: str = "") -> None:
        """Add an error about a node, unless it follows from another one."""
        if path and (path in self.misspelled or is_inside(path, self.unread)):
            return
        self.problems.append(error(code, message, path=path, advice=advice, place=self.place(node)))

    def mapping(self, node: Node, path: str, keys: Iterable[str]) -> dict[str, Node]:
        """Return the entries with a known key; unknown keys are errors, and null counts as omitted."""
        if not isinstance(node.value, dict):
            self.error("wrong_kind", path, node, "expected a mapping of keys to values", _missing_space(node))
            self.unread.add(path)
            return {}
        known = tuple(keys)
        prefix = f"{path}." if path else ""
        entries = {}
        for key, value in node.value.items():
            if key not in known:
                message, advice = unknown_key(key, known)
                if value.value is None and not advice.startswith(("Did", "Put")):
                    advice = "In {…}, a comma ends a value: put one that contains a comma in quotes."
                self.error("unknown_key", prefix + key, value, message, advice)
            elif value.value is not None:
                self.note(prefix + key, value)
                entries[key] = value
        for key, given in misspelled_keys(node.value, known).items():
            self.misspelled.add(prefix + key)
            self.note(prefix + key, node.value[given])
            if node.value[given].value == {}:
                self.unread.add(prefix + key)
            if node.value[given].value is not None:
                entries[key] = node.value[given]
        if path and node.value and not entries and not node.value.keys() & set(known):
            # Nothing but unknown keys, in the place of what is missing.
            self.unread.add(path)
        return entries

    def items(self, node: Node, path: str) -> list[Node]:
        """Return the items of a list; anything else is an error."""
        if not isinstance(node.value, list):
            advice = "Begin each item with - and a space." if isinstance(node.value, dict) else ""
            self.error("wrong_kind", path, node, "expected a list", advice)
            self.unread.add(path)
            return []
        for index, item in enumerate(node.value):
            self.note(f"{path}[{index}]", item)
        return node.value

    def origin(self, node: Node, path: str) -> Origin:
        """Return the origin of the campaign that has been read."""
        faulty = {re.split(r"[.\[]", problem.path, maxsplit=1)[0] for problem in self.problems}
        return Origin(
            self.file, node.line, path, self.places, node.column, self.unread, self.misspelled, faulty
        )

    def options(self, node: Node, path: str, cls: type) -> dict[str, Any]:
        """Return values for a class that refuses wrong types; a value that it would refuse is an error."""
        entries = self.mapping(node, path, names_of(cls))
        values, kinds, findings = plain_values(entries, cls), get_type_hints(cls), Findings()
        for name, value in tuple(values.items()):
            if mismatch(kinds[name], value):
                expected = "true or false" if bool in union_members(kinds[name]) else "an integer"
                findings.wrong_type(f"{path}.{name}", expected, values.pop(name))
        self.problems += [problem.at(self.places[problem.path]) for problem in findings.problems]
        return values

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
    return frozenset(
        name for name, kind in get_type_hints(cls).items() if kind in (str, str | None, str | int | None)
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _missing_space(node: Node) -> str:
    key, colon, value = node.value.partition(":") if isinstance(node.value, str) else ("", "", "")
    return f"Put a space after the colon of {key}:" if colon and value and key.isidentifier() else ""


def is_file_name(reading: Reading, path: str, node: Node, name: str) -> bool:
    """Return whether a name may be that of a file; if not, add the error."""
    if found := _NOT_IN_FILE_NAMES.search(name):
        message = f"the file name {name[:80]!r} contains a character that no file name has"
        advice = ""
        if found[0] in _ESCAPES:
            advice = "In double quotes, a backslash begins an escape: write / between folders."
        reading.error("bad_file_name", path, node, message, advice)
        return False
    if not name.strip():
        reading.error("bad_file_name", path, node, "the file name is empty")
        return False
    return True
