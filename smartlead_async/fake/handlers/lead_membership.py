"""Leads as members of campaigns: look them up, write their fields, remove them."""

from __future__ import annotations

import re
from typing import Any, Final

import orjson

from ..accounts import Account
from ..call import Call
from ..mail_log import remove_from_log
from ..rendering import CATEGORIES
from ..replies import Refusal
from ..state import Campaign, CampaignLead, Lead, LeadStatus

LEAD_NOT_FOUND: Final = {"error": "Lead not found - Invalid lead_id."}
_EMAIL: Final = re.compile(r"[^@\s,;<>\"()]+@(?:[\w-]+\.)+[\w-]{2,}")


def is_email(text: str) -> bool:
    """Return whether SmartLead accepts a string as the address of a lead."""
    return _EMAIL.fullmatch(text) is not None


def campaign_lead(call: Call, not_found: Any = LEAD_NOT_FOUND, status: int = 404) -> CampaignLead:
    """Return the lead named by the second id of the path, in the campaign named by the first."""
    found = call.campaign.leads.get(call.ids[1])
    if found is None:
        raise Refusal(status, not_found)
    return found


def visible_memberships(call: Call, lead: Lead) -> list[CampaignLead]:
    """Return the memberships of a lead in campaigns that the key may see."""
    return [member for member in lead.memberships if call.access.sees(member.campaign.client_id)]


def write_lead_fields(lead: Lead, fields: dict[str, Any]) -> None:
    """Write fields to a lead's record; custom fields are merged, and their values become strings."""
    for name, value in fields.items():
        if value is None or name == "email":
            continue
        if name == "custom_fields":
            strings = {key: _as_string(each) for key, each in value.items() if each is not None}
            lead.custom_fields = {**lead.custom_fields, **strings} if lead.custom_fields else strings
        else:
            setattr(lead, name, value)


def _as_string(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def new_lead(call: Call, email: str) -> Lead:
    """Create the record of an address that the account does not have."""
    lead = Lead(next(call.world.ids.lead), email, call.now)
    call.account.leads[lead.id] = call.account.leads_by_email[email.lower()] = lead
    return lead


def add_to_campaign(call: Call, campaign: Campaign, lead: Lead) -> CampaignLead:
    """Add a lead to a campaign that does not have it."""
    member = CampaignLead(next(call.world.ids.map), lead, campaign, call.now)
    lead.memberships.append(member)
    campaign.leads[lead.id] = member
    call.account.campaign_leads_by_map_id[member.map_id] = member
    return member


def set_category(call: Call, member: CampaignLead, category_id: int | None) -> None:
    """Put a lead into a category, or into none; refuse one that does not exist."""
    if category_id is not None and category_id not in CATEGORIES:
        raise Refusal(400, {"error": f"Invalid category_id - {category_id}"})
    call.log.categorize(member, category_id, call.now)


def resume_member(member: CampaignLead, not_before: float) -> None:
    """Let the sequence of a paused or stopped lead go on, at the earliest at a certain time."""
    if member.status in {LeadStatus.PAUSED, LeadStatus.STOPPED}:
        member.status = LeadStatus.INPROGRESS if member.last_step else LeadStatus.STARTED
        member.not_before = not_before


def remove_from_campaign(account: Account, member: CampaignLead) -> None:
    """Remove a lead from a campaign."""
    remove_from_log(member)
    member.lead.memberships.remove(member)
    del member.campaign.leads[member.lead.id]
    del account.campaign_leads_by_map_id[member.map_id]
    account.inbox.pop(member.map_id, None)


def delete_lead_record(account: Account, lead: Lead) -> None:
    """Delete a lead's record, and with it its memberships in campaigns."""
    for member in list(lead.memberships):
        remove_from_campaign(account, member)
    for each in account.lead_lists.values():
        each.lead_ids.pop(lead.id, None)
    del account.leads[lead.id]
    del account.leads_by_email[lead.email.lower()]
