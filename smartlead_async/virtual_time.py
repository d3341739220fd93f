"""An event loop with a virtual clock: thirty hours of waiting take only as long as the work in them.

Code that reads ``loop.time()`` and sleeps with asyncio, as all of this package does, runs on it unchanged. If
no task is ready, the clock jumps to the next timer instead of waiting for it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _VirtualSelector(selectors.DefaultSelector):
    """A selector that polls for real events, and advances the clock instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.holds = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or (self.holds and timeout > 0):
            # A thread is running, or there is no timer: wait for a real event.
            return super().select(None)
        events = super().select(0)
        if not events and timeout > 0:
            self.now += timeout
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector event loop with a virtual clock that begins at ``start`` seconds.

    Example::

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(asyncio.sleep(30 * 3600))   # returns at once
    """

    def __init__(self, start: float = 0.0) -> None:
        self._virtual = _VirtualSelector()
        self._virtual.now = start
        super().__init__(self._virtual)
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


def run(main: Coroutine[Any, Any, T], *, start: float = 0.0) -> T:
    """Run a coroutine on virtual time, like ``asyncio.run``."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(start)) as runner:
        return runner.run(main)
