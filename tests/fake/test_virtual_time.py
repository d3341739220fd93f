"""The event loop on virtual time: what it waits for, and what it reports when nothing can ever happen."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading

import pytest

from smartlead_async import virtual_time
from smartlead_async.virtual_time import VirtualTimeDeadlock, VirtualTimeLoop


async def a_response_that_never_comes() -> None:
    await asyncio.Event().wait()


def test_waiting_for_what_never_happens_raises_and_shows_where_each_task_waits() -> None:
    async def main() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(a_response_that_never_comes(), name="the second")

    with pytest.raises(VirtualTimeDeadlock) as raised:
        virtual_time.run(main())
    message = str(raised.value)
    assert "the second" in message
    assert "a_response_that_never_comes" in message
    assert "main" in message
    assert __file__ in message


def test_a_timer_that_is_left_is_no_deadlock() -> None:
    async def main() -> float:
        event = asyncio.Event()
        asyncio.get_running_loop().call_later(3600, event.set)
        await event.wait()
        return asyncio.get_running_loop().time()

    assert virtual_time.run(main()) == 3600


def test_a_thread_that_the_loop_started_can_wake_it() -> None:
    gate = threading.Event()

    async def main() -> bool:
        asyncio.get_running_loop().call_soon(gate.set)
        return await asyncio.to_thread(gate.wait)

    assert virtual_time.run(main())


def test_an_older_thread_can_wake_the_loop_once_it_has_announced_its_work() -> None:
    handed_over: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()

    def work() -> None:
        ready.wait()
        loop, event = handed_over[0]
        loop.call_soon_threadsafe(event.set)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        event = asyncio.Event()
        handed_over.append((loop, event))
        loop.hold_clock()
        ready.set()
        await event.wait()
        loop.release_clock()

    thread = threading.Thread(target=work)
    thread.start()
    virtual_time.run(main())
    thread.join()


def test_a_signal_handler_can_wake_the_loop() -> None:
    async def main() -> None:
        received = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, received.set)
        with subprocess.Popen(["/bin/sh", "-c", f"kill -USR1 {os.getpid()}"]):
            await received.wait()

    virtual_time.run(main())
