"""Leads of a campaign: list, export, activities."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson

from ...api.campaigns.leads import ExportLeads, ListCampaignLeads
from ...api.campaigns.messages import ListLeadActivities
from ..call import Call
from ..clock import parse_timestamp, timestamp
from ..problem import Problem, ProblemKind
from ..rendering import CATEGORIES, campaign_lead_json
from ..replies import Refusal, Reply, json_reply
from ..routing import handles
from ..state import CampaignLead, EventKind, Mail, MailKind
from .message_history import count_of, has_event, has_replied, message_json
from .problem_refusals import refuse_long_page


def _filters(call: Call) -> list[Callable[[CampaignLead], bool]]:
    query = call.query
    filters: list[Callable[[CampaignLead], bool]] = []
    if (status := query.get("status")) is not None:
        filters.append(lambda member: member.status == status)
    if (category := query.get("lead_category_id")) is not None:
        filters.append(lambda member: member.category_id == category)
    if (created := query.get("created_at_gt")) is not None:
        created_after = parse_timestamp(created)
        filters.append(lambda member: member.created_at > created_after)
    for key, kind in (("last_sent_time_gt", MailKind.SENT), ("event_time_gt", None)):
        if (moment := query.get(key)) is not None:
            filters.append(_has_message_after(parse_timestamp(moment), kind))
    if (email_status := query.get("emailStatus")) is not None:
        filters.append(_EMAIL_STATUS.get(email_status, lambda _: False))
    return filters


def _has_message_after(moment: float, kind: MailKind | None) -> Callable[[CampaignLead], bool]:
    def has(member: CampaignLead) -> bool:
        kinds = {mail.kind: mail.at for mail in member.mails or () if mail.at > moment}
        return bool(kinds) if kind is None else kind in kinds

    return has


_EMAIL_STATUS: Final[dict[str, Callable[[CampaignLead], bool]]] = {
    "is_replied": has_replied,
    "not_replied": lambda member: not has_replied(member),
    "is_unsubscribed": lambda member: member.is_unsubscribed,
    "is_opened": lambda member: has_event(member, EventKind.OPEN),
    "is_clicked": lambda member: has_event(member, EventKind.CLICK),
    "is_bounced": lambda member: has_event(member, EventKind.BOUNCE),
}


@handles(ListCampaignLeads, on_problem=refuse_long_page)
def list_campaign_leads(call: Call) -> Reply:
    campaign = call.campaign
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 100)
    filters = _filters(call)
    members: Iterable[CampaignLead] = campaign.leads.values()
    total = len(campaign.leads)
    if filters:
        members = [member for member in members if all(accepts(member) for accepts in filters)]
        total = len(members)
    page = [campaign_lead_json(member) for member in itertools.islice(members, offset, offset + limit)]
    return json_reply({"total_leads": str(total), "offset": offset, "limit": limit, "data": page})


_CSV_BEFORE: Final = ("id", "campaign_lead_map_id", "status", "category", "is_interested", "created_at")


_CSV_LEAD: Final = (
    "first_name",
    "last_name",
    "email",
    "phone_number",
    "company_name",
    "website",
    "location",
    "custom_fields",
    "linkedin_profile",
    "company_url",
    "is_unsubscribed",
    "unsubscribed_client_id_map",
)


_CSV_AFTER: Final = ("last_email_sequence_sent", "open_count", "click_count", "reply_count")


@handles(ExportLeads)
def export_leads(call: Call) -> Reply:
    campaign = call.campaign
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow((*_CSV_BEFORE, *_CSV_LEAD, *_CSV_AFTER))
    table.writerows(map(_csv_row, campaign.leads.values()))
    name = f"sl_campaign_{campaign.id}_leads.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(200, out.getvalue().encode(), "text/csv; charset=utf-8", headers)


def _csv_row(member: CampaignLead) -> tuple[Any, ...]:
    lead = campaign_lead_json(member)["lead"]
    lead["custom_fields"] = orjson.dumps(lead["custom_fields"]).decode()
    lead["unsubscribed_client_id_map"] = ""
    lead["is_unsubscribed"] = str(lead["is_unsubscribed"]).lower()
    category = CATEGORIES[member.category_id][0] if member.category_id in CATEGORIES else ""
    counts = (count_of(member, kind) for kind in (EventKind.OPEN, EventKind.CLICK, EventKind.REPLY))
    return (
        *(lead["id"], member.map_id, member.status.value, category),
        *(str(member.category_id == 1).lower(), timestamp(member.created_at)),
        *(lead[name] for name in _CSV_LEAD),
        *(member.last_step, *counts),
    )


def _refuse_activities(problem: Problem) -> Refusal | None:
    if problem.kind is ProblemKind.TYPE and problem.path and str(problem.path[0]).startswith("event_time_"):
        return _invalid_event_time(problem.path[0])
    return refuse_long_page(problem)


@handles(ListLeadActivities, on_problem=_refuse_activities)
def list_lead_activities(call: Call) -> Reply:
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 100)
    since, until = _event_times(call)
    rows = []
    for member in call.account.campaign_leads_by_map_id.values():
        if not member.mails or not call.access.sees(member.campaign.client_id):
            continue
        sent = [mail for mail in member.mails if mail.kind is MailKind.SENT]
        inside = [mail for mail in sent if since <= mail.at <= until]
        if inside:
            rows.append(_activity(member, inside))
    page = rows[offset : offset + limit]
    more = offset + len(page) < len(rows)
    return json_reply({"data": page, "pagination": {"offset": offset, "limit": limit, "has_more": more}})


def _event_times(call: Call) -> tuple[float, float]:
    query = call.query
    try:
        since = parse_timestamp(query["event_time_from"]) if "event_time_from" in query else float("-inf")
        until = parse_timestamp(query["event_time_to"]) if "event_time_to" in query else float("inf")
    except ValueError:
        raise _invalid_event_time("event_time_from") from None
    return since, until


def _invalid_event_time(key: str | int) -> Refusal:
    message = f"Invalid {key} format. Use YYYY-MM-DD or ISO 8601 format."
    return Refusal(400, {"error": message, "status": "error"})


def _activity(member: CampaignLead, sent: list[Mail]) -> dict[str, Any]:
    return {
        "lead_id": member.lead.id,
        "email_lead_map_id": str(member.map_id),
        "campaign_id": member.campaign.id,
        "campaign_name": member.campaign.name,
        "campaign_status": member.campaign.status,
        "status": member.status,
        "current_seq_num": member.last_step,
        "created_at": timestamp(member.created_at),
        "activities": [_sent_mail(message_json(mail)) for mail in sent],
    }


def _sent_mail(message: dict[str, Any]) -> dict[str, Any]:
    same = ("stats_id", "message_id", "subject", "email_body", "open_count", "click_count", "click_details")
    return {
        **{name: message[name] for name in same},
        "sent_time": message["time"],
        "from_email": message["from"],
        "to_email": message["to"],
        "email_seq_number": int(message["email_seq_number"]),
        "reply_details": None,
        "thread_replies": [],
    }
