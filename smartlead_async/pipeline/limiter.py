"""pipeline.limiter."""

from __future__ import annotations

import asyncio
import math
from asyncio import get_running_loop
from collections import deque
from heapq import heappop, heappush

from ..limits import Lane, RateLimits, Window


class _Bucket:
    """The tokens of one window. One that was taken comes back a period after its request arrived.

    All windows count the same requests, so there is one list of arrivals for all of them, in order (but for
    a moment, see :meth:`Limiter.release`; tokens then wait for those before them). A bucket knows how far it
    has come in it. And the limiter counts once, from the beginning, what was taken; a bucket knows up to
    which number that may go. It rises by one with every token that comes back.
    """

    __slots__ = ("_arrivals", "_others", "ceiling", "limit", "period", "place", "returned")

    def __init__(self, window: Window, arrivals: list[float]) -> None:
        self.limit = window.limit
        self.period = window.period
        self.ceiling = window.limit
        self.returned = 0
        self.place = 0
        """Where in the list of arrivals the first is whose token has not come back."""
        self._arrivals = arrivals
        self._others: list[float] = []
        """When the tokens come back that others took: a heap, since that is told in any order."""

    def next_return(self) -> float:
        """When the next token comes back, as a loop time; infinity if none is known to."""
        ours = math.inf
        if self.place < len(self._arrivals):
            ours = self._arrivals[self.place] + self.period
        return min(ours, self._others[0]) if self._others else ours

    def collect(self, now: float) -> None:
        """Take in the tokens that are due."""
        arrivals, before, place = self._arrivals, self.place, self.place
        while place < len(arrivals) and arrivals[place] + self.period <= now:
            place += 1
        self.place = place
        back = place - before
        while self._others and self._others[0] <= now:
            heappop(self._others)
            back += 1
        self.returned += back
        self.ceiling += back

    def lose(self, number: int, back_at: float) -> None:
        """Others have taken that many tokens, which come back then."""
        self.ceiling -= number
        for _ in range(number):
            heappush(self._others, back_at)


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
        self._arrivals: list[float] = []
        self._buckets = tuple(_Bucket(window, self._arrivals) for window in limits.windows)
        # Of several windows with one limit, an answer is taken to speak of the first.
        self._number_of = {bucket.limit: n for n, bucket in reversed([*enumerate(self._buckets)])}
        self._shortest = min((window.period for window in limits.windows), default=math.inf)
        self._max_in_flight = max_in_flight
        self._in_flight = 0
        self._taken = 0
        self._returned = tuple(bucket.returned for bucket in self._buckets)
        self._next_return = math.inf
        self._room = 0
        """How many tokens are free for sure, so that they are given without a look at the buckets. 0 while
        anybody waits."""
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

    def acquire_now(self, lane: Lane = Lane.INTERACTIVE) -> Permit | None:
        """A turn that is free; None when one has to wait, for which there is :meth:`acquire`."""
        if self._closed_lanes and lane in self._closed_lanes:
            raise TurnedAway
        now = get_running_loop().time()
        if self._room > 0 and self._in_flight < self._max_in_flight:
            if self._next_return <= now:
                self._collect(now)
        elif any(self._lanes) or self._next_grant(now) > now:
            return None
        return self._take(now, lane)

    def release(self, permit: Permit) -> None:
        """The request is over, whatever came of it: its tokens come back a period after it got there.

        When that was, only the server knows; it counts a request when it arrives. Two requests can come
        closer together there than they were sent, by as much as the first took longer on its way. That is at
        most what its answer took beyond the quickest answer of all: so much later its tokens come back.
        """
        arrived = now = get_running_loop().time()
        # For every answer: min() takes longer.
        if now - permit.taken_at < self._quickest:  # noqa: PLR1730
            self._quickest = now - permit.taken_at
        # The quickest of a few may be a slow one: until there are enough, as if an answer could take no time.
        # (The first for which that ends may so come before the last for which it held.)
        if self._answers < _ENOUGH_ANSWERS:
            self._answers += 1
        else:
            arrived -= self._quickest
        if self._buckets:
            self._arrivals.append(arrived)
            if arrived + self._shortest < self._next_return:  # noqa: PLR1730
                self._next_return = arrived + self._shortest
        self._over(permit)

    def refund(self, permit: Permit) -> None:
        """Nothing was sent: its tokens are free at once."""
        self._taken -= 1
        self._over(permit)

    def close_until(self, when: float) -> None:
        """Let nothing through before this loop time. A later time stays; an earlier one changes nothing."""
        if when > self._gate:
            self._gate = when
            self._room = 0
            self._serve()

    def reopen(self) -> None:
        """Open the gate again."""
        self._gate = -math.inf
        self._serve()

    def learn(self, permit: Permit, *, limit: int, remaining: int, reset_in: float) -> int:
        """Take in what an answer said of its window; gives how many requests others have sent on this key.

        Less left than we counted means that somebody else uses the key: their tokens are taken out until
        the window resets.
        """
        others = self.unexplained(permit, limit=limit, remaining=remaining)
        if not others:
            return 0
        bucket = self._buckets[self._number_of[limit]]
        now = get_running_loop().time()
        self._collect(now)
        others = min(others, bucket.ceiling - self._taken)
        if others <= 0:
            return 0
        bucket.lose(others, now + min(max(reset_in, 0.0), bucket.period))
        self._next_return = min(self._next_return, bucket.next_return())
        self._room = 0
        self._serve()
        return others

    def unexplained(self, permit: Permit, *, limit: int, remaining: int) -> int:
        """How many requests it takes, beside ours, to explain what an answer said is left of its window.

        Our own count is compared as it was when the request went out, since tokens that have come back in the
        meantime were still out when the server wrote its answer. None of our windows has this limit: 0.
        """
        number = self._number_of.get(limit)
        if number is None:
            return 0
        bucket = self._buckets[number]
        # Ceiling and returned rise together: no need to take in first what is due.
        others = bucket.ceiling - bucket.returned + permit.returned[number] - self._taken - max(remaining, 0)
        return max(others, 0)

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
        self._collect(now)
        return min(
            [
                self._max_in_flight - self._in_flight,
                *(bucket.ceiling - self._taken for bucket in self._buckets),
            ]
        )

    def _collect(self, now: float) -> None:
        """Take in the tokens that are due, of every window."""
        if self._next_return > now:
            return
        for bucket in self._buckets:
            bucket.collect(now)
        self._next_return = min([bucket.next_return() for bucket in self._buckets])
        self._returned = tuple([bucket.returned for bucket in self._buckets])
        # Forget what all windows are done with, in large pieces.
        done = min([bucket.place for bucket in self._buckets])
        if done > _MANY and 2 * done > len(self._arrivals):
            del self._arrivals[:done]
            for bucket in self._buckets:
                bucket.place -= done

    def _next_grant(self, now: float) -> float:
        """When the next request may go out, as far as is known: infinity while only a release can tell."""
        self._room = 0
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

    def _take(self, now: float, lane: Lane) -> Permit:
        self._taken += 1
        self._room -= 1
        self._in_flight += 1
        self._in_lane[lane] += 1
        return Permit(now, self._returned, lane)

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


_MANY = 1000


_UNBOUNDED = 2**62
