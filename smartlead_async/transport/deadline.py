"""Deadlines for many requests at once, on one timer of the event loop.

``asyncio.timeout`` sets a timer for each block and takes it back in the end, which for a request that is
answered takes longer than all else around it. Here the blocks that are running share one timer, set for the
first of them that is due; most of them are over long before.
"""

from __future__ import annotations

import asyncio
import math
from types import TracebackType


class Deadlines:
    """The timer that the deadlines of one event loop share; see :class:`Deadline`."""

    __slots__ = ("due_at", "running", "timer")

    def __init__(self) -> None:
        # As many as there are requests under way: few enough to look through all when the timer fires.
        self.running: set[Deadline] = set()
        self.timer: asyncio.TimerHandle | None = None
        self.due_at = math.inf

    def set_timer(self, loop: asyncio.AbstractEventLoop, due_at: float) -> None:
        """Let the timer fire then, and no later for what was there before."""
        if self.timer is not None:
            self.timer.cancel()
        self.due_at = due_at
        self.timer = loop.call_at(due_at, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancel what is due, and set the timer for what comes next."""
        # Timers fire up to the clock's resolution early: the time that was waited for may not be there yet.
        now = max(self.due_at, loop.time())
        self.timer, self.due_at = None, math.inf
        for deadline in [deadline for deadline in self.running if deadline.due_at <= now]:
            self.running.discard(deadline)
            deadline.pass_by()
        if self.running:
            self.set_timer(loop, min(deadline.due_at for deadline in self.running))


class Deadline:
    """A block that ends within so many seconds or with a ``TimeoutError``. Example::

        with Deadline(deadlines, 30.0):
            answer = await something

    It does what ``asyncio.timeout`` does, for a block that does not change its deadline: the task is
    cancelled when its time has come, and the cancellation becomes a ``TimeoutError`` where the block ends,
    unless somebody else wants the task to end as well.
    """

    __slots__ = ("_cancelling", "_deadlines", "_passed", "_task", "due_at")

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._passed = False
        self.due_at = seconds
        """The loop time at which it is due, once the block has begun."""

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline needs a task that it can end")
        self._task = task
        self._cancelling = task.cancelling()
        self.due_at += loop.time()
        shared = self._deadlines
        shared.running.add(self)
        if self.due_at < shared.due_at:
            shared.set_timer(loop, self.due_at)

    def pass_by(self) -> None:
        """The time is over, and the block is not."""
        self._passed = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The timer stays as it is: when it fires, it finds what is due by then.
        self._deadlines.running.discard(self)
        # By the count of those who want the task to end: the last word is theirs.
        if self._passed and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
