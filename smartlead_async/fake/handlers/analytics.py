"""Analytics of an account: totals, campaigns, clients, mailboxes and leads."""

from __future__ import annotations

import collections
import datetime as dt
import statistics
from collections.abc import Callable
from typing import Any, Final

from ...api.analytics.campaigns import (
    GetCampaignResponseStats,
    GetCampaignStatusStats,
    GetFollowupReplyRate,
    GetLeadsForFirstReply,
    GetLeadToReplyTime,
    ListAnalyticsCampaigns,
    ListCampaignPerformance,
)
from ...api.analytics.clients import GetClientMonthWiseCount, ListAnalyticsClients, ListClientPerformance
from ...api.analytics.leads import GetLeadCategoryResponse, GetLeadStats
from ...api.analytics.mailboxes import (
    GetMailboxHealth,
    GetProviderPerformance,
    ListDomainWiseHealth,
    ListEmailWiseHealth,
)
from ...api.analytics.overall import GetOverallStats, GetTeamBoardStats
from ..accounts import Client
from ..call import Call
from ..clock import timestamp
from ..figures import (
    Figures,
    chosen_campaigns,
    figures_by,
    figures_of,
    is_first_reply,
    percentage,
    report_of,
)
from ..rendering import CATEGORIES, client_json, tags_json
from ..replies import Reply, json_reply
from ..routing import handles
from ..state import Campaign, EventKind, MailEvent

_NO_FIGURES: Final = Figures()


def _data(name: str, value: Any) -> Reply:
    return json_reply({"ok": True, "data": {name: value}})


def _page(call: Call, rows: list[Any]) -> list[Any]:
    offset = call.query.get("offset", 0)
    return rows[offset : offset + call.query.get("limit", 100)]


@handles(GetOverallStats)
def overall_stats(call: Call) -> Reply:
    stats = figures_of(report_of(call).events()).json()
    stats["positive_replied"] = int(stats["positive_replied"])
    return json_reply({"success": True, "message": "ok", "data": {"overall_stats": stats}})


@handles(GetTeamBoardStats)
def team_board_stats(_call: Call) -> Reply:
    # The fake has no team members.
    return _data("team_board_stats", [])


# --- campaigns ---------------------------------------------------------------------------------------
@handles(ListAnalyticsCampaigns)
def list_analytics_campaigns(call: Call) -> Reply:
    rows = [
        {
            "id": campaign.id,
            "name": campaign.name,
            "status": campaign.status,
            "user_id": call.account.id,
            "client_id": campaign.client_id,
            "created_at": timestamp(campaign.created_at),
        }
        for campaign in chosen_campaigns(call)
    ]
    return _data("campaign_list", rows)


@handles(ListCampaignPerformance)
def list_campaign_performance(call: Call) -> Reply:
    report = report_of(call)
    figures = figures_by(report.events(), lambda event: event.mail.member.campaign.id)
    rows = []
    for campaign in _page(call, report.campaigns):
        counts = figures.get(campaign.id, _NO_FIGURES).json()
        numbers = {name: value if "%" in value else int(value) for name, value in counts.items()}
        rows.append({"id": campaign.id, "campaign_name": campaign.name} | numbers)
    return _data("campaign_wise_performance", rows)


@handles(GetCampaignResponseStats)
def campaign_response_stats(call: Call) -> Reply:
    report = report_of(call)
    events: dict[int, list[MailEvent]] = collections.defaultdict(list)
    for event in report.events():
        events[event.mail.member.campaign.id].append(event)
    rows = [_responses(campaign, events[campaign.id]) for campaign in report.campaigns]
    return _data("campaign_wise_response_stats", rows)


def _responses(campaign: Campaign, events: list[MailEvent]) -> dict[str, Any]:
    figures = figures_of(events)
    replies = [event.mail.member for event in events if event.kind is EventKind.REPLY]
    moods = collections.Counter(_sentiment(member.category_id) for member in replies)
    return {
        "email_campaign_id": campaign.id,
        "email_campaign_name": campaign.name,
        "leads_contacted": str(len(figures.leads)),
        "not_replied": str(len(figures.leads - {member.map_id for member in replies})),
        "total_response": str(len(replies)),
        "total_unique_response": str(figures.replied),
        "unrecognised_response": str(moods[None]),
        "total_positive_response": str(moods["positive"]),
        "total_negative_response": str(moods["negative"]),
        "total_neutral_response": str(moods["neutral"]),
    }


