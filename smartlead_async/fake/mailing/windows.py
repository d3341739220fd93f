"""The times at which the schedule of a campaign allows mails."""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo

from ..clock import parse_timestamp
from ..state import Campaign, Schedule

_LONGEST_GAP = 8
"""A schedule has a day in every week; one more, because the first day may be over."""


@functools.lru_cache(maxsize=64)
def zone_of(name: str) -> dt.tzinfo:
    """Return a time zone; UTC on a machine that does not know it."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def day_of(at: float, zone: dt.tzinfo) -> dt.date:
    """Return the day of a moment in a time zone."""
    return dt.datetime.fromtimestamp(at, zone).date()


@functools.lru_cache(maxsize=4096)
def _moment(day: dt.date, time: str, zone: dt.tzinfo) -> float:
    hour, minute = (int(part) for part in time.split(":")[:2])
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()


def start_of_day(day: dt.date, zone: dt.tzinfo) -> float:
    """Return the moment at which a day begins in a time zone."""
    return _moment(day, "00:00", zone)


class Window:
    """The sending times of a campaign."""

    def __init__(self, campaign: Campaign, schedule: Schedule) -> None:
        self.zone = zone_of(schedule.timezone)
        self._start, self._end = schedule.start_hour, schedule.end_hour
        # Sunday is 0 in requests and 7 in ISO 8601.
        self._days = {day or 7 for day in schedule.days}
        self._not_before = _start_time(campaign.schedule_start_time)

    def first_at(self, moment: float) -> float | None:
        """Return the first moment at or after the given one at which mails may be sent."""
        moment = max(moment, self._not_before)
        day = day_of(moment, self.zone)
        for _ in range(_LONGEST_GAP):
            if day.isoweekday() in self._days and moment < _moment(day, self._end, self.zone):
                return max(moment, _moment(day, self._start, self.zone))
            day += dt.timedelta(days=1)
        return None

    def next_day(self, moment: float) -> float:
        """Return the moment at which the next day begins in the campaign's time zone."""
        return start_of_day(day_of(moment, self.zone) + dt.timedelta(days=1), self.zone)


def _start_time(text: str | None) -> float:
    if text is None:
        return 0.0
    try:
        return parse_timestamp(text)
    except ValueError:
        return 0.0
