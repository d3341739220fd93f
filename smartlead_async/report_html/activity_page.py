"""The page of the activity of a period: totals, a plot by day, and a table by client and campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from .. import wording
from .._version import __version__
from ..activity import COUNTERS, Activity, Counts, DayActivity
from .render import page_environment, page_part, require_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDE, _NARROW = 9.2, 4.0
_HEIGHT: Final = 3.4
_NARROW_TICKS, _WIDE_TICKS = 7, 14
_LABELS: Final = {
    "sent": "sent",
    "opened": "opened",
    "replied": "replied",
    "positive": "positive replies",
    "bounced": "bounced",
}


@attrs.frozen
class Tile:
    """A total with its share of the mails sent."""

    label: str
    value: str
    note: str
    tone: str = ""


def render_activity(activity: Activity, *, source: str) -> str:
    """Return the page as a string; ``source`` names where the figures come from. It loads nothing.

    Raises :class:`ConfigurationError` if the extra ``smartlead-async[report]`` is missing.
    """
    require_extra()
    from markupsafe import Markup  # noqa: PLC0415 - only in the extra

    environment = page_environment()
    active = sum(bool(campaign.counts) for client in activity.clients for campaign in client.campaigns)
    page = environment.from_string(page_part("activity.html.j2")).render(
        activity=activity,
        source=source,
        version=__version__,
        period=period_title(activity),
        tiles=_tiles(activity.counts),
        labels=_LABELS,
        counters=COUNTERS,
        style=Markup(page_part("report.css")),  # noqa: S704 - ours
        wide=Markup(_draw(activity.days, _WIDE, _WIDE_TICKS)),  # noqa: S704 - numbers and fixed labels
        narrow=Markup(_draw(activity.days, _NARROW, _NARROW_TICKS)),  # noqa: S704
        rate=_rate,
        day_title=day_title,
        clients=sum(client.id is not None for client in activity.clients),
        active=active,
        idle=sum(len(client.campaigns) for client in activity.clients) - active,
    )
    return page.encode("utf-8", "replace").decode()


def period_title(activity: Activity) -> str:
    """Return the days of the period: ``Mon 4 – Sun 10 Jan 2027``."""
    first, last = activity.period.first, activity.period.last
    if first == last:
        return day_title(first, year=True)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%a} {first.day} – {day_title(last, year=True)}"
    return f"{day_title(first, year=first.year != last.year)} – {day_title(last, year=True)}"


def day_title(date: Any, *, year: bool = False) -> str:
    """Return a day: ``Mon 4 Jan``, with its year if that is wanted."""
    return f"{date:%a} {date.day} {date:%b}" + (f" {date.year}" if year else "")


def _rate(part: int | None, whole: int | None) -> str:
    return "" if part is None or whole is None else wording.rate(part, whole)


def _tiles(counts: Counts) -> list[Tile]:
    tones = {"positive": "good"}
    return [
        Tile(
            _LABELS[name],
            "–" if value is None else f"{value:,}",
            "" if name == "sent" else _rate(value, counts.sent),
            tones.get(name, ""),
        )
        for name, value in zip(COUNTERS, counts.values, strict=True)
    ]


def _draw(days: tuple[DayActivity, ...], width: float, ticks: int) -> str:
    """Draw the mails of each day, and below them the replies, which are few beside the mails."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator  # noqa: PLC0415 - only in the extra

    from .drawing import GOOD, SENT, WAIT, set_title, spread, svg  # noqa: PLC0415 - only in the extra

    places = spread(len(days), ticks)

    def label(value: float, _: object) -> str:
        date = days[round(value)].date
        below = f"{date.day}" if width == _NARROW else f"{date.day} {date:%b}"
        return f"{date:%a}\n{below}"

    def draw(figure: Figure) -> None:
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        at = range(len(days))
        top.bar(at, [day.counts.sent or 0 for day in days], color=SENT, width=0.72)
        top.bar(at, [day.counts.opened or 0 for day in days], color=WAIT, width=0.36)
        bottom.bar(at, [day.counts.replied or 0 for day in days], color=GOOD, width=0.72)
        set_title(top, "mails")
        set_title(bottom, "replies")
        for axes in (top, bottom):
            axes.set_ylim(bottom=0, top=max(axes.get_ylim()[1], 1))
            axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        bottom.set_xlim(-0.6, len(days) - 0.4)
        bottom.xaxis.set_major_locator(FixedLocator(places))
        bottom.xaxis.set_major_formatter(FuncFormatter(label))

    return svg(draw, width, _HEIGHT, "days-wide" if width == _WIDE else "days-narrow")
