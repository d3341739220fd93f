"""The limiter under random traffic, in virtual time."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import deque
from itertools import pairwise

import attrs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from smartlead_async.limits import Lane, RateLimits
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.virtual_time import run

# Differences of instants are rounded: this is far below the microsecond that the limiter adds to a wait.
ROUNDING = 1e-7


@attrs.frozen
class Caller:
    """Comes at ``at``, stays on the wire for ``takes``, and may turn away or find that nothing was sent."""

    at: float
    takes: float
    lane: Lane
    refunds: bool
    cancelled_after: float | None


@attrs.define(eq=False)
class Passage:
    """The fate of a caller."""

    caller: Caller
    granted: float | None = None
    over: float | None = None
    refunded: bool = False
    beside: int = 0
    """The number of others that were in flight when this one began."""
    bulk_beside: int = 0
    """The number of them in the bulk lane."""
    left_queue: float = math.inf
    """The time at which a caller who was not granted a permit gave up."""


# Coarse instants make callers meet in one moment, fine ones make them meet nowhere.
instants = st.one_of(
    st.integers(0, 40).map(lambda n: n / 4), st.floats(0, 10, allow_nan=False, allow_infinity=False)
)
callers = st.lists(
    st.builds(
        Caller,
        at=instants,
        takes=st.one_of(st.just(0.0), st.floats(0, 3)),
        lane=st.sampled_from(Lane),
        refunds=st.integers(0, 5).map(lambda n: n == 0),
        cancelled_after=st.one_of(st.none(), st.none(), instants),
    ),
    max_size=40,
)
window_sets = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.7, 10.0])), max_size=3
).map(lambda windows: RateLimits.of(*windows))


async def _pass(limiter: Limiter, caller: Caller, came: list[Passage], under_way: list[Passage]) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(caller.at - loop.time())
    came.append(passage := Passage(caller))
    try:
        permit = await limiter.acquire(caller.lane)
    except asyncio.CancelledError:
        passage.left_queue = loop.time()
        raise
    # The permit's own instant and not the time of waking up, which is the same on this clock.
    passage.granted = permit.taken_at
    passage.beside = len(under_way)
    passage.bulk_beside = sum(other.caller.lane is Lane.BULK for other in under_way)
    under_way.append(passage)
    try:
        await asyncio.sleep(caller.takes)
    finally:
        under_way.remove(passage)
        passage.over = loop.time()
        if caller.refunds:
            passage.refunded = True
            limiter.refund(permit)
        else:
            limiter.release(permit)


async def _run(limits: RateLimits, in_flight: int, traffic: list[Caller]) -> tuple[list[Passage], list[int]]:
    loop = asyncio.get_running_loop()
    limiter = Limiter(limits, max_in_flight=in_flight)
    came, under_way, tasks = list[Passage](), list[Passage](), list[asyncio.Task[None]]()
    for caller in traffic:
        task = asyncio.create_task(_pass(limiter, caller, came, under_way))
        if caller.cancelled_after is not None:
            loop.call_at(caller.at + caller.cancelled_after, task.cancel)
        tasks.append(task)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(r is None or isinstance(r, asyncio.CancelledError) for r in results), results
    await asyncio.sleep(max((w.period for w in limits.windows), default=0.0) + 1e-3)
    return came, [limiter.in_flight, limiter.waiting, limiter.available()]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(
    RateLimits.of((1, 1.0)),
    1,
    [Caller(0, 0, Lane.BULK, False, None), Caller(0, 0, Lane.BULK, False, 1.000001)],
)
@given(window_sets, st.integers(1, 6), callers)
def test_random_traffic_never_breaks_a_rule(
    limits: RateLimits, in_flight: int, traffic: list[Caller]
) -> None:
    passages, left_over = run(_run(limits, in_flight, traffic))
    granted = [(p.granted, p.over, p) for p in passages if p.granted is not None and p.over is not None]

    # No window is exceeded, wherever between sending and answer the server counted each of them.
    sent = sorted((at, over) for at, over, p in granted if not p.refunded)
    for window in limits.windows:
        for at, _ in sent:
            counted = sum(other <= at and over + window.period > at + ROUNDING for other, over in sent)
            assert counted <= window.limit, f"{counted} within {window} at {at}"
        for one, later in zip(sent, sent[window.limit :], strict=False):
            assert later[0] - one[0] >= window.period - ROUNDING

    # No more than the bound are under way.
    assert all(p.beside < in_flight for _, _, p in granted)

    # The bulk lane leaves one of them, and one token of each window, to the interactive lane.
    most_bulk = max(1, min([in_flight, *(w.limit for w in limits.windows)]) - 1)
    assert all(p.bulk_beside < most_bulk for _, _, p in granted if p.caller.lane is Lane.BULK)

    # First come, first served within a lane.
    for lane in Lane:
        in_line = [at for at, _, p in granted if p.caller.lane is lane]
        assert all(sooner <= later for sooner, later in pairwise(in_line))

    # Nobody in the bulk lane goes while somebody in the interactive lane waits.
    waits = [
        (p.caller.at, p.granted if p.granted is not None else p.left_queue)
        for p in passages
        if p.caller.lane is Lane.INTERACTIVE
    ]
    for at, _, passage in granted:
        if passage.caller.lane is Lane.BULK:
            assert not any(came < at < went for came, went in waits)

    # Everybody is gone, and every token is back.
    assert left_over == [0, 0, min([in_flight, *(w.limit for w in limits.windows)])]


def _ideal_times(limits: RateLimits, requests: int) -> list[float]:
    """The earliest possible times of that many requests, all pending at time 0, if they take no time."""
    times: list[float] = []
    for number in range(requests):
        earliest = [times[number - w.limit] + w.period for w in limits.windows if number >= w.limit]
        times.append(max([times[-1] if times else 0.0, *earliest]))
    return times


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 25), st.sampled_from([0.5, 1.0, 10.0, 60.0])), min_size=1, max_size=3),
    st.floats(0, 0.01),
    st.lists(st.floats(0, 30), max_size=10),
)
def test_98_percent_of_what_the_windows_allow_is_used_while_work_waits(
    windows: list[tuple[int, float]], share_on_the_wire: float, cancellations: list[float]
) -> None:
    # A request takes up to 1 % of the shortest window: its token comes back that much later.
    limits = RateLimits.of(*windows)
    takes = share_on_the_wire * min(period for _, period in windows)
    requests = 4 * max(limit for limit, _ in windows)

    async def main() -> list[float]:
        limiter, sent = Limiter(limits, max_in_flight=1000), list[float]()

        async def one(*, counts: bool = True) -> None:
            permit = await limiter.acquire()
            if counts:
                sent.append(permit.taken_at)
            await asyncio.sleep(takes)
            limiter.release(permit)

        async with asyncio.TaskGroup() as group:
            for _ in range(requests):
                group.create_task(one())
            await asyncio.sleep(0)
            for when in cancellations:
                # Behind all others in the queue, and gone before their turn: they must cost nothing.
                late = group.create_task(one(counts=False))
                asyncio.get_running_loop().call_later(
                    min(when, 0.4 * _ideal_times(limits, requests + 1)[-1]), late.cancel
                )
        return sent

    sent = run(main())
    ideal = _ideal_times(limits, requests)
    assert len(sent) == requests
    assert all(real >= best - ROUNDING for real, best in zip(sent, ideal, strict=True))
    assert sent[-1] * 0.98 <= ideal[-1] + takes + 1e-4


@settings(max_examples=5, deadline=None)
@given(st.sampled_from([RateLimits.STANDARD, RateLimits.PRO]), st.floats(0.05, 0.6))
def test_a_long_job_uses_98_percent_of_a_tier_with_the_latency_of_a_real_server(
    limits: RateLimits, takes: float
) -> None:
    async def main() -> float:
        limiter, left = Limiter(limits, max_in_flight=20), 2 * limits.windows[2].limit + 1
        last = 0.0

        async def worker() -> None:
            nonlocal left, last
            while left:
                left -= 1
                permit = await limiter.acquire(Lane.BULK)
                last = max(last, permit.taken_at)
                await asyncio.sleep(takes)
                limiter.release(permit)

        async with asyncio.TaskGroup() as group:
            for _ in range(30):
                group.create_task(worker())
        return last

    tightest = min(limits.windows, key=lambda w: w.limit / w.period)
    assert run(main()) * 0.98 <= 2 * tightest.period == limits.shortest_time(2 * tightest.limit + 1)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([(10, 2.0), (5, 1.0), (20, 1.0)]),
    st.floats(0.01, 0.6),
    st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), min_size=1, max_size=30),
)
def test_the_server_never_sees_too_many_however_long_requests_are_on_their_way(
    window: tuple[int, float], quickest: float, delays: list[tuple[float, float]]
) -> None:
    """Requests take different times to arrive; counted there, no span of the server's clock overflows."""
    limit, period = window
    arrivals: list[float] = []
    way = itertools.cycle([(0.0, 0.0), *delays])

    async def main() -> None:
        limiter = Limiter(RateLimits.of(window), max_in_flight=1000)

        async def one() -> None:
            permit = await limiter.acquire()
            there, back = next(way)
            await asyncio.sleep(quickest / 2 + there)
            arrivals.append(asyncio.get_running_loop().time())
            await asyncio.sleep(quickest / 2 + back)
            limiter.release(permit)

        await asyncio.gather(*(one() for _ in range(300)))

    run(main())
    arrivals.sort()
    spans = [late - early for early, late in zip(arrivals, arrivals[limit:], strict=False)]
    assert min(spans) >= period - ROUNDING


