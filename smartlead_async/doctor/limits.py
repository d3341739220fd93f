"""The checks of rate limits and of the clock, from the headers of all responses so far."""

from __future__ import annotations

import statistics
from typing import Any, Final

from ..limits import RateLimits
from ..wording import count
from .findings import Finding
from .recording import RecordingTransport

_MOST_SKEW: Final = 10.0
"""Seconds; delays of the network and the whole seconds of the header stay below this."""


def limit_facts(recording: RecordingTransport) -> dict[str, Any]:
    """Return what the headers say."""
    skew = clock_skew(recording)
    return {
        "limits": sorted(recording.limits),
        "too_many_requests": recording.too_many,
        "clock_skew": None if skew is None else round(skew, 1),
    }


def limit_findings(recording: RecordingTransport, limits: RateLimits) -> list[Finding]:
    """Return the limits that differ from those of the client, and requests that exceeded them."""
    expected = {window.limit for window in limits.windows}
    found = [
        Finding(
            "limits",
            "other-limit",
            f"the headers have a limit of {limit}, which is none of {limits}: set --tier accordingly",
        )
        for limit in sorted(recording.limits - expected)
    ]
    if recording.too_many:
        times = count(recording.too_many, "request")
        message = f"{times} refused (HTTP 429) within {limits}: other programs use the key, or it allows less"
        found.append(Finding("limits", "too-many-requests", message))
    return found


def clock_skew(recording: RecordingTransport) -> float | None:
    """Return how many seconds the server's clock is ahead; None if no response had a date."""
    return statistics.median(recording.skews) if recording.skews else None


def clock_findings(recording: RecordingTransport) -> list[Finding]:
    """Return a finding if the clocks of the server and of this machine differ."""
    skew = clock_skew(recording)
    if skew is None or abs(skew) <= _MOST_SKEW:
        return []
    way = "ahead of" if skew > 0 else "behind"
    message = f"the server's clock is {abs(skew):.0f} s {way} that of this machine"
    return [Finding("clock", "clock-skew", message)]
