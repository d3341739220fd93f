"""Waiting for tasks to end, however often the waiting task is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from smartlead_async.waiting import until_done


async def _slow_to_end(ended: list[str]) -> None:
    try:
        await asyncio.sleep(100)
    finally:
        await asyncio.sleep(5)
        ended.append("clean-up")


async def test_a_second_cancellation_leaves_no_task_behind() -> None:
    ended: list[str] = []
    task = asyncio.create_task(_slow_to_end(ended))
    await asyncio.sleep(0)
    task.cancel()
    waiting = asyncio.create_task(until_done(task))
    for _ in range(3):
        await asyncio.sleep(1)
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == ["clean-up"]


async def test_a_failure_is_left_to_the_caller() -> None:
    async def fail() -> None:
        raise ValueError("wrong")

    task = asyncio.create_task(fail())
    await until_done(task)
    assert isinstance(task.exception(), ValueError)
