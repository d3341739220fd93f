"""Deadlines for many concurrent requests on a single event-loop timer.

``asyncio.timeout`` schedules and cancels one timer per block, which costs more than the rest of a fast
request. Here, all active blocks share one timer, set for the earliest deadline; most blocks finish long
before it.
"""

from __future__ import annotations

import asyncio
import math
from types import TracebackType


class DeadlineTimer:
    """The timer shared by all :class:`Deadline` blocks of one event loop."""

    __slots__ = ("_handle", "active", "due_at")

    def __init__(self) -> None:
        # One entry per request in flight: few enough to scan all of them when the timer fires. A dict, since
        # those that are due at once expire in the order in which they began, and simulations would differ.
        self.active: dict[Deadline, None] = {}
        self.due_at = math.inf
        self._handle: asyncio.TimerHandle | None = None

    def schedule(self, loop: asyncio.AbstractEventLoop, due_at: float) -> None:
        """Set the timer, replacing an earlier setting."""
        if self._handle is not None:
            self._handle.cancel()
        self.due_at = due_at
        self._handle = loop.call_at(due_at, self._expire_due, loop)

    def _expire_due(self, loop: asyncio.AbstractEventLoop) -> None:
        # Timers may fire early, by up to the resolution of the clock, so loop.time() can be before due_at.
        now = max(self.due_at, loop.time())
        self._handle, self.due_at = None, math.inf
        for deadline in [deadline for deadline in self.active if deadline.due_at <= now]:
            self.active.pop(deadline, None)
            deadline.expire()
        if self.active:
            self.schedule(loop, min(deadline.due_at for deadline in self.active))


class Deadline:
    """A context manager that raises ``TimeoutError`` if its block takes too long.

    It behaves like ``asyncio.timeout`` without rescheduling: at the deadline it cancels the task, and when
    the block ends it turns the cancellation into a ``TimeoutError``, unless the task was also cancelled from
    outside. Example::

        with Deadline(timer, 30.0):
            response = await exchange()
    """

    __slots__ = ("_cancelling", "_expired", "_task", "_timer", "due_at")

    def __init__(self, timer: DeadlineTimer, seconds: float) -> None:
        self._timer = timer
        self._expired = False
        self.due_at = seconds
        """The deadline in loop time; before the block is entered, the number of seconds allowed."""

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline needs a running task to cancel: use it inside a coroutine")
        self._task = task
        self._cancelling = task.cancelling()
        self.due_at += loop.time()
        timer = self._timer
        timer.active[self] = None
        if self.due_at < timer.due_at:
            timer.schedule(loop, self.due_at)

    def expire(self) -> None:
        """Cancel the task because the deadline has passed."""
        self._expired = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The timer is left as it is: rescheduling here would cost as much as a timer per block.
        self._timer.active.pop(self, None)
        # If somebody else has also cancelled the task, their cancellation takes precedence.
        if self._expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
