"""The rate limiter of a single process."""

from __future__ import annotations

import asyncio
import math
from asyncio import get_running_loop
from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Final

from ..limits import Lane, RateLimits, Window
from .rate_limiter import Permit

_TIMER_SLACK: Final = 1e-6
"""Seconds by which timers are set later than due: the event loop fires timers up to its clock's resolution
early, and on a virtual clock that jumps exactly to the timer nothing would ever be due."""

_MIN_SAMPLES: Final = 100
"""Responses after which the quickest round trip is taken as representative."""
_COMPACT_ABOVE: Final = 1000
"""Arrivals that every window is done with are dropped in batches of at least this size."""
_UNBOUNDED: Final = 2**62
_BULK: Final = Lane.BULK
"""Read for every request, and a global is read faster than the member of an enum."""


class _Bucket:
    """The tokens of one window. A token comes back one period after its request arrived at the server.

    All windows count the same requests, so they share one list of arrivals, which is in order (except within
    a moment, see :meth:`Limiter.release`; tokens then wait for those before them). Each bucket keeps its own
    position in that list. The limiter counts all grants since the beginning; ``ceiling`` is the number that
    this count may reach, and rises by one with every token that comes back.
    """

    __slots__ = ("_arrivals", "_foreign", "ceiling", "limit", "period", "position", "returned")

    def __init__(self, window: Window, margin: float, arrivals: list[float]) -> None:
        self.limit = window.limit
        self.period = window.period + margin
        self.ceiling = window.limit
        self.returned = 0
        self.position = 0  # of the first arrival whose token has not come back
        self._arrivals = arrivals
        self._foreign: list[float] = []
        """Loop times at which the tokens of other senders and earlier processes come back: a heap, since they
        arrive unordered."""

    def next_return(self) -> float:
        """Return the loop time at which the next token comes back; infinity if none is known to."""
        own = math.inf
        if self.position < len(self._arrivals):
            own = self._arrivals[self.position] + self.period
        return min(own, self._foreign[0]) if self._foreign else own

    def collect(self, now: float) -> None:
        """Add the tokens that are due."""
        arrivals, before, position = self._arrivals, self.position, self.position
        while position < len(arrivals) and arrivals[position] + self.period <= now:
            position += 1
        self.position = position
        back = position - before
        while self._foreign and self._foreign[0] <= now:
            heappop(self._foreign)
            back += 1
        self.returned += back
        self.ceiling += back

    def remove(self, number: int, back_at: float) -> None:
        """Remove tokens that other senders have used until this loop time."""
        self.ceiling -= number
        for _ in range(number):
            heappush(self._foreign, back_at)


