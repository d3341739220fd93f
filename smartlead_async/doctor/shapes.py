"""Comparison of a response with the classes that read it: fields they do not know, and types they refuse."""

from __future__ import annotations

import re
from typing import Any, Final, get_args, get_origin

import attrs

from ..errors import ResponseDecodeError
from ..fields import BARE, WIRE
from ..pipeline.annotations import is_list, is_map
from ..pipeline.decode import content_of
from ..request import Operation, with_arguments
from ..typed import union_members
from .findings import Finding
from .privacy import HIDDEN, public_name, public_path

_CHECK: Final = "reads"
_EXPECTED: Final = re.compile(r"expected ([a-z0-9 ]+), got (.*)", re.DOTALL)
_JSON_TYPES: Final = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "list",
    dict: "object",
}
_NUMBERS: Final = (int, float, bool)
_MANY_KEYS: Final = 20
"""Objects with more unknown keys are taken for maps, whose keys are data."""


def json_type(value: Any) -> str:
    """Return the name of a JSON value's type."""
    return _JSON_TYPES[type(value)]


# --- fields -------------------------------------------------------------------------------------------
def compare_fields(name: str, operation: Operation, value: Any) -> tuple[list[Finding], list[Finding]]:
    """Return what differs between a parsed response and its class: deviations, and notes.

    Notes are about what the class allows for: fields that no object had, and numbers sent as strings.
    """
    place, kind, content = content_of(operation, value)
    seen = _Seen()
    seen.add(content, kind, place)
    deviations = [
        Finding(_CHECK, "unknown-field", f"a field unknown to the class ({_types(types)})", name, path)
        for path, types in seen.unknown.items()
    ]
    notes = [
        Finding(_CHECK, "absent-field", "no object had this field", name, path) for path in seen.absent()
    ]
    notes += [
        Finding(_CHECK, "other-form", f"sent as {found}, read as {due}", name, path)
        for path, (found, due) in seen.other_forms.items()
    ]
    return deviations, notes


def _types(names: set[str]) -> str:
    return " or ".join(sorted(names - {"null"} or names))


class _Seen:
    """The types seen in one response, by JSON path."""

    def __init__(self) -> None:
        self.unknown: dict[str, set[str]] = {}
        self.other_forms: dict[str, tuple[str, str]] = {}
        self._declared: dict[str, list[tuple[str, ...]]] = {}
        """The names of each field of the class at a path."""
        self._present: dict[str, set[str]] = {}

    def absent(self) -> list[str]:
        """Return the fields that no object at their path had under any of their names."""
        return [
            f"{path}.{names[0]}"
            for path, fields in self._declared.items()
            for names in fields
            if self._present[path].isdisjoint(names)
        ]

    def add(self, value: Any, kind: Any, path: str) -> None:
        """Compare a value with its declared type."""
        if union_members(kind):
            self._add_union(value, kind, path)
        elif is_list(kind):
            for item in value if isinstance(value, list) else [value]:
                self.add(item, get_args(kind)[0], f"{path}[]")
        elif is_map(kind) and isinstance(value, dict):
            for item in value.values():
                self.add(item, get_args(kind)[1], f"{path}[]")
        elif attrs.has(get_origin(kind) or kind):
            self._add_object(value, kind, path)
        elif kind in _NUMBERS and isinstance(value, str):
            self.other_forms[path] = ("string", _JSON_TYPES[kind])

    def _add_union(self, value: Any, kind: Any, path: str) -> None:
        """Compare a value with the member of a union that knows most of it."""
        candidates: list[tuple[int, int, Any]] = []
        for member in _fitting(kind, value):
            alone = _Seen()
            alone.add(value, member, path)
            candidates.append((len(alone.unknown), len(candidates), member))
        if candidates:
            self.add(value, min(candidates)[2], path)

    def _add_object(self, value: Any, kind: Any, path: str) -> None:
        cls = get_origin(kind) or kind
        fields = attrs.fields(attrs.resolve_types(cls))
        if isinstance(value, list):
            bare = next((field for field in fields if field.metadata.get(BARE) is list), None)
            if bare is not None:
                self.add(value, with_arguments(bare.type, kind), path)
        elif isinstance(value, dict):
            names = {field.name: field.metadata.get(WIRE, (field.name,)) for field in fields}
            self._declared[path] = list(names.values())
            self._present.setdefault(path, set())
            known = {name: with_arguments(field.type, kind) for field in fields for name in names[field.name]}
            self._add_keys(value, known, path, path, "")

    def _add_keys(
        self, value: dict[str, Any], known: dict[str, Any], root: str, path: str, above: str
    ) -> None:
        """Compare the keys of an object; ``above`` leads to it from the object of the class, at ``root``."""
        unknown = []
        for key, item in value.items():
            name = f"{above}{key}"
            if name in known:
                self._present[root].add(name)
                self.add(item, known[name], f"{path}.{public_name(key)}")
            elif isinstance(item, dict) and any(other.startswith(f"{name}.") for other in known):
                self._add_keys(item, known, root, f"{path}.{public_name(key)}", f"{name}.")
            else:
                unknown.append((key, json_type(item)))
        is_map_of_data = len(unknown) > _MANY_KEYS
        for key, type_name in unknown:
            shown = HIDDEN if is_map_of_data else public_name(key)
            self.unknown.setdefault(f"{path}.{shown}", set()).add(type_name)


def _fitting(kind: Any, value: Any) -> list[Any]:
    """Return the members of a union that could have been meant by a value."""
    members = union_members(kind)
    if isinstance(value, list):
        return [member for member in members if is_list(member)]
    if isinstance(value, dict):
        return [m for m in members if attrs.has(get_origin(m) or m) or get_origin(m) is dict]
    rest = [member for member in members if member is not type(None)]
    return rest if len(rest) == 1 else []


# --- wrong types --------------------------------------------------------------------------------------
def decode_problems(name: str, error: ResponseDecodeError) -> list[Finding]:
    """Return a finding for each place of a response that could not be read; no value is quoted."""
    if error.malformed:
        return [Finding(_CHECK, "not-json", "the response is not JSON", name)]
    found = [_decode_problem(name, line) for line in error.problems]
    return list(dict.fromkeys(found))


def _decode_problem(name: str, line: str) -> Finding:
    message, _, path = line.rpartition(" @ ")
    place = public_path(path)
    if message == "required field missing":
        return Finding(_CHECK, "missing-field", "a required field is missing", name, place)
    if match := _EXPECTED.fullmatch(message):
        text = f"expected {match[1]}, got {_type_of(match[2])}"
        return Finding(_CHECK, "wrong-type", text, name, place)
    if message == "the response is empty":
        return Finding(_CHECK, "empty", "the response is empty", name, place)
    return Finding(_CHECK, "wrong-value", "the value cannot be read", name, place)


def _type_of(given: str) -> str:
    """Return the type of a value, given the end of an error message, which may quote the value.

    >>> _type_of("the string 'ada@example.com'"), _type_of("4101"), _type_of("a list")
    ('a string', 'a number', 'a list')
    """
    if given in {"null", "an object", "a list"}:
        return given
    if given in {"true", "false"}:
        return "a boolean"
    return "a number" if re.fullmatch(r"-?[\d.]+(?:e[+-]?\d+)?", given) else "a string"
