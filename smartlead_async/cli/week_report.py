"""The report of a week: what was asked for, and its tables, chart, page and data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..activity import COUNTERS, Activity, CampaignActivity, ClientActivity, Counts, DayActivity, Period
from ..activity import read_activity as read
from ..formats import is_time_zone
from ..wording import count, printable
from .client_names import client_ids
from .daily_request import DailySession, ReportOptions
from .figure_table import NARROW, FigureRow, figure_table
from .local_time import local_time_zone
from .output import CommandError
from .response_output import OutputFormat, prints_table, write_text
from .terminal import open_console

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from ..client import SmartleadClient

_WEEK: Final = dt.timedelta(days=6)
_COLUMNS: Final = ("Sent", "Opened", "Replied", "Positive", "Bounced")
_SHOWN: Final = 10
_CHART_DAYS: Final = 31
_BLOCKS: Final = " ▏▎▍▌▋▊▉█"


def choose_period(first: str | None, last: str | None, time_zone: str | None) -> Period:
    """Return the days of the options; without any, the last complete week from Monday to Sunday."""
    zone = time_zone or local_time_zone()
    if not is_time_zone(zone):
        raise CommandError(f"--time-zone is an IANA name such as Europe/Berlin, not {printable(zone)!r}")
    begin, end = _date("--from", first), _date("--to", last)
    if begin is None and end is None:
        today = _today(zone)
        begin = today - dt.timedelta(days=today.weekday() + 7)
    begin, end = begin or (end or dt.date.min) - _WEEK, end or (begin or dt.date.min) + _WEEK
    if end < begin:
        raise CommandError(f"--from {begin} is after --to {end}")
    return Period(begin, end, zone)


def _date(option: str, text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option} is a date such as 2027-01-04, not {printable(text)!r}") from None


def _today(zone: str) -> dt.date:
    from zoneinfo import ZoneInfo

    return dt.datetime.now(ZoneInfo(zone)).date()


# --- the report ---------------------------------------------------------------------------------------


def show_report(
    session: DailySession, options: ReportOptions, period: Period, clients: Sequence[str], *, every: bool
) -> None:
    """Read and print the activity of a period."""
    from .response_data import parse_columns, require_fields

    columns = parse_columns(options.columns)
    require_fields(ReportRow, columns)
    is_page = options.is_page
    if is_page:
        _require_page()
    format_ = None if is_page else options.format
    activity = session.run(lambda client: _read(client, period, clients))
    source = session.target.target.name
    if is_page:
        from ..report_html.activity_page import render_activity

        write_text(render_activity(activity, source=source))
    elif options.is_table:
        console = open_console(stderr=False, no_color=session.output.console.no_color)
        for part in _for_people(activity, source, console, every=every):
            console.print(part)
    elif columns or format_ in {OutputFormat.CSV, OutputFormat.JSONL, OutputFormat.TABLE}:
        options.printer(session.output, columns, row=ReportRow).show_rows(list(rows_of(activity)))
    else:
        options.printer(session.output).show(_as_data(activity, source))


def _require_page() -> None:
    from ..report_html import require_extra

    require_extra()
    if prints_table():
        raise CommandError("a page is for a browser: write it to a file, with > week.html")


async def _read(client: SmartleadClient, period: Period, terms: Sequence[str]) -> Activity:
    ids = await client_ids(client, terms)
    try:
        return await read(client, period, client_ids=ids or None)
    except ValueError as problem:
        raise CommandError(f"the report cannot be made: {problem}") from None


# --- for programs -------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class ReportRow:
    """A campaign with its client and its counters, as a row of CSV."""

    client_id: int | None
    client: str
    campaign_id: int
    campaign: str
    sent: int | None
    opened: int | None
    replied: int | None
    positive: int | None
    bounced: int | None


def rows_of(activity: Activity) -> Iterator[ReportRow]:
    """Yield the campaigns of all clients."""
    for client in activity.clients:
        for campaign in client.campaigns:
            yield ReportRow(
                client_id=client.id,
                client=client.name,
                campaign_id=campaign.id,
                campaign=campaign.name,
                **_counters(campaign.counts),
            )


def _counters(counts: Counts) -> dict[str, Any]:
    return dict(zip(COUNTERS, counts.values, strict=True))


def _as_data(activity: Activity, source: str) -> dict[str, Any]:
    period = activity.period
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "time_zone": period.time_zone,
        "source": source,
        "notes": list(activity.notes),
        "total": _counters(activity.counts),
        "clients": [
            {
                "id": client.id,
                "name": client.name,
                **_counters(client.counts),
                "campaigns": [
                    {"id": each.id, "name": each.name, **_counters(each.counts)} for each in client.campaigns
                ],
            }
            for client in activity.clients
        ],
        "days": [
            {
                "date": day.date.isoformat(),
                "sent": day.counts.sent,
                "opened": day.counts.opened,
                "replied": day.counts.replied,
            }
            for day in activity.days
        ],
    }


# --- for people ---------------------------------------------------------------------------------------


def _for_people(
    activity: Activity, source: str, console: Console, *, every: bool
) -> Iterator[RenderableType]:
    from rich.text import Text

    from ..report_html.activity_page import period_title

    yield Text(period_title(activity), "bold")
    yield Text(f"Time zone {activity.period.time_zone} · {source}\n", "dim")
    if activity.counts:
        yield from _figures(activity, console, every=every)
    else:
        yield Text("There was no activity.")
    for note in activity.notes:
        yield Text(note, "yellow")


def _figures(activity: Activity, console: Console, *, every: bool) -> Iterator[RenderableType]:
    from rich.text import Text

    if len(activity.days) <= _CHART_DAYS:
        yield _chart(activity.days, console)
        yield Text()
    yield figure_table("Client, campaign", _COLUMNS, _figure_rows(activity, every=every), console.width)


def _figure_rows(activity: Activity, *, every: bool) -> list[FigureRow]:
    rows: list[FigureRow] = []
    for client in activity.clients:
        number = "" if client.id is None else f"client {client.id}"
        note = "" if client.name.lower() == number else number  # the name is not known
        rows.append(FigureRow(client.name, note, client.counts.values, is_head=True))
        rows += _campaign_rows(client, every=every)
    rows.append(FigureRow("Total", _idle(activity), activity.counts.values, is_sum=True))
    return rows


def _campaign_rows(client: ClientActivity, *, every: bool) -> Iterator[FigureRow]:
    """Yield the campaigns of a client, and what is left of them as one row, so that the figures add up."""
    active = [campaign for campaign in client.campaigns if campaign.counts]
    shown = active if every else active[:_SHOWN]
    for campaign in shown:
        yield FigureRow(campaign.name, "", campaign.counts.values, indent=2)
    if rest := active[len(shown) :]:
        yield FigureRow(_more(rest), "", Counts.total(each.counts for each in rest).values, indent=2)


def _more(rest: Sequence[CampaignActivity]) -> str:
    return f"{count(len(rest), 'more campaign')} (--all shows them)"


def _idle(activity: Activity) -> str:
    idle = sum(not campaign.counts for client in activity.clients for campaign in client.campaigns)
    return f"{count(idle, 'campaign')} without activity" if idle else ""


def _chart(days: Sequence[DayActivity], console: Console) -> RenderableType:
    """Return a bar of the mails sent for each day, with opens and replies beside it."""
    from rich.table import Table
    from rich.text import Text

    from ..report_html.activity_page import day_title

    most = max((day.counts.sent or 0 for day in days), default=0)
    gap = 1 if console.width < NARROW else 2
    width = max(min(console.width - 30 - 4 * gap, 40), 4)
    table = Table.grid(padding=(0, gap, 0, 0))
    for justify in ("right", "left", "right", "right", "right"):
        table.add_column(justify=justify, no_wrap=True)
    table.add_row("", "", *(Text(name, "dim") for name in ("sent", "opened", "replied")))
    for day in days:
        counts = day.counts
        bar = Text(_bar(counts.sent or 0, most, width, console.encoding), "blue")
        figures = (
            "–" if each is None else f"{each:,}" for each in (counts.sent, counts.opened, counts.replied)
        )
        table.add_row(day_title(day.date), bar, *figures)
    return table


def _bar(value: int, most: int, width: int, encoding: str) -> str:
    """Return a bar of this share of the width, in eighths of a character where those can be shown."""
    if not most:
        return ""
    if not encoding.lower().startswith("utf"):
        return "#" * round(value * width / most)
    whole, eighths = divmod(round(value * width * 8 / most), 8)
    shown = "█" * whole + (_BLOCKS[eighths] if eighths else "")
    return shown or ("▏" if value else "")
