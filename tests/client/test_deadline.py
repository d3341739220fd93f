"""Deadlines on a shared timer behave like ``asyncio.timeout``, for any number of concurrent blocks."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async.transport.deadline import Deadline, DeadlineTimer
from smartlead_async.virtual_time import run


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_block_that_finishes_in_time_is_not_interrupted() -> None:
    timer = DeadlineTimer()
    with Deadline(timer, 5.0):
        await asyncio.sleep(4.9)
    await asyncio.sleep(10)
    assert now() == pytest.approx(14.9)


async def test_a_block_that_takes_too_long_raises_timeout_error() -> None:
    with pytest.raises(TimeoutError), Deadline(DeadlineTimer(), 5.0):
        await asyncio.sleep(60)
    assert now() == pytest.approx(5.0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0, "the task must not stay marked as cancelling"


@pytest.mark.parametrize("seconds", [0.0, -1.0])
async def test_a_deadline_of_zero_expires_at_the_first_await(seconds: float) -> None:
    with pytest.raises(TimeoutError), Deadline(DeadlineTimer(), seconds):
        await asyncio.sleep(60)
    assert now() == pytest.approx(0.0)


async def test_a_shorter_deadline_that_is_set_later_expires_first() -> None:
    timer, order = DeadlineTimer(), list[str]()

    async def block(name: str, seconds: float) -> None:
        try:
            with Deadline(timer, seconds):
                await asyncio.sleep(60)
        except TimeoutError:
            order.append(f"{name} at {now():g}")

    async with asyncio.TaskGroup() as group:
        group.create_task(block("long", 30.0))
        await asyncio.sleep(1)
        group.create_task(block("short", 2.0))
        group.create_task(block("middle", 9.0))
    assert order == ["short at 3", "middle at 10", "long at 30"]


async def test_blocks_that_are_due_at_once_expire_in_the_order_in_which_they_began() -> None:
    timer, order = DeadlineTimer(), list[int]()

    async def block(number: int) -> None:
        try:
            with Deadline(timer, 5.0):
                await asyncio.sleep(60)
        except TimeoutError:
            order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(block(number))
    assert order == list(range(50))


async def test_a_cancellation_from_outside_is_not_a_timeout() -> None:
    async def block() -> None:
        with Deadline(DeadlineTimer(), 5.0):
            await asyncio.sleep(60)

    task = asyncio.create_task(block())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_at_the_moment_of_the_deadline_takes_precedence() -> None:
    async def block() -> None:
        with Deadline(DeadlineTimer(), 5.0):
            await asyncio.sleep(60)

    task = asyncio.create_task(block())
    # Runs after the timer of the deadline in the same loop iteration, so the task is cancelled twice.
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_at(5.0, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_response_at_the_moment_of_the_deadline_is_too_late() -> None:
    response: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def block() -> str:
        with Deadline(DeadlineTimer(), 5.0):
            return await response

    task = asyncio.create_task(block())
    await asyncio.sleep(0)

    def arrive() -> None:
        if not response.done():
            response.set_result("here")

    asyncio.get_running_loop().call_at(5.0, arrive)
    with pytest.raises(TimeoutError):
        await task


async def test_an_exception_raised_in_the_block_is_not_replaced() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise LookupError("raised by the block") from None

    with pytest.raises(LookupError), Deadline(DeadlineTimer(), 5.0):
        await stubborn()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_deadlines_can_be_nested() -> None:
    timer, caught = DeadlineTimer(), list[str]()
    try:
        with Deadline(timer, 9.0):
            try:
                with Deadline(timer, 5.0):
                    await asyncio.sleep(60)
            except TimeoutError:
                caught.append(f"inner at {now():g}")
            await asyncio.sleep(60)
    except TimeoutError:
        caught.append(f"outer at {now():g}")
    assert caught == ["inner at 5", "outer at 9"]


async def test_nested_deadlines_that_expire_together_raise_one_timeout_error() -> None:
    with pytest.raises(TimeoutError), Deadline(DeadlineTimer(), 5.0), Deadline(DeadlineTimer(), 5.0):
        await asyncio.sleep(60)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_many_blocks_share_one_timer() -> None:
    timer, loop = DeadlineTimer(), asyncio.get_running_loop()
    set_timers = 0
    call_at = loop.call_at

    def counted(*arguments: object, **context: object) -> asyncio.TimerHandle:
        nonlocal set_timers
        set_timers += 1
        return call_at(*arguments, **context)  # type: ignore[arg-type]

    loop.call_at = counted  # type: ignore[method-assign]
    try:
        for _ in range(1000):
            with Deadline(timer, 30.0):
                pass
        assert set_timers == 1
    finally:
        loop.call_at = call_at  # type: ignore[method-assign]
    assert not timer.active


def test_use_outside_a_task_raises_a_clear_error() -> None:
    async def main() -> list[BaseException]:
        raised: list[BaseException] = []

        def callback() -> None:
            try:
                with Deadline(DeadlineTimer(), 1.0):
                    pass
            except RuntimeError as problem:
                raised.append(problem)

        asyncio.get_running_loop().call_soon(callback)
        await asyncio.sleep(0)
        return raised

    (problem,) = run(main())
    assert "needs a running task" in str(problem)


blocks = st.lists(
    st.tuples(
        st.integers(0, 20),  # start
        st.integers(0, 12),  # allowed duration
        st.integers(0, 12),  # actual duration
        st.one_of(st.none(), st.integers(0, 12)),  # cancelled after
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(blocks, st.integers(0, 2**32))
def test_deadlines_behave_like_asyncio_timeout(
    plan: list[tuple[int, int, int, int | None]], seed: int
) -> None:
    """Run the same blocks with ``asyncio.timeout`` and compare results and times.

    Random fractions keep events apart, because the order of timers that are due at the same time is
    undefined.
    """

    def results(*, ours: bool) -> list[tuple[str, float]]:
        chance = random.Random(seed)
        timer = DeadlineTimer()

        async def block(may: float, takes: float) -> None:
            if ours:
                with Deadline(timer, may):
                    await asyncio.sleep(takes)
            else:
                async with asyncio.timeout(may):
                    await asyncio.sleep(takes)

        async def one(at: float, may: float, takes: float, cancelled: float | None) -> tuple[str, float]:
            await asyncio.sleep(at)
            task = asyncio.create_task(block(may, takes))
            if cancelled is not None:
                asyncio.get_running_loop().call_later(cancelled, task.cancel)
            try:
                await task
            except TimeoutError:
                return "too late", round(now(), 6)
            except asyncio.CancelledError:
                return "cancelled", round(now(), 6)
            return "done", round(now(), 6)

        async def main() -> list[tuple[str, float]]:
            return await asyncio.gather(
                *(
                    one(at, may + chance.random() / 3, takes + chance.random() / 3 + 0.3, cancelled)
                    for at, may, takes, cancelled in plan
                )
            )

        return run(main())

    assert results(ours=True) == results(ours=False)
