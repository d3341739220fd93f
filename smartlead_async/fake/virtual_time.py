"""An event loop whose clock jumps: thirty hours of waiting pass in the time the work takes.

Real code runs on it unchanged, since everything here reads ``loop.time()`` and sleeps with asyncio. When
nothing is ready, the clock moves to the next timer at once instead of waiting for it.
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


class _JumpingSelector(selectors.DefaultSelector):
    """Polls for real events, and turns waiting into a jump of the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.outside_work = 0
        self.signal_handlers: Collection[object] = ()
        self._earlier_threads = weakref.WeakSet(threading.enumerate())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None and not self._can_be_woken():
            # Polled after the check, because a thread that has just ended may have left an event.
            if events := super().select(0):
                return events
            raise VirtualTimeDeadlock(f"nothing can ever wake a task of this loop:\n{describe_tasks()}")
        if timeout is None or (self.outside_work and timeout > 0):
            # A thread is at work, or nothing but an outside event can wake us: wait for it in real time.
            return super().select(None)
        events = super().select(0)
        if not events and timeout > 0:
            self.now += timeout
        return events

    def _can_be_woken(self) -> bool:
        """Return whether something other than a timer can wake the loop."""
        # One file descriptor is the loop's own.
        if self.outside_work or self.signal_handlers or len(self.get_map()) > 1:
            return True
        return any(thread not in self._earlier_threads for thread in threading.enumerate())


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector event loop on virtual time, starting at ``start`` seconds.

    Raises :class:`VirtualTimeDeadlock` if all tasks wait and nothing can ever wake one. A thread that is
    older than the loop must call :meth:`outside_work_began` if it is to wake a task. Example::

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(asyncio.sleep(30 * 3600))   # returns at once
    """

    def __init__(self, start: float = 0.0) -> None:
        self._jumping = _JumpingSelector()
        self._jumping.now = start
        super().__init__(self._jumping)
        self._jumping.signal_handlers = getattr(self, "_signal_handlers", ())
        # Timers that are due within the resolution count as due: a jump lands exactly on them.
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Virtual seconds."""
        return self._jumping.now

    def outside_work_began(self) -> None:
        """A thread works for us: hold the clock until :meth:`outside_work_ended`."""
        self._jumping.outside_work += 1

    def outside_work_ended(self) -> None:
        """The thread is done."""
        self._jumping.outside_work -= 1


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
    """``asyncio.run`` on virtual time."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(start)) as runner:
        return runner.run(main)
