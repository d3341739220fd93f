"""Changes that happen at a time to come: late commits, reactions of leads, scheduled replies."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable


class Agenda:
    """A queue of changes by the time at which they happen; those of the same time keep their order."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def add(self, due: float, change: Callable[[], object]) -> None:
        """Schedule a change."""
        heapq.heappush(self._queue, (due, next(self._order), change))

    @property
    def next_due(self) -> float:
        """The time of the next change; infinite if there is none."""
        return self._queue[0][0] if self._queue else math.inf

    def run_next(self) -> None:
        """Make the next change."""
        heapq.heappop(self._queue)[2]()

    def run_until(self, time: float) -> None:
        """Make every change that is due at this time."""
        while self._queue and self._queue[0][0] <= time:
            heapq.heappop(self._queue)[2]()
