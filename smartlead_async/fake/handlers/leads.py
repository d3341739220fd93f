"""Leads of an account: one record for each address, found by id, by email or in lists."""

from __future__ import annotations

import itertools
from typing import Any, Final

from ...api.leads.read import (
    GetCampaignOverview,
    GetLead,
    GetLeadByEmail,
    GetSequenceDetails,
    ListAllLeads,
    ListGlobalLeads,
    ListLeadCampaigns,
    ListLeadCategories,
)
from ...api.leads.update import DeleteLead, PushCampaignLeadsToList, PushToList, UnsubscribeLead
from ..call import Call
from ..clock import parse_timestamp, timestamp
from ..records import LeadList
from ..rendering import CATEGORIES, lead_json
from ..replies import OK, Refusal, Reply, campaign_not_found, json_reply
from ..routing import handles
from ..state import Lead
from .lead_membership import LEAD_NOT_FOUND, delete_lead_record, visible_memberships
from .problem_refusals import refuse_long_page, refuse_missing_email

_CATEGORIES_SINCE: Final = "2023-01-01T00:00:00.000Z"


def _lead(call: Call) -> Lead:
    lead = call.access.lead(call.ids[0])
    if lead is None:
        raise Refusal(404, LEAD_NOT_FOUND)
    return lead


@handles(GetLead)
def get_lead(call: Call) -> Reply:
    lead = call.access.lead(call.ids[0])
    data = []
    if lead is not None:
        data.append(
            lead_json(lead)
            | {
                "timezone": None,
                "source": None,
                "email_domain": lead.email.partition("@")[2],
                "esp_domain_type": 0,
                "created_at": timestamp(lead.created_at),
                "user_id": call.account.id,
            }
        )
    return json_reply({"ok": True, "message": "Lead details fetched successfully", "data": data})


@handles(GetLeadByEmail, on_problem=refuse_missing_email)
def get_lead_by_email(call: Call) -> Reply:
    email = call.query["email"].strip().lower()
    if not email:
        raise Refusal(422, {"error": "email is required"})
    found = call.account.leads_by_email.get(email)
    lead = call.access.lead(found.id) if found is not None else None
    if lead is None:
        return json_reply({})
    campaigns = []
    for member in visible_memberships(call, lead):
        client = call.account.clients.get(member.campaign.client_id or 0)
        campaigns.append(
            {
                "campaign_lead_map_id": str(member.map_id),
                "campaign_id": member.campaign.id,
                "campaign_name": member.campaign.name,
                "client_id": member.campaign.client_id,
                "client_email": client.email if client else None,
                "lead_category_id": member.category_id,
            }
        )
    body = lead_json(lead) | {"created_at": timestamp(lead.created_at), "lead_campaign_data": campaigns}
    return json_reply(body | {"id": str(lead.id)})


@handles(ListLeadCategories)
def list_lead_categories(_call: Call) -> Reply:
    return json_reply(
        [
            {"id": number, "name": name, "sentiment_type": sentiment, "created_at": _CATEGORIES_SINCE}
            for number, (name, sentiment) in CATEGORIES.items()
        ]
    )


@handles(UnsubscribeLead)
def unsubscribe_lead(call: Call) -> Reply:
    lead = _lead(call)
    if lead.unsubscribed:
        # Not an error: there was nothing to change.
        return json_reply({"ok": False})
    lead.unsubscribed = True
    call.account.unsubscribed.add(lead.email.lower())
    return OK


@handles(ListLeadCampaigns)
def list_lead_campaigns(call: Call) -> Reply:
    campaigns = [member.campaign for member in visible_memberships(call, _lead(call))]
    return json_reply([{"id": c.id, "status": c.status, "name": c.name} for c in campaigns])


def _matches(call: Call, lead: Lead, query: dict[str, Any]) -> bool:
    members = visible_memberships(call, lead)
    if call.access.client_id is not None and not members:
        return False
    if (campaign_id := query.get("campaignId")) is not None:
        members = [member for member in members if member.campaign.id == campaign_id]
    if (client_id := query.get("clientId")) is not None:
        members = [member for member in members if member.campaign.client_id == client_id]
    if (status := query.get("status")) is not None:
        members = [member for member in members if member.status == status]
    narrowed = campaign_id is not None or client_id is not None or status is not None
    if narrowed and not members:
        return False
    wanted: str | None = query.get("leadEmail", query.get("email"))
    return wanted is None or lead.email.lower() == wanted.lower()


