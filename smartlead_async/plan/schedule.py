"""The sending schedule of a campaign."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import Final

import attrs

from ..fields import bounds, bounds_of
from ..formats import has_time_zones, is_clock_time, is_time_zone
from ..typed import is_list
from .findings import Findings, describe
from .problem import did_you_mean

DAY_NAMES: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2199
"""Other years are typing errors, and the first and last that Python knows cannot be converted to UTC."""


@attrs.frozen
class ScheduleSpec:
    """The days and hours in which a campaign sends.

    ``timezone`` is an IANA name; ``days`` are names ("mon", "Monday"), ranges ("mon-fri") or numbers (0 is
    Sunday, 6 Saturday); ``start`` and ``end`` are "HH:MM" in that time zone, the end later than the start.
    ``minutes_between_emails`` is 3 or more. ``starts_at`` is an aware datetime. Example::

        ScheduleSpec("Europe/Berlin", days=("mon-fri",), start="08:30", end="17:30")
    """

    timezone: str
    days: Sequence[int | str] = ("mon-fri",)
    start: str = "09:00"
    end: str = "17:00"
    minutes_between_emails: int = attrs.field(default=20, metadata=bounds(3))
    new_leads_per_day: int = attrs.field(default=100, metadata=bounds(1))
    starts_at: dt.datetime | None = None

    @property
    def day_numbers(self) -> tuple[int, ...]:
        """The days as SmartLead numbers them, sorted, 0 for Sunday; ValueError if one is not a day."""
        return tuple(sorted({number for day in self.days for number in day_span(day)}))


def day_span(day: object) -> tuple[int, ...]:
    """Return the numbers of one entry of ``days``: a single day, or a range such as "fri-mon"."""
    if isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 7:
        return (day % 7,)
    if isinstance(day, str):
        first, dash, last = (part.strip() for part in day.partition("-"))
        begin, end = _day_number(first), _day_number(last if dash else first)
        if begin is not None and end is not None:
            return tuple((begin + i) % 7 for i in range((end - begin) % 7 + 1))
    raise ValueError(f"{describe(day)} is not a day of the week")


def _day_number(name: str) -> int | None:
    if len(name) == 1 and name.isdecimal() and int(name) <= 7:
        return int(name) % 7
    lowered = name.lower()
    matches = [i for i, full in enumerate(DAY_NAMES) if len(lowered) >= 2 and full.startswith(lowered)]
    return matches[0] if len(matches) == 1 else None


def check_schedule(findings: Findings, schedule: object) -> None:
    """Add the problems of a schedule."""
    if (part := findings.check_part("schedule", schedule, ScheduleSpec)) is not None:
        _check_values(findings, part)


def _check_values(findings: Findings, schedule: ScheduleSpec) -> None:
    _check_time_zone(findings, schedule.timezone)
    _check_days(findings, schedule.days)
    are_valid = [_check_clock_time(findings, name, getattr(schedule, name)) for name in ("start", "end")]
    if all(are_valid) and schedule.end <= schedule.start:
        findings.error(
            "bad_hours",
            "schedule.end",
            f"the end, {schedule.end}, is not later than the start, {schedule.start}",
            "SmartLead does not support sending past midnight.",
        )
    for name in ("minutes_between_emails", "new_leads_per_day"):
        value, within = getattr(schedule, name), bounds_of(ScheduleSpec, name)
        findings.check_integer(f"schedule.{name}", value, *within, optional=False)
    _check_starts_at(findings, schedule.starts_at)


def _check_days(findings: Findings, given: object) -> None:
    days = findings.check_list("schedule.days", given)
    if is_list(given) and not days:
        findings.error(
            "no_days", "schedule.days", "no days are given", "Give at least one, for example mon-fri."
        )
    for index, day in enumerate(days):
        _check_day(findings, f"schedule.days[{index}]", day)


def _check_day(findings: Findings, path: str, day: object) -> None:
    advice = "Use a name, a range such as mon-fri, or 0 (Sunday) to 6 (Saturday)."
    if not isinstance(day, (int, str)) or isinstance(day, bool):
        findings.wrong_type(path, "a day of the week", day, advice)
        return
    try:
        day_span(day)
    except ValueError:
        suggestion = did_you_mean(day, DAY_NAMES) if isinstance(day, str) else ""
        findings.error("bad_day", path, f"{describe(day)} is not a day of the week", suggestion or advice)


def _check_starts_at(findings: Findings, starts_at: object) -> None:
    path = "schedule.starts_at"
    if starts_at is None:
        return
    if not isinstance(starts_at, dt.datetime):
        findings.wrong_type(path, "a date and time such as 2027-01-11T09:00:00+01:00", starts_at)
    elif starts_at.tzinfo is None:
        findings.error(
            "no_offset",
            path,
            f"{starts_at.isoformat()} has no UTC offset",
            "Add one: 2027-01-11T09:00:00+01:00, or Z for UTC.",
        )
    elif not _FIRST_YEAR <= starts_at.year <= _LAST_YEAR:
        findings.error(
            "unlikely_date",
            path,
            f"{starts_at.isoformat()} is not in the years from {_FIRST_YEAR} to {_LAST_YEAR}",
            "Correct the year.",
        )


def _check_time_zone(findings: Findings, name: object) -> None:
    path = "schedule.timezone"
    if name is None or (isinstance(name, str) and not name):
        findings.error(
            "no_timezone", path, "the schedule has no time zone", "Set an IANA name such as Europe/Berlin."
        )
    elif not findings.check_string(path, name) or not isinstance(name, str):
        return
    elif not has_time_zones():
        findings.warning(
            "timezone_unchecked",
            path,
            "the time zone cannot be checked: this machine has no time zone database",
            "Install the package tzdata to check it.",
        )
    elif not is_time_zone(name):
        suggestion = did_you_mean(name, sorted(zoneinfo.available_timezones()))
        findings.error(
            "bad_timezone",
            path,
            f"{name!r} is not an IANA time zone",
            suggestion or "Use a name such as Europe/Berlin.",
        )


def _check_clock_time(findings: Findings, name: str, value: object) -> bool:
    path = f"schedule.{name}"
    if not isinstance(value, str):
        findings.wrong_type(path, 'a time of day such as "09:00"', value)
        return False
    if is_clock_time(value):
        return True
    padded = f"0{value}"
    advice = f"Write {padded}." if is_clock_time(padded) else "Write hours and minutes, 00:00 to 23:59."
    findings.error("bad_hours", path, f"{value!r} is not a time of day", advice)
    return False
