"""Numbers, durations and timestamps as people read them: on a terminal, in a log and in the HTML report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from .limits import Window

_UNITS: Final = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))
_PERIODS: Final = {1.0: "a second", 60.0: "a minute", 3600.0: "an hour", 86_400.0: "a day"}


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``"1 campaign"``, ``"2,000 leads"``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def reasons(counts: Mapping[str, int]) -> str:
    """Return counts by reason in parentheses: ``" (2 duplicate, 1 invalid)"``; nothing if there are none."""
    listed = ", ".join(f"{number:,} {reason}" for reason, number in counts.items())
    return f" ({listed})" if listed else ""


def duration(seconds: float) -> str:
    """Return seconds in at most two units: ``"0.4 s"``, ``"42 s"``, ``"3 min 20 s"``, ``"1 d 11 h"``."""
    if 0 < seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    # Rounded to the smaller unit first, so that 3,599.9 s is an hour and not 59 min 60 s.
    for size, unit, step, smaller in _UNITS:
        whole = round(seconds / step) * step
        if whole >= size:
            rest = whole % size // step
            return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"
    return f"{round(seconds)} s"


def measured_duration(seconds: float) -> str:
    """Return a measured duration; below ten seconds the decimals matter: ``"0.25 s"``, ``"4.2 s"``."""
    if not 0 < seconds < 10:
        return duration(seconds)
    return f"{seconds:.2f} s" if seconds < 0.995 else f"{seconds:.1f} s"


def configured_duration(seconds: float) -> str:
    """Return a duration that somebody chose, exactly: ``"0.5 s"``, ``"2 s"``, ``"4 min"``."""
    return f"{seconds:g} s" if seconds < 60 else duration(seconds)


def percent(share: float) -> str:
    """Return a share as ``"42 %"``; only 0 is shown as 0 % and only 1 as 100 %."""
    rounded = round(share * 100)
    if rounded == 0 and share > 0:
        return "under 1 %"
    if rounded == 100 and share < 1:
        return "over 99 %"
    return f"{rounded} %"


def rate(part: float, whole: float) -> str:
    """Return a small share with its decimal, which matters for replies: ``"1.7 %"``; 0 of 0 is ``"–"``."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def window(limit: Window) -> str:
    """Return a rate-limit window as ``"1,000 an hour"`` or ``"10 in 2 s"``."""
    period = _PERIODS.get(limit.period)
    return (
        f"{limit.limit:,} {period}" if period else f"{limit.limit:,} in {configured_duration(limit.period)}"
    )


def utc_time(unix: float) -> str:
    """Return Unix time as ``"2027-01-04 09:30:12 UTC"``."""
    return f"{dt.datetime.fromtimestamp(unix, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def local_time(unix: float, *, now: float) -> str:
    """Return Unix time as the local time of day, with the date unless it is the day of ``now``."""
    moment, today = (dt.datetime.fromtimestamp(each, dt.UTC).astimezone() for each in (unix, now))
    return f"{moment:%H:%M:%S}" if moment.date() == today.date() else f"{moment:%Y-%m-%d %H:%M:%S}"


def timestamp(unix: float | None, *, milliseconds: bool = False) -> str | None:
    """Return Unix time for programs, as ISO 8601 in UTC; None stays None."""
    if unix is None:
        return None
    timespec = "milliseconds" if milliseconds else "seconds"
    return dt.datetime.fromtimestamp(unix, dt.UTC).isoformat(timespec=timespec)


def printable(value: object) -> str:
    """Return foreign text on one line, without the characters that would move a terminal's cursor."""
    return "".join(c if c.isprintable() else _replacement(c) for c in str(value)).strip()


def without_controls(text: str) -> str:
    """Return text as it can be written to a terminal: line breaks and tabs are the only control characters.

    Escape sequences, and the signs that reverse the direction of a line, become replacement characters.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else _replacement(c) for c in text)


def _replacement(control: str) -> str:
    return " " if control.isspace() else "\N{REPLACEMENT CHARACTER}"