def _sentiment(category_id: int | None) -> str | None:
    return CATEGORIES[category_id][1] if category_id in CATEGORIES else None


@handles(GetCampaignStatusStats)
def campaign_status_stats(call: Call) -> Reply:
    counts = collections.Counter(campaign.status.value.title() for campaign in chosen_campaigns(call))
    rows = [{"status": status, "total_count": str(count)} for status, count in sorted(counts.items())]
    return _data("campaign_status_stats", rows)


@handles(GetFollowupReplyRate)
def followup_reply_rate(call: Call) -> Reply:
    report = report_of(call)
    follow_ups = [event for event in report.events() if event.mail.step_number > 1]
    sent = sum(event.kind is EventKind.SENT for event in follow_ups)
    replies = sum(event.kind is EventKind.REPLY and is_first_reply(event) for event in follow_ups)
    rate = percentage(replies, sent)
    stats = {
        "total_followups": sent,
        "followup_replies": replies,
        "followup_reply_rate": rate,
        "avg_followups_per_campaign": sent // max(1, len(report.campaigns)),
    }
    return json_reply({"ok": True, "data": {"followup_reply_rate": rate, "followup_stats": stats}})


@handles(GetLeadsForFirstReply)
def leads_for_first_reply(call: Call) -> Reply:
    figures = figures_of(report_of(call).events())
    # The average number of leads contacted for one that replies.
    average = round(len(figures.leads) / figures.replied) if figures.replied else None
    return _data("leads_take_for_first_reply", average)


@handles(GetLeadToReplyTime)
def lead_to_reply_time(call: Call) -> Reply:
    waits = [
        event.at - event.mail.at
        for event in report_of(call).events()
        if event.kind is EventKind.REPLY and is_first_reply(event)
    ] or [0.0]
    times = {
        "average_time_diff": _duration(statistics.mean(waits)),
        "median_time_diff": _duration(statistics.median(waits)),
    }
    return _data("lead_to_reply_time", times)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return (f"{days}d " if days else "") + f"{hours}h {minutes}m {seconds}s"


# --- clients -----------------------------------------------------------------------------------------
def _clients(call: Call) -> list[Client]:
    wanted = call.query.get("client_ids")
    return [
        client
        for client in call.account.clients.values()
        if call.access.sees(client.id) and (wanted is None or client.id in wanted)
    ]


@handles(ListAnalyticsClients)
def list_analytics_clients(call: Call) -> Reply:
    return _data("client_list", [client_json(client, call.account) for client in _clients(call)])


@handles(GetClientMonthWiseCount)
def client_month_wise_count(call: Call) -> Reply:
    moments = sorted(client.created_at for client in _clients(call))
    months = collections.Counter(f"{dt.datetime.fromtimestamp(each, dt.UTC):%B}" for each in moments)
    return _data("monthly_stats", [{"month": name, "count": str(count)} for name, count in months.items()])


@handles(ListClientPerformance)
def list_client_performance(call: Call) -> Reply:
    report = report_of(call)
    figures = figures_by(report.events(), lambda event: event.mail.member.campaign.client_id)
    campaigns = collections.Counter(campaign.client_id for campaign in report.campaigns)
    rows = []
    for client in _page(call, _clients(call)):
        of_client = figures.get(client.id, _NO_FIGURES)
        stats = of_client.json()
        del stats["bounced"], stats["bounce_rate"]
        # How SmartLead computes the health is not documented: here it is the share of mails that arrived.
        health = percentage(of_client.sent - of_client.bounced, of_client.sent)
        rows.append(
            {
                "client_id": client.id,
                "client_name": client.name,
                "total_campaigns_count": str(campaigns[client.id]),
                "campaign_stats": stats | {"client_health": health if of_client.sent else None},
            }
        )
    return _data("client_wise_performance", rows)


