"""Reading from the server: what ends it early."""

from __future__ import annotations

import asyncio

import pytest

from smartlead_async.cli.server_read import ServerRead
from smartlead_async.cli.signals import Interruption


async def test_reading_that_is_cancelled_has_ended_before_its_caller_goes_on() -> None:
    ended = []

    async def reading() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    task = asyncio.create_task(ServerRead().run(reading(), Interruption()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]
    assert asyncio.all_tasks() == {asyncio.current_task()}