@handles(ListAllLeads, on_problem=refuse_long_page)
def list_all_leads(call: Call) -> Reply:
    query = call.query
    after = query.get("lastSeenLeadId") or 0
    in_list = None
    if (list_id := query.get("listId")) is not None:
        found = call.account.lead_lists.get(list_id)
        in_list = found.lead_ids if found is not None else {}
    leads = (
        lead
        for lead in call.account.leads.values()
        if lead.id > after and (in_list is None or lead.id in in_list) and _matches(call, lead, query)
    )
    page = [lead_json(lead) for lead in itertools.islice(leads, query.get("limit") or 100)]
    return json_reply({"ok": True, "data": {"leads": page}})


@handles(ListGlobalLeads, on_problem=refuse_long_page)
def list_global_leads(call: Call) -> Reply:
    query = call.query
    offset, limit = query.get("offset", 0), query.get("limit", 100)
    after = parse_timestamp(query["created_at_gt"]) if "created_at_gt" in query else float("-inf")
    leads = (
        lead
        for lead in call.account.leads.values()
        if lead.created_at > after and _matches(call, lead, query)
    )
    found = list(itertools.islice(leads, offset, offset + limit + 1))
    rows = []
    for lead in found[:limit]:
        campaigns = [
            {
                "campaign_id": member.campaign.id,
                "lead_status": member.status,
                "campaign_name": member.campaign.name,
                "lead_added_at": timestamp(member.created_at),
                "campaign_status": member.campaign.status,
                "email_lead_map_id": str(member.map_id),
                "lead_last_seq_number": member.last_step,
            }
            for member in visible_memberships(call, lead)
        ]
        rows.append({"id": lead.id, "email": lead.email, "user_id": call.account.id, "campaigns": campaigns})
    return json_reply({"data": rows, "skip": offset, "limit": limit, "hasMore": len(found) > limit})


@handles(GetCampaignOverview)
def get_campaign_overview(call: Call) -> Reply:
    # The fields of this response are not recorded anywhere; only that it is an object.
    _lead(call)
    return json_reply({})


@handles(GetSequenceDetails)
def get_sequence_details(call: Call) -> Reply:
    member = call.account.campaign_leads_by_map_id.get(call.ids[0])
    if member is None or not call.access.sees(member.campaign.client_id):
        raise Refusal(404, LEAD_NOT_FOUND)
    return json_reply({})


@handles(PushToList)
def push_to_list(call: Call) -> Reply:
    body = call.body
    filters = body.get("filters") or {}
    if body.get("allLeads"):
        leads = [lead.id for lead in call.account.leads.values() if _matches(call, lead, filters)]
    else:
        leads = [number for number in body.get("leadIds") or () if call.access.lead(number) is not None]
    _add_to_list(call, body["listId"], leads)
    return OK


@handles(PushCampaignLeadsToList)
def push_campaign_leads_to_list(call: Call) -> Reply:
    body = call.body
    campaign = call.access.campaign(body["campaignId"])
    if campaign is None:
        raise campaign_not_found()
    wanted = set(body.get("leadMapIds") or ())
    members = campaign.leads.values()
    chosen = [p.lead.id for p in members if body.get("allLeads") or p.map_id in wanted]
    _add_to_list(call, body["listId"], chosen)
    return OK


def _add_to_list(call: Call, list_id: int, lead_ids: list[int]) -> None:
    lists = call.account.lead_lists
    if list_id not in lists:
        lists[list_id] = LeadList(list_id, f"List {list_id}", call.now, call.now)
    lists[list_id].lead_ids |= dict.fromkeys(lead_ids)


@handles(DeleteLead)
def delete_lead(call: Call) -> Reply:
    delete_lead_record(call.account, _lead(call))
    return OK
