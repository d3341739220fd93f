"""Formats of values in the API: times of day, characters and time zones."""

from __future__ import annotations

import functools
import re
import zoneinfo
from typing import Any, Final

import attrs

CLOCK_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
"""The regular expression of a time of day such as 09:30."""


def is_clock_time(text: str) -> bool:
    """Return whether a string is a time of day such as 09:30."""
    return re.fullmatch(CLOCK_TIME, text) is not None


def as_clock_time(text: str | None) -> str:
    """Return a time of day as HH:MM; SmartLead has returned 9:00 and 09:00:00, too."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", (text or "").strip(), re.ASCII)
    return f"{found[1]:0>2}:{found[2]}" if found else text or ""


_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def encodable(text: str) -> str:
    """Return a string with halves of surrogate pairs, which no encoding has, as escape sequences."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


_LINE_BREAK: Final = re.compile("[\t\n\r\x85\u2028\u2029]")


def character_flaw(text: str, *, one_line: bool) -> str | None:
    """Return why a string contains a character that cannot be sent, or None.

    These are control characters and halves of surrogate pairs, and with ``one_line`` line breaks and tabs.
    """
    found = _CONTROL.search(text) or (_LINE_BREAK.search(text) if one_line else None)
    if found is None:
        return None
    code = ord(found[0])
    where = f"(U+{code:04X}) at position {found.start() + 1}"
    if found[0] in "\n\r\x85\u2028\u2029":
        return f"a line break {where}"
    if 0xD800 <= code <= 0xDFFF:
        return f"half of a character {where}"
    return f"{'a tab' if found[0] == chr(9) else 'a control character'} {where}"


@functools.cache
def is_time_zone(name: str) -> bool:
    """Return whether the time zone database of this machine has a zone of this name."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def has_time_zones() -> bool:
    """Return whether this machine has a time zone database; without one, no name can be rejected."""
    return is_time_zone("UTC")


def known_time_zone(_instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    """Validate a field: raise ``ValueError`` for the name of a time zone that does not exist."""
    if value is not None and not is_time_zone(value) and has_time_zones():
        raise ValueError(f"{attribute.name} must be an IANA time zone such as Europe/Berlin, not {value!r}")
