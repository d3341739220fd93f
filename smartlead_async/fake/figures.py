"""Figures of mails and reactions, counted from the logs of campaigns.

Opens and clicks count once for each mail, replies once for each lead, at the moment of the first. So the sum
over days, campaigns or mailboxes is the total.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Final, TypeVar

import attrs

from .call import Call
from .mailing.windows import day_of, start_of_day, zone_of
from .rendering import CATEGORIES
from .replies import Refusal
from .state import Campaign, CampaignLead, EventKind, MailEvent

POSITIVE: Final = frozenset(number for number, (_, mood) in CATEGORIES.items() if mood == "positive")

_Key = TypeVar("_Key", bound=Hashable)


@attrs.define
class Figures:
    """Counts of what happened to mails."""

    sent: int = 0
    opened: int = 0
    clicked: int = 0
    replied: int = 0
    positive_replied: int = 0
    bounced: int = 0
    unsubscribed: int = 0
    leads: set[int] = attrs.field(factory=set, repr=False)
    """The leads that mails were sent to, by their ids in campaigns."""
    openers: set[int] = attrs.field(factory=set, repr=False)

    def add(self, event: MailEvent) -> None:
        """Count an event."""
        member = event.mail.member
        match event.kind:
            case EventKind.SENT:
                self.sent += 1
                self.leads.add(member.map_id)
            case EventKind.OPEN:
                self.opened += is_first_of_mail(event)
                self.openers.add(member.map_id)
            case EventKind.CLICK:
                self.clicked += is_first_of_mail(event)
            case EventKind.REPLY if is_first_reply(event):
                self.replied += 1
                self.positive_replied += member.category_id in POSITIVE
            case EventKind.BOUNCE:
                self.bounced += 1
            case EventKind.UNSUBSCRIBE:
                self.unsubscribed += 1

    def json(self) -> dict[str, Any]:
        """Return counts as digit strings and rates as percentages, as the analytics do."""
        return {
            "sent": str(self.sent),
            "opened": str(self.opened),
            "replied": str(self.replied),
            "positive_replied": str(self.positive_replied),
            "bounced": str(self.bounced),
            "unique_lead_count": str(len(self.leads)),
            "unique_open_count": str(len(self.openers)),
            "open_rate": percentage(self.opened, self.sent),
            "reply_rate": percentage(self.replied, self.sent),
            "positive_reply_rate": percentage(self.positive_replied, self.sent),
            "bounce_rate": percentage(self.bounced, self.sent),
        }


def percentage(part: int, whole: int) -> str:
    """Return a share as in responses: ``"43.75%"``."""
    return f"{100 * part / whole if whole else 0:.2f}%"


def is_first_of_mail(event: MailEvent) -> bool:
    """Return whether an event is the first of its kind that happened to its mail."""
    return next(each for each in event.mail.events if each.kind is event.kind) is event


def first_reply(member: CampaignLead) -> MailEvent | None:
    """Return the first reply of a lead."""
    replies = (event for mail in member.mails or () for event in mail.events if event.kind is EventKind.REPLY)
    return min(replies, key=lambda event: event.at, default=None)


def is_first_reply(event: MailEvent) -> bool:
    """Return whether an event is the first reply of its lead."""
    return first_reply(event.mail.member) is event


def figures_by(events: Iterable[MailEvent], key: Callable[[MailEvent], _Key | None]) -> dict[_Key, Figures]:
    """Return figures by a key of the events; those whose key is None are left out."""
    figures: dict[_Key, Figures] = {}
    for event in events:
        group = key(event)
        if group is not None:
            figures.setdefault(group, Figures()).add(event)
    return figures


def figures_of(events: Iterable[MailEvent]) -> Figures:
    """Return the figures of all events together."""
    figures = Figures()
    for event in events:
        figures.add(event)
    return figures


@attrs.frozen
class Report:
    """The campaigns and the days that a request asks for."""

    campaigns: list[Campaign]
    start: float
    end: float
    zone: dt.tzinfo

    @property
    def days(self) -> list[dt.date]:
        """The days of the report, in its time zone."""
        first, last = day_of(self.start, self.zone), day_of(self.end - 1, self.zone)
        return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]

    def events(self, *, by_sent_time: bool = False) -> Iterator[MailEvent]:
        """Yield the events of these days, or all events of the mails that were sent on these days."""
        for campaign in self.campaigns:
            for event in campaign.events:
                if self.start <= (event.mail.at if by_sent_time else event.at) < self.end:
                    yield event


def report_of(call: Call) -> Report:
    """Return what a request for analytics asks for; raise a 400 if its days are none."""
    start, end, zone = dates_of(call.query, call.query.get("timezone"))
    return Report(chosen_campaigns(call), start, end, zone)


def dates_of(query: dict[str, Any], zone_name: str | None) -> tuple[float, float, dt.tzinfo]:
    """Return the beginning of the first day, the end of the last one, and the time zone."""
    zone = zone_of(zone_name or "UTC")
    first, last = (dt.datetime.fromisoformat(query[name]).date() for name in ("start_date", "end_date"))
    if last < first:
        raise Refusal(400, {"error": "Invalid request parameters"})
    try:
        return start_of_day(first, zone), start_of_day(last + dt.timedelta(days=1), zone), zone
    except (OverflowError, ValueError):
        raise Refusal(400, {"error": "Invalid request parameters"}) from None


def chosen_campaigns(call: Call) -> list[Campaign]:
    """Return the visible campaigns, limited to the ``client_ids`` and ``campaign_ids`` of the query."""
    clients, campaigns = call.query.get("client_ids"), call.query.get("campaign_ids")
    return [
        campaign
        for campaign in call.account.campaigns.values()
        if call.access.sees(campaign.client_id)
        and (clients is None or campaign.client_id in clients)
        and (campaigns is None or campaign.id in campaigns)
    ]
