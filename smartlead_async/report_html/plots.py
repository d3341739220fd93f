"""The plots, drawn by matplotlib as SVG that stands in the page and takes its colours from there.

Nothing from a plan or a server is drawn: only numbers and our own words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from .. import wording
from ..provisioning.ledger.records import CampaignState
from .data import ReportData
from .figures import FULL, Series, StepTimes, WindowFill, at_once, finished_over_time, per_minute

# Colours that stand for the page's own, light or dark: each is replaced by a CSS variable in the SVG.
_TOKENS: Final = {
    "ink": "#000001",
    "muted": "#000002",
    "grid": "#000003",
    "good": "#000004",
    "sent": "#000005",
    "bad": "#000006",
    "wait": "#000007",
    "surface": "#000008",
}
_INK, _MUTED, _GRID, _GOOD, _SENT, _BAD, _WAIT, _SURFACE = _TOKENS.values()
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "smartlead-async",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.parse_math": False,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "grid.linewidth": 0.7,
    "lines.solid_capstyle": "round",
}
_WIDE, _NARROW = 9.2, 4.4
_MOST_POINTS: Final = 600
_TABLE_ROWS: Final = 24
_SHORTEST: Final = 0.01


@attrs.frozen
class Legend:
    """A colour and what it stands for."""

    colour: str
    text: str


@attrs.frozen
class Column:
    """What can be read off a plot at an instant: a name and its values, written out."""

    name: str
    values: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Plot:
    """One plot, drawn for wide and for narrow screens, with its words and its figures as a table.

    ``left`` and ``right`` are where its axes begin and end, as shares of the width, in both drawings; the
    instants of ``at`` are seconds since the begin. A plot that is not over time has none.
    """

    name: str
    title: str
    says: str
    legend: tuple[Legend, ...] = ()
    wide: str
    narrow: str
    edges: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
    end: float = 0.0
    at: tuple[float, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """A few instants out of all, for the table below the plot."""
        if not self.at:
            return ()
        places = _spread(len(self.at), _TABLE_ROWS)
        return tuple(
            (wording.measured_duration(self.at[place]), *(column.values[place] for column in self.columns))
            for place in places
        )


def progress(data: ReportData) -> Plot:
    """Campaigns done, and requests a minute below it, over time."""
    timeline, end = data.traffic.timeline, data.elapsed
    done = finished_over_time(data, CampaignState.DONE)
    failed = finished_over_time(data, CampaignState.FAILED)
    rate = per_minute(timeline, timeline.sent, end)
    wrong = per_minute(
        timeline, [a + b for a, b in zip(timeline.rate_limited, timeline.unanswered, strict=True)], end
    )

    def draw(figure: Figure) -> Sequence[Axes]:
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        shown = _thinned(_to_the_end(done, end))
        top.fill_between(shown.at, shown.values, step="post", color=_GOOD, alpha=0.18, linewidth=0)
        top.step(shown.at, shown.values, where="post", color=_GOOD, linewidth=2)
        if data.failed:
            shown = _thinned(_to_the_end(failed, end))
            top.step(shown.at, shown.values, where="post", color=_BAD, linewidth=2)
        top.set_ylim(0, max(data.total, 1) * 1.04)
        _title(top, "campaigns")
        _steps(bottom, rate, end, _SENT)
        _steps(bottom, wrong, end, _BAD, alpha=0.9)
        bottom.set_ylim(bottom=0)
        _title(bottom, "requests a minute")
        for axes in (top, bottom):
            axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        return (top, bottom)

    legend = [Legend("good", "campaigns done")]
    legend += [Legend("bad", "campaigns failed")] if data.failed else []
    legend += [Legend("sent", "requests"), Legend("bad", "of them 429 or without an answer")]
    columns = [Column("campaigns done", tuple(f"{done.value_at(at):,.0f}" for at in rate.at))]
    if data.failed:
        columns.append(Column("campaigns failed", tuple(f"{failed.value_at(at):,.0f}" for at in rate.at)))
    columns += [
        Column("requests a minute", tuple(f"{value:,.0f}" for value in rate.values)),
        Column("429 or no answer, a minute", tuple(f"{value:,.1f}" for value in wrong.values)),
    ]
    return _over_time(
        "progress", "Progress", _says_progress(data), draw, 3.6, end, rate.at, tuple(legend), tuple(columns)
    )


def utilisation(data: ReportData, fills: Sequence[WindowFill]) -> Plot:
    """How full each window of the tier was, one below the other."""

    def draw(figure: Figure) -> Sequence[Axes]:
        all_axes = figure.subplots(len(fills), 1, sharex=True, squeeze=False)[:, 0]
        for axes, fill in zip(all_axes, fills, strict=True):
            series = Series((0.0, *fill.fill.at), (0.0, *fill.fill.values))
            axes.axhline(1, color=_BAD, linewidth=1, linestyle=(0, (4, 3)))
            axes.fill_between(series.at, series.values, color=_SENT, alpha=0.25, linewidth=0)
            axes.plot(series.at, series.values, color=_SENT, linewidth=1.4)
            axes.set_ylim(0, 1.08)
            axes.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
            _title(axes, wording.window(fill.window))
        return tuple(all_axes)

    columns = tuple(
        Column(wording.window(fill.window), tuple(wording.percent(value) for value in fill.fill.values))
        for fill in fills
    )
    legend = (Legend("sent", "sent in the last period, of what it allows"), Legend("bad", "the limit"))
    return _over_time(
        "windows",
        "How full the rate-limit windows were",
        _says_windows(fills),
        draw,
        0.55 + 1.25 * len(fills),
        data.elapsed,
        fills[0].fill.at,
        legend,
        columns,
    )


def waiting(data: ReportData) -> Plot:
    """How many requests were on the wire and how many stood in line, at any one time."""
    timeline, end = data.traffic.timeline, data.elapsed
    working = at_once(timeline, timeline.on_the_wire, end)
    queued = at_once(timeline, timeline.waited, end)
    together = Series(working.at, tuple(a + b for a, b in zip(working.values, queued.values, strict=True)))

    def draw(figure: Figure) -> Sequence[Axes]:
        axes = figure.subplots(1, 1)
        _steps(axes, together, end, _WAIT, alpha=0.4)
        _steps(axes, working, end, _SENT)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        _title(axes, "requests at any one time")
        return (axes,)

    legend = (Legend("sent", "under way, until the answer"), Legend("wait", "in line for the rate limit"))
    columns = (
        Column("under way", tuple(f"{value:,.1f}" for value in working.values)),
        Column("in line", tuple(f"{value:,.1f}" for value in queued.values)),
    )
    return _over_time(
        "waiting",
        "Waiting and working",
        _says_waiting(data),
        draw,
        2.3,
        end,
        working.at,
        legend,
        columns,
    )


def durations(steps: Sequence[StepTimes]) -> Plot:
    """How long each kind of step took."""

    def draw(figure: Figure) -> Sequence[Axes]:
        axes = figure.subplots(1, 1)
        axes.set_xscale("log")
        for row, step in enumerate(steps):
            least, median, p90, most = (
                max(value, _SHORTEST) for value in (step.least, step.median, step.p90, step.most)
            )
            axes.plot([p90, most], [row, row], color=_SENT, linewidth=1.4)
            axes.plot([most], [row], color=_SENT, marker="|", markersize=7)
            axes.plot([least, p90], [row, row], color=_SENT, linewidth=8, alpha=0.4, solid_capstyle="butt")
            axes.plot([median], [row], color=_INK, marker="o", markersize=5)
        axes.set_ylim(len(steps) - 0.5, -0.5)
        axes.yaxis.set_major_locator(FixedLocator(range(len(steps))))
        axes.set_yticklabels([step.step for step in steps], color=_INK)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        low = max(min(step.least for step in steps), _SHORTEST)
        high = max(*(step.most for step in steps), _SHORTEST)
        marks = {0.01: "0.01 s", 0.1: "0.1 s", 1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h"}
        marks |= {36_000: "10 h", 360_000: "100 h"}
        axes.set_xlim(low * 0.8, high * 1.25)
        if high < low * 20:
            # Close together: the marks above might show one tick or none.
            axes.set_xscale("linear")
            axes.set_xlim(0, high * 1.06)
            axes.xaxis.set_major_locator(MaxNLocator(5))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.measured_duration(value)))
        else:
            axes.xaxis.set_major_locator(FixedLocator(list(marks)))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: marks.get(value, "")))
            axes.xaxis.set_minor_locator(NullLocator())
        return ()

    height = 0.5 + 0.32 * len(steps)
    return Plot(
        name="durations",
        title="How long the steps took",
        says="The dot is the median, the bar reaches from the fastest to nine in ten, the line to the "
        "slowest. A step takes from the moment it goes on the ledger to its answer, waiting in line and "
        "retries included.",
        wide=_svg(draw, _WIDE, height, "durations-wide", left=0.95),
        narrow=_svg(draw, _NARROW, height, "durations-narrow", left=0.95),
    )


# --- what a plot says, in a sentence -------------------------------------------------------------------


def _says_progress(data: ReportData) -> str:
    here = data.done - data.finished_before
    said = f"{wording.count(here, 'campaign')} done in {wording.measured_duration(data.elapsed)}"
    said += f", {wording.count(data.traffic.total, 'request')} sent."
    if data.finished_before:
        said += f" {data.finished_before:,} were done by an earlier run of this ledger."
    return said


def _says_windows(fills: Sequence[WindowFill]) -> str:
    tightest = max(fills, key=lambda fill: (fill.full, fill.most, fill.mean))
    name, often = wording.window(tightest.window), wording.percent(tightest.full)
    if tightest.full >= 0.05:
        said = f"The window of {name} set the pace: it was full for {often} of the time."
    elif tightest.most >= FULL:
        said = f"The window of {name} was full at times ({often} of the time)."
    else:
        said = f"No window was full; the one of {name} came closest, with {wording.percent(tightest.most)}."
    averaged = [fill for fill in fills if fill.is_averaged]
    if averaged:
        names = " and ".join(wording.window(fill.window) for fill in averaged)
        said += f" For {names} each point is a mean over {wording.configured_duration(averaged[0].span)}."
    return said


def _says_waiting(data: ReportData) -> str:
    waited, worked = data.traffic.waited, data.traffic.on_the_wire
    if not waited + worked:
        return "Nothing was sent."
    share = wording.percent(waited / (waited + worked))
    each = wording.measured_duration(worked / max(data.traffic.total, 1))
    return (
        f"Requests spent {share} of their time in line for the rate limit; an answer took {each} on average."
    )


# --- drawing -------------------------------------------------------------------------------------------


def _over_time(
    name: str,
    title: str,
    says: str,
    draw: Callable[[Figure], Sequence[Axes]],
    height: float,
    end: float,
    at: tuple[float, ...],
    legend: tuple[Legend, ...],
    columns: tuple[Column, ...],
) -> Plot:
    def timed(figure: Figure) -> Sequence[Axes]:
        all_axes = draw(figure)
        _time_axis(all_axes[-1], end)
        return all_axes

    return Plot(
        name=name,
        title=title,
        says=says,
        legend=legend,
        wide=_svg(timed, _WIDE, height, f"{name}-wide"),
        narrow=_svg(timed, _NARROW, height, f"{name}-narrow"),
        edges=(_LEFT / _WIDE, 1 - _RIGHT / _WIDE, _LEFT / _NARROW, 1 - _RIGHT / _NARROW),
        end=end,
        at=at,
        columns=columns,
    )


_LEFT, _RIGHT, _TOP, _BOTTOM = 0.55, 0.15, 0.28, 0.42


def _svg(
    draw: Callable[[Figure], object], width: float, height: float, name: str, *, left: float = _LEFT
) -> str:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height))
        figure.patch.set_alpha(0)
        draw(figure)
        for axes in figure.axes:
            axes.patch.set_alpha(0)
        figure.subplots_adjust(
            left=left / width,
            right=1 - _RIGHT / width,
            top=1 - _TOP / height,
            bottom=_BOTTOM / height,
            hspace=0.45,
        )
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return _for_the_page(written.getvalue(), name)


def _for_the_page(svg: str, name: str) -> str:
    """An SVG file as an element of the page: ids of its own, the page's colours, no talk about itself."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Its style is for every element there is, which in a page would be the page's as well.
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)
    svg = svg.replace("xlink:href=", "href=")
    # Groups that nothing refers to need no id; the others must differ from those of the other plots.
    used = set(re.findall(r'(?:href="#|url\(#)([\w-]+)', svg))
    svg = re.sub(r' id="([\w.-]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)
    for token, colour in _TOKENS.items():
        svg = svg.replace(colour, f"var(--{token})")
    svg = re.sub(
        r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 aria-hidden="true" focusable="false">', svg, count=1
    )
    return re.sub(r"\s*\n\s*", "\n", svg)


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=9.5, color=_MUTED, pad=6)


