"""The limiter of a job ends with the job, and leaves the client's limiter to everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from smartlead_async.limits import Lane, RateLimits
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.pipeline.rate_limiter import RateLimiter
from smartlead_async.provisioning.job.job_limiter import JobLimiter, Stopped


async def test_permits_are_taken_from_the_limiter_below_and_returned_to_it() -> None:
    below = Limiter(RateLimits.of((3, 10.0)))
    limiter = JobLimiter(below)
    sent, not_sent = await limiter.acquire(Lane.BULK), limiter.acquire_now(Lane.BULK)
    assert not_sent is not None
    assert (limiter.in_flight, below.in_flight, below.available()) == (2, 2, 1)
    limiter.refund(not_sent)
    limiter.release(sent)
    assert (limiter.in_flight, below.in_flight, below.available()) == (0, 0, 2)


async def test_only_requests_of_the_job_count_as_its_own() -> None:
    below = Limiter(RateLimits.UNLIMITED, max_in_flight=2)
    limiter = JobLimiter(below)
    others = [await below.acquire() for _ in range(2)]
    waiting = asyncio.create_task(limiter.acquire(Lane.BULK))
    waiting_elsewhere = asyncio.create_task(below.acquire(Lane.BULK))
    await asyncio.sleep(1)
    assert (limiter.in_flight, limiter.waiting, below.waiting) == (0, 1, 2)
    below.refund(others[0])
    assert await waiting
    assert (limiter.in_flight, limiter.waiting) == (1, 0)
    waiting_elsewhere.cancel()


async def test_after_stopping_every_request_is_refused_and_other_users_continue() -> None:
    below = Limiter(RateLimits.UNLIMITED)
    limiter = JobLimiter(below)
    limiter.stop()
    with pytest.raises(Stopped):
        limiter.acquire_now(Lane.BULK)
    with pytest.raises(Stopped):
        await limiter.acquire(Lane.BULK)
    assert limiter.available() == 0
    assert below.acquire_now(Lane.BULK) is not None
    assert JobLimiter(below).acquire_now(Lane.BULK) is not None


async def test_stopping_wakes_those_in_the_queue() -> None:
    below = Limiter(RateLimits.UNLIMITED, max_in_flight=1)
    limiter = JobLimiter(below)
    permit = await limiter.acquire()
    waiting = [asyncio.create_task(limiter.acquire(Lane.BULK)) for _ in range(3)]
    await asyncio.sleep(1)
    limiter.stop()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [Stopped] * 3
    assert (limiter.waiting, below.waiting, limiter.in_flight) == (0, 0, 1)
    limiter.release(permit)
    assert below.in_flight == 0


async def test_a_permit_granted_in_the_moment_of_stopping_is_not_lost() -> None:
    below = Limiter(RateLimits.UNLIMITED, max_in_flight=1)
    limiter = JobLimiter(below)
    permit = await below.acquire()
    waiting = asyncio.create_task(limiter.acquire(Lane.BULK))
    await asyncio.sleep(1)
    below.refund(permit)
    limiter.stop()
    with pytest.raises(Stopped):
        await waiting
    assert (below.in_flight, below.available()) == (0, 1)


async def pause() -> None:
    await asyncio.sleep(2)


def waiting_for_the_client(below: Limiter) -> JobLimiter:
    below.max_in_flight = 1
    assert below.acquire_now() is not None
    return JobLimiter(below)


def waiting_for_the_gate(below: Limiter) -> JobLimiter:
    below.close_until(1000)
    return JobLimiter(below)


def waiting_for_a_slot(below: Limiter) -> JobLimiter:
    limiter = JobLimiter(below)
    limiter.max_in_flight = 1
    assert limiter.acquire_now() is not None
    return limiter


def waiting_before_sending(below: Limiter) -> JobLimiter:
    return JobLimiter(below, before_send=pause)


AWAIT_POINTS = pytest.mark.parametrize(
    "place",
    [waiting_for_the_client, waiting_for_the_gate, waiting_for_a_slot, waiting_before_sending],
    ids=lambda place: place.__name__,
)


@pytest.mark.parametrize("granted", [False, True], ids=["while waiting", "in the moment of the grant"])
@pytest.mark.parametrize("order", ["stop, cancel", "cancel, stop", "cancel, stop, cancel"])
@AWAIT_POINTS
async def test_a_task_that_is_cancelled_as_the_job_stops_is_cancelled(
    place: Callable[[Limiter], JobLimiter], order: str, granted: bool
) -> None:
    below = Limiter(RateLimits.UNLIMITED)
    limiter = place(below)
    held = below.in_flight, limiter.in_flight
    task = asyncio.create_task(limiter.acquire(Lane.BULK))
    await asyncio.sleep(1)
    if granted:
        # The future of the waiter has its result, and the task has not run yet.
        below.reopen()
        below.max_in_flight = limiter.max_in_flight = 20
    for action in order.split(", "):
        task.cancel() if action == "cancel" else limiter.stop()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert limiter.waiting == below.waiting == 0
    assert (below.in_flight, limiter.in_flight) == held
    assert limiter._slots.in_flight == limiter.in_flight


@AWAIT_POINTS
async def test_a_task_in_any_place_is_stopped_and_gives_everything_back(
    place: Callable[[Limiter], JobLimiter],
) -> None:
    below = Limiter(RateLimits.UNLIMITED)
    limiter = place(below)
    held = below.in_flight, limiter.in_flight
    task = asyncio.create_task(limiter.acquire(Lane.BULK))
    await asyncio.sleep(1)
    limiter.stop()
    with pytest.raises(Stopped):
        await task
    assert task.cancelling() == 0
    assert (below.in_flight, limiter.in_flight) == held
    assert limiter._slots.in_flight == limiter.in_flight


async def test_fewer_requests_in_flight_are_fewer_of_this_job_alone() -> None:
    below = Limiter(RateLimits.UNLIMITED, max_in_flight=8)
    slowed, other = JobLimiter(below), JobLimiter(below)
    slowed.max_in_flight = 2
    assert (slowed.max_in_flight, other.max_in_flight, below.max_in_flight) == (2, 8, 8)
    permits = [slowed.acquire_now(), slowed.acquire_now()]
    assert (slowed.acquire_now(), slowed.available()) == (None, 0)
    assert other.acquire_now() is not None
    waiting = asyncio.create_task(slowed.acquire())
    await asyncio.sleep(1)
    assert not waiting.done()
    assert permits[0] is not None
    slowed.release(permits[0])
    await waiting
    assert (slowed.in_flight, below.in_flight) == (2, 3)


async def test_a_stopped_task_can_go_on() -> None:
    below = Limiter(RateLimits.UNLIMITED, max_in_flight=1)
    limiter = JobLimiter(below)
    await below.acquire()

    async def record_what_happened() -> str:
        try:
            await limiter.acquire(Lane.BULK)
        except Stopped:
            await asyncio.sleep(5)
            return "recorded"
        return "sent"

    task = asyncio.create_task(record_what_happened())
    await asyncio.sleep(1)
    limiter.stop()
    assert await task == "recorded"
    assert task.cancelling() == 0


async def test_a_timeout_in_the_queue_stays_a_timeout() -> None:
    below = Limiter(RateLimits.UNLIMITED, max_in_flight=1)
    limiter = JobLimiter(below)
    await below.acquire()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await limiter.acquire(Lane.BULK)
    assert (limiter.waiting, below.waiting) == (0, 0)


async def test_waiting_until_idle_waits_for_the_requests_in_flight_of_this_job_alone() -> None:
    below = Limiter(RateLimits.UNLIMITED)
    limiter = JobLimiter(below)
    await limiter.idle()
    permits = [await limiter.acquire() for _ in range(2)]
    await below.acquire()
    idle = asyncio.create_task(limiter.idle())
    limiter.release(permits.pop())
    await asyncio.sleep(1)
    assert not idle.done()
    limiter.refund(permits.pop())
    await asyncio.sleep(0)
    assert idle.done()


async def test_gate_windows_and_headers_are_those_of_the_limiter_below() -> None:
    below = Limiter(RateLimits.of((10, 60.0)), max_in_flight=7)
    limiter: RateLimiter = JobLimiter(below)
    assert (limiter.limits, limiter.max_in_flight, limiter.available()) == (below.limits, 7, 7)
    permit = await limiter.acquire()
    limiter.release(permit)
    assert limiter.foreign_requests(permit, limit=10, remaining=5) == 4
    assert limiter.observe(permit, limit=10, remaining=5, reset_in=20.0) == 4
    assert below.available() == 5
    limiter.close_until(30.0)
    assert (below.closed_until, limiter.closed_until) == (30.0, 30.0)