class Limiter:
    """The :class:`RateLimiter` of a single process: exceeds no window and keeps requests in order.

    Each window has a token bucket, whose tokens come back one period later, and the requests in flight are
    bounded; a request needs room in all of them. One of the requests in flight, and one token of each window,
    are reserved for the interactive lane. Time is the event loop's. Example::

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
        self._arrivals: list[float] = []
        self._buckets = tuple(_Bucket(window, limits.margin, self._arrivals) for window in limits.windows)
        # If several windows have the same limit, headers are taken to describe the first of them.
        self._index_of = {bucket.limit: n for n, bucket in reversed([*enumerate(self._buckets)])}
        self._shortest = min((bucket.period for bucket in self._buckets), default=math.inf)
        self._max_in_flight = max_in_flight
        self._max_bulk = self._bulk_bound()
        self._in_flight = 0
        self._bulk = 0
        """The number of requests of the bulk lane in flight."""
        self._taken = 0
        self._returned = tuple(bucket.returned for bucket in self._buckets)
        self._next_return = math.inf
        self._room = 0
        """Tokens known to be free, granted without checking the buckets; 0 while anybody waits."""
        self._used_since = math.inf
        self._gate = -math.inf
        self._quickest = math.inf
        self._samples = 0
        self._lanes: tuple[deque[asyncio.Future[Permit]], ...] = tuple(deque() for _ in Lane)
        self._queues = tuple(zip(Lane, self._lanes, strict=True))
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Limiter {self.limits}, {self._in_flight} of {self._max_in_flight} in flight>"

    @property
    def in_flight(self) -> int:
        """The number of permits that have not been returned."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """The number of callers in the queue."""
        return sum(not waiter.done() for lane in self._lanes for waiter in lane)

    @property
    def max_in_flight(self) -> int:
        """The number of requests that may be in flight at once."""
        return self._max_in_flight

    @max_in_flight.setter
    def max_in_flight(self, value: int) -> None:
        self._max_in_flight = max(1, value)
        self._max_bulk = self._bulk_bound()
        self._serve()

    @property
    def closed_until(self) -> float:
        """The loop time until which no request may be sent; minus infinity if the gate is open."""
        return self._gate

    async def acquire(self, lane: Lane = Lane.INTERACTIVE) -> Permit:
        """Wait for a permit. On cancellation, the place in the queue or a permit just granted is given up."""
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

    def acquire_now(self, lane: Lane = Lane.INTERACTIVE) -> Permit | None:
        """Return a permit, or None if the caller has to wait for one in :meth:`acquire`."""
        if lane is _BULK and self._bulk >= self._max_bulk:
            return None
        now = get_running_loop().time()
        if self._room > 0 and self._in_flight < self._max_in_flight:
            if self._next_return <= now:
                self._collect(now)
        elif any(self._lanes) or self._next_grant(now) > now:
            return None
        return self._take(now, lane)

    def release(self, permit: Permit) -> None:
        """Return the permit of a request that was sent; its tokens come back one period after it arrived.

        Only the server knows when a request arrived. Two requests can arrive closer together than they were
        sent, by as much as the first was delayed on its way. That delay is at most the time its response took
        beyond the quickest response of all, so the tokens come back that much later.
        """
        arrived = now = get_running_loop().time()
        # Runs for every response, and min() is slower.
        if now - permit.taken_at < self._quickest:  # noqa: PLR1730
            self._quickest = now - permit.taken_at
        # The quickest of a few responses may be slow: until there are enough, assume that it takes no time.
        if self._samples < _MIN_SAMPLES:
            self._samples += 1
        else:
            arrived -= self._quickest
        if self._buckets:
            self._arrivals.append(arrived)
            if arrived + self._shortest < self._next_return:  # noqa: PLR1730
                self._next_return = arrived + self._shortest
        self._return(permit)

    def refund(self, permit: Permit) -> None:
        """Return the permit of a request that certainly did not reach the server; its tokens are free."""
        self._taken -= 1
        self._return(permit)

    def close_until(self, when: float) -> None:
        """Close the gate for everyone until this loop time. A time before the current one is ignored."""
        if when > self._gate:
            self._gate = when
            self._room = 0
            self._serve()

    def reopen(self) -> None:
        """Open the gate again."""
        self._gate = -math.inf
        self._serve()

    def observe(self, permit: Permit, *, limit: int, remaining: int, reset_in: float) -> int:
        """Take requests of other senders into account; return how many were not known before.

        If less is left than this limiter has used, somebody else uses the key: those tokens are removed until
        the window resets.
        """
        foreign = self.foreign_requests(permit, limit=limit, remaining=remaining)
        if not foreign:
            return 0
        bucket = self._buckets[self._index_of[limit]]
        now = get_running_loop().time()
        self._collect(now)
        foreign = min(foreign, bucket.ceiling - self._taken)
        if foreign <= 0:
            return 0
        bucket.remove(foreign, now + min(max(reset_in, 0.0), bucket.period))
        self._next_return = min(self._next_return, bucket.next_return())
        self._room = 0
        self._serve()
        return foreign

    def foreign_requests(self, permit: Permit, *, limit: int, remaining: int) -> int:
        """Return how many requests of other senders the rate-limit headers of a response imply.

        The comparison uses the count at the time of sending: tokens that have come back since were still in
        use when the server wrote its response. Return 0 if no window has this limit.
        """
        index = self._index_of.get(limit)
        if index is None:
            return 0
        bucket = self._buckets[index]
        # Ceiling and returned rise together, so tokens that are due need not be collected first.
        foreign = bucket.ceiling - bucket.returned + permit.returned[index] - self._taken - max(remaining, 0)
        return max(foreign, 0)

    def recall(self, ages: Iterable[float]) -> None:
        """Count requests that were sent so many seconds ago by an earlier process with the same key.

        Their tokens come back when their periods end. Each call adds its requests to those known already.
        Requests sent since this limiter was first used are left out, because it has counted them itself.
        """
        now = get_running_loop().time()
        for age in ages:
            sent_at = now - max(0.0, age)
            # A negative age is not of this limiter's own: the wall clock was set back since.
            if age < 0 or sent_at < self._used_since:
                for bucket in self._buckets:
                    if sent_at + bucket.period > now:
                        bucket.remove(1, sent_at + bucket.period)
        self._next_return = min([bucket.next_return() for bucket in self._buckets], default=math.inf)
        self._room = 0
        self._serve()

    def available(self) -> int:
        """Return how many requests could be sent right now."""
        now = get_running_loop().time()
        if self._gate > now:
            return 0
        self._collect(now)
        free = [bucket.ceiling - self._taken for bucket in self._buckets]
        return min([self._max_in_flight - self._in_flight, *free])

    def _collect(self, now: float) -> None:
        """Add the tokens that are due, in every window."""
        if self._next_return > now:
            return
        for bucket in self._buckets:
            bucket.collect(now)
        self._next_return = min([bucket.next_return() for bucket in self._buckets])
        self._returned = tuple([bucket.returned for bucket in self._buckets])
        done = min([bucket.position for bucket in self._buckets])
        if done > _COMPACT_ABOVE and 2 * done > len(self._arrivals):
            del self._arrivals[:done]
            for bucket in self._buckets:
                bucket.position -= done

    def _next_grant(self, now: float) -> float:
        """Return when the next request may be sent; infinity if that depends on a permit being returned."""
        self._room = 0
        self._used_since = min(self._used_since, now)
        if self._in_flight >= self._max_in_flight:
            return math.inf
        self._collect(now)
        when, room = max(now, self._gate), _UNBOUNDED
        for bucket in self._buckets:
            free = bucket.ceiling - self._taken
            room = min(room, free)
            if free <= 0:
                when = max(when, bucket.next_return())
        if when <= now:
            self._room = room
        return when

    def _bulk_bound(self) -> int:
        """Return how many requests of the bulk lane may be in flight: all but one that the windows allow.

        A request in flight holds a token of each window for as long as its response takes.
        """
        return max(1, min([self._max_in_flight, *(bucket.limit for bucket in self._buckets)]) - 1)

    def _take(self, now: float, lane: Lane) -> Permit:
        self._taken += 1
        self._room -= 1
        self._in_flight += 1
        if lane is _BULK:
            self._bulk += 1
        return Permit(now, self._returned, lane)

    def _return(self, permit: Permit) -> None:
        self._in_flight -= 1
        if permit.lane is _BULK:
            self._bulk -= 1
        if any(self._lanes):
            self._serve()

    def _serve(self) -> None:
        """Grant what can be granted, then set the timer for the next grant."""
        if not any(self._lanes):
            return
        loop = get_running_loop()
        now = loop.time()
        for lane, waiters in self._queues:
            while waiters:
                if waiters[0].done():
                    waiters.popleft()
                    continue
                if lane is _BULK and self._bulk >= self._max_bulk:
                    return
                when = self._next_grant(now)
                if when > now:
                    self._wake_at(loop, when)
                    return
                waiters.popleft().set_result(self._take(now, lane))

    def _wake_at(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if when < math.inf:
            self._timer = loop.call_at(when + _TIMER_SLACK, self._serve)
