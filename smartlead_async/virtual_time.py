"""An event loop with a virtual clock: thirty hours of waiting take only as long as the work in them.

Code that reads ``loop.time()`` and sleeps with asyncio, as all of this package does, runs on it unchanged. If
no task is ready, the clock jumps to the next timer instead of waiting for it.
"""

from __future__ import annotations

import asyncio
import inspect
import selectors
import threading
import weakref
from collections.abc import Collection, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualTimeDeadlock(RuntimeError):
    """Raised when every task of a :class:`VirtualTimeLoop` waits and nothing can ever wake one of them.

    No timer, socket, signal handler or thread is left that could. The message lists the tasks and the lines
    at which they wait.
    """


class _VirtualSelector(selectors.DefaultSelector):
    """A selector that polls for real events, and advances the clock instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.holds = 0
        self.signal_handlers: Collection[object] = ()
        self._earlier_threads = weakref.WeakSet(threading.enumerate())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None and not self._can_be_woken():
            # Polled after the check, because a thread that has just ended may have left an event.
            if events := super().select(0):
                return events
            raise VirtualTimeDeadlock(f"nothing can ever wake a task of this loop:\n{describe_tasks()}")
        if timeout is None or (self.holds and timeout > 0):
            # A thread is running, or there is no timer: wait for a real event.
            return super().select(None)
        events = super().select(0)
        if not events and timeout > 0:
            self.now += timeout
        return events

    def _can_be_woken(self) -> bool:
        """Return whether something other than a timer can wake the loop."""
        # One file descriptor is the loop's own.
        if self.holds or self.signal_handlers or len(self.get_map()) > 1:
            return True
        return any(thread not in self._earlier_threads for thread in threading.enumerate())


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector event loop with a virtual clock that begins at ``start`` seconds.

    Raises :class:`VirtualTimeDeadlock` if all tasks wait and nothing can ever wake one. A thread that is
    older than the loop must call :meth:`hold_clock` if it is to wake a task. Example::

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(asyncio.sleep(30 * 3600))   # returns at once
    """

    def __init__(self, start: float = 0.0) -> None:
        self.started_at = start
        self._virtual = _VirtualSelector()
        self._virtual.now = start
        super().__init__(self._virtual)
        self._virtual.signal_handlers = getattr(self, "_signal_handlers", ())
        # The clock jumps to the exact time of a timer, so the resolution may be small.
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._virtual.now

    def hold_clock(self) -> None:
        """Stop the clock while a thread works, until :meth:`release_clock`."""
        self._virtual.holds += 1

    def release_clock(self) -> None:
        """Undo one :meth:`hold_clock`."""
        self._virtual.holds -= 1

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Wait for the threads of the executor in real time, without a timeout on the virtual clock."""
        self.hold_clock()
        try:
            await super().shutdown_default_executor()
        finally:
            self.release_clock()


def describe_tasks(loop: asyncio.AbstractEventLoop | None = None) -> str:
    """Return the unfinished tasks of a loop (by default the running one) and the lines at which they wait."""
    tasks = sorted(asyncio.all_tasks(loop), key=asyncio.Task.get_name)
    return "\n".join(
        "\n".join([f"  {task.get_name()}", *(f"    {line}" for line in _waiting_lines(task.get_coro()))])
        for task in tasks
    )


def _waiting_lines(awaited: object) -> Iterator[str]:
    """Yield the chain of awaits of a suspended coroutine, outermost first."""
    while inspect.iscoroutine(awaited):
        frame = awaited.cr_frame
        if frame is not None:
            yield f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}"
        awaited = awaited.cr_await


def run(main: Coroutine[Any, Any, T], *, start: float = 0.0) -> T:
    """Run a coroutine on virtual time, like ``asyncio.run``."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(start)) as runner:
        return runner.run(main)
