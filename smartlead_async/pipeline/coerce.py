"""Reading single JSON values leniently: strings of digits become numbers, unions are told apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..typed import MAX_INTEGER, union_members
from .annotations import is_list, members_by_value

Hook = Callable[[Any, Any], Any]
"""Reads a value as a kind: ``hook(value, kind)``, as cattrs calls it."""


parse_timestamp: Final = dt.datetime.fromisoformat

_MAX_DIGITS: Final = 100

_SCALARS: Final = {bool: "true or false", int: "an integer", float: "a number", str: "a string"}
"""In the order in which they are tried: numbers before strings, because numbers may come as strings."""


# --- values -------------------------------------------------------------------------------------------
def read_string(value: Any, _: Any) -> str:
    """Read a string; numbers too, since phone numbers and ids come as either."""
    if isinstance(value, str):
        return value
    # None, lists and objects are never a string.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise unexpected("a string", value)


def read_integer(value: Any, _: Any) -> int:
    """Read an integer, also from a string of digits or a float without a fraction."""
    number: int | None = None
    if type(value) is int:
        number = value
    elif (isinstance(value, float) and value.is_integer()) or (
        isinstance(value, str) and len(value) < _MAX_DIGITS and value.strip().lstrip("+-").isdecimal()
    ):
        number = int(value)
    if number is None:
        raise unexpected("an integer", value)
    if abs(number) > MAX_INTEGER:
        raise unexpected("an integer of at most 64 bits", value)
    return number


def read_number(value: Any, _: Any) -> float:
    """Read a number, also from a string of digits that may end in a percent sign."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value.strip().removesuffix("%"))
        except ValueError:
            pass
    raise unexpected("a number", value)


def read_boolean(value: Any, _: Any) -> bool:
    """Read a boolean, also from 0 and 1 and from strings."""
    if isinstance(value, bool):
        return value
    match value:
        case 0 | "false" | "False" | "0":
            return False
        case 1 | "true" | "True" | "1":
            return True
        case _:
            raise unexpected("true or false", value)


def read_timestamp(value: Any, _: Any) -> dt.datetime:
    """Read a timestamp; UTC if it has no offset."""
    if isinstance(value, str):
        try:
            timestamp = parse_timestamp(value.strip())
        except ValueError:
            raise ValueError(f"expected a date and time, got {value[:40]!r}") from None
        return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=dt.UTC)
    raise unexpected("a date and time", value)


def read_day(value: Any, _: Any) -> dt.date:
    """Read a date from a string that may go on with a time."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value.strip()[:10])
        except ValueError:
            raise ValueError(f"expected a date, got {value[:40]!r}") from None
    raise unexpected("a date", value)


# --- values of several types ---------------------------------------------------------------------------
def open_enum_hook(kind: Any) -> Hook:
    """Return a hook that reads a member of an enum, or keeps an unknown string."""
    known = members_by_value(kind)
    optional = type(None) in union_members(kind)

    def read(value: Any, _: Any) -> Any:
        if value is None and optional:
            return None
        text = read_string(value, str)
        return known.get(text, text)

    return read


def shapes_hook(hook_of: Callable[[Any], Hook], kind: Any) -> Hook:
    """Return a hook that chooses the member of a union by the JSON type of the value."""
    members = [m for m in union_members(kind) if m is not type(None)]
    optional = len(members) < len(union_members(kind))
    hooks = {member: hook_of(member) for member in members}
    scalars = [member for member in _SCALARS if member in members]
    listed = [member for member in members if is_list(member)]
    objects = [member for member in members if member not in (*scalars, *listed)]
    words = ["a list"] * len(listed) + ["an object"] * len(objects) + [_SCALARS[m] for m in scalars]

    def fitting(value: Any) -> list[Any]:
        if isinstance(value, list):
            return listed
        if isinstance(value, dict):
            return objects
        found = [m for m in scalars if m is not bool or isinstance(value, bool)]
        # Some objects come as a string of JSON.
        return [*objects, *found] if isinstance(value, str) and value.startswith("{") else found

    def read(value: Any, _: Any) -> Any:
        if value is None and optional:
            return None
        *others, last = fitting(value) or [None]
        if last is None:
            raise unexpected(" or ".join(words), value)
        for member in others:
            try:
                return hooks[member](value, member)
            except Exception:  # noqa: BLE001, S112 - the last one says what is wrong
                continue
        return hooks[last](value, last)

    return read


def unexpected(what: str, value: Any) -> ValueError:
    """Return the error for a value of another type."""
    return ValueError(f"expected {what}, got {_kind(value)}")


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"the string {value[:40]!r}"
        case Mapping():
            return "an object"
        case list():
            return "a list"
        case _:
            return repr(value)[:40]


def first_found(value: dict[str, Any], names: tuple[str, ...]) -> Any:
    """Return the first value that is not null under these names, whose dots step into objects."""
    for name in names:
        found: Any = value
        for step in name.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        if found is not None:
            return found
    return None
