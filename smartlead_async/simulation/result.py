"""The result of a simulation."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Final

import attrs

from ..limits import RateLimits, Window
from ..provisioning.report.report import Report

MAX_SAMPLES: Final = 1000

Sample = tuple[float, int]
"""Seconds since the job began, and the count by then."""


@attrs.frozen
class WindowUse:
    """The use of one rate-limit window by a job.

    ``most`` is the greatest number of requests in any span of the window's period; ``share`` is the part of
    its capacity that was used between the beginning and the end of the job.
    """

    window: Window
    most: int
    share: float


@attrs.frozen
class Failure:
    """A campaign that could not be set up."""

    name: str
    step: str | None
    reason: str | None


@attrs.frozen(kw_only=True)
class Simulation:
    """The result of a simulated job. ``seconds`` are virtual: the time that the real job would take.

    ``duplicates`` counts campaigns that were set up although no campaign of the plan owns them, ``orphans``
    empty drafts that a lost create left behind, ``lost`` campaigns of the plan that are not on the server,
    and ``leads_missing`` leads of finished campaigns that are not there. ``requests`` and the use of the
    windows are counted by the server, over all restarts; ``report`` is the job's own, with the traffic of
    all processes. Example::

        simulation = simulate(specs, limits=RateLimits.STANDARD, faults=0.1)
        print(simulation.seconds, simulation.requests, simulation.duplicates)
    """

    report: Report
    limits: RateLimits
    campaigns: int
    done: int
    failures: tuple[Failure, ...]
    leads: int
    seconds: float
    by_operation: dict[str, int]
    by_fault: dict[str, int]
    restarts: int
    duplicates: int
    orphans: int
    lost: int
    leads_missing: int
    windows: tuple[WindowUse, ...]
    requests_over_time: tuple[Sample, ...] = attrs.field(repr=False)
    campaigns_over_time: tuple[Sample, ...] = attrs.field(repr=False)
    report_as_json: dict[str, Any] = attrs.field(repr=False)

    @property
    def requests(self) -> int:
        """The number of requests sent, including those that did not reach the server."""
        return sum(self.by_operation.values())

    @property
    def succeeded(self) -> bool:
        """Whether every campaign exists exactly once, with all its leads, and nothing else exists."""
        wrong = self.duplicates + self.orphans + self.lost + self.leads_missing
        return self.done == self.campaigns and not wrong

    def as_json(self) -> dict[str, Any]:
        """Return the report of the job as JSON, with what only a simulation knows added."""
        report = self.report_as_json
        requests = {**report["requests"], "total": self.requests, "by_operation": self.by_operation}
        counts = {**report["campaigns"], "planned": self.campaigns, "done": self.done}
        return {
            **report,
            "elapsed_seconds": round(self.seconds, 3),
            "planned": self.campaigns,
            "campaigns": {**counts, "failed": len(self.failures)},
            "requests": requests,
            "server": {
                "duplicates": self.duplicates,
                "lost": self.lost,
                "leads_missing": self.leads_missing,
                "restarts": self.restarts,
                "faults": sum(self.by_fault.values()),
            },
            "orphans_left": self.orphans,
            "leads_planned": self.leads,
            "faults": self.by_fault,
            "windows": [
                {
                    "limit": use.window.limit,
                    "period_seconds": use.window.period,
                    "most_in_a_period": use.most,
                    "share_used": round(use.share, 4),
                }
                for use in self.windows
            ],
            "requests_over_time": [[round(at, 3), n] for at, n in self.requests_over_time],
            "campaigns_over_time": [[round(at, 3), n] for at, n in self.campaigns_over_time],
        }


def use_of(window: Window, times: Sequence[float], seconds: float) -> WindowUse:
    """Return the use of a window by requests that the server counted at these times."""
    recent: deque[float] = deque()
    most = 0
    for at in times:
        recent.append(at)
        # The end of a period belongs to the next one. The tolerance absorbs rounding errors.
        while recent[0] <= at - window.period + 1e-6:
            recent.popleft()
        most = max(most, len(recent))
    allowed = window.limit * (1 + seconds // window.period)
    return WindowUse(window, most, len(times) / allowed)


def samples(times: Sequence[float]) -> tuple[Sample, ...]:
    """Return the running count at up to :data:`MAX_SAMPLES` of these times, the last one included."""
    stride = max(1, -(-len(times) // MAX_SAMPLES))
    kept = [(at, number) for number, at in enumerate(times, start=1) if number % stride == 0]
    if times and (not kept or kept[-1][1] != len(times)):
        kept.append((times[-1], len(times)))
    return tuple(kept)