# --- mailboxes ---------------------------------------------------------------------------------------
@handles(GetMailboxHealth)
def mailbox_health(call: Call) -> Reply:
    wanted = call.query.get("client_ids")
    mailboxes = [
        mailbox
        for mailbox in call.account.email_accounts.values()
        if call.access.sees(mailbox.client_id) and (wanted is None or mailbox.client_id in wanted)
    ]
    connected = [mailbox for mailbox in mailboxes if mailbox.smtp_ok and mailbox.imap_ok]
    stats = {
        "total_connected": len(connected),
        "in_use": sum(bool(mailbox.campaign_ids) for mailbox in connected),
        "disconnected": len(mailboxes) - len(connected),
        "enabled_without_warmup": sum(not (box.warmup or {}).get("warmup_enabled") for box in connected),
    }
    return _data("overall_mailbox_stats", stats)


def _mailbox_rows(call: Call, name: str, key: Callable[[MailEvent], str | None]) -> list[dict[str, Any]]:
    figures = figures_by(report_of(call).events(), key)
    return [{name: group} | each.json() for group, each in sorted(figures.items())]


@handles(ListEmailWiseHealth)
def list_email_wise_health(call: Call) -> Reply:
    rows = _mailbox_rows(call, "from_email", lambda event: event.mail.mailbox_address)
    return _data("email_health_metrics", _page(call, rows))


@handles(ListDomainWiseHealth)
def list_domain_wise_health(call: Call) -> Reply:
    rows = _mailbox_rows(call, "domain", lambda event: event.mail.mailbox_address.partition("@")[2])
    return _data("domain_health_metrics", _page(call, rows))


@handles(GetProviderPerformance)
def provider_performance(call: Call) -> Reply:
    overall = _mailbox_rows(call, "email_provider", _provider)
    by_tag: dict[tuple[str, str], Figures] = {}
    for event in report_of(call).events():
        mailbox = event.mail.mailbox
        for tag in mailbox.tags if mailbox is not None else ():
            by_tag.setdefault((mailbox.type if mailbox else "", tag), Figures()).add(event)
    tag_wise = [_tagged(call, *key, figures) for key, figures in sorted(by_tag.items(), key=lambda e: e[0])]
    return _data("email_providers_performance_overview", {"overall": overall, "tag_wise": tag_wise})


def _tagged(call: Call, provider: str, name: str, figures: Figures) -> dict[str, Any]:
    (tag,) = tags_json([name], call.account)
    about = {"tag_id": tag["id"], "tag_name": name, "tag_color": tag["color"]}
    return {"email_provider": provider} | about | figures.json()


def _provider(event: MailEvent) -> str | None:
    return event.mail.mailbox.type if event.mail.mailbox is not None else None


# --- leads -------------------------------------------------------------------------------------------
@handles(GetLeadStats)
def lead_stats(call: Call) -> Reply:
    sent = [event.mail for event in report_of(call).events() if event.kind is EventKind.SENT]
    total, new = len(sent), sum(mail.step_number == 1 for mail in sent)
    counts = {"total": total, "new": new, "follow_up": total - new}
    shares = {name: f"{round(100 * counts[name] / max(1, total))}%" for name in ("new", "follow_up")}
    return _data("lead_stats", {"count": counts, "percentage": shares})


@handles(GetLeadCategoryResponse)
def lead_category_response(call: Call) -> Reply:
    replies = [e for e in report_of(call).events() if e.kind is EventKind.REPLY and is_first_reply(e)]
    counts = collections.Counter(event.mail.member.category_id for event in replies)
    rows = [
        {
            "total_response": str(counts[number]),
            "name": name,
            "sentiment_type": sentiment,
            "percentage": percentage(counts[number], len(replies)),
        }
        for number, (name, sentiment) in CATEGORIES.items()
        if counts[number]
    ]
    moods = [
        {"sentiment_type": mood} for mood in dict.fromkeys(mood for _, mood in CATEGORIES.values()) if mood
    ]
    return _data("lead_responses_by_category", {"filter": moods, "leadResponseGrouping": rows})
