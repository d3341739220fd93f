"""An event loop whose clock jumps: thirty hours of waiting pass in the time the work takes.

Real code runs on it unchanged, since everything here reads ``loop.time()`` and sleeps with asyncio. When
nothing is ready, the clock moves to the next timer at once instead of waiting for it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Polls for real events, and turns waiting into a jump of the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.outside_work = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or (self.outside_work and timeout > 0):
            # A thread is at work, or nothing but an outside event can wake us: wait for it in real time.
            return super().select(None)
        events = super().select(0)
        if not events and timeout > 0:
            self.now += timeout
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector event loop on virtual time, starting at ``start`` seconds.

    Example::

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(asyncio.sleep(30 * 3600))   # returns at once
    """

    def __init__(self, start: float = 0.0) -> None:
        self._jumping = _JumpingSelector()
        self._jumping.now = start
        super().__init__(self._jumping)
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


def run(main: Coroutine[Any, Any, T], *, start: float = 0.0) -> T:
    """``asyncio.run`` on virtual time."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(start)) as runner:
        return runner.run(main)
