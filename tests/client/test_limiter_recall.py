"""Requests of an earlier process are counted by the limiter of the next one."""

from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async.limits import Lane, RateLimits
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.pipeline.rate_limiter import RateLimiter, recall
from smartlead_async.virtual_time import run

ROUNDING = 1e-7


def now() -> float:
    return asyncio.get_running_loop().time()


async def instants(limiter: Limiter, requests: int) -> list[float]:
    sent = []
    for _ in range(requests):
        permit = await limiter.acquire(Lane.BULK)
        sent.append(permit.taken_at)
        limiter.release(permit)
    return sent


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 8), st.sampled_from([0.5, 1.0, 10.0])), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 12), st.floats(0, 12)), min_size=1, max_size=6),
    st.integers(1, 20),
)
def test_windows_hold_across_restarts(
    windows: list[tuple[int, float]], lives: list[tuple[int, float]], in_flight: int
) -> None:
    """Each process sends some requests and is killed; the next starts after a pause."""
    limits = RateLimits.of(*windows)

    async def main() -> list[float]:
        sent: list[float] = []
        for requests, pause in lives:
            limiter = Limiter(limits, max_in_flight=in_flight)
            limiter.recall(now() - at for at in sent)
            sent += await instants(limiter, requests)
            await asyncio.sleep(pause)
        return sent

    sent = run(main())
    for limit, period in windows:
        for early, late in zip(sent, sent[limit:], strict=False):
            assert late - early >= period - ROUNDING


async def test_a_recalled_request_gives_its_token_back_when_its_period_ends() -> None:
    limiter = Limiter(RateLimits.of((2, 10.0)))
    limiter.recall([4.0, 7.0])
    assert limiter.available() == 0
    assert await instants(limiter, 3) == pytest.approx([3, 6, 13], abs=1e-3)


async def test_only_the_windows_that_still_hold_a_recalled_request_count_it() -> None:
    limiter = Limiter(RateLimits.of((1, 1.0), (3, 60.0)))
    limiter.recall([30.0, 90.0])
    assert await instants(limiter, 3) == pytest.approx([0, 1, 30], abs=1e-3)


async def test_more_recalled_requests_than_the_window_allows_all_have_to_come_back() -> None:
    limiter = Limiter(RateLimits.of((2, 10.0)))
    limiter.recall([1.0, 2.0, 3.0, 4.0])
    assert await instants(limiter, 2) == pytest.approx([8, 9], abs=1e-3)


async def test_requests_that_the_limiter_counted_itself_are_not_counted_again() -> None:
    limiter = Limiter(RateLimits.of((4, 10.0)))
    await instants(limiter, 1)
    await asyncio.sleep(2)
    limiter.recall([1.0, 2.0, 5.0])
    assert limiter.available() == 2


@pytest.mark.parametrize("age", [-400.0, math.nan])
async def test_an_age_that_cannot_be_right_counts_as_a_request_sent_now(age: float) -> None:
    limiter = Limiter(RateLimits.of((1, 10.0)))
    limiter.recall([age])
    assert await instants(limiter, 1) == pytest.approx([10], abs=1e-3)


async def test_recalling_makes_callers_wait_who_could_have_gone() -> None:
    limiter = Limiter(RateLimits.of((3, 10.0)))
    await instants(limiter, 1)
    limiter.recall([5.0, 5.0])
    assert await instants(limiter, 1) == pytest.approx([5], abs=1e-3)


async def test_a_server_that_counted_the_recalled_requests_is_not_taken_for_another_sender() -> None:
    limiter = Limiter(RateLimits.of((5, 10.0)))
    limiter.recall([1.0, 2.0])
    permit = await limiter.acquire()
    assert limiter.foreign_requests(permit, limit=5, remaining=2) == 0


class OwnLimiter:
    """A user's limiter, shared by several processes, that needs no reminder."""

    def __init__(self, inner: RateLimiter) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        if name == "recall":
            raise AttributeError(name)
        return getattr(self._inner, name)


async def test_a_limiter_without_recall_is_left_alone() -> None:
    inner = Limiter(RateLimits.of((1, 10.0)))
    recall(OwnLimiter(inner), [1.0])  # type: ignore[arg-type] # by __getattr__
    assert inner.available() == 1


async def test_a_limiter_with_recall_is_told() -> None:
    limiter = Limiter(RateLimits.of((1, 10.0)))
    recall(limiter, [1.0])
    assert limiter.available() == 0
