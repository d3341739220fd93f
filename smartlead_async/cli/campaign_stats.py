"""The counters of campaigns since their start: read, summed up and printed."""

from __future__ import annotations

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
    from ..api.campaigns.models import Campaign
    from ..api.campaigns.statistics import CampaignAnalytics
    from ..client import SmartleadClient

COLUMNS: Final = ("Sent", "Opened", "Clicked", "Replied", "Bounced", "Unsub.")
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

    @property
    def counters(self) -> list[int | None]:
        """The counters in the order of the columns."""
        return [getattr(self, name) for name in _COUNTERS]


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def show_statistics(session: DailySession, options: ReadOptions, terms: Sequence[str]) -> ExitCode:
    """Read and print the counters of the campaigns that the terms name."""
    from .response_data import parse_columns, require_fields

    require_fields(CampaignFigures, parse_columns(options.columns))
    missing: list[str] = []
    rows = session.run(lambda client: _read(client, session, terms, missing))
    if options.is_table:
        _show_table(session, rows)
    else:
        options.printer(session.output).show_rows(rows)
    for line in missing:
        session.output.warn(line)
    return ExitCode.SOME_FAILED if missing else ExitCode.DONE


async def _read(
    client: SmartleadClient, session: DailySession, terms: Sequence[str], missing: list[str]
) -> list[CampaignFigures]:
    campaigns = CAMPAIGN.choose(await client.campaigns.list(), terms)
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
    rows = [FigureRow(each.name, _note(each), each.counters) for each in figures]
    if len(rows) > 1:
        sums = [known_sum(column) for column in zip(*(row.figures for row in rows), strict=True)]
        rows.append(FigureRow(count(len(figures), "campaign"), "", sums, is_sum=True))
    console.print(figure_table("Campaign", COLUMNS, rows, console.width))


def _note(figures: CampaignFigures) -> str:
    client = "" if figures.client_id is None else f" · client {figures.client_id}"
    return f"{figures.id} · {figures.status or 'status unknown'}{client}"
