"""What time it is on the fake: seconds by the event loop, and the wall clock that goes with them."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections.abc import Callable


class Clock:
    """Seconds that follow ``loop.time()`` while a loop runs and stand still between two loops.

    ``wall`` gives the unix time. By default that is the real time at which the clock was made plus what the
    loop has counted since, so that thirty virtual hours are thirty hours in ``created_at`` as well.
    """

    def __init__(self, wall: Callable[[], float] | None = None) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ahead = 0.0
        self._last = 0.0
        self._injected = wall
        self._started_at = dt.datetime.now(dt.UTC).timestamp()
        self._first: float | None = None

    def now(self) -> float:
        """Seconds; never goes back, also when a second loop takes over."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return self._last
        reading = loop.time()
        if loop is not self._loop:
            # The first loop's own time is kept, later ones carry on from where the clock stood.
            self._ahead = self._last - reading if self._loop is not None else 0.0
            self._loop = loop
            if self._first is None:
                self._first = reading
        self._last = reading + self._ahead
        return self._last

    def wall(self) -> float:
        """Unix time in seconds."""
        if self._injected is not None:
            return self._injected()
        now = self.now()
        return self._started_at + (now - self._first if self._first is not None else 0.0)


def instant(unix: float) -> str:
    """A unix time as SmartLead writes it: ISO 8601, UTC, milliseconds."""
    whole = math.floor(unix)
    stamp = dt.datetime.fromtimestamp(whole, dt.UTC)
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.{int((unix - whole) * 1000):03d}Z"