def _steps(axes: Axes, series: Series, end: float, colour: str, *, alpha: float = 0.75) -> None:
    shown = _to_the_end(series, end)
    axes.fill_between(shown.at, shown.values, step="post", color=colour, alpha=alpha, linewidth=0)


def _time_axis(axes: Axes, end: float) -> None:
    unit, seconds = next(
        (unit, seconds)
        for unit, seconds, most in (
            ("seconds", 1, 180),
            ("minutes", 60, 3 * 3600),
            ("hours", 3600, 4 * 86_400),
            ("days", 86_400, float("inf")),
        )
        if end <= most
    )
    step = next(
        step
        for step in (1, 2, 3, 5, 6, 10, 12, 15, 20, 24, 30, 60, 120, 240, 10**9)
        if end / seconds / step <= 9
    )
    axes.set_xlim(0, max(end, 1e-6))
    places = [seconds * step * number for number in range(int(end / seconds / step) + 1)]
    if len(places) > 1:
        axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / seconds:g}"))
    axes.set_xlabel(f"{unit} since the begin")


def _to_the_end(series: Series, end: float) -> Series:
    """With its last value kept to the end of the job, or 0 where there is none."""
    last = series.values[-1] if series.values else 0.0
    return Series((*series.at, max(end, series.at[-1] if series.at else 0.0)), (*series.values, last))


def _thinned(series: Series) -> Series:
    places = _spread(len(series.at), _MOST_POINTS)
    return Series(tuple(series.at[p] for p in places), tuple(series.values[p] for p in places))


def _spread(number: int, most: int) -> list[int]:
    """So many places out of all, evenly, the first and the last among them."""
    if number <= most:
        return list(range(number))
    return sorted({round(place * (number - 1) / (most - 1)) for place in range(most)})
