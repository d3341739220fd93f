"""Parts that reports have in common: the filters of their requests and the figures of their responses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from ...fields import Length
from ...formats import known_time_zone

MAX_CAMPAIGNS = 100


@attrs.frozen
class ClientFilter:
    """The clients that a report is limited to, up to 50."""

    client_ids: Sequence[int] | None = attrs.field(default=None, kw_only=True, validator=Length(1, 50))


@attrs.frozen
class ReportDates(ClientFilter):
    """The days of a report, both inclusive, and the clients that it is limited to."""

    start_date: dt.date
    end_date: dt.date

    def __attrs_post_init__(self) -> None:
        if self.end_date < self.start_date:
            raise ValueError(f"end_date {self.end_date} is before start_date {self.start_date}")


@attrs.frozen
class ReportFilter(ReportDates):
    """The days of a report in a time zone, an IANA name such as ``"Europe/Berlin"``."""

    timezone: str | None = attrs.field(default=None, kw_only=True, validator=known_time_zone)


@attrs.frozen
class CampaignFilter(ReportFilter):
    """The days of a report, and the clients and campaigns that it is limited to."""

    campaign_ids: Sequence[int] | None = attrs.field(
        default=None, kw_only=True, validator=Length(1, MAX_CAMPAIGNS)
    )


@attrs.frozen(kw_only=True)
class Engagement:
    """Emails and the reactions to them. Rates are percentages: ``43.75`` for 43.75 %.

    SmartLead leaves out some of the figures at times; they are ``None`` then.
    """

    sent: int | None = None
    opened: int | None = None
    replied: int | None = None
    positive_replied: int | None = None
    bounced: int | None = None
    unique_lead_count: int | None = None
    unique_open_count: int | None = None
    open_rate: float | None = None
    reply_rate: float | None = None
    positive_reply_rate: float | None = None
    bounce_rate: float | None = None
