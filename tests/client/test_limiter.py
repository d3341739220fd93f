"""The limiter, rule by rule. The property test over random traffic is in test_limiter_properties.py."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import pytest

from smartlead_async.limits import Lane, RateLimits, Window
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.pipeline.rate_limiter import Permit


def now() -> float:
    return asyncio.get_running_loop().time()


async def send_one(
    limiter: Limiter, seconds: float = 0.0, *, lane: Lane = Lane.INTERACTIVE, log: list[float] | None = None
) -> Permit:
    permit = await limiter.acquire(lane)
    if log is not None:
        log.append(now())
    try:
        await asyncio.sleep(seconds)
    finally:
        limiter.release(permit)
    return permit


async def test_a_window_lets_its_limit_through_at_once_and_the_next_one_a_period_later() -> None:
    limiter, log = Limiter(RateLimits.of((3, 10.0))), list[float]()
    async with asyncio.TaskGroup() as group:
        for _ in range(7):
            group.create_task(send_one(limiter, log=log))
    assert log == pytest.approx([0, 0, 0, 10, 10, 10, 20], abs=1e-3)


async def test_a_token_returns_one_period_after_its_request_ended() -> None:
    # The server counts an arrival somewhere between sending and the answer, so counting from the send
    # could put two spans' worth into one span of the server's.
    limiter, log = Limiter(RateLimits.of((1, 10.0))), list[float]()
    await send_one(limiter, 4.0, log=log)
    await send_one(limiter, log=log)
    assert log == pytest.approx([0, 14], abs=1e-3)


async def test_every_window_has_to_have_room() -> None:
    limiter, log = Limiter(RateLimits.of((2, 1.0), (3, 10.0))), list[float]()
    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            group.create_task(send_one(limiter, log=log))
    assert log == pytest.approx([0, 0, 1, 10, 10, 11], abs=1e-3)


async def test_no_more_than_the_bound_are_in_flight_even_without_windows() -> None:
    limiter, most = Limiter(RateLimits.UNLIMITED, max_in_flight=4), 0

    async def one() -> None:
        nonlocal most
        permit = await limiter.acquire()
        most = max(most, limiter.in_flight)
        await asyncio.sleep(1)
        limiter.release(permit)

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(one())
    assert most == 4
    assert now() == pytest.approx(3.0)
    assert limiter.in_flight == 0


async def test_raising_the_bound_lets_waiters_in_at_once() -> None:
    limiter = Limiter(RateLimits.UNLIMITED, max_in_flight=1)
    await limiter.acquire()
    waiters = [asyncio.create_task(limiter.acquire()) for _ in range(3)]
    await asyncio.sleep(1)
    assert not any(task.done() for task in waiters)
    limiter.max_in_flight = 3
    await asyncio.sleep(0.001)
    assert [task.done() for task in waiters] == [True, True, False]
    waiters[2].cancel()


async def test_an_interactive_call_overtakes_the_bulk_that_waits() -> None:
    limiter, order = Limiter(RateLimits.of((1, 10.0))), list[str]()

    async def one(name: str, lane: Lane) -> None:
        permit = await limiter.acquire(lane)
        order.append(name)
        limiter.release(permit)

    await one("first", Lane.BULK)
    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(one(f"bulk {number}", Lane.BULK))
        await asyncio.sleep(5)
        for number in range(2):
            group.create_task(one(f"person {number}", Lane.INTERACTIVE))
    assert order == ["first", "person 0", "person 1", "bulk 0", "bulk 1", "bulk 2"]


@pytest.mark.parametrize(
    "limits", [RateLimits.UNLIMITED, RateLimits.STANDARD, RateLimits.of((2, 1.0))], ids=str
)
@pytest.mark.parametrize("max_in_flight", [2, 20])
async def test_an_interactive_call_never_waits_for_bulk_requests_that_hang(
    limits: RateLimits, max_in_flight: int
) -> None:
    limiter, log = Limiter(limits, max_in_flight=max_in_flight), list[float]()
    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(send_one(limiter, 29.0, lane=Lane.BULK))
        await asyncio.sleep(5)
        for _ in range(3):
            began = now()
            await send_one(limiter, 0.1, log=log)
            # At most the window of a second is used up, by the calls before this one.
            assert log[-1] - began <= 1.1 + 1e-3
        for task in tuple(group._tasks):
            task.cancel()


async def test_bulk_requests_leave_one_in_flight_to_interactive_calls_and_use_the_others() -> None:
    limiter = Limiter(RateLimits.UNLIMITED, max_in_flight=3)
    bulk = [limiter.acquire_now(Lane.BULK) for _ in range(3)]
    assert [permit is not None for permit in bulk] == [True, True, False]
    waiting = asyncio.create_task(limiter.acquire(Lane.BULK))
    await asyncio.sleep(1)
    assert not waiting.done()
    interactive = limiter.acquire_now() or await limiter.acquire()
    assert limiter.in_flight == 3
    limiter.release(interactive)
    await asyncio.sleep(1)
    assert not waiting.done(), "what an interactive call returns is not for the bulk lane"
    assert bulk[0] is not None
    limiter.refund(bulk[0])
    await asyncio.sleep(0)
    assert waiting.done()


async def test_raising_the_bound_lets_bulk_requests_in_at_once() -> None:
    limiter = Limiter(RateLimits.UNLIMITED, max_in_flight=2)
    await limiter.acquire(Lane.BULK)
    waiters = [asyncio.create_task(limiter.acquire(Lane.BULK)) for _ in range(3)]
    await asyncio.sleep(1)
    limiter.max_in_flight = 4
    await asyncio.sleep(0.001)
    assert [task.done() for task in waiters] == [True, True, False]
    waiters[2].cancel()


@pytest.mark.parametrize(
    "limiter_of_one",
    [
        lambda: Limiter(RateLimits.UNLIMITED, max_in_flight=1),
        lambda: Limiter(RateLimits.of((1, 1.0))),
    ],
)
async def test_a_bound_of_one_reserves_nothing(limiter_of_one: Callable[[], Limiter]) -> None:
    assert limiter_of_one().acquire_now(Lane.BULK) is not None


async def test_a_new_caller_does_not_overtake_the_queue_when_a_token_is_free_again() -> None:
    limiter, order = Limiter(RateLimits.UNLIMITED, max_in_flight=1), list[str]()
    first = await limiter.acquire()

    async def one(name: str) -> None:
        permit = await limiter.acquire()
        order.append(name)
        await asyncio.sleep(1)
        limiter.release(permit)

    waiting = asyncio.create_task(one("waited"))
    await asyncio.sleep(1)
    limiter.release(first)
    newcomer = asyncio.create_task(one("came later"))
    await asyncio.gather(waiting, newcomer)
    assert order == ["waited", "came later"]


async def test_a_new_caller_does_not_overtake_the_queue_when_a_token_is_due() -> None:
    limiter, order = Limiter(RateLimits.of((1, 10.0))), list[str]()

    async def one(name: str) -> None:
        permit = await limiter.acquire()
        order.append(name)
        limiter.release(permit)

    await one("first")
    waiting = asyncio.create_task(one("waited"))
    await asyncio.sleep(10.0)  # before the limiter's own timer, which fires a breath after it is due
    await asyncio.gather(waiting, one("came later"))
    assert order == ["first", "waited", "came later"]


async def test_cancelling_in_the_queue_gives_the_place_to_the_next() -> None:
    limiter, log = Limiter(RateLimits.of((1, 10.0))), list[float]()
    await send_one(limiter, log=log)
    gives_up = asyncio.create_task(limiter.acquire())
    stays = asyncio.create_task(send_one(limiter, log=log))
    await asyncio.sleep(1)
    gives_up.cancel()
    await stays
    assert log == pytest.approx([0, 10], abs=1e-3)
    assert (limiter.in_flight, limiter.waiting) == (0, 0)


async def test_cancelling_at_the_moment_of_the_grant_returns_the_token() -> None:
    limiter = Limiter(RateLimits.of((1, 10.0)), max_in_flight=1)
    first = await limiter.acquire()
    unlucky = asyncio.create_task(limiter.acquire())
    next_one = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(1)
    limiter.refund(first)  # grants it to the unlucky one, who has no chance to run before …
    unlucky.cancel()  # … this
    await asyncio.wait([next_one], timeout=0.001)
    assert unlucky.cancelled()
    assert next_one.done(), "the token went down with the caller who was cancelled"
    limiter.refund(next_one.result())
    assert limiter.available() == 1


async def test_a_refund_makes_room_at_once_and_a_release_only_after_the_period() -> None:
    limiter = Limiter(RateLimits.of((2, 10.0)))
    sent, not_sent = await limiter.acquire(), await limiter.acquire()
    assert limiter.available() == 0
    limiter.refund(not_sent)
    assert limiter.available() == 1
    limiter.release(sent)
    assert limiter.available() == 1
    await asyncio.sleep(10.001)
    assert limiter.available() == 2


async def test_a_closed_gate_stops_everybody_in_both_lanes_until_its_time() -> None:
    limiter, log = Limiter(RateLimits.of((100, 1.0))), list[float]()
    limiter.close_until(30.0)
    assert limiter.available() == 0
    async with asyncio.TaskGroup() as group:
        group.create_task(send_one(limiter, lane=Lane.BULK, log=log))
        group.create_task(send_one(limiter, lane=Lane.INTERACTIVE, log=log))
    assert log == pytest.approx([30, 30], abs=1e-3)
    assert min(log) >= 30.0


async def test_closing_the_gate_also_holds_waiting_callers() -> None:
    limiter, log = Limiter(RateLimits.of((1, 10.0))), list[float]()
    await send_one(limiter)
    waiting = asyncio.create_task(send_one(limiter, log=log))
    await asyncio.sleep(9)
    limiter.close_until(25.0)
    limiter.close_until(12.0)  # an earlier time does not open it
    assert limiter.closed_until == 25.0
    await waiting
    assert log == pytest.approx([25], abs=1e-3)


async def test_reopening_lets_waiters_go_at_once() -> None:
    limiter, log = Limiter(RateLimits.UNLIMITED), list[float]()
    limiter.close_until(1000.0)
    waiting = asyncio.create_task(send_one(limiter, log=log))
    await asyncio.sleep(3)
    limiter.reopen()
    await waiting
    assert log == pytest.approx([3])


async def test_observing_removes_foreign_requests_until_the_window_resets() -> None:
    limiter = Limiter(RateLimits.of((10, 60.0)))
    permit = await limiter.acquire()
    limiter.release(permit)
    assert limiter.observe(permit, limit=10, remaining=2, reset_in=20.0) == 7
    assert limiter.available() == 2
    await asyncio.sleep(20.001)
    assert limiter.available() == 9, "the tokens of others come back at the reset, ours a period later"
    await asyncio.sleep(40)
    assert limiter.available() == 10


async def test_observing_the_same_twice_removes_nothing_twice() -> None:
    limiter = Limiter(RateLimits.of((10, 60.0)))
    first, second = await limiter.acquire(), await limiter.acquire()
    limiter.release(first)
    limiter.release(second)
    # Five others; of the first answer one might be our own second request, which was out already.
    assert limiter.observe(first, limit=10, remaining=4, reset_in=20.0) == 4
    assert limiter.observe(second, limit=10, remaining=3, reset_in=20.0) == 1
    assert limiter.observe(second, limit=10, remaining=3, reset_in=20.0) == 0
    assert limiter.available() == 3


@pytest.mark.parametrize(("remaining", "reset_in"), [(-5, 20.0), (0, -3.0), (0, 1e9)])
async def test_observing_survives_nonsensical_headers(remaining: int, reset_in: float) -> None:
    limiter = Limiter(RateLimits.of((10, 60.0)))
    permit = await limiter.acquire()
    limiter.release(permit)
    limiter.observe(permit, limit=10, remaining=remaining, reset_in=reset_in)
    await asyncio.sleep(60.001)
    assert limiter.available() == 10, "never out for longer than the window's own period"


async def test_headers_about_an_unknown_window_change_nothing() -> None:
    limiter = Limiter(RateLimits.of((10, 60.0)))
    permit = await limiter.acquire()
    assert limiter.observe(permit, limit=200, remaining=0, reset_in=60.0) == 0
    assert limiter.available() == 9


async def test_foreign_tokens_wake_the_waiters_when_they_come_back() -> None:
    limiter, log = Limiter(RateLimits.of((2, 60.0))), list[float]()
    permit = await limiter.acquire()
    limiter.release(permit)
    limiter.observe(permit, limit=2, remaining=0, reset_in=5.0)
    await send_one(limiter, log=log)
    assert log == pytest.approx([5], abs=1e-3)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("standard", RateLimits.of((60, 60), (1000, 3600), (10, 1))),
        (" PRO ", RateLimits.of((120, 60), (3000, 3600), (20, 1))),
        ("unlimited", RateLimits.of()),
        ("10/2", RateLimits.of((10, 2.0))),
        ("60/60,1000/3600", RateLimits.of((60, 60.0), (1000, 3600.0))),
        ("unlimited+1", RateLimits.UNLIMITED.with_margin(1)),
        ("10/2+0.25", RateLimits.of((10, 2.0)).with_margin(0.25)),
        ("10/2,20/5 + 0.25s", RateLimits.of((10, 2.0), (20, 5.0)).with_margin(0.25)),
    ],
)
def test_a_tier_is_a_name_or_windows_and_may_have_a_margin(text: str, limits: RateLimits) -> None:
    parsed = RateLimits.parse(text)
    assert (set(parsed.windows), parsed.margin) == (set(limits.windows), limits.margin)


@pytest.mark.parametrize("margin", [-0.1, math.nan, math.inf])
def test_a_margin_that_is_no_time_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match=r"at least 0|margin must be a number"):
        RateLimits.STANDARD.with_margin(margin)


def test_a_margin_is_shown_and_makes_the_shortest_time_longer() -> None:
    limits = RateLimits.of((10, 1.0), (60, 60.0)).with_margin(0.5)
    assert str(limits) == "10/1s, 60/60s, margin 0.5s"
    assert [limits.shortest_time(requests) for requests in (10, 11, 61)] == [0, 1.5, 60.5]


async def test_a_margin_makes_tokens_come_back_later() -> None:
    limiter, log = Limiter(RateLimits.of((1, 10.0)).with_margin(2)), list[float]()
    await send_one(limiter, log=log)
    await send_one(limiter, log=log)
    assert log == pytest.approx([0, 12], abs=1e-3)


async def test_requests_of_an_earlier_process_count_for_the_margin_too() -> None:
    limiter, log = Limiter(RateLimits.of((1, 10.0)).with_margin(2)), list[float]()
    limiter.recall([11.0])
    await send_one(limiter, log=log)
    assert log == pytest.approx([1], abs=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gold",
        "10",
        "10/",
        "/10",
        "0/5",
        "5/0",
        "5/-1",
        "5/inf",
        "5/nan",
        "1.5/2",
        "5/5,",
        "5/5+",
        "+1",
        "5/5+-1",
        "5/5+nan",
        "5/5+1+1",
    ],
)
def test_a_tier_that_cannot_be_meant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="60/60,1000/3600"):
        RateLimits.parse(text)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Window(0, 1.0),
        lambda: Window(1, 0.0),
        lambda: Window(1, math.nan),
        lambda: Window(1, math.inf),
        lambda: Limiter(RateLimits.UNLIMITED, max_in_flight=0),
    ],
)
def test_windows_and_bounds_below_one_are_refused(build: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"at least 1|period must be a number"):
        build()


@pytest.mark.parametrize(
    ("requests", "seconds"), [(0, 0), (1, 0), (10, 0), (11, 1), (60, 5), (61, 60), (1001, 3600)]
)
def test_the_shortest_time_for_some_requests_is_that_of_the_slowest_window(
    requests: int, seconds: float
) -> None:
    assert RateLimits.STANDARD.shortest_time(requests) == seconds


async def test_old_arrivals_are_dropped() -> None:
    limiter = Limiter(RateLimits.of((10, 1.0), (100, 30.0)))
    for _ in range(6000):
        await send_one(limiter)
    assert len(limiter._arrivals) < 2500, "a long job would keep an instant for every request it ever sent"
    assert limiter.available() <= 10


async def test_a_free_permit_is_granted_without_checking_the_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    look = Limiter._next_grant

    def counted(limiter: Limiter, moment: float) -> float:
        nonlocal looks
        looks += 1
        return look(limiter, moment)

    monkeypatch.setattr(Limiter, "_next_grant", counted)
    limiter = Limiter(RateLimits.of((1000, 1.0), (5000, 60.0)), max_in_flight=5)
    for _ in range(800):
        limiter.release(await limiter.acquire())
    assert looks == 1


async def test_changing_the_bound_applies_to_permits_known_to_be_free() -> None:
    limiter = Limiter(RateLimits.of((100, 10.0)), max_in_flight=10)
    permits = [await limiter.acquire() for _ in range(3)]
    limiter.max_in_flight = 3
    assert limiter.acquire_now() is None
    limiter.release(permits.pop())
    assert limiter.acquire_now() is not None
    assert limiter.acquire_now() is None


async def test_closing_the_gate_applies_to_permits_known_to_be_free() -> None:
    limiter = Limiter(RateLimits.of((100, 10.0)))
    limiter.release(await limiter.acquire())
    limiter.close_until(now() + 5)
    assert limiter.acquire_now() is None
    await limiter.acquire()
    assert now() == pytest.approx(5.0, abs=1e-3)


async def test_foreign_requests_apply_to_permits_known_to_be_free() -> None:
    limiter = Limiter(RateLimits.of((10, 60.0)))
    permit = await limiter.acquire()
    limiter.release(permit)
    assert limiter.observe(permit, limit=10, remaining=0, reset_in=20.0) == 9
    assert limiter.acquire_now() is None


async def test_headers_are_compared_with_the_tokens_in_use_when_the_request_was_sent() -> None:
    limiter = Limiter(RateLimits.of((10, 5.0)))
    first = await limiter.acquire()
    limiter.release(first)
    await asyncio.sleep(4)
    asked = await limiter.acquire()
    await asyncio.sleep(2)  # in the meantime the first one's token comes back
    limiter.release(asked)
    assert limiter.foreign_requests(asked, limit=10, remaining=8) == 0
    assert limiter.foreign_requests(asked, limit=10, remaining=7) == 1
    assert limiter.foreign_requests(asked, limit=11, remaining=0) == 0
    await limiter.acquire()
    assert limiter.foreign_requests(asked, limit=10, remaining=8) == 0
    assert limiter.foreign_requests(asked, limit=10, remaining=-3) == 7


async def test_a_token_that_came_back_before_the_request_went_out_is_not_counted_as_out() -> None:
    limiter = Limiter(RateLimits.of((10, 5.0)))
    limiter.release(await limiter.acquire())
    await asyncio.sleep(6)
    asked = await limiter.acquire()
    limiter.release(asked)
    assert limiter.foreign_requests(asked, limit=10, remaining=9) == 0
    assert limiter.foreign_requests(asked, limit=10, remaining=8) == 1


async def test_the_queue_is_first_in_first_out() -> None:
    limiter, order = Limiter(RateLimits.of((2, 10.0)), max_in_flight=10), list[str]()

    async def one(name: str) -> None:
        permit = await limiter.acquire()
        order.append(name)
        limiter.release(permit)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(one(f"{number}"))
        await asyncio.sleep(10.0)
        for number in range(5, 8):
            group.create_task(one(f"{number}"))
    assert order == [str(number) for number in range(8)]
