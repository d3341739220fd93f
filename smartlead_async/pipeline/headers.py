"""pipeline.headers."""

from __future__ import annotations

import datetime as dt
import email.utils
import functools
from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class RateLimitState:
    """What the headers of an answer say about the rate limit; ``reset_at`` is unix time."""

    limit: int | None = None
    remaining: int | None = None
    reset_at: float | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> RateLimitState:
        """Read from lower-case headers; what is missing or no number is None."""
        return cls(
            whole_number(headers.get("x-ratelimit-limit")),
            whole_number(headers.get("x-ratelimit-remaining")),
            _seconds(headers.get("x-ratelimit-reset")),
        )


@functools.lru_cache(maxsize=1024)
def whole_number(text: str | None) -> int | None:
    """A count out of a header; None for what is none. They are the same few, over and over."""
    if text is None or not text.strip().isdecimal():
        return None
    try:
        return int(text)
    except ValueError:  # thousands of digits, or a blank that is one to texts alone
        return None


def retry_after(status: int, headers: Mapping[str, str], body: Any, *, now: float) -> float | None:
    """Seconds the server asks to wait; ``now`` is unix time. None when it does not say.

    In this order: Retry-After in seconds or as an HTTP date, ``error.retry_after`` of the body and, for a
    429, the reset time of the window (which other answers carry too, without asking for anything).
    """
    header = headers.get("retry-after")
    seconds = _seconds(header)
    if seconds is None and header:
        seconds = _until_date(header, now)
    if seconds is None and isinstance(body, dict):
        error = body.get("error")
        inner = error.get("retry_after") if isinstance(error, dict) else body.get("retry_after")
        seconds = _seconds(inner)
    if seconds is None and status == 429 and (reset_at := RateLimitState.of(headers).reset_at) is not None:
        seconds = reset_at - now
    return None if seconds is None else max(seconds, 0.0)


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < 1e12 else None


def _until_date(value: str, now: float) -> float | None:
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp() - now
