"""SVG drawings by matplotlib that take their colours from the page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from .figures import Series

# Placeholders for the colours of the page, light or dark: each is replaced by a CSS variable in the SVG.
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
INK, MUTED, GRID, GOOD, SENT, BAD, WAIT, SURFACE = _TOKENS.values()
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "smartlead-async",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.parse_math": False,
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "lines.solid_capstyle": "round",
}
LEFT, RIGHT = 0.55, 0.15
"""The margins beside the axes, in inches."""
_TOP, _BOTTOM = 0.28, 0.42
_MAX_POINTS: Final = 600


def svg(
    draw: Callable[[Figure], object], width: float, height: float, name: str, *, left: float = LEFT
) -> str:
    """Draw a figure of this size in inches and return it as an ``<svg>`` element for the page."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height))
        figure.patch.set_alpha(0)
        draw(figure)
        for axes in figure.axes:
            axes.patch.set_alpha(0)
        figure.subplots_adjust(
            left=left / width,
            right=1 - RIGHT / width,
            top=1 - _TOP / height,
            bottom=_BOTTOM / height,
            hspace=0.45,
        )
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return _embeddable(written.getvalue(), name)


def _embeddable(svg: str, name: str) -> str:
    """Turn an SVG file into an element of the page: unique ids, the page's colours, no metadata."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Its style applies to every element, in a page to those of the page as well.
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)
    svg = svg.replace("xlink:href=", "href=")
    # Only ids that are referred to are kept, with the name of the plot, because plots use the same ids.
    used = set(re.findall(r'(?:href="#|url\(#)([\w-]+)', svg))
    svg = re.sub(r' id="([\w.-]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)
    for token, colour in _TOKENS.items():
        svg = svg.replace(colour, f"var(--{token})")
    svg = re.sub(
        r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 aria-hidden="true" focusable="false">', svg, count=1
    )
    return re.sub(r"\s*\n\s*", "\n", svg)


def set_title(axes: Axes, text: str) -> None:
    """Set the small title at the top left of the axes."""
    axes.set_title(text, loc="left", fontsize=9.5, color=MUTED, pad=6)


def fill_steps(axes: Axes, series: Series, end: float, colour: str) -> None:
    """Fill the area below a series, each value held until the next one, in the colour of the legend."""
    shown = extended(series, end)
    axes.fill_between(shown.at, shown.values, step="post", color=colour, linewidth=0)


def label_time_axis(axes: Axes, end: float) -> None:
    """Label the horizontal axis with the seconds, minutes, hours or days since the start of the job."""
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
    axes.set_xlabel(f"{unit} since the start")


def extended(series: Series, end: float) -> Series:
    """Return the series with its last value, or 0, held until the end of the job."""
    last = series.values[-1] if series.values else 0.0
    return Series((*series.at, max(end, series.at[-1] if series.at else 0.0)), (*series.values, last))


def thinned(series: Series) -> Series:
    """Return the series with no more points than a plot can show."""
    places = spread(len(series.at), _MAX_POINTS)
    return Series(tuple(series.at[p] for p in places), tuple(series.values[p] for p in places))


def spread(number: int, limit: int) -> list[int]:
    """Return at most ``limit`` indices below ``number``, evenly spaced, the first and the last included."""
    if number <= limit:
        return list(range(number))
    return sorted({round(place * (number - 1) / (limit - 1)) for place in range(limit)})
