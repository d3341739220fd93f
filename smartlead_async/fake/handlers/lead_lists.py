"""Lists of leads: create, import, copy to other lists and to campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...api.lead_lists import (
    AssignListTags,
    CreateLeadList,
    DeleteLeadList,
    GetLeadList,
    ImportListLeads,
    ListLeadLists,
    PushBetweenLists,
    PushToCampaign,
    UpdateLeadList,
)
from ..call import Call
from ..clock import timestamp
from ..records import LeadList
from ..replies import NOT_FOUND, Refusal, Reply, campaign_not_found, json_reply
from ..routing import handles
from ..state import Campaign, CampaignStatus
from .campaign_lead_import import LeadImport
from .campaigns import new_campaign
from .lead_membership import is_email, new_lead, write_lead_fields


def _list(call: Call, list_id: int | None) -> LeadList:
    found = call.account.lead_lists.get(list_id or 0)
    if found is None:
        raise Refusal(404, NOT_FOUND)
    return found


@handles(ListLeadLists)
def list_lead_lists(call: Call) -> Reply:
    query = call.query
    name, tags = query.get("listName", "").lower(), set(query.get("tagIds") or ())
    found = [
        each
        for each in reversed(call.account.lead_lists.values())
        if name in each.name.lower() and tags <= each.tag_ids.keys()
    ]
    offset = query.get("offset", 0)
    rows = [_row(call, each) for each in found[offset : offset + query.get("limit", 10)]]
    return json_reply({"ok": True, "data": {"lists": rows, "totalCount": len(found)}})


def _row(call: Call, found: LeadList) -> dict[str, Any]:
    leads = (call.account.leads[number] for number in found.lead_ids)
    active = sum(
        any(member.campaign.status is CampaignStatus.ACTIVE for member in lead.memberships) for lead in leads
    )
    return {
        "id": found.id,
        "list_name": found.name,
        "created_at": timestamp(found.created_at),
        "updated_at": timestamp(found.updated_at),
        "leads_count": len(found.lead_ids),
        "active_leads_count": active,
    }


@handles(GetLeadList)
def get_lead_list(call: Call) -> Reply:
    found = _list(call, call.ids[0])
    data = {
        "id": found.id,
        "name": found.name,
        "lead_count": len(found.lead_ids),
        "created_at": timestamp(found.created_at),
        "updated_at": timestamp(found.updated_at),
    }
    return json_reply({"ok": True, "data": data})


@handles(CreateLeadList)
def create_lead_list(call: Call) -> Reply:
    created = LeadList(next(call.world.ids.lead_list), call.body["listName"], call.now, call.now)
    call.account.lead_lists[created.id] = created
    return json_reply(
        {"ok": True, "data": {"id": created.id, "name": created.name, "created_at": call.timestamp}}
    )


@handles(UpdateLeadList)
def update_lead_list(call: Call) -> Reply:
    found = _list(call, call.ids[0])
    found.name, found.updated_at = call.body["listName"], call.now
    return json_reply({"ok": True, "data": {"id": found.id, "name": found.name}})


@handles(DeleteLeadList)
def delete_lead_list(call: Call) -> Reply:
    del call.account.lead_lists[_list(call, call.ids[0]).id]
    return json_reply({"ok": True, "message": "Lead list deleted successfully"})


@handles(AssignListTags)
def assign_list_tags(call: Call) -> Reply:
    for list_id in call.body["listIds"]:
        found = _list(call, list_id)
        found.tag_ids |= dict.fromkeys(call.body.get("tagIds") or ())
        for tag_id in call.body.get("removeTagIds") or ():
            found.tag_ids.pop(tag_id, None)
    return json_reply({"ok": True, "message": "Tags updated successfully"})


# --- leads -------------------------------------------------------------------------------------------
@handles(ImportListLeads)
def import_list_leads(call: Call) -> Reply:
    found, account = _list(call, call.ids[0]), call.account
    given = call.body["leadList"]
    ignores_block_list = (call.body.get("csvSettings") or {}).get("ignoreGlobalBlockList")
    counts = {"total_leads": len(given), "imported": 0, "duplicates": 0, "blocked": 0}
    for fields in given:
        email = fields["email"].strip()
        lead = account.leads_by_email.get(email.lower())
        if lead is not None and lead.id in found.lead_ids:
            counts["duplicates"] += 1
        elif account.blocked.blocks(email, None) and not ignores_block_list:
            counts["blocked"] += 1
        elif is_email(email):
            lead = lead or new_lead(call, email)
            write_lead_fields(lead, fields)
            found.lead_ids[lead.id] = None
            counts["imported"] += 1
    found.updated_at = call.now
    return json_reply({"ok": True, "data": counts})


@handles(PushBetweenLists)
def push_between_lists(call: Call) -> Reply:
    body = call.body
    target = _list(call, body["toListId"])
    source = _list(call, body["fromListId"]) if body.get("fromListId") is not None else None
    chosen = _chosen(call, source, body.get("leadIds"))
    if body["action"] == "move":
        for each in call.account.lead_lists.values() if source is None else (source,):
            _remove(each, chosen)
    target.lead_ids |= dict.fromkeys(chosen)
    return json_reply({"ok": True, "data": {"total_leads_moved": len(chosen)}})


def _chosen(call: Call, source: LeadList | None, lead_ids: Iterable[int] | None) -> list[int]:
    """Return the leads that are named, if they exist, or all leads of the list."""
    if lead_ids is None:
        return list(source.lead_ids) if source is not None else []
    within = source.lead_ids if source is not None else call.account.leads
    return [number for number in lead_ids if number in within]


def _remove(source: LeadList | None, lead_ids: Iterable[int]) -> None:
    if source is not None:
        for number in lead_ids:
            source.lead_ids.pop(number, None)


@handles(PushToCampaign)
def push_to_campaign(call: Call) -> Reply:
    body = call.body
    selection = body.get("leadList") or {}
    source = _list(call, selection["listId"]) if selection.get("listId") is not None else None
    chosen = _chosen(call, source, None if selection.get("allLeads") else selection.get("leadIds"))
    campaign = _target_campaign(call)
    lead_import = LeadImport(call, campaign, {})
    lead_import.run([{"email": call.account.leads[number].email} for number in chosen])
    if body["action"] == "move":
        _remove(source, chosen)
    repeated = lead_import.already + lead_import.duplicates
    counts = {"total_leads": len(chosen), "pushed": lead_import.new, "duplicates": repeated}
    return json_reply({"ok": True, "data": counts})


def _target_campaign(call: Call) -> Campaign:
    if (campaign_id := call.body.get("campaignId")) is not None:
        campaign = call.access.campaign(campaign_id)
        if campaign is None:
            raise campaign_not_found()
        return campaign
    name = call.body.get("campaignName") or "Untitled Campaign"
    campaigns = (each for each in call.account.campaigns.values() if call.access.sees(each.client_id))
    found = next((each for each in campaigns if each.name == name), None)
    # A name that no campaign has creates one.
    return found or new_campaign(call, name, call.access.client_id)
