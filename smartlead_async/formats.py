"""Formats of values in the API: integers, times of day and time zones."""

from __future__ import annotations

import functools
import re
import zoneinfo
from typing import Final

MIN_INTEGER: Final = -(2**63)
MAX_INTEGER: Final = 2**63 - 1
"""The bounds of integers in JSON and in ledgers."""

CLOCK_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
"""The regular expression of a time of day such as 09:30."""


def is_clock_time(text: str) -> bool:
    """Return whether a string is a time of day such as 09:30."""
    return re.fullmatch(CLOCK_TIME, text) is not None


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
