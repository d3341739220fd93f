"""Windows as a server counts them when the network delays requests at random, in virtual time."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async.limits import RateLimits
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.virtual_time import run

# Differences of times are rounded: this is far below the microsecond that the limiter adds to a wait.
ROUNDING = 1e-7


@attrs.frozen
class Trip:
    """The time of a request to the server and of its response back; the client may give up before."""

    there: float
    back: float
    gives_up_after: float | None = None

    @property
    def takes(self) -> float:
        """The time until the client returns the permit."""
        takes = self.there + self.back
        return takes if self.gives_up_after is None else min(takes, self.gives_up_after)


def sent_and_arrived(
    limits: RateLimits, trip: Callable[[], Trip], requests: int
) -> tuple[list[float], list[float]]:
    """Send requests as fast as a limiter allows; return when they were sent and when they arrived."""
    sent, arrived = list[float](), list[float]()

    async def main() -> None:
        limiter = Limiter(limits, max_in_flight=50)

        async def one() -> None:
            permit, way = await limiter.acquire(), trip()
            sent.append(permit.taken_at)
            # The network delivers a request also if the client does not wait for it.
            arrived.append(permit.taken_at + way.there)
            await asyncio.sleep(way.takes)
            limiter.release(permit)

        await asyncio.gather(*(one() for _ in range(requests)))

    run(main())
    return sorted(sent), sorted(arrived)


def most_in_a_window(times: list[float], period: float) -> int:
    """Return the greatest number of sorted times in any span of this length."""
    most, first = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - period + ROUNDING:
            first += 1
        most = max(most, last - first + 1)
    return most


trips = st.lists(
    st.builds(
        Trip,
        there=st.floats(0, 2),
        back=st.floats(0, 2),
        gives_up_after=st.one_of(st.none(), st.none(), st.floats(0, 3)),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.sampled_from([1.0, 2.0, 10.0])), min_size=1, max_size=2),
    trips,
    st.floats(0, 1),
)
def test_no_window_at_the_server_is_exceeded_if_the_margin_covers_the_spread_of_the_delays(
    windows: list[tuple[int, float]], ways: list[Trip], more: float
) -> None:
    there, back = [way.there for way in ways], [way.back for way in ways]
    margin = max(there) - min(there) + max(back) - min(back) + more
    way = itertools.cycle(ways)
    limits = RateLimits.of(*windows).with_margin(margin)
    _, arrived = sent_and_arrived(limits, lambda: next(way), 250)
    for limit, period in windows:
        assert most_in_a_window(arrived, period) <= limit


@settings(max_examples=100, deadline=None)
@given(st.tuples(st.integers(1, 12), st.sampled_from([1.0, 2.0, 10.0])), trips)
def test_no_window_is_exceeded_as_sent_whatever_the_delays_and_without_a_margin(
    window: tuple[int, float], ways: list[Trip]
) -> None:
    way = itertools.cycle(ways)
    sent, _ = sent_and_arrived(RateLimits.of(window), lambda: next(way), 250)
    assert most_in_a_window(sent, window[1]) <= window[0]


def uniform(rng: random.Random) -> Trip:
    return Trip(rng.uniform(0.02, 0.3), rng.uniform(0.02, 0.3))


def opposite(rng: random.Random) -> Trip:
    """Slow there and quick back, or the reverse: the response time tells nothing about the arrival."""
    there = rng.choice([0.05, 1.0])
    return Trip(there, 1.05 - there)


def given_up(rng: random.Random) -> Trip:
    return Trip(rng.uniform(0.05, 0.5), 0.1, 0.02 if rng.random() < 0.2 else None)


@pytest.mark.parametrize(
    ("trip", "margin", "most"),
    [
        (lambda _: Trip(0.1, 0.1), 0.0, 10),
        (uniform, 0.56, 10),
        (opposite, 0.0, 16),
        (opposite, 1.9, 10),
        (given_up, 0.0, 12),
        (given_up, 0.45, 10),
    ],
)
def test_what_a_server_counts_of_10_a_second_is_as_documented(
    trip: Callable[[random.Random], Trip], margin: float, most: int
) -> None:
    limits = RateLimits.of((10, 1.0)).with_margin(margin)
    counted = []
    for seed in range(5):
        rng = random.Random(seed)
        counted.append(most_in_a_window(sent_and_arrived(limits, lambda: trip(rng), 600)[1], 1.0))  # noqa: B023
    assert max(counted) <= most
    if not margin:
        assert max(counted) >= most - 1, "the example no longer shows what a margin is for"
