"""Values of request fields from the command line: text by type, and JSON with unknown keys refused.

Nothing is checked here that the request class checks itself: types, bounds and choices.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from ..fields import WIRE, NotGiven
from ..typed import union_members
from ..wording import printable
from .operation_names import require_known
from .output import CommandError


def members_of(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the type itself, without ``None`` and the marker for "not given"."""
    members = union_members(kind) or (kind,)
    return tuple(m for m in members if m not in (types.NoneType, NotGiven))


def list_item(kind: Any) -> Any | None:
    """Return the type of the items if the annotation is a list; None for any other."""
    for member in members_of(kind):
        if get_origin(member) in (Sequence, list, tuple):
            return get_args(member)[0]
    return None


def is_structured(kind: Any) -> bool:
    """Return whether a value is written as JSON: an object."""
    return any(attrs.has(m) or get_origin(m) in (Mapping, dict) or m is Any for m in members_of(kind))


def describe(kind: Any) -> str:
    """Return an annotation as users read it: ``integer``, ``date``, ``date, repeatable``."""
    item = list_item(kind)
    if item is not None:
        return f"{describe(item)}, repeatable"
    members = members_of(kind)
    choices = [m for m in members if isinstance(m, type) and issubclass(m, enum.Enum)]
    if choices:
        return "|".join(str(member.value) for member in choices[0])
    return " or ".join(dict.fromkeys(map(_name, members)))


def _name(kind: Any) -> str:
    if attrs.has(kind):
        return f"JSON object ({kind.__name__})"
    if get_origin(kind) in (Mapping, dict):
        return "JSON object"
    return _NAMES.get(kind, "JSON")


_NAMES = {
    int: "integer",
    float: "number",
    bool: "true|false",
    str: "text",
    dt.date: "date",
    dt.datetime: "time with zone",
}


def from_options(name: str, kind: Any, given: Sequence[str]) -> Any:
    """Return the value of an option that was given once, or for a list also several times."""
    item = list_item(kind)
    if item is None:
        if len(given) > 1:
            raise CommandError(f"{name} takes one value, and was given {len(given)} times")
        return _from_text(name, kind, given[0])
    values: list[Any] = []
    for text in given:
        if _is_json_list(text) or text.startswith("@"):
            found = read_json(name, text)
            values += from_json(name, kind, found if isinstance(found, list) else [found])
        else:
            values.append(_from_text(name, item, text))
    return tuple(values)


def _is_json_list(text: str) -> bool:
    return text.lstrip().startswith("[")


def _from_text(name: str, kind: Any, text: str) -> Any:
    if is_structured(kind):
        return from_json(name, kind, read_json(name, text))
    if text == "null" and NotGiven in union_members(kind):
        return None
    members = members_of(kind)
    if str in members:
        return int(text) if int in members and _is_integer(text) else text
    for member in members:
        try:
            return _READERS[member](text)
        except ValueError:
            continue
    raise CommandError(f"{name} must be {_due(members)}, not {printable(text)!r}")


def _due(members: Sequence[Any]) -> str:
    return " or ".join(dict.fromkeys(_DUE[member] for member in members))


def _is_integer(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")


def _boolean(text: str) -> bool:
    try:
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]
    except KeyError:
        raise ValueError(text) from None


def _integer(text: str) -> int:
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return int(text)


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


_READERS: dict[Any, Any] = {
    int: _integer,
    float: float,
    bool: _boolean,
    dt.date: dt.date.fromisoformat,
    dt.datetime: _moment,
}
_DUE: dict[Any, str] = {
    int: "an integer",
    float: "a number",
    bool: "true or false",
    dt.date: "a date such as 2027-01-31",
    dt.datetime: "a time with its zone such as 2027-01-31T09:00:00+01:00",
}


# --- JSON -----------------------------------------------------------------------------------------------


def read_json(name: str, text: str) -> Any:
    """Return JSON from the command line, from a file (``@file``) or from stdin (``@-``)."""
    source = ""
    if text.startswith("@"):
        source, text = f" of {printable(text[1:])}", _read_file(name, text[1:])
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise CommandError(f"{name}: the JSON{source} cannot be read: {problem.msg} ({place})") from None
    except (ValueError, RecursionError) as problem:
        raise CommandError(f"{name}: the JSON{source} cannot be read: {problem}") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {printable(key)!r} occurs twice in one object")
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _read_file(name: str, path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise CommandError(f"{name}: {printable(path)} cannot be read: {reason}") from None


def from_json(name: str, kind: Any, value: Any) -> Any:
    """Return a value of parsed JSON as a field takes it; unknown keys are refused."""
    item = list_item(kind)
    if item is not None and isinstance(value, list):
        return tuple(from_json(f"{name}[{index}]", item, each) for index, each in enumerate(value))
    members = members_of(kind)
    cls = next((m for m in members if attrs.has(m)), None)
    if cls is not None and isinstance(value, dict):
        return build(name, cls, value)
    is_time = isinstance(value, str) and str not in members and {dt.date, dt.datetime} & set(members)
    return _from_text(name, kind, value) if is_time else value


def build(name: str, cls: Any, content: Mapping[str, Any]) -> Any:
    """Return an instance of an attrs class from a JSON object with the names of Python or of SmartLead."""
    return construct(name, cls, values_by_name(name, cls, content))


def values_by_name(name: str, cls: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a JSON object by the names of the attributes of a class."""
    kinds, aliases = get_type_hints(cls), _aliases(cls)
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key not in aliases:
            known = list(dict.fromkeys(aliases.values()))
            require_known(key, known, f"field of {name}", hint=f"its fields are {', '.join(known)}")
        field = aliases[key]
        if field in values:
            raise CommandError(f"{name} has the field {field} twice, under two names")
        values[field] = from_json(f"{name}.{field}", kinds[field], value)
    return values


def _aliases(cls: Any) -> dict[str, str]:
    """Return the names of the fields by every name they have: in Python, and in JSON."""
    by_wire = {a.metadata.get(WIRE, (a.name,))[0]: a.name for a in attrs.fields(cls) if a.init}
    return by_wire | {a.name: a.name for a in attrs.fields(cls) if a.init}


def construct(name: str, cls: Any, values: Mapping[str, Any]) -> Any:
    """Return an instance of an attrs class; raise :class:`CommandError` with the reason if it refuses."""
    missing = [
        a.name for a in attrs.fields(cls) if a.init and a.default is attrs.NOTHING and a.name not in values
    ]
    if missing:
        raise CommandError(f"{name} lacks {', '.join(missing)}")
    try:
        return cls(**{a.alias: values[a.name] for a in attrs.fields(cls) if a.name in values})
    except (ValueError, TypeError) as problem:
        raise CommandError(f"{name}: {printable(problem)}") from None