@pytest.mark.parametrize("takes", [0.05, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("window", [(10, 2.0), (10, 1.0), (60, 60.0)])
def test_98_percent_of_a_short_window_is_used_although_responses_take_long(
    window: tuple[int, float], takes: float
) -> None:
    """From the moment when enough answers have told how long the way is."""
    limit, period = window
    sent: list[float] = []

    async def main() -> None:
        limiter = Limiter(RateLimits.of(window), max_in_flight=1000)

        async def one() -> None:
            permit = await limiter.acquire()
            sent.append(permit.taken_at)
            await asyncio.sleep(takes)
            limiter.release(permit)

        await asyncio.gather(*(one() for _ in range(120 + 40 * limit)))

    run(main())
    settled = [at for at in sent[120:] if at > sent[120]]
    used = len(settled) / limit * period
    assert used >= 0.98 * (settled[-1] - settled[0])


class CountingServer:
    """Counts arrivals in sliding or fixed windows, and says what is left."""

    def __init__(self, limit: int, period: float, *, sliding: bool) -> None:
        self.limit, self.period, self.sliding = limit, period, sliding
        self.arrivals: deque[float] = deque()

    def arrive(self, now: float) -> tuple[int, float]:
        """Remaining and seconds to the reset, this request counted."""
        start = now - self.period if self.sliding else math.floor(now / self.period) * self.period
        while self.arrivals and (self.arrivals[0] <= start if self.sliding else self.arrivals[0] < start):
            self.arrivals.popleft()
        self.arrivals.append(now)
        reset_in = self.arrivals[0] + self.period - now if self.sliding else start + self.period - now
        return self.limit - len(self.arrivals), reset_in


@settings(max_examples=400, deadline=None)
@given(
    st.integers(1, 12),
    st.sampled_from([1.0, 5.0]),
    st.booleans(),
    st.lists(
        st.tuples(st.floats(0, 12), st.floats(0, 2), st.floats(0, 2), st.integers(0, 5)),
        min_size=1,
        max_size=40,
    ),
)
def test_without_other_senders_nothing_is_observed_and_nothing_exceeded(
    limit: int, period: float, sliding: bool, traffic: list[tuple[float, float, float, int]]
) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        limiter = Limiter(RateLimits.of((limit, period)), max_in_flight=8)
        server = CountingServer(limit, period, sliding=sliding)

        async def one(at: float, there: float, back: float, kind: int) -> None:
            await asyncio.sleep(at)
            permit = await limiter.acquire()
            if kind == 0:
                # No connection came about: nothing arrives, and the token is free again.
                await asyncio.sleep(there)
                limiter.refund(permit)
                return
            await asyncio.sleep(there)
            remaining, reset_in = server.arrive(loop.time())
            assert remaining >= 0, "the server would have answered 429"
            await asyncio.sleep(back)
            limiter.release(permit)
            if kind == 1:
                # An answer that lingers before it is looked at.
                await asyncio.sleep(there)
            assert limiter.observe(permit, limit=limit, remaining=remaining, reset_in=reset_in) == 0

        async with asyncio.TaskGroup() as group:
            for step in traffic:
                group.create_task(one(*step))

    run(main())


@settings(max_examples=200, deadline=None)
@given(st.integers(3, 12), st.data())
def test_after_one_response_the_key_of_two_processes_is_not_overdrawn(
    limit: int, data: st.DataObject
) -> None:
    others = data.draw(st.integers(1, limit - 1), label="others")
    ours = data.draw(st.integers(1, 30), label="ours")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        limiter = Limiter(RateLimits.of((limit, 10.0)), max_in_flight=8)
        server = CountingServer(limit, 10.0, sliding=True)
        for _ in range(others):
            server.arrive(loop.time())
        learned = 0

        async def one() -> None:
            nonlocal learned
            permit = await limiter.acquire()
            remaining, reset_in = server.arrive(loop.time())
            assert remaining >= 0, "the server would have answered 429"
            limiter.release(permit)
            learned += limiter.observe(permit, limit=limit, remaining=remaining, reset_in=reset_in)

        await one()
        assert learned == others
        async with asyncio.TaskGroup() as group:
            for _ in range(ours):
                group.create_task(one())
        assert learned == others, "tokens of others were taken twice, or ours were taken for theirs"

    run(main())
