"""The fake's clock: monotonic seconds from the event loop, and the wall clock that goes with them."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import functools
import math
import time
from collections.abc import Callable

from ..virtual_time import VirtualTimeLoop


class Clock:
    """The one clock of a fake, from which every timestamp and header is taken.

    ``now`` returns monotonic seconds, those of ``loop.time()``; they stand still between two event loops if
    one of them has virtual time. ``wall`` returns the unix time: the real time at which the clock was created
    plus the seconds that have passed since, so that thirty virtual hours are thirty hours in ``created_at``
    as well. :meth:`jump` sets the wall clock forward or back.
    """

    def __init__(self, wall: Callable[[], float] | None = None) -> None:
        self._injected = wall
        self._created_at = time.time()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._offset = 0.0
        self._last = 0.0
        self._epoch: float | None = None
        """The unix time at which ``now`` is zero; None until there is an event loop."""
        self._jumped = 0.0
        self._begin()

    def _begin(self) -> None:
        """Let a clock that is created on a running event loop show the present time."""
        now = self.now()
        if self._epoch is not None:
            self._epoch = self._created_at - now

    def now(self) -> float:
        """Return monotonic seconds; they never go back, not even when another loop takes over."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return self._last
        reading = loop.time()
        if loop is not self._loop:
            self._follow(loop, reading)
        self._last = reading + self._offset
        return self._last

    def _follow(self, loop: asyncio.AbstractEventLoop, reading: float) -> None:
        # Time that passed before the first reading counts: a server does not wait for its first request.
        began = loop.started_at if isinstance(loop, VirtualTimeLoop) else reading
        if self._epoch is None:
            self._epoch = (self._created_at if isinstance(loop, VirtualTimeLoop) else time.time()) - began
        elif isinstance(loop, VirtualTimeLoop) or isinstance(self._loop, VirtualTimeLoop):
            self._offset = self._last - began
        self._loop = loop

    def wall(self) -> float:
        """Return the unix time in seconds."""
        now = self.now()
        if self._injected is not None:
            return self._injected() + self._jumped
        return (self._created_at if self._epoch is None else self._epoch + now) + self._jumped

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward, or back if negative; the monotonic seconds go on as before."""
        self._jumped += seconds

    def http_date(self) -> str:
        """Return the present time as in the header ``Date``."""
        return _http_date(math.floor(self.wall()))


@functools.lru_cache(maxsize=4)
def _http_date(unix: int) -> str:
    return email.utils.formatdate(unix, usegmt=True)


def timestamp(unix: float) -> str:
    """Format a unix time as SmartLead does: ISO 8601, UTC, milliseconds."""
    whole = math.floor(unix)
    moment = dt.datetime.fromtimestamp(whole, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{int((unix - whole) * 1000):03d}Z"


def parse_timestamp(text: str) -> float:
    """Return the unix time of an ISO 8601 string; one without a time zone is UTC."""
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
