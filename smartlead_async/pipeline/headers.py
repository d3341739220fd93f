"""Parsers for the rate-limit and Retry-After headers of a response."""

from __future__ import annotations

import datetime as dt
import email.utils
import functools
from collections.abc import Mapping
from typing import Any, Final

import attrs

_LEAST_TIMESTAMP: Final = 1e8
"""Numbers from here on (three years) are points in time: the year 1973, in seconds."""


@attrs.frozen
class RateLimitState:
    """The rate-limit headers of a response; ``reset_at`` is a Unix timestamp."""

    limit: int | None = None
    remaining: int | None = None
    reset_at: float | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> RateLimitState:
        """Parse headers with lowercase names; a missing or invalid value becomes None."""
        return cls(
            parse_count(headers.get("x-ratelimit-limit")),
            parse_count(headers.get("x-ratelimit-remaining")),
            parse_seconds(headers.get("x-ratelimit-reset")),
        )


# Cached because the same few values recur in almost every response.
@functools.lru_cache(maxsize=1024)
def parse_count(value: str | None) -> int | None:
    """Return the integer value of a header, or None if it is missing or invalid."""
    if value is None or not value.strip().isdecimal():
        return None
    try:
        return int(value)
    except ValueError:  # too many digits, or whitespace that str.strip removes and int rejects
        return None


def retry_after(status: int, headers: Mapping[str, str], body: Any, *, now: float) -> float | None:
    """Return the number of seconds that the server asks the client to wait, or None.

    ``now`` is a Unix timestamp; points in time are compared with the server's own ``Date``, if it sends one.
    The sources, in order of precedence: the Retry-After header (seconds, an HTTP date or a Unix timestamp),
    ``error.retry_after`` in the body and, for a 429 only, the reset time of the window. Other responses carry
    the reset time as well, but do not ask the client to wait for it.
    """
    server_time = _http_date(headers.get("date"))
    now = now if server_time is None else server_time
    header = headers.get("retry-after")
    seconds = _wait(parse_seconds(header), now)
    if seconds is None and (when := _http_date(header)) is not None:
        seconds = when - now
    if seconds is None and isinstance(body, dict):
        error = body.get("error")
        inner = error.get("retry_after") if isinstance(error, dict) else body.get("retry_after")
        seconds = _wait(parse_seconds(inner), now)
    if seconds is None and status == 429:
        reset_at = RateLimitState.from_headers(headers).reset_at
        seconds = None if reset_at is None else reset_at - now
    return None if seconds is None else max(seconds, 0.0)


def _wait(seconds: float | None, now: float) -> float | None:
    """Return a number of seconds; some servers send a timestamp in its place, even in milliseconds."""
    if seconds is None or seconds < _LEAST_TIMESTAMP:
        return seconds
    return (seconds if seconds < _LEAST_TIMESTAMP * 1000 else seconds / 1000) - now


def parse_seconds(value: Any) -> float | None:
    """Return a non-negative number of seconds from a header or a JSON value, or None if it is invalid."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < _LEAST_TIMESTAMP * 1e5 else None


def _http_date(value: str | None) -> float | None:
    """Return the timestamp of a header with an HTTP date, or None if it is missing or invalid."""
    if not value:
        return None
    try:
        when = email.utils.parsedate_to_datetime(value)
        return (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
