"""Leads of the account: one record for each address, found by id, by e-mail or in lists."""

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
from ..clock import instant
from ..rendering import CATEGORIES, lead_json
from ..routing import Call, Refusal, Reply, answers, campaign_not_found, json_reply
from ..state import CampaignLead, Lead
from ..validation import Kind, Problem
from .campaign_leads import forget_lead, page_limit_wording, unix
from .campaigns import OK

_NOT_FOUND: Final = {"error": "Lead not found - Invalid lead_id."}


_CATEGORIES_SINCE: Final = "2023-01-01T00:00:00.000Z"


def _lead(call: Call) -> Lead:
    lead = call.access.lead(call.ids[0])
    if lead is None:
        raise Refusal(404, _NOT_FOUND)
    return lead


def _places(call: Call, lead: Lead) -> list[CampaignLead]:
    return [place for place in lead.places if call.access.sees(place.campaign.client_id)]


@answers(GetLead)
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
                "created_at": instant(lead.created_at),
                "user_id": call.account.id,
            }
        )
    return json_reply({"ok": True, "message": "Lead details fetched successfully", "data": data})


def _email_wording(problem: Problem) -> Refusal | None:
    if problem.path == ("email",) and problem.kind is Kind.REQUIRED:
        return Refusal(422, {"error": "email is required"})
    return None


@answers(GetLeadByEmail, wording=_email_wording)
def get_lead_by_email(call: Call) -> Reply:
    email = call.query["email"].strip().lower()
    if not email:
        raise Refusal(422, {"error": "email is required"})
    found = call.account.leads_by_email.get(email)
    lead = call.access.lead(found.id) if found is not None else None
    if lead is None:
        return json_reply({})
    campaigns = []
    for place in _places(call, lead):
        client = call.account.clients.get(place.campaign.client_id or 0)
        campaigns.append(
            {
                "campaign_lead_map_id": str(place.map_id),
                "campaign_id": place.campaign.id,
                "campaign_name": place.campaign.name,
                "client_id": place.campaign.client_id,
                "client_email": client.email if client else None,
                "lead_category_id": place.category_id,
            }
        )
    body = lead_json(lead) | {"created_at": instant(lead.created_at), "lead_campaign_data": campaigns}
    return json_reply(body | {"id": str(lead.id)})


@answers(ListLeadCategories)
def list_lead_categories(_call: Call) -> Reply:
    return json_reply(
        [
            {"id": number, "name": name, "sentiment_type": sentiment, "created_at": _CATEGORIES_SINCE}
            for number, (name, sentiment) in CATEGORIES.items()
        ]
    )


@answers(UnsubscribeLead)
def unsubscribe_lead(call: Call) -> Reply:
    lead = _lead(call)
    if lead.unsubscribed:
        # Not a refusal: nothing was left to change.
        return json_reply({"ok": False})
    lead.unsubscribed = True
    call.account.unsubscribed.add(lead.email.lower())
    return OK


@answers(ListLeadCampaigns)
def list_lead_campaigns(call: Call) -> Reply:
    campaigns = [place.campaign for place in _places(call, _lead(call))]
    return json_reply([{"id": c.id, "status": c.status, "name": c.name} for c in campaigns])


def _chosen(call: Call, lead: Lead, query: dict[str, Any]) -> bool:
    places = _places(call, lead)
    if call.access.client_id is not None and not places:
        return False
    if (campaign_id := query.get("campaignId")) is not None:
        places = [place for place in places if place.campaign.id == campaign_id]
    if (client_id := query.get("clientId")) is not None:
        places = [place for place in places if place.campaign.client_id == client_id]
    if (status := query.get("status")) is not None:
        places = [place for place in places if place.status == status]
    narrowed = campaign_id is not None or client_id is not None or status is not None
    if narrowed and not places:
        return False
    wanted: str | None = query.get("leadEmail", query.get("email"))
    return wanted is None or lead.email.lower() == wanted.lower()


@answers(ListAllLeads, wording=page_limit_wording)
def list_all_leads(call: Call) -> Reply:
    query = call.query
    after = query.get("lastSeenLeadId") or 0
    in_list = None
    if (list_id := query.get("listId")) is not None:
        in_list = set(call.account.lead_lists.get(list_id, ()))
    leads = (
        lead
        for lead in call.account.leads.values()
        if lead.id > after and (in_list is None or lead.id in in_list) and _chosen(call, lead, query)
    )
    page = [lead_json(lead) for lead in itertools.islice(leads, query.get("limit") or 100)]
    return json_reply({"ok": True, "data": {"leads": page}})


@answers(ListGlobalLeads, wording=page_limit_wording)
def list_global_leads(call: Call) -> Reply:
    query = call.query
    offset, limit = query.get("offset", 0), query.get("limit", 100)
    after = unix(query["created_at_gt"]) if "created_at_gt" in query else float("-inf")
    leads = (
        lead for lead in call.account.leads.values() if lead.created_at > after and _chosen(call, lead, query)
    )
    found = list(itertools.islice(leads, offset, offset + limit + 1))
    rows = []
    for lead in found[:limit]:
        campaigns = [
            {
                "campaign_id": place.campaign.id,
                "lead_status": place.status,
                "campaign_name": place.campaign.name,
                "lead_added_at": instant(place.created_at),
                "campaign_status": place.campaign.status,
                "email_lead_map_id": str(place.map_id),
                "lead_last_seq_number": place.last_step,
            }
            for place in _places(call, lead)
        ]
        rows.append({"id": lead.id, "email": lead.email, "user_id": call.account.id, "campaigns": campaigns})
    return json_reply({"data": rows, "skip": offset, "limit": limit, "hasMore": len(found) > limit})


@answers(GetCampaignOverview)
def get_campaign_overview(call: Call) -> Reply:
    # The fields of this answer are not recorded anywhere: it is an object, and that is all.
    _lead(call)
    return json_reply({})


@answers(GetSequenceDetails)
def get_sequence_details(call: Call) -> Reply:
    place = call.account.places_by_map_id.get(call.ids[0])
    if place is None or not call.access.sees(place.campaign.client_id):
        raise Refusal(404, _NOT_FOUND)
    return json_reply({})


@answers(PushToList)
def push_to_list(call: Call) -> Reply:
    body = call.body
    filters = body.get("filters") or {}
    if body.get("allLeads"):
        leads = [lead.id for lead in call.account.leads.values() if _chosen(call, lead, filters)]
    else:
        leads = [number for number in body.get("leadIds") or () if call.access.lead(number) is not None]
    _put(call, body["listId"], leads)
    return OK


@answers(PushCampaignLeadsToList)
def push_campaign_leads_to_list(call: Call) -> Reply:
    body = call.body
    campaign = call.access.campaign(body["campaignId"])
    if campaign is None:
        raise campaign_not_found()
    wanted = set(body.get("leadMapIds") or ())
    places = campaign.leads.values()
    chosen = [p.lead.id for p in places if body.get("allLeads") or p.map_id in wanted]
    _put(call, body["listId"], chosen)
    return OK


def _put(call: Call, list_id: int, lead_ids: list[int]) -> None:
    held = call.account.lead_lists.setdefault(list_id, [])
    held.extend(number for number in lead_ids if number not in set(held))


@answers(DeleteLead)
def delete_lead(call: Call) -> Reply:
    forget_lead(call.account, _lead(call))
    return OK
