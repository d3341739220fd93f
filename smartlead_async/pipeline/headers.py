"""Parsers for the rate-limit and Retry-After headers of a response."""

from __future__ import annotations

import datetime as dt
import email.utils
import functools
from collections.abc import Mapping
from typing import Any

import attrs


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

    ``now`` is a Unix timestamp. The sources, in order of precedence: the Retry-After header (seconds or an
    HTTP date), ``error.retry_after`` in the body and, for a 429 only, the reset time of the window. Other
    responses carry the reset time as well, but do not ask the client to wait for it.
    """
    header = headers.get("retry-after")
    seconds = parse_seconds(header)
    if seconds is None and header:
        seconds = _seconds_until(header, now)
    if seconds is None and isinstance(body, dict):
        error = body.get("error")
        inner = error.get("retry_after") if isinstance(error, dict) else body.get("retry_after")
        seconds = parse_seconds(inner)
    if seconds is None and status == 429:
        reset_at = RateLimitState.from_headers(headers).reset_at
        seconds = None if reset_at is None else reset_at - now
    return None if seconds is None else max(seconds, 0.0)


def parse_seconds(value: Any) -> float | None:
    """Return a non-negative number of seconds from a header or a JSON value, or None if it is invalid."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < 1e12 else None


def _seconds_until(http_date: str, now: float) -> float | None:
    try:
        when = email.utils.parsedate_to_datetime(http_date)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp() - now
