"""The counters of campaigns since their start: read, summed up and printed."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..activity import known_sum
from ..errors import NotFound
from ..wording import count, printable
from .choice import CAMPAIGN
from .count_display import CountDisplay
from .daily_request import DailySession, ReadOptions, send_each
from .exit_code import ExitCode
from .figure_table import FigureRow, figure_table

if TYPE_CHECKING:
    from ..api.analytics.campaigns import CampaignPerformance
    from ..api.campaigns.models import Campaign
    from ..api.campaigns.statistics import CampaignAnalytics
    from ..client import SmartleadClient

COLUMNS: Final = ("Sent", "Opened", "Clicked", "Replied", "Bounced", "Unsub.")
ONE_BY_ONE: Final = 20
"""The number of campaigns up to which each is counted with a request of its own."""
_AT_ONCE: Final = 100
"""The number of campaigns whose performance SmartLead returns for one request."""
_FIRST_DAY: Final = dt.date(2000, 1, 1)
_COUNTERS: Final = ("sent", "opened", "clicked", "replied", "bounced", "unsubscribed")


def rate_of(counter: str) -> Any:
    """Return a field that holds a counter as a percentage of ``sent``; None if either is not known."""

    def rate(row: Any) -> float | None:
        part, whole = getattr(row, counter), row.sent
        return None if part is None or not whole else round(100 * part / whole, 2)

    return attrs.field(init=False, default=attrs.Factory(rate, takes_self=True))


@attrs.frozen(kw_only=True)
class CampaignFigures:
    """The counters of a campaign: emails sent, and those opened, clicked, answered, bounced.

    Rates are percentages of the emails sent. A counter that SmartLead did not return is ``None``.
    """

    id: int
    name: str
    status: str | None
    client_id: int | None
    leads: int | None
    sent: int | None
    opened: int | None
    clicked: int | None
    replied: int | None
    bounced: int | None
    unsubscribed: int | None
    open_rate: float | None = rate_of("opened")
    click_rate: float | None = rate_of("clicked")
    reply_rate: float | None = rate_of("replied")
    bounce_rate: float | None = rate_of("bounced")
    unsubscribe_rate: float | None = rate_of("unsubscribed")

    @classmethod
    def of(cls, campaign: Campaign, analytics: CampaignAnalytics) -> CampaignFigures:
        """Return the figures of a campaign: each mail is counted once, however often it was opened."""
        return cls(
            id=campaign.id,
            name=campaign.name or "",
            status=None if campaign.status is None else str(campaign.status),
            client_id=campaign.client_id,
            leads=None if analytics.campaign_lead_stats is None else analytics.campaign_lead_stats.total,
            sent=analytics.sent_count,
            opened=_first(analytics.unique_open_count, analytics.open_count),
            clicked=_first(analytics.unique_click_count, analytics.click_count),
            replied=analytics.reply_count,
            bounced=analytics.bounce_count,
            unsubscribed=analytics.unsubscribed_count,
        )

    @classmethod
    def of_performance(cls, campaign: Campaign, row: CampaignPerformance | None) -> CampaignFigures:
        """Return the figures that SmartLead returns for many campaigns at once; the others are unknown."""
        return cls(
            id=campaign.id,
            name=campaign.name or "",
            status=None if campaign.status is None else str(campaign.status),
            client_id=campaign.client_id,
            leads=None,
            clicked=None,
            unsubscribed=None,
            **{name: getattr(row, name, None) for name in ("sent", "opened", "replied", "bounced")},
        )

    @property
    def counters(self) -> list[int | None]:
        """The counters in the order of the columns."""
        return [getattr(self, name) for name in _COUNTERS]


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def show_statistics(
    session: DailySession, options: ReadOptions, terms: Sequence[str], *, full: bool = False
) -> ExitCode:
    """Read and print the counters of the campaigns that the terms name.

    Each campaign takes a request if there are only a few, or if ``full``; otherwise a hundred of them do.
    """
    from .response_data import parse_columns, require_fields

    require_fields(CampaignFigures, parse_columns(options.columns))
    missing: list[str] = []
    rows = session.run(lambda client: _read(client, session, terms, missing, full=full))
    if options.is_table:
        _show_table(session, rows)
    else:
        options.printer(session.output, row=CampaignFigures).show_rows(rows)
    for line in missing:
        session.output.warn(line)
    return ExitCode.SOME_FAILED if missing else ExitCode.DONE


async def _read(
    client: SmartleadClient, session: DailySession, terms: Sequence[str], missing: list[str], *, full: bool
) -> list[CampaignFigures]:
    campaigns = CAMPAIGN.choose(await client.campaigns.list(), terms)
    if full or len(campaigns) <= ONE_BY_ONE:
        return await _read_each(client, session, campaigns, missing)
    rows = await _read_performance(client, session, campaigns)
    left_out = f"one request for each of {count(len(campaigns), 'campaign')}"
    session.output.paragraph(f"Clicks, unsubscribes and leads take {left_out}: --full counts them.", "dim")
    return rows


async def _read_performance(
    client: SmartleadClient, session: DailySession, campaigns: Sequence[Campaign]
) -> list[CampaignFigures]:
    """Return what SmartLead counts for a hundred campaigns at once, from the day of the oldest until now."""
    days = [_FIRST_DAY if each.created_at is None else each.created_at.date() for each in campaigns]
    span = min(days) - dt.timedelta(days=1), dt.datetime.now(dt.UTC).date()
    chunks = [[each.id for each in chunk] for chunk in _chunks(campaigns)]
    session.announce_requests(len(chunks))
    pages = await send_each(
        lambda ids: client.analytics.campaign_performance(
            *span, timezone="UTC", campaign_ids=ids, limit=_AT_ONCE
        ),
        chunks,
    )
    found = {row.id: row for page in pages for row in page}
    return [CampaignFigures.of_performance(each, found.get(each.id)) for each in campaigns]


def _chunks(campaigns: Sequence[Campaign]) -> list[Sequence[Campaign]]:
    starts = range(0, len(campaigns), _AT_ONCE)
    return [campaigns[start : start + _AT_ONCE] for start in starts]


async def _read_each(
    client: SmartleadClient, session: DailySession, campaigns: Sequence[Campaign], missing: list[str]
) -> list[CampaignFigures]:
    session.announce_requests(len(campaigns))
    counted = 0

    async def figures(campaign: Campaign) -> CampaignFigures | None:
        nonlocal counted
        try:
            return CampaignFigures.of(campaign, await client.campaigns.analytics(campaign.id))
        except NotFound as problem:
            missing.append(f"{printable(campaign.name or campaign.id)} was left out: {problem}")
            return None
        finally:
            counted += 1
            display.update(counted)

    with CountDisplay(session.output, "campaign", "read", total=len(campaigns)) as display:
        return [row for row in await send_each(figures, campaigns) if row is not None]


def _show_table(session: DailySession, figures: Sequence[CampaignFigures]) -> None:
    from .terminal import open_console

    console = open_console(stderr=False, no_color=session.output.console.no_color)
    if not figures:
        session.output.line("There are no campaigns.", "dim")
        return
    # A counter that is unknown for every campaign takes no column, unless all are.
    known = [
        any(column) for column in zip(*([n is not None for n in e.counters] for e in figures), strict=True)
    ]
    shown = known if any(known) else [True] * len(COLUMNS)
    columns = list(itertools.compress(COLUMNS, shown))
    rows = [
        FigureRow(each.name, _note(each), list(itertools.compress(each.counters, shown))) for each in figures
    ]
    if len(rows) > 1:
        sums = [known_sum(column) for column in zip(*(row.figures for row in rows), strict=True)]
        rows.append(FigureRow(count(len(figures), "campaign"), "", sums, is_sum=True))
    console.print(figure_table("Campaign", columns, rows, console.width))


def _note(figures: CampaignFigures) -> str:
    client = "" if figures.client_id is None else f" · client {figures.client_id}"
    return f"{figures.id} · {figures.status or 'status unknown'}{client}"
