"""The reports that count emails and reactions day by day."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ...fields import Length, wire
from ...formats import known_time_zone
from ...request import Effect, Request
from ...resource import Resource, endpoint
from .models import MAX_CAMPAIGNS, CampaignFilter, ReportDates


def _metric(name: str) -> dict[str, object]:
    """Return metadata for a figure that is beside the date or nested below it."""
    return wire(f"email_engagement_metrics.{name}", name)


@attrs.frozen(kw_only=True)
class DayStats:
    """The figures of a day. ``date`` is SmartLead's wording: ``"20 Apr"`` or ``"2026-04-20"``."""

    date: str | None = None
    day_name: str | None = None
    sent: int | None = attrs.field(default=None, metadata=_metric("sent"))
    opened: int | None = attrs.field(default=None, metadata=_metric("opened"))
    replied: int | None = attrs.field(default=None, metadata=_metric("replied"))
    bounced: int | None = attrs.field(default=None, metadata=_metric("bounced"))
    unsubscribed: int | None = attrs.field(default=None, metadata=_metric("unsubscribed"))


@attrs.frozen(kw_only=True)
class SentDayStats(DayStats):
    """Counts of the emails that were sent on a day, with what happened to them on later days."""

    positive_replied: int | None = attrs.field(default=None, metadata=_metric("positive_replied"))
    unique_lead_reached: int | None = attrs.field(default=None, metadata=_metric("unique_lead_reached"))


@attrs.frozen(kw_only=True)
class PositiveReplies:
    """The leads with a positive reply on a day. ``date`` is ``"20 Apr"`` or ``"2026-04-20"``."""

    date: str | None = None
    day_name: str | None = None
    positive_replied: int | None = attrs.field(default=None, metadata=_metric("positive_replied"))


@attrs.frozen
class SentTimeFilter(ReportDates):
    """The days of a report by sending time, in a time zone that has to be given."""

    timezone: str = attrs.field(validator=known_time_zone)
    campaign_ids: Sequence[int] | None = attrs.field(
        default=None, kw_only=True, validator=Length(1, MAX_CAMPAIGNS)
    )


@attrs.frozen
class GetDayWiseStats(
    CampaignFilter,
    Request[list[DayStats]],
    method="GET",
    path="/analytics/day-wise-overall-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/day-wise-stats",
    unwrap=("data.day_wise_stats", "day_wise_stats", "data"),
):
    """Return what happened on each day of a period: emails sent, opened and answered.

    One request. Bounces have been seen to be always 0 here: ``day_wise_stats_by_sent_time`` counts them.
    Example::

        for day in await client.analytics.day_wise_stats(dt.date(2027, 1, 4), dt.date(2027, 1, 10)):
            print(day.date, day.sent, day.replied)
    """


@attrs.frozen
class GetDayWiseStatsBySentTime(
    SentTimeFilter,
    Request[list[SentDayStats]],
    method="GET",
    path="/analytics/day-wise-overall-stats-by-sent-time",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/day-wise-sent-time",
    unwrap=("data.day_wise_stats", "day_wise_stats", "data"),
):
    """Return what became of the emails that were sent on each day of a period.

    One request. A reply counts for the day on which the email was sent that it answers. Example::

        days = await client.analytics.day_wise_stats_by_sent_time(
            dt.date(2027, 1, 4), dt.date(2027, 1, 10), "Europe/Berlin"
        )
        print([(day.date, day.sent, day.bounced) for day in days])
    """


@attrs.frozen
class GetDayWisePositiveReplyStats(
    CampaignFilter,
    Request[list[PositiveReplies]],
    method="GET",
    path="/analytics/day-wise-positive-reply-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/day-wise-positive-reply",
    unwrap=("data.day_wise_stats", "day_wise_stats", "data"),
):
    """Return how many leads replied positively on each day of a period.

    One request. Example::

        days = await client.analytics.day_wise_positive_reply_stats(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        print(sum(day.positive_replied or 0 for day in days))
    """


@attrs.frozen
class GetDayWisePositiveReplyStatsBySentTime(
    SentTimeFilter,
    Request[list[PositiveReplies]],
    method="GET",
    path="/analytics/day-wise-positive-reply-stats-by-sent-time",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/day-wise-positive-sent-time",
    unwrap=("data.day_wise_stats", "day_wise_stats", "data"),
):
    """Return how many leads replied positively to the emails that were sent on each day of a period.

    One request. Example::

        days = await client.analytics.day_wise_positive_reply_stats_by_sent_time(
            dt.date(2027, 1, 4), dt.date(2027, 1, 10), "Europe/Berlin"
        )
        print([(day.date, day.positive_replied) for day in days])
    """


class DaysMethods(Resource):
    """The methods of ``client.analytics`` that count day by day."""

    day_wise_stats = endpoint(GetDayWiseStats)
    day_wise_stats_by_sent_time = endpoint(GetDayWiseStatsBySentTime)
    day_wise_positive_reply_stats = endpoint(GetDayWisePositiveReplyStats)
    day_wise_positive_reply_stats_by_sent_time = endpoint(GetDayWisePositiveReplyStatsBySentTime)
