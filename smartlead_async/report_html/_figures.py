"""The figures behind the page: series over time, distributions, groups. Numbers in, numbers out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from ..limits import Window
from ..plan.step import Step
from ..provisioning.ledger.records import CampaignRecord, CampaignState, StepRecord, StepState
from ..provisioning.report.timeline import Timeline
from ._data import ReportData

SLOWEST: Final = 10
FULL: Final = 0.95
"""From this share on a window counts as full: the limiter keeps a breath away from the brim."""

MINUTE: Final = 60
SOME_LENGTH: Final = 600.0

_VARYING: Final = re.compile(r"\d[\d.,:]*|'[^']*'|\"[^\"]*\"")


@attrs.frozen
class Series:
    """Values at instants, in seconds since the job began."""

    at: tuple[float, ...]
    values: tuple[float, ...]

    def value_at(self, instant: float) -> float:
        """The last value up to an instant; 0 before the first."""
        place = bisect_right(self.at, instant)
        return self.values[place - 1] if place else 0.0


@attrs.frozen
class WindowFill:
    """How full one window was. ``span`` is what each value is a mean over, where slices are wider than it."""

    window: Window
    fill: Series
    span: float
    mean: float
    full: float
    """The share of the time in which it was full."""

    @property
    def is_averaged(self) -> bool:
        """Whether its slices are wider than the window, so that how full it was for a moment is not known."""
        return self.span > self.window.period

    @property
    def most(self) -> float:
        """The fullest it was."""
        return max(self.fill.values, default=0.0)


@attrs.frozen
class StepTimes:
    """How long one kind of step took, from going on the ledger to its answer. Seconds."""

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
    """One step of one campaign."""

    campaign: CampaignRecord
    record: StepRecord
    seconds: float


@attrs.frozen
class FailureGroup:
    """Campaigns that failed at the same place for what looks like the same reason."""

    stopped: str
    reason: str
    campaigns: tuple[CampaignRecord, ...]


def ended_at(campaign: CampaignRecord) -> float | None:
    """When a campaign came to its end; None while it has not."""
    if campaign.state is CampaignState.RUNNING:
        return None
    return max([step.ended_at or 0.0 for step in campaign.steps], default=0.0) or campaign.updated_at or None


def began_at(campaign: CampaignRecord) -> float | None:
    """When its first step went on the ledger."""
    return min((step.sent_at for step in campaign.steps), default=None)


def where_it_stopped(campaign: CampaignRecord) -> str:
    """Where a failed campaign stopped: ``"at leads"``, ``"after sequences"``."""
    step = campaign.failed_step
    if step is not None:
        return f"at {step}"
    if not campaign.steps:
        return "before its create"
    last = max(campaign.steps, key=lambda record: (record.sent_at, list(Step).index(record.step)))
    return f"{'at' if last.ended_at is None else 'after'} {last.step}"


def finished_over_time(data: ReportData, state: CampaignState) -> Series:
    """How many campaigns had come to this end by when; those of earlier runs stand at 0."""
    if data.began_at is None:
        return Series((), ())
    instants = [ended_at(campaign) for campaign in data.campaigns if campaign.state is state]
    times = sorted(max(instant - data.began_at, 0.0) for instant in instants if instant is not None)
    return Series((0.0, *times), tuple(float(n) for n in range(len(times) + 1)))


def per_minute(timeline: Timeline, column: Sequence[float], elapsed: float) -> Series:
    """A column of the timeline as a rate a minute, at the begin of each slice.

    In a job of some length slices under a minute are joined: requests come in bursts, and a second of a burst
    made into a rate would look as if the limit of a minute had been broken.
    """
    width = timeline.slice_seconds
    if elapsed >= SOME_LENGTH and width < MINUTE:
        joined = MINUTE // width
        column = [sum(column[at : at + joined]) for at in range(0, len(column), joined)]
        width = MINUTE
    values = []
    for at, value in enumerate(column):
        # The last slice may have been cut short by the end of the job.
        lasted = max(min(width, elapsed - at * width), min(width, MINUTE))
        values.append(value * 60 / lasted)
    return Series(tuple(float(at * width) for at in range(len(column))), tuple(values))


def at_once(timeline: Timeline, column: Sequence[float], elapsed: float) -> Series:
    """Seconds added up over requests, as how many requests that were at any one time."""
    rate = per_minute(timeline, column, elapsed)  # request seconds a minute
    return Series(rate.at, tuple(value / 60 for value in rate.values))


def window_fills(data: ReportData) -> tuple[WindowFill, ...]:
    """Each window of the tier, smallest period first: what was sent in its last period, of what it allows."""
    timeline = data.traffic.timeline
    windows = sorted(data.traffic.limits.windows, key=lambda window: window.period)
    return tuple(_fill(window, timeline, data.elapsed) for window in windows) if len(timeline) else ()


def _fill(window: Window, timeline: Timeline, elapsed: float) -> WindowFill:
    width = timeline.slice_seconds
    span = max(window.period, float(width))
    allowed = window.limit * span / window.period
    sent_by = [0.0]
    for sent, not_connected in zip(timeline.sent, timeline.not_connected, strict=True):
        sent_by.append(sent_by[-1] + sent - not_connected)
    values = []
    for at in range(1, len(sent_by)):
        begin = max(at - span / width, 0.0)
        whole, part = int(begin), begin - int(begin)
        before = sent_by[whole] + part * (sent_by[min(whole + 1, at)] - sent_by[whole])
        values.append(min((sent_by[at] - before) / allowed, 1.0))
    series = Series(tuple(min(at * width, elapsed) for at in range(1, len(values) + 1)), tuple(values))
    mean = sent_by[-1] / (window.limit * max(elapsed / window.period, 1.0))
    full = sum(value >= FULL for value in values) / len(values)
    return WindowFill(window, series, span, min(mean, 1.0), full)


def step_times(campaigns: Iterable[CampaignRecord]) -> tuple[StepTimes, ...]:
    """The distribution for each kind of step that has ended anywhere, in the order of the steps."""
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
    """The smallest value that at least this share of the sorted values does not exceed."""
    return ordered[max(-int(-len(ordered) * share // 1), 1) - 1]


def slowest_steps(campaigns: Iterable[CampaignRecord]) -> tuple[SlowStep, ...]:
    """The steps that took longest, longest first."""
    steps = [
        SlowStep(campaign, record, record.ended_at - record.sent_at)
        for campaign in campaigns
        for record in campaign.steps
        if record.ended_at is not None
    ]
    return tuple(sorted(steps, key=lambda slow: -slow.seconds)[:SLOWEST])


def failure_groups(campaigns: Iterable[CampaignRecord]) -> tuple[FailureGroup, ...]:
    """The failed campaigns by step and reason, the most frequent first.

    Reasons are taken for the same when they differ in numbers and quoted words only; the first one is shown.
    """
    groups: dict[tuple[str, str], list[CampaignRecord]] = {}
    for campaign in campaigns:
        if campaign.state is CampaignState.FAILED:
            alike = _VARYING.sub("…", campaign.error or "")
            groups.setdefault((where_it_stopped(campaign), alike), []).append(campaign)
    return tuple(
        FailureGroup(stopped, members[0].error or "no reason is on record", tuple(members))
        for (stopped, _), members in sorted(groups.items(), key=lambda item: -len(item[1]))
    )
