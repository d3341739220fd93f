"""The fake's clock: monotonic seconds from the event loop, and the wall clock that goes with them."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections.abc import Callable


class Clock:
    """A monotonic clock that follows ``loop.time()`` and stands still between two event loops.

    ``wall`` returns the unix time. By default that is the real time at which the clock was created plus the
    seconds that the loop has counted since, so that thirty virtual hours are thirty hours in ``created_at``
    as well.
    """

    def __init__(self, wall: Callable[[], float] | None = None) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._offset = 0.0
        self._last = 0.0
        self._injected = wall
        self._started_at = dt.datetime.now(dt.UTC).timestamp()
        self._first: float | None = None

    def now(self) -> float:
        """Return monotonic seconds; they never go back, not even when another loop takes over."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return self._last
        reading = loop.time()
        if loop is not self._loop:
            # The first loop's own time is used as it is; later loops continue from the last reading.
            self._offset = self._last - reading if self._loop is not None else 0.0
            self._loop = loop
            if self._first is None:
                self._first = reading
        self._last = reading + self._offset
        return self._last

    def wall(self) -> float:
        """Return the unix time in seconds."""
        if self._injected is not None:
            return self._injected()
        now = self.now()
        return self._started_at + (now - self._first if self._first is not None else 0.0)


def timestamp(unix: float) -> str:
    """Format a unix time as SmartLead does: ISO 8601, UTC, milliseconds."""
    whole = math.floor(unix)
    moment = dt.datetime.fromtimestamp(whole, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{int((unix - whole) * 1000):03d}Z"


def parse_timestamp(text: str) -> float:
    """Return the unix time of an ISO 8601 string; one without a time zone is UTC."""
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
