"""Reading single JSON values leniently: digits in strings become numbers, and so on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..limits import MAX_INTEGER

Hook = Callable[[Any, Any], Any]
"""Reads a value as a kind: ``hook(value, kind)``, as cattrs calls it."""


parse_timestamp: Final = dt.datetime.fromisoformat

_MAX_DIGITS: Final = 100


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
