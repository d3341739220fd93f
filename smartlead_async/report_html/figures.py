"""The numbers of the page: series over time, distributions and groups."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from ..limits import Window
from ..plan.step import Step
from ..provisioning.ledger.records import CampaignRecord, CampaignState, StepRecord, StepState
from ..provisioning.report.report import Traffic
from ..provisioning.report.timeline import Timeline
from .data import ReportData

SLOWEST: Final = 10
FULL: Final = 0.95
"""The share from which a window counts as full: the limiter leaves a little slack below the limit."""

MINUTE: Final = 60
JOINED_FROM: Final = 600.0
"""Seconds from which a job's slices are joined into minutes."""

_VARYING: Final = re.compile(r"\d[\d.,:]*|'[^']*'|\"[^\"]*\"")


@attrs.frozen
class Series:
    """Values over time, in seconds since the job began."""

    at: tuple[float, ...]
    values: tuple[float, ...]

    def value_at(self, seconds: float) -> float:
        """Return the last value up to this time; 0 before the first."""
        place = bisect_right(self.at, seconds)
        return self.values[place - 1] if place else 0.0

    def between(self, seconds: float) -> float:
        """Return the value on the straight line between the neighbours of this time, constant outside."""
        place = bisect_right(self.at, seconds)
        if place in {0, len(self.at)}:
            return self.values[max(place - 1, 0)]
        (before, after), (low, high) = self.at[place - 1 : place + 1], self.values[place - 1 : place + 1]
        return low + (high - low) * (seconds - before) / (after - before)


@attrs.frozen
class WindowFill:
    """The use of one rate-limit window. ``span`` is the time over which each value is averaged."""

    window: Window
    fill: Series
    span: float
    mean: float
    full: float
    """The share of the time during which it was full."""

    @property
    def is_averaged(self) -> bool:
        """Whether slices are wider than the window, so that the use at one moment is not known."""
        return self.span > self.window.period

    @property
    def most(self) -> float:
        """The peak use."""
        return max(self.fill.values, default=0.0)


@attrs.frozen
class StepTimes:
    """The seconds one kind of step took, from its record on the ledger to its response."""

    step: Step
    count: int
    least: float
    median: float
    p90: float
    p99: float
    most: float
    requests: int
    failed: int


@attrs.frozen
class SlowStep:
    """One step of one campaign, and the seconds it took."""

    campaign: CampaignRecord
    record: StepRecord
    seconds: float


@attrs.frozen
class FailureGroup:
    """Campaigns that failed at the same step for similar reasons."""

    stopped: str
    reason: str
    campaigns: tuple[CampaignRecord, ...]


def ended_at(campaign: CampaignRecord) -> float | None:
    """Return when a campaign ended; None if it has not."""
    if campaign.state is CampaignState.RUNNING:
        return None
    return max([step.ended_at or 0.0 for step in campaign.steps], default=0.0) or campaign.updated_at or None


def began_at(campaign: CampaignRecord) -> float | None:
    """Return when its first step was recorded on the ledger."""
    return min((step.sent_at for step in campaign.steps), default=None)


def where_it_stopped(campaign: CampaignRecord) -> str:
    """Return where a failed campaign stopped: ``"at leads"``, ``"after sequences"``."""
    step = campaign.failed_step
    if step is not None:
        return f"at {step}"
    if not campaign.steps:
        return "before its create"
    last = max(campaign.steps, key=lambda record: (record.sent_at, list(Step).index(record.step)))
    return f"{'at' if last.ended_at is None else 'after'} {last.step}"


def finished_over_time(data: ReportData, state: CampaignState) -> Series:
    """Return how many campaigns had reached this state over time; those of earlier runs count from 0."""
    if data.began_at is None:
        return Series((), ())
    ends = [ended_at(campaign) for campaign in data.campaigns if campaign.state is state]
    times = sorted(max(end - data.began_at, 0.0) for end in ends if end is not None)
    return Series((0.0, *times), tuple(float(n) for n in range(len(times) + 1)))


def per_minute(timeline: Timeline, column: Sequence[float], elapsed: float) -> Series:
    """Return a column of the timeline as a rate per minute, at the start of each slice.

    In longer jobs, slices under a minute are joined: requests come in bursts, and the rate of one second in a
    burst would look as if the limit of the minute had been exceeded.
    """
    width = timeline.slice_seconds
    if elapsed >= JOINED_FROM and width < MINUTE:
        joined = MINUTE // width
        column = [sum(column[at : at + joined]) for at in range(0, len(column), joined)]
        width = MINUTE
    values = []
    for at, value in enumerate(column):
        # The job may have ended within the last slice.
        lasted = max(min(width, elapsed - at * width), min(width, MINUTE))
        values.append(value * 60 / lasted)
    return Series(tuple(float(at * width) for at in range(len(column))), tuple(values))


