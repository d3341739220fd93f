"""The rate-limit windows of a key, counted in one of three ways."""

from __future__ import annotations

import collections
import math
from collections.abc import Callable
from typing import Literal, Protocol

import attrs

from ..limits import RateLimits, Window

Counting = Literal["sliding", "fixed", "token"]

# A client that waits exactly one period, on a clock of binary fractions, is not early.
_EPSILON = 1e-6


@attrs.frozen
class RateLimitStatus:
    """The state of a key's windows after a request, as the headers report it."""

    allowed: bool
    limit: int
    remaining: int
    reset: float
    """Seconds until the window has room again, or more of it."""
    retry_after: float = 0.0


class _Counter(Protocol):
    @property
    def limit(self) -> int: ...

    def room(self, now: float, /) -> tuple[int, float]:
        """Return the number of requests that still fit, and the seconds until more do."""
        ...

    def take(self, now: float, /) -> None: ...


class _Sliding:
    """At most ``limit`` in any span of ``period``: it keeps the time of each request."""

    def __init__(self, window: Window) -> None:
        self.limit = window.limit
        self.period = window.period
        self.taken: collections.deque[float] = collections.deque()

    def room(self, now: float) -> tuple[int, float]:
        horizon = now - self.period + _EPSILON
        while self.taken and self.taken[0] <= horizon:
            self.taken.popleft()
        wait = self.taken[0] + self.period - now if self.taken else self.period
        return self.limit - len(self.taken), max(wait, 0.0)

    def take(self, now: float) -> None:
        self.taken.append(now)


class _Fixed:
    """At most ``limit`` in each whole multiple of ``period`` on the clock."""

    def __init__(self, window: Window) -> None:
        self.limit = window.limit
        self.period = window.period
        self.number = -1
        self.used = 0

    def room(self, now: float) -> tuple[int, float]:
        number = math.floor((now + _EPSILON) / self.period)
        if number != self.number:
            self.number, self.used = number, 0
        return self.limit - self.used, max((number + 1) * self.period - now, 0.0)

    def take(self, _now: float) -> None:
        self.used += 1


class _Token:
    """A bucket of ``limit`` that fills at ``limit`` per ``period``."""

    def __init__(self, window: Window) -> None:
        self.limit = window.limit
        self.rate = window.limit / window.period
        self.level = float(window.limit)
        self.seen = -math.inf

    def room(self, now: float) -> tuple[int, float]:
        if now > self.seen:
            self.level = min(self.limit, self.level + (now - max(self.seen, -1e12)) * self.rate)
            self.seen = now
        whole = math.floor(self.level + _EPSILON)
        return whole, max((whole + 1 - self.level) / self.rate, 0.0)

    def take(self, _now: float) -> None:
        self.level -= 1.0


_COUNTERS: dict[Counting, type[_Sliding | _Fixed | _Token]] = {
    "sliding": _Sliding,
    "fixed": _Fixed,
    "token": _Token,
}


class KeyWindows:
    """The windows of one key."""

    def __init__(self, limits: RateLimits, counting: Counting) -> None:
        make: Callable[[Window], _Counter] = _COUNTERS[counting]
        self._counters = [make(window) for window in limits.windows]

    def take(self, now: float) -> RateLimitStatus:
        """Count one request, or refuse it; a refused one is not counted."""
        rooms = [(*counter.room(now), counter) for counter in self._counters]
        full = [(wait, counter) for room, wait, counter in rooms if room < 1]
        if full:
            wait, counter = max(full, key=lambda each: each[0])
            return RateLimitStatus(False, counter.limit, 0, wait, retry_after=wait)
        for counter in self._counters:
            counter.take(now)
        # The headers describe one window: the one that runs out first.
        room, wait, counter = min(rooms, key=lambda each: each[0])
        return RateLimitStatus(True, counter.limit, room - 1, wait)

    def spend(self, count: int, now: float) -> None:
        """Count requests of another process with the same key, as far as there is room."""
        for counter in self._counters:
            room, _ = counter.room(now)
            for _ in range(min(count, room)):
                counter.take(now)
