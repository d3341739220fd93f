"""How many requests a key may send: windows, and the limiter that never exceeds them."""

from __future__ import annotations

import asyncio
import enum
import math
from asyncio import get_running_loop
from collections import deque
from heapq import heappop, heappush
from typing import ClassVar, Self

import attrs


@attrs.frozen
class Window:
    """At most ``limit`` requests in any span of ``period`` seconds. Example::

    RateLimits((Window(10, 1.0), Window(60, 60.0)))
    """

    limit: int
    period: float

    def __attrs_post_init__(self) -> None:
        if self.limit < 1 or not self.period > 0 or not math.isfinite(self.period):
            raise ValueError(f"a window needs a limit of at least 1 and a period in seconds, not {self}")

    def __str__(self) -> str:
        return f"{self.limit}/{self.period:g}s"


@attrs.frozen
class RateLimits:
    """The windows that hold for a key, all at once.

    Presets follow SmartLead's guide; the service has also been seen to allow 200 a minute, so take what
    your plan says. Example::

        SmartleadClient(key, limits=RateLimits.PRO)
        SmartleadClient(key, limits=RateLimits.of((10, 2.0), (200, 60.0)))
        RateLimits.parse("60/60,1000/3600")
    """

    windows: tuple[Window, ...] = ()

    STANDARD: ClassVar[RateLimits]
    """60 a minute, 1,000 an hour, 10 a second."""
    PRO: ClassVar[RateLimits]
    """120 a minute, 3,000 an hour, 20 a second."""
    UNLIMITED: ClassVar[RateLimits]
    """No windows: for a fake, or a proxy that paces by itself."""

    @classmethod
    def of(cls, *windows: tuple[int, float]) -> Self:
        """Windows of your own, each (limit, period in seconds)."""
        return cls(tuple(Window(limit, float(period)) for limit, period in windows))

    @classmethod
    def parse(cls, text: str) -> RateLimits:
        """``standard``, ``pro``, ``unlimited``, or ``N/SECONDS[,N/SECONDS]``; else a ValueError."""
        presets = {"standard": cls.STANDARD, "pro": cls.PRO, "unlimited": cls.UNLIMITED}
        name = text.strip().lower()
        if name in presets:
            return presets[name]
        windows = []
        for part in name.split(","):
            limit, slash, period = part.partition("/")
            try:
                windows.append((int(limit), float(period) if slash else math.nan))
            except ValueError:
                windows.append((0, math.nan))
        try:
            return cls.of(*windows)
        except ValueError:
            raise ValueError(
                f"{text!r} is not a tier: say standard, pro, unlimited, or windows like 60/60,1000/3600"
            ) from None

    def shortest_time(self, requests: int) -> float:
        """The least seconds in which this many requests can be sent, from a standing start.

        The largest window lets its limit through in each of its periods; what is left over for the last of
        them goes through the smaller windows, in the same way.
        """
        if requests < 1:
            return 0.0
        least = 0.0
        windows = sorted(self.windows, key=lambda window: window.period)
        while windows:
            largest, smaller = windows.pop(), type(self)(tuple(windows))
            if smaller.shortest_time(largest.limit + 1) < largest.period:
                full, rest = divmod(requests - 1, largest.limit)
                least, requests = least + full * largest.period, rest + 1
        return least

    def __str__(self) -> str:
        return ", ".join(map(str, self.windows)) or "unlimited"


RateLimits.STANDARD = RateLimits.of((10, 1.0), (60, 60.0), (1000, 3600.0))
RateLimits.PRO = RateLimits.of((20, 1.0), (120, 60.0), (3000, 3600.0))
RateLimits.UNLIMITED = RateLimits()


class Lane(enum.IntEnum):
    """Who goes first when both wait: a person's call before a bulk job's."""

    INTERACTIVE = 0
    BULK = 1


class _Bucket:
    """The tokens of one window, and when those come back that are out (a heap of loop times)."""

    __slots__ = ("free", "limit", "period", "returned", "returns")

    def __init__(self, window: Window) -> None:
        self.limit = window.limit
        self.period = window.period
        self.free = window.limit
        self.returned = 0
        self.returns: list[float] = []

    def collect(self, now: float) -> None:
        """Take in the tokens that are due."""
        returns = self.returns
        while returns and returns[0] <= now:
            heappop(returns)
            self.free += 1
            self.returned += 1