def at_once(timeline: Timeline, column: Sequence[float], elapsed: float) -> Series:
    """Return a column of request seconds as the number of requests at the same time."""
    rate = per_minute(timeline, column, elapsed)
    return Series(rate.at, tuple(value / 60 for value in rate.values))


def window_fills(data: ReportData) -> tuple[WindowFill, ...]:
    """Return the use of each window, shortest period first: the requests in its last period, of its limit."""
    traffic = data.traffic
    windows = sorted(traffic.limits.windows, key=lambda window: window.period)
    return tuple(_fill(window, traffic, data.elapsed) for window in windows) if len(traffic.timeline) else ()


def _fill(window: Window, traffic: Traffic, elapsed: float) -> WindowFill:
    width = traffic.timeline.slice_seconds
    span = max(window.period, float(width))
    allowed = window.limit * span / window.period
    sent_by = _sent_by(traffic)
    at = [place * width for place in range(len(traffic.timeline) + 1)]
    values = [min((sent_by.between(end) - sent_by.between(end - span)) / allowed, 1.0) for end in at]
    series = Series(tuple(min(end, elapsed) for end in at), tuple(values))
    sent = sent_by.values[-1] - sent_by.between(0)
    mean = sent / (window.limit * max(elapsed / window.period, 1.0))
    full = sum(value >= FULL for value in values[1:]) / len(values[1:])
    return WindowFill(window, series, span, min(mean, 1.0), full)


def _sent_by(traffic: Traffic) -> Series:
    """Return how many requests had been sent by the ends of all slices, those of earlier runs included."""
    timeline, earlier = traffic.timeline, traffic.earlier
    at = [-place * float(earlier.slice_seconds) for place in range(len(earlier), 0, -1)]
    counts = [float(sent) for sent in reversed(earlier.sent)]
    at += [place * float(timeline.slice_seconds) for place in range(len(timeline) + 1)]
    counts += [a - b for a, b in zip(timeline.sent, timeline.not_connected, strict=True)]
    return Series(tuple(at), tuple(itertools.accumulate(counts, initial=0.0)))


def step_times(campaigns: Iterable[CampaignRecord]) -> tuple[StepTimes, ...]:
    """Return the distribution for each kind of step that has ended in any campaign, in order."""
    seconds: dict[Step, list[float]] = {step: [] for step in Step}
    requests, failed = dict.fromkeys(Step, 0), dict.fromkeys(Step, 0)
    for campaign in campaigns:
        for record in campaign.steps:
            requests[record.step] += record.requests
            failed[record.step] += record.state is StepState.FAILED
            if record.ended_at is not None:
                seconds[record.step].append(max(record.ended_at - record.sent_at, 0.0))
    return tuple(
        StepTimes(
            step,
            len(taken),
            taken[0],
            quantile(taken, 0.5),
            quantile(taken, 0.9),
            quantile(taken, 0.99),
            taken[-1],
            requests[step],
            failed[step],
        )
        for step, unsorted in seconds.items()
        if (taken := sorted(unsorted))
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the sorted values does not exceed."""
    return ordered[max(-int(-len(ordered) * share // 1), 1) - 1]


def slowest_steps(campaigns: Iterable[CampaignRecord]) -> tuple[SlowStep, ...]:
    """Return the steps that took longest, longest first."""
    steps = [
        SlowStep(campaign, record, record.ended_at - record.sent_at)
        for campaign in campaigns
        for record in campaign.steps
        if record.ended_at is not None
    ]
    return tuple(sorted(steps, key=lambda slow: -slow.seconds)[:SLOWEST])


def failure_groups(campaigns: Iterable[CampaignRecord]) -> tuple[FailureGroup, ...]:
    """Return the failed campaigns by step and reason, the largest group first.

    Reasons that differ only in numbers and quoted words are grouped under the first of them.
    """
    groups: dict[tuple[str, str], list[CampaignRecord]] = {}
    for campaign in campaigns:
        if campaign.state is CampaignState.FAILED:
            pattern = _VARYING.sub("…", campaign.error or "")
            groups.setdefault((where_it_stopped(campaign), pattern), []).append(campaign)
    return tuple(
        FailureGroup(stopped, members[0].error or "no reason is known", tuple(members))
        for (stopped, _), members in sorted(groups.items(), key=lambda item: -len(item[1]))
    )
