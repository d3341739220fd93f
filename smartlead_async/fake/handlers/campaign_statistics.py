"""Statistics of a campaign: by mail, lead, mailbox, step and day."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, Final

from ...api.campaign_statistics import (
    GetAnalyticsByDate,
    GetSequenceAnalytics,
    GetTopLevelByDate,
    GetVariantStatistics,
    ListEmailStatistics,
    ListLeadStatistics,
    ListMailboxStatistics,
)
from ..call import Call
from ..clock import parse_timestamp, timestamp
from ..figures import Figures, dates_of, figures_by, figures_of
from ..rendering import CATEGORIES, filled_in
from ..replies import Reply, json_reply
from ..routing import handles
from ..state import Campaign, CampaignLead, EventKind, LeadStatus, Mail, MailEvent
from .message_history import count_of
from .problem_refusals import refuse_long_page


def event_counts(events: Iterable[MailEvent]) -> dict[str, str]:
    """Return the counters of a campaign, which SmartLead writes as digit strings.

    Sent mails, opens and clicks are counted one by one; replies and bounces count leads.
    """
    totals: dict[EventKind, int] = dict.fromkeys(EventKind, 0)
    leads: dict[EventKind, set[int]] = {kind: set() for kind in EventKind}
    for event in events:
        totals[event.kind] += 1
        leads[event.kind].add(event.mail.member.map_id)
    return {
        "sent_count": str(totals[EventKind.SENT]),
        "unique_sent_count": str(len(leads[EventKind.SENT])),
        "open_count": str(totals[EventKind.OPEN]),
        "unique_open_count": str(len(leads[EventKind.OPEN])),
        "click_count": str(totals[EventKind.CLICK]),
        "unique_click_count": str(len(leads[EventKind.CLICK])),
        "reply_count": str(len(leads[EventKind.REPLY])),
        "bounce_count": str(len(leads[EventKind.BOUNCE])),
        "unsubscribed_count": str(len(leads[EventKind.UNSUBSCRIBE])),
    }


def _events(call: Call, campaign: Campaign) -> list[MailEvent]:
    start, end, _ = dates_of(call.query, call.query.get("time_zone"))
    return [event for event in campaign.events if start <= event.at < end]


def _heading(call: Call, campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "status": campaign.status,
        "start_date": call.query["start_date"],
        "end_date": call.query["end_date"],
        "total_count": str(len(campaign.leads)),
    }


def _count(campaign: Campaign, status: LeadStatus) -> str:
    return str(sum(member.status is status for member in campaign.leads.values()))


@handles(GetAnalyticsByDate)
def analytics_by_date(call: Call) -> Reply:
    campaign = call.campaign
    body = _heading(call, campaign) | event_counts(_events(call, campaign))
    return json_reply(
        body
        | {
            "user_id": call.account.id,
            "created_at": timestamp(campaign.created_at),
            "block_count": _count(campaign, LeadStatus.BLOCKED),
            "drafted_count": _count(campaign, LeadStatus.STARTED),
        }
    )


_TOP_LEVEL: Final = (
    "sent_count",
    "open_count",
    "click_count",
    "reply_count",
    "bounce_count",
    "unsubscribed_count",
)


def _top_level(events: list[MailEvent]) -> dict[str, str]:
    counts = event_counts(events)
    never = dict.fromkeys(("skipped_count", "failed_count", "stopped_count"), "0")
    positive = {"positive_reply_count": str(figures_of(events).positive_replied)}
    return {name: counts[name] for name in _TOP_LEVEL} | never | positive


@handles(GetTopLevelByDate)
def top_level_by_date(call: Call) -> Reply:
    campaign = call.campaign
    return json_reply(_heading(call, campaign) | _top_level(_events(call, campaign)))


@handles(GetSequenceAnalytics)
def sequence_analytics(call: Call) -> Reply:
    campaign = call.campaign
    events = _events(call, campaign)
    rows = [
        {"email_campaign_seq_id": step.id} | _top_level([e for e in events if e.mail.step_number == number])
        for number, step in enumerate(campaign.sequences, start=1)
    ]
    return json_reply({"ok": True, "data": rows})


@handles(GetVariantStatistics)
def variant_statistics(call: Call) -> Reply:
    # The contract has the route and an empty list; the fields of a row are not known.
    _ = call.campaign
    return json_reply([])


# --- mails -------------------------------------------------------------------------------------------
_STATUS: Final[dict[str, Callable[[Mail], bool]]] = {
    "opened": lambda mail: bool(mail.times(EventKind.OPEN)),
    "clicked": lambda mail: bool(mail.times(EventKind.CLICK)),
    "replied": lambda mail: bool(mail.times(EventKind.REPLY)),
    "bounced": lambda mail: bool(mail.times(EventKind.BOUNCE)),
    "unsubscribed": lambda mail: mail.member.is_unsubscribed,
}


def _mail_filters(query: dict[str, Any]) -> list[Callable[[Mail], bool]]:
    filters: list[Callable[[Mail], bool]] = []
    if (number := query.get("email_sequence_number")) is not None:
        filters.append(lambda mail: mail.step_number == number)
    if (status := query.get("email_status")) is not None:
        filters.append(_STATUS[status])
    if (start := query.get("sent_time_start_date")) is not None:
        since = parse_timestamp(start)
        filters.append(lambda mail: mail.at >= since)
    if (end := query.get("sent_time_end_date")) is not None:
        until = parse_timestamp(end)
        filters.append(lambda mail: mail.at <= until)
    return filters


@handles(ListEmailStatistics, on_problem=refuse_long_page)
def list_email_statistics(call: Call) -> Reply:
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 100)
    filters = _mail_filters(call.query)
    sent = [
        event.mail
        for event in call.campaign.events
        if event.kind is EventKind.SENT and all(accepts(event.mail) for accepts in filters)
    ]
    rows = [_mail_row(mail) for mail in sent[offset : offset + limit]]
    return json_reply({"total_stats": str(len(sent)), "data": rows, "offset": offset, "limit": limit})


def _mail_row(mail: Mail) -> dict[str, Any]:
    member, lead = mail.member, mail.member.lead
    category = CATEGORIES[member.category_id][0] if member.category_id in CATEGORIES else None
    return {
        "stats_id": mail.stats_id,
        "lead_name": full_name(member),
        "lead_email": lead.email,
        "lead_category": category,
        "sequence_number": mail.step_number,
        "email_campaign_seq_id": mail.step.id if mail.step is not None else None,
        "seq_variant_id": mail.variant.id if mail.variant is not None else None,
        "email_subject": filled_in(mail.subject, lead),
        "email_message": filled_in(mail.body, lead),
        "sent_time": timestamp(mail.at),
        "open_time": _first(mail, EventKind.OPEN),
        "click_time": _first(mail, EventKind.CLICK),
        "reply_time": _first(mail, EventKind.REPLY),
        "open_count": len(mail.times(EventKind.OPEN)),
        "click_count": len(mail.times(EventKind.CLICK)),
        "is_unsubscribed": member.is_unsubscribed,
        "is_bounced": bool(mail.times(EventKind.BOUNCE)),
    }


def full_name(member: CampaignLead) -> str:
    """Return the name of a lead; an empty string if it has none."""
    return " ".join(part for part in (member.lead.first_name, member.lead.last_name) if part)


def _first(mail: Mail, kind: EventKind) -> str | None:
    times = mail.times(kind)
    return timestamp(times[0]) if times else None


# --- leads and mailboxes -----------------------------------------------------------------------------
@handles(ListLeadStatistics, on_problem=refuse_long_page)
def list_lead_statistics(call: Call) -> Reply:
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 100)
    members: Iterable[CampaignLead] = call.campaign.leads.values()
    if (moment := call.query.get("event_time_gt")) is not None:
        after = parse_timestamp(moment)
        members = (m for m in members if any(e.at > after for mail in m.mails or () for e in mail.events))
    found = list(itertools.islice(members, offset, offset + limit + 1))
    rows = [
        {
            "lead_email": member.lead.email,
            "lead_name": full_name(member),
            "sent_count": count_of(member, EventKind.SENT),
            "open_count": count_of(member, EventKind.OPEN),
            "click_count": count_of(member, EventKind.CLICK),
            "reply_count": count_of(member, EventKind.REPLY),
        }
        for member in found[:limit]
    ]
    return json_reply({"data": rows, "hasMore": len(found) > limit, "skip": offset, "limit": limit})


@handles(ListMailboxStatistics, on_problem=refuse_long_page)
def list_mailbox_statistics(call: Call) -> Reply:
    campaign, query = call.campaign, call.query
    # With only one of the two dates SmartLead counts the whole campaign.
    has_dates = "start_date" in query and "end_date" in query
    events = _events(call, campaign) if has_dates else campaign.events
    figures = figures_by(
        events, lambda event: event.mail.mailbox.id if event.mail.mailbox is not None else None
    )
    offset = query.get("offset", 0)
    numbers = list(campaign.email_account_ids)[offset : offset + query.get("limit", 20)]
    return json_reply(
        {"ok": True, "data": [_mailbox_row(call, n, figures.get(n, Figures())) for n in numbers]}
    )


def _mailbox_row(call: Call, number: int, figures: Figures) -> dict[str, Any]:
    return {
        "email_account_id": number,
        "from_email": call.account.email_accounts[number].from_email,
        "sent_count": str(figures.sent),
        "open_count": str(figures.opened),
        "click_count": str(figures.clicked),
        "reply_count": str(figures.replied),
        "bounce_count": str(figures.bounced),
        "unsubscribed_count": str(figures.unsubscribed),
    }
