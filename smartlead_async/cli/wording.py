"""Numbers, times and foreign text, as they are shown to people."""

from __future__ import annotations

import datetime as dt


def count(number: int, one: str, many: str | None = None) -> str:
    """``"1 campaign"``, ``"2,000 leads"``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Seconds in at most two units: ``"0.4 s"``, ``"42 s"``, ``"3 min 20 s"``, ``"1 d 11 h"``."""
    if 0 < seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    whole = round(seconds)
    for size, unit, below, smaller in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def clock(unix: float) -> str:
    """An instant as the time of day here, with the date when it is not today's."""
    moment = dt.datetime.fromtimestamp(unix, dt.UTC).astimezone()
    today = dt.datetime.now(dt.UTC).astimezone().date()
    return f"{moment:%H:%M:%S}" if moment.date() == today else f"{moment:%Y-%m-%d %H:%M:%S}"


def instant(unix: float | None) -> str | None:
    """An instant for JSON: ISO 8601 in UTC."""
    return None if unix is None else dt.datetime.fromtimestamp(unix, dt.UTC).isoformat(timespec="seconds")


def shown(text: object) -> str:
    """Text that comes from elsewhere on one line, without what would move a terminal's cursor."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in str(text)).strip()
