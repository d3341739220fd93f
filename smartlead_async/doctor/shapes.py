"""Comparison of a response with the classes that read it: fields they do not know, and types they refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_MANY_KEYS: Final = 20
"""Objects with more unknown keys are taken for maps, whose keys are data."""


def json_type(value: Any) -> str:
    """Return the name of a JSON value's type."""
    return _JSON_TYPES[type(value)]


# --- unknown fields -----------------------------------------------------------------------------------
def unknown_fields(name: str, operation: Operation, value: Any) -> list[Finding]:
    """Return a finding for each field of a parsed response that its class does not have."""
    place, kind, content = content_of(operation, value)
    found: dict[str, set[str]] = {}
    for path, kind_of_value in _unknown(content, kind, place):
        found.setdefault(path, set()).add(kind_of_value)
    return [
        Finding(_CHECK, "unknown-field", f"a field unknown to the class ({_types(types)})", name, path)
        for path, types in found.items()
    ]


def _types(names: set[str]) -> str:
    return " or ".join(sorted(names - {"null"} or names))


def _unknown(value: Any, kind: Any, path: str) -> Iterator[tuple[str, str]]:
    if union_members(kind):
        yield from min((list(_unknown(value, member, path)) for member in _fitting(kind, value)), key=len)
    elif is_list(kind):
        items = value if isinstance(value, list) else [value]
        for item in items:
            yield from _unknown(item, get_args(kind)[0], f"{path}[]")
    elif is_map(kind) and isinstance(value, dict):
        for item in value.values():
            yield from _unknown(item, get_args(kind)[1], f"{path}[]")
    elif attrs.has(get_origin(kind) or kind):
        yield from _unknown_of_object(value, kind, path)


def _fitting(kind: Any, value: Any) -> list[Any]:
    """Return the members of a union that could read a value."""
    wanted = [
        member
        for member in union_members(kind)
        if (isinstance(value, list) and is_list(member))
        or (
            isinstance(value, dict)
            and (attrs.has(get_origin(member) or member) or get_origin(member) is dict)
        )
    ]
    return wanted or [Any]


def _unknown_of_object(value: Any, kind: Any, path: str) -> Iterator[tuple[str, str]]:
    cls = get_origin(kind) or kind
    fields = attrs.fields(attrs.resolve_types(cls))
    known = {
        name: with_arguments(field.type, kind)
        for field in fields
        for name in field.metadata.get(WIRE, (field.name,))
    }
    if isinstance(value, list):
        bare = next((field for field in fields if field.metadata.get(BARE) is list), None)
        if bare is not None:
            yield from _unknown(value, with_arguments(bare.type, kind), path)
        return
    if isinstance(value, dict):
        yield from _unknown_keys(value, known, path, "")


def _unknown_keys(
    value: dict[str, Any], known: dict[str, Any], path: str, above: str
) -> Iterator[tuple[str, str]]:
    """Yield the unknown keys of an object; ``above`` is the way to it from the object of the class."""
    unknown = []
    for key, item in value.items():
        name = f"{above}{key}"
        if name in known:
            yield from _unknown(item, known[name], f"{path}.{public_name(key)}")
        elif isinstance(item, dict) and any(other.startswith(f"{name}.") for other in known):
            yield from _unknown_keys(item, known, f"{path}.{public_name(key)}", f"{name}.")
        else:
            unknown.append((key, json_type(item)))
    is_map_of_data = len(unknown) > _MANY_KEYS
    for key, type_name in unknown:
        yield f"{path}.{HIDDEN if is_map_of_data else public_name(key)}", type_name


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
