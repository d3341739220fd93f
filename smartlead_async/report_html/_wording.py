"""Numbers, spans and instants in the words of the page."""

from __future__ import annotations

import datetime as dt
from typing import Final

from ..limits import Window

_UNITS: Final = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))
_PERIODS: Final = {1.0: "a second", 60.0: "a minute", 3600.0: "an hour", 86_400.0: "a day"}


def count(number: int, one: str, many: str | None = None) -> str:
    """``"1 campaign"``, ``"2,000 leads"``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span(seconds: float) -> str:
    """Seconds in at most two units: ``"0.25 s"``, ``"4.2 s"``, ``"3 min 20 s"``, ``"1 d 11 h"``."""
    if seconds < 10:
        return f"{seconds:.2f} s" if 0 < seconds < 0.995 else f"{seconds:.1f} s" if seconds else "0 s"
    # Rounded to the smaller unit first, so that 3,599.9 s is an hour and not 59 min 60 s.
    for size, unit, below, smaller in _UNITS:
        whole = round(seconds / below) * below
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"
    return f"{round(seconds)} s"


def instant(unix: float) -> str:
    """``"2027-01-04 09:30:12 UTC"``."""
    return f"{dt.datetime.fromtimestamp(unix, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso(unix: float) -> str:
    """An instant for the ``datetime`` of a ``<time>``."""
    return dt.datetime.fromtimestamp(unix, dt.UTC).isoformat(timespec="seconds")


def percent(share: float) -> str:
    """``"42 %"``; what is not nothing is never shown as 0, and what is not all never as 100."""
    rounded = round(share * 100)
    if rounded == 0 and share > 0:
        return "under 1 %"
    if rounded == 100 and share < 1:
        return "over 99 %"
    return f"{rounded} %"


def window(given: Window) -> str:
    """``"1,000 an hour"``, ``"10 in 2 s"``."""
    period = _PERIODS.get(given.period)
    return f"{given.limit:,} {period}" if period else f"{given.limit:,} in {width(given.period)}"


def width(seconds: float) -> str:
    """A width that somebody chose, not measured: ``"2 s"``, ``"4 min"``."""
    return f"{seconds:g} s" if seconds < 60 else span(seconds)
