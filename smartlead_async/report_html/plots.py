"""The plots of the report, each with its caption, its legend and its values as a table.

Plots show numbers and fixed labels only, nothing that comes from a plan or a server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from .. import wording
from ..provisioning.ledger.records import CampaignState
from .data import ReportData
from .drawing import (
    BAD,
    GOOD,
    INK,
    LEFT,
    RIGHT,
    SENT,
    WAIT,
    extended,
    fill_steps,
    label_time_axis,
    set_title,
    spread,
    svg,
    thinned,
)
from .figures import FULL, Series, StepTimes, WindowFill, at_once, finished_over_time, per_minute

_WIDE, _NARROW = 9.2, 4.4
_TABLE_ROWS: Final = 24
_MIN_DURATION: Final = 0.01
_TICKS: Final[dict[float, str]] = {
    0.01: "0.01 s",
    0.1: "0.1 s",
    1: "1 s",
    10: "10 s",
    60: "1 min",
    600: "10 min",
    3600: "1 h",
    36_000: "10 h",
    360_000: "100 h",
}


@attrs.frozen
class Legend:
    """A colour and its meaning."""

    colour: str
    text: str


@attrs.frozen
class Column:
    """One series of a plot as text, for its table and its tooltip."""

    name: str
    values: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Plot:
    """One plot, drawn for wide and for narrow screens, with its caption and its values.

    ``edges`` are the left and right ends of the axes as shares of the width, first of the wide drawing, then
    of the narrow one. ``at`` are seconds since the start; a plot that is not over time has none.
    """

    name: str
    title: str
    caption: str
    legend: tuple[Legend, ...] = ()
    wide: str
    narrow: str
    edges: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
    end: float = 0.0
    at: tuple[float, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """A selection of the values, for the table below the plot."""
        if not self.at:
            return ()
        places = spread(len(self.at), _TABLE_ROWS)
        return tuple(
            (wording.measured_duration(self.at[place]), *(column.values[place] for column in self.columns))
            for place in places
        )


def progress(data: ReportData) -> Plot:
    """Plot the campaigns done and the requests per minute over time."""
    timeline, end = data.traffic.timeline, data.elapsed
    done = finished_over_time(data, CampaignState.DONE)
    failed = finished_over_time(data, CampaignState.FAILED)
    rate = per_minute(timeline, timeline.sent, end)
    wrong = per_minute(
        timeline, [a + b for a, b in zip(timeline.rate_limited, timeline.unanswered, strict=True)], end
    )

    def draw(figure: Figure) -> Sequence[Axes]:
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        shown = thinned(extended(done, end))
        top.fill_between(shown.at, shown.values, step="post", color=GOOD, alpha=0.18, linewidth=0)
        top.step(shown.at, shown.values, where="post", color=GOOD, linewidth=2)
        if data.failed:
            shown = thinned(extended(failed, end))
            top.step(shown.at, shown.values, where="post", color=BAD, linewidth=2)
        top.set_ylim(0, max(data.total, 1) * 1.04)
        set_title(top, "campaigns")
        fill_steps(bottom, rate, end, SENT)
        fill_steps(bottom, wrong, end, BAD)
        bottom.set_ylim(bottom=0)
        set_title(bottom, "requests per minute")
        for axes in (top, bottom):
            axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        return (top, bottom)

    legend = [Legend("good", "campaigns done")]
    legend += [Legend("bad", "campaigns failed")] if data.failed else []
    legend += [Legend("sent", "requests"), Legend("bad", "of these, 429 or no response")]
    columns = [Column("campaigns done", tuple(f"{done.value_at(at):,.0f}" for at in rate.at))]
    if data.failed:
        columns.append(Column("campaigns failed", tuple(f"{failed.value_at(at):,.0f}" for at in rate.at)))
    columns += [
        Column("requests per minute", tuple(f"{value:,.0f}" for value in rate.values)),
        Column("429 or no response, per minute", tuple(f"{value:,.1f}" for value in wrong.values)),
    ]
    return _over_time(
        "progress",
        "Progress",
        _progress_caption(data),
        draw,
        3.6,
        end,
        rate.at,
        tuple(legend),
        tuple(columns),
    )


def utilisation(data: ReportData, fills: Sequence[WindowFill]) -> Plot:
    """Plot the use of each rate-limit window, one below the other."""

    def draw(figure: Figure) -> Sequence[Axes]:
        all_axes = figure.subplots(len(fills), 1, sharex=True, squeeze=False)[:, 0]
        for axes, fill in zip(all_axes, fills, strict=True):
            series = fill.fill
            axes.axhline(1, color=BAD, linewidth=1, linestyle=(0, (4, 3)))
            axes.fill_between(series.at, series.values, color=SENT, alpha=0.25, linewidth=0)
            axes.plot(series.at, series.values, color=SENT, linewidth=1.4)
            axes.set_ylim(0, 1.08)
            axes.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
            set_title(axes, wording.window(fill.window))
        return tuple(all_axes)

    columns = tuple(
        Column(wording.window(fill.window), tuple(wording.percent(value) for value in fill.fill.values))
        for fill in fills
    )
    legend = (
        Legend("sent", "requests in the last period, of the limit"),
        Legend("bad", "the limit"),
    )
    return _over_time(
        "windows",
        "Use of the rate-limit windows",
        _windows_caption(fills, sum(data.traffic.earlier.sent)),
        draw,
        0.55 + 1.25 * len(fills),
        data.elapsed,
        fills[0].fill.at,
        legend,
        columns,
    )


def waiting(data: ReportData) -> Plot:
    """Plot how many requests were in flight and how many were waiting, over time."""
    timeline, end = data.traffic.timeline, data.elapsed
    working = at_once(timeline, timeline.on_the_wire, end)
    queued = at_once(timeline, timeline.waited, end)
    together = Series(working.at, tuple(a + b for a, b in zip(working.values, queued.values, strict=True)))

    def draw(figure: Figure) -> Sequence[Axes]:
        axes = figure.subplots(1, 1)
        fill_steps(axes, together, end, WAIT)
        fill_steps(axes, working, end, SENT)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        set_title(axes, "requests at the same time")
        return (axes,)

    legend = (Legend("sent", "in flight, until the response"), Legend("wait", "waiting for the rate limit"))
    columns = (
        Column("in flight", tuple(f"{value:,.1f}" for value in working.values)),
        Column("waiting", tuple(f"{value:,.1f}" for value in queued.values)),
    )
    return _over_time(
        "waiting",
        "Requests in flight and waiting",
        _waiting_caption(data),
        draw,
        2.3,
        end,
        working.at,
        legend,
        columns,
    )


def durations(steps: Sequence[StepTimes]) -> Plot:
    """Plot how long each kind of step took."""

    def draw(figure: Figure) -> Sequence[Axes]:
        axes = figure.subplots(1, 1)
        axes.set_xscale("log")
        for row, step in enumerate(steps):
            least, median, p90, most = (
                max(value, _MIN_DURATION) for value in (step.least, step.median, step.p90, step.most)
            )
            axes.plot([p90, most], [row, row], color=SENT, linewidth=1.4)
            axes.plot([most], [row], color=SENT, marker="|", markersize=7)
            axes.plot([least, p90], [row, row], color=SENT, linewidth=8, alpha=0.4, solid_capstyle="butt")
            axes.plot([median], [row], color=INK, marker="o", markersize=5)
        axes.set_ylim(len(steps) - 0.5, -0.5)
        axes.yaxis.set_major_locator(FixedLocator(range(len(steps))))
        axes.set_yticklabels([step.step for step in steps], color=INK)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        _label_duration_axis(axes, steps)
        return ()

    height = 0.5 + 0.32 * len(steps)
    return Plot(
        name="durations",
        title="Duration of the steps",
        caption="The dot is the median, the bar spans the fastest 90 %, the line ends at the slowest. "
        "A step is measured from its record on the ledger to its response, including waiting and retries.",
        wide=svg(draw, _WIDE, height, "durations-wide", left=0.95),
        narrow=svg(draw, _NARROW, height, "durations-narrow", left=0.95),
    )


def _label_duration_axis(axes: Axes, steps: Sequence[StepTimes]) -> None:
    low = max(min(step.least for step in steps), _MIN_DURATION)
    high = max(*(step.most for step in steps), _MIN_DURATION)
    if high < low * 20:
        # On so short a log scale there might be one label or none.
        axes.set_xscale("linear")
        axes.set_xlim(0, high * 1.06)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.measured_duration(value)))
        return
    axes.set_xlim(low * 0.8, high * 1.25)
    axes.xaxis.set_major_locator(FixedLocator(list(_TICKS)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _TICKS.get(value, "")))
    axes.xaxis.set_minor_locator(NullLocator())


# --- captions ------------------------------------------------------------------------------------------


def _progress_caption(data: ReportData) -> str:
    here = data.done - data.finished_before
    said = f"{wording.count(here, 'campaign')} done in {wording.measured_duration(data.elapsed)}"
    said += f", {wording.count(data.traffic.total, 'request')} sent."
    if data.finished_before:
        said += f" {data.finished_before:,} were done by an earlier run with this ledger."
    return said


def _windows_caption(fills: Sequence[WindowFill], earlier: int) -> str:
    tightest = max(fills, key=lambda fill: (fill.full, fill.most, fill.mean))
    name, often = wording.window(tightest.window), wording.percent(tightest.full)
    if tightest.full >= 0.05:
        said = f"The limit of {name} set the pace: it was reached for {often} of the time."
    elif tightest.most >= FULL:
        said = f"The limit of {name} was reached at times ({often} of the time)."
    else:
        said = f"No limit was reached; {name} came closest, with {wording.percent(tightest.most)}."
    averaged = [fill for fill in fills if fill.is_averaged]
    if earlier:
        said += f" {wording.count(earlier, 'request')} of earlier runs counted as well."
    if averaged:
        names = " and ".join(wording.window(fill.window) for fill in averaged)
        said += f" For {names} each point is an average over {wording.configured_duration(averaged[0].span)}."
    return said


def _waiting_caption(data: ReportData) -> str:
    waited, worked = data.traffic.waited, data.traffic.on_the_wire
    if not waited + worked:
        return "Nothing was sent."
    share = wording.percent(waited / (waited + worked))
    each = wording.measured_duration(worked / max(data.traffic.total, 1))
    said = f"Requests spent {share} of their time waiting for the rate limit; "
    said += f"a response took {each} on average."
    if data.interrupted:
        said += " Requests that were still waiting when the job was stopped are left out."
    return said


# --- drawing -------------------------------------------------------------------------------------------


def _over_time(
    name: str,
    title: str,
    caption: str,
    draw: Callable[[Figure], Sequence[Axes]],
    height: float,
    end: float,
    at: tuple[float, ...],
    legend: tuple[Legend, ...],
    columns: tuple[Column, ...],
) -> Plot:
    def timed(figure: Figure) -> Sequence[Axes]:
        all_axes = draw(figure)
        label_time_axis(all_axes[-1], end)
        return all_axes

    return Plot(
        name=name,
        title=title,
        caption=caption,
        legend=legend,
        wide=svg(timed, _WIDE, height, f"{name}-wide"),
        narrow=svg(timed, _NARROW, height, f"{name}-narrow"),
        edges=(LEFT / _WIDE, 1 - RIGHT / _WIDE, LEFT / _NARROW, 1 - RIGHT / _NARROW),
        end=end,
        at=at,
        columns=columns,
    )
