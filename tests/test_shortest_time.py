"""The least time for so many requests, against the earliest instants that the windows allow one by one."""

from __future__ import annotations

import pytest

from smartlead_async import RateLimits

LIMITS = {
    "standard": RateLimits.STANDARD,
    "pro": RateLimits.PRO,
    "one": RateLimits.of((10, 2.0)),
    "the larger window never binds": RateLimits.of((5, 1.0), (1000, 10.0)),
    "the smaller window never binds": RateLimits.of((50, 1.0), (20, 60.0)),
    "the same period twice": RateLimits.of((5, 10.0), (7, 10.0)),
}


def earliest(limits: RateLimits, requests: int) -> float:
    """One after the other: a request goes out when it is the limit-th after one that is a period ago."""
    at: list[float] = []
    for n in range(requests):
        at.append(max((at[n - w.limit] + w.period for w in limits.windows if n >= w.limit), default=0.0))
    return at[-1]


@pytest.mark.parametrize("name", LIMITS)
def test_it_is_the_instant_of_the_last_request_sent_as_early_as_possible(name: str) -> None:
    limits = LIMITS[name]
    for requests in (1, 2, 5, 6, 10, 11, 61, 85, 600, 1000, 1001, 3500):
        assert limits.shortest_time(requests) == pytest.approx(earliest(limits, requests)), requests


def test_nothing_and_no_windows_take_no_time() -> None:
    assert RateLimits.STANDARD.shortest_time(0) == 0
    assert RateLimits.UNLIMITED.shortest_time(10**9) == 0
