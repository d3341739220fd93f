"""Analytics of an account by day, by the time of what happened or by the time at which mails were sent."""

from __future__ import annotations

from typing import Any

from ...api.analytics.days import (
    GetDayWisePositiveReplyStats,
    GetDayWisePositiveReplyStatsBySentTime,
    GetDayWiseStats,
    GetDayWiseStatsBySentTime,
)
from ..call import Call
from ..figures import Figures, figures_by, report_of
from ..mailing.windows import day_of
from ..replies import Reply, json_reply
from ..routing import handles


@handles(GetDayWiseStats)
def day_wise_stats(call: Call) -> Reply:
    # SmartLead has no bounces here, only in the report by sent time.
    return _by_day(call, lambda day: _engagement(day) | {"bounced": 0})


@handles(GetDayWiseStatsBySentTime)
def day_wise_stats_by_sent_time(call: Call) -> Reply:
    return _by_day(
        call,
        lambda day: (
            _engagement(day)
            | {"positive_replied": day.positive_replied, "unique_lead_reached": len(day.leads)}
        ),
        by_sent_time=True,
    )


@handles(GetDayWisePositiveReplyStats)
def day_wise_positive_reply_stats(call: Call) -> Reply:
    return _by_day(call, lambda day: {"positive_replied": day.positive_replied})


@handles(GetDayWisePositiveReplyStatsBySentTime)
def day_wise_positive_reply_stats_by_sent_time(call: Call) -> Reply:
    return _by_day(call, lambda day: {"positive_replied": day.positive_replied}, by_sent_time=True)


def _engagement(day: Figures) -> dict[str, int]:
    return {
        "sent": day.sent,
        "opened": day.opened,
        "replied": day.replied,
        "bounced": day.bounced,
        "unsubscribed": day.unsubscribed,
    }


def _by_day(call: Call, metrics: Any, *, by_sent_time: bool = False) -> Reply:
    report = report_of(call)
    figures = figures_by(
        report.events(by_sent_time=by_sent_time),
        lambda event: day_of(event.mail.at if by_sent_time else event.at, report.zone),
    )
    rows = [
        {
            "date": f"{day.day} {day:%b}",
            "day_name": f"{day:%A}",
            "email_engagement_metrics": metrics(figures.get(day, Figures())),
        }
        for day in report.days
    ]
    return json_reply({"ok": True, "data": {"day_wise_stats": rows}})
