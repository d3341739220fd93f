"""Adaptive concurrency: fewer requests in flight when the service slows down, more when it recovers.

The windows limit how many requests are sent; this reacts to a service that has trouble responding to them.
Each job adapts its own requests only: nothing has to be restored on the client, however the job ends.
"""

from __future__ import annotations

from typing import Final

import attrs

from ...pipeline.events import Attempt
from .job_limiter import JobLimiter

_WEIGHT: Final = 0.2
"""The weight of the newest response time in the running mean."""


_SLOW: Final = 3.0
"""The factor over its best response time at which the service is considered slow."""


_NOTICEABLE: Final = 0.5
"""Seconds below which no response counts as slow."""


@attrs.define
class AdaptiveConcurrency:
    """Halves the requests in flight when responses are slow or a 429 arrives, and adds one per good round.

    A round is as many responses as may be in flight, so a change takes effect before the next one.
    """

    limiter: JobLimiter
    ceiling: int
    mean: float | None = None
    best: float | None = None
    _responses: int = 0

    def note(self, attempt: Attempt) -> None:
        """Account for one attempt."""
        if attempt.status == 429:
            self._slow_down()
            return
        took = attempt.took
        self.mean = took if self.mean is None else (1 - _WEIGHT) * self.mean + _WEIGHT * took
        if attempt.error is None:
            # The best time drifts up slowly, so that a service that stays slower is not throttled forever.
            self.best = took if self.best is None else min(took, self.best * 1.01)
        self._responses += 1
        if self._responses < self.limiter.max_in_flight:
            return
        self._responses = 0
        if self.best is not None and self.mean > max(_SLOW * self.best, _NOTICEABLE):
            self._slow_down()
        elif self.limiter.max_in_flight < self.ceiling:
            self.limiter.max_in_flight += 1

    def _slow_down(self) -> None:
        self._responses = 0
        self.limiter.max_in_flight = max(1, self.limiter.max_in_flight // 2)