class Permit:
    """The right to send one request. Give it back once: :meth:`Limiter.release` or :meth:`Limiter.refund`."""

    __slots__ = ("lane", "returned", "taken_at")

    def __init__(self, taken_at: float, returned: tuple[int, ...], lane: Lane) -> None:
        self.taken_at = taken_at
        self.returned = returned
        self.lane = lane


class TurnedAway(Exception):
    """Control flow, not an error: a caller was sent home by :meth:`Limiter.turn_away`."""


class Limiter:
    """Lets requests through so that no window is ever exceeded, in the order in which they came.

    A bucket whose tokens come back one period later, for each window, and a bound on the requests that are
    under way at once; all of them must have room. :meth:`close_until` shuts the gate for everyone (after a
    429), :meth:`learn` takes in what the server says is left. Time is the event loop's. Example::

        permit = await limiter.acquire()
        try:
            ...  # send one request
        finally:
            limiter.release(permit)
    """

    def __init__(self, limits: RateLimits, *, max_in_flight: int = 20) -> None:
        if max_in_flight < 1:
            raise ValueError(f"max_in_flight must be at least 1, not {max_in_flight}")
        self.limits = limits
        self._buckets = tuple(_Bucket(window) for window in limits.windows)
        self._max_in_flight = max_in_flight
        self._in_flight = 0
        self._in_lane = [0 for _ in Lane]
        self._closed_lanes: set[Lane] = set()
        self._gate = -math.inf
        self._quickest = math.inf
        self._answers = 0
        self._lanes: tuple[deque[asyncio.Future[Permit]], ...] = tuple(deque() for _ in Lane)
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.Event | None = None

    @property
    def in_flight(self) -> int:
        """How many permits are out."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """How many callers are in line."""
        return sum(not waiter.done() for lane in self._lanes for waiter in lane)

    @property
    def max_in_flight(self) -> int:
        """How many requests may be under way at once."""
        return self._max_in_flight

    @max_in_flight.setter
    def max_in_flight(self, value: int) -> None:
        self._max_in_flight = max(1, value)
        self._serve()

    @property
    def closed_until(self) -> float:
        """The loop time until which nothing is let through; minus infinity when the gate is open."""
        return self._gate

    async def acquire(self, lane: Lane = Lane.INTERACTIVE) -> Permit:
        """Wait for a turn. Cancelling gives the place, and a token already granted, back."""
        permit = self.acquire_now(lane)
        if permit is not None:
            return permit
        waiter: asyncio.Future[Permit] = get_running_loop().create_future()
        self._lanes[lane].append(waiter)
        self._serve()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.refund(waiter.result())
            raise

    def acquire_now(self, lane: Lane = Lane.INTERACTIVE, now: float | None = None) -> Permit | None:
        """A turn without waiting; None when one has to wait, for which there is :meth:`acquire`.

        ``now`` is the loop's time for those who have just asked for it; so in :meth:`release`.
        """
        if self._closed_lanes and lane in self._closed_lanes:
            raise TurnedAway
        if any(self._lanes) or self._in_flight >= self._max_in_flight:
            return None
        if now is None:
            now = get_running_loop().time()
        if self._gate > now:
            return None
        for bucket in self._buckets:
            if bucket.returns and bucket.returns[0] <= now:
                bucket.collect(now)
            if bucket.free <= 0:
                return None
        return self._take(now, lane)

    def release(self, permit: Permit, now: float | None = None) -> None:
        """The request is over, whatever came of it: its tokens come back a period after it got there.

        When that was, only the server knows; it counts a request when it arrives. Two requests can come
        closer together there than they were sent, by as much as the first took longer on its way. That is at
        most what its answer took beyond the quickest answer of all: so much later its tokens come back.
        """
        took = (get_running_loop().time() if now is None else now) - permit.taken_at
        self._answers += 1
        self._quickest = min(self._quickest, took)
        # The quickest of a few may be a slow one: until there are enough, as if an answer could take no time.
        late = took - self._quickest if self._answers > _ENOUGH_ANSWERS else took
        for bucket in self._buckets:
            heappush(bucket.returns, permit.taken_at + bucket.period + late)
        self._over(permit)

    def refund(self, permit: Permit) -> None:
        """Nothing was sent: its tokens are free at once."""
        for bucket in self._buckets:
            bucket.free += 1
        self._over(permit)

    def close_until(self, when: float) -> None:
        """Let nothing through before this loop time. A later time stays; an earlier one changes nothing."""
        if when > self._gate:
            self._gate = when
            self._serve()

    def reopen(self) -> None:
        """Open the gate again."""
        self._gate = -math.inf
        self._serve()

    def learn(self, permit: Permit, *, limit: int, remaining: int, reset_in: float) -> int:
        """Take in what an answer said of its window; gives how many requests others have sent on this key.

        Less left than we counted means that somebody else uses the key: their tokens are taken out until
        the window resets. Our own count is compared as it was when the request went out, since tokens that
        have come back in the meantime were still out when the server wrote its answer.
        """
        for bucket, returned_before in zip(self._buckets, permit.returned, strict=True):
            if bucket.limit != limit:
                continue
            now = get_running_loop().time()
            bucket.collect(now)
            others = bucket.free - (bucket.returned - returned_before) - max(remaining, 0)
            others = min(others, bucket.free)
            if others > 0:
                back_at = now + min(max(reset_in, 0.0), bucket.period)
                bucket.free -= others
                for _ in range(others):
                    heappush(bucket.returns, back_at)
                self._serve()
                return others
        return 0

    def turn_away(self, lane: Lane) -> None:
        """Close a lane: whoever waits in it, or comes to it later, gets :class:`TurnedAway`."""
        self._closed_lanes.add(lane)
        waiters = list(self._lanes[lane])
        self._lanes[lane].clear()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(TurnedAway())

    def welcome(self, lane: Lane) -> None:
        """Open a lane again."""
        self._closed_lanes.discard(lane)

    async def idle(self, lane: Lane) -> None:
        """Wait until no request of this lane is under way."""
        while self._in_lane[lane]:
            self._idle = self._idle or asyncio.Event()
            await self._idle.wait()

    def available(self) -> int:
        """How many requests could go out right now."""
        now = get_running_loop().time()
        if self._gate > now:
            return 0
        for bucket in self._buckets:
            bucket.collect(now)
        return min([self._max_in_flight - self._in_flight, *(bucket.free for bucket in self._buckets)])

    def _next_grant(self, now: float) -> float:
        """When the next request may go out, as far as is known: infinity while only a release can tell."""
        if self._in_flight >= self._max_in_flight:
            return math.inf
        when = max(now, self._gate)
        for bucket in self._buckets:
            returns = bucket.returns
            if returns and returns[0] <= now:
                bucket.collect(now)
            if bucket.free <= 0:
                if not returns:
                    return math.inf
                when = max(when, returns[0])
        return when

    def _take(self, now: float, lane: Lane) -> Permit:
        self._in_flight += 1
        self._in_lane[lane] += 1
        for bucket in self._buckets:
            bucket.free -= 1
        return Permit(now, tuple([bucket.returned for bucket in self._buckets]), lane)

    def _over(self, permit: Permit) -> None:
        self._in_flight -= 1
        self._in_lane[permit.lane] -= 1
        if any(self._lanes):
            self._serve()
        if self._idle is not None and not self._in_lane[permit.lane]:
            self._idle.set()
            self._idle = None

    def _serve(self) -> None:
        """Grant what can be granted, then set the one timer for the next."""
        if not any(self._lanes):
            return
        loop = get_running_loop()
        now = loop.time()
        for lane, line in zip(Lane, self._lanes, strict=True):
            while line:
                if line[0].done():
                    line.popleft()
                    continue
                when = self._next_grant(now)
                if when > now:
                    self._wake_at(loop, when)
                    return
                line.popleft().set_result(self._take(now, lane))

    def _wake_at(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if when < math.inf:
            # A breath later than due: the loop fires timers up to its resolution early, and a clock that
            # jumps exactly to the timer would otherwise find nothing due, for ever.
            self._timer = loop.call_at(when + _BREATH, self._serve)


_BREATH = 1e-6
_ENOUGH_ANSWERS = 100
