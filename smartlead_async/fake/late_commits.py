"""Changes that take effect some time after their connection was lost."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class LateCommits:
    """A queue of changes by the time at which they take effect; those of the same time keep their order."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def add(self, due: float, change: Callable[[], object]) -> None:
        """Schedule a change."""
        heapq.heappush(self._queue, (due, next(self._order), change))

    def run_until(self, time: float) -> None:
        """Make every change that is due at this time."""
        while self._queue and self._queue[0][0] <= time:
            heapq.heappop(self._queue)[2]()
