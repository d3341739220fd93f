"""How many requests may be under way at once: fewer when the service slows down, more when it recovers.

The windows say how many requests may be sent; this is about a service that has trouble answering them.
"""

from __future__ import annotations

from typing import Final

import attrs

from ...pipeline.events import Attempt
from ...pipeline.limiter import RateLimiter

_WEIGHT: Final = 0.2
"""Of the newest answer in the running mean."""


_SLOW: Final = 3.0
"""How many times slower than its best the service is when it is taken to be in trouble."""


_NOTICEABLE: Final = 0.5
"""Seconds under which nothing counts as slow."""


@attrs.define
class AdaptiveConcurrency:
    """Halves the requests in flight when answers get slow or a 429 came, and adds one for each good round.

    A round is as many answers as may be under way, so that a change has taken effect before the next one.
    """

    limiter: RateLimiter
    ceiling: int
    mean: float | None = None
    best: float | None = None
    _answers: int = 0

    def note(self, attempt: Attempt) -> None:
        """Take in one attempt."""
        if attempt.status == 429:
            self._slow_down()
            return
        took = attempt.took
        self.mean = took if self.mean is None else (1 - _WEIGHT) * self.mean + _WEIGHT * took
        if attempt.error is None:
            # The best drifts up slowly, so that a service that has become slower for good is not held down.
            self.best = took if self.best is None else min(took, self.best * 1.01)
        self._answers += 1
        if self._answers < self.limiter.max_in_flight:
            return
        self._answers = 0
        if self.best is not None and self.mean > max(_SLOW * self.best, _NOTICEABLE):
            self._slow_down()
        elif self.limiter.max_in_flight < self.ceiling:
            self.limiter.max_in_flight += 1

    def restore(self) -> None:
        """The job is over: as it was before."""
        self.limiter.max_in_flight = self.ceiling

    def _slow_down(self) -> None:
        self._answers = 0
        self.limiter.max_in_flight = max(1, self.limiter.max_in_flight // 2)
