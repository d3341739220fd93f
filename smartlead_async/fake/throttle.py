"""The rate limits of every API key, and the responses and headers that report them."""

from __future__ import annotations

import collections
import math
from typing import Any, Literal

import attrs

from ..limits import RateLimits
from .clock import Clock
from .rate_limits import Counting, KeyWindows, RateLimitStatus
from .replies import Reply, json_reply, text_reply

TooManyRequests = Literal["error", "message", "text"]
"""The form of the body of a 429."""

# A wait of a whole number of seconds, computed with binary fractions, is not rounded up to the next second.
_ROUNDING_ERROR = 1e-6


@attrs.define
class KeyUsage:
    """The use of one API key: its requests, and how many of them got a 429."""

    requests: int = 0
    too_many: int = 0


class Throttle:
    """The windows and the use of each key. ``refused`` counts the requests that exceeded a window."""

    def __init__(
        self, limits: RateLimits, counting: Counting, clock: Clock, body: TooManyRequests, *, headers: bool
    ) -> None:
        self.limits = limits
        self.refused = 0
        self.usage: collections.defaultdict[str, KeyUsage] = collections.defaultdict(KeyUsage)
        self._counting: Counting = counting
        self._clock = clock
        self._body = body
        self._headers = headers
        self._windows: dict[str, KeyWindows] = {}

    def admit(self, api_key: str) -> RateLimitStatus | None:
        """Count a request of a key, or refuse it; None if there are no limits."""
        self.usage[api_key].requests += 1
        if not self.limits.windows:
            return None
        status = self._windows_of(api_key).take(self._clock.now())
        self.refused += not status.allowed
        return status

    def spend(self, api_key: str, count: int) -> None:
        """Count requests that another process sends with the same key."""
        self._windows_of(api_key).spend(count, self._clock.now())

    def too_many(self, api_key: str | None, retry_after: float) -> Reply:
        """Create a 429 with this number of seconds, rounded up, in its Retry-After, and count it."""
        if api_key is not None:
            self.usage[api_key].too_many += 1
        seconds = max(1, math.ceil(retry_after - _ROUNDING_ERROR))
        headers = {"Retry-After": str(seconds)}
        message = f"Too many requests. Please retry after {seconds} seconds."
        if self._body == "text":
            return attrs.evolve(text_reply(message, 429), headers=headers)
        body: Any = {"message": message}
        if self._body == "error":
            body = {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": message, "retry_after": seconds}}
        return attrs.evolve(json_reply(body, 429), headers=headers)

    def with_headers(self, reply: Reply, status: RateLimitStatus | None) -> Reply:
        """Add the rate-limit headers to a response."""
        if status is None or not self._headers:
            return reply
        headers = {
            **reply.headers,
            "X-RateLimit-Limit": str(status.limit),
            "X-RateLimit-Remaining": str(status.remaining),
            "X-RateLimit-Reset": str(math.ceil(self._clock.wall() + status.reset - _ROUNDING_ERROR)),
        }
        return attrs.evolve(reply, headers=headers)

    def _windows_of(self, api_key: str) -> KeyWindows:
        windows = self._windows.get(api_key)
        if windows is None:
            windows = self._windows[api_key] = KeyWindows(self.limits, self._counting)
        return windows
