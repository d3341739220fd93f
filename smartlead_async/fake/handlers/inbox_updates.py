"""Changes of leads in the inbox: read status, category, reminders, subsequences, blocked domains."""

from __future__ import annotations

from typing import Any

from ...api.inbox.update import (
    BlockDomains,
    ChangeReadStatus,
    PushToSubsequence,
    ResumeInboxLead,
    SetReminder,
    UpdateInboxCategory,
    UpdateInboxRevenue,
    UpdateInboxTeamMember,
)
from ..call import Call
from ..clock import parse_timestamp
from ..replies import NOT_FOUND, Refusal, Reply, campaign_not_found, json_reply
from ..routing import handles
from ..state import CampaignLead
from .lead_membership import add_to_campaign, resume_member, set_category

_DAY = 86_400


def member_of(call: Call) -> CampaignLead:
    """Return the lead that the body names by ``email_lead_map_id``; raise a 404 if there is none."""
    member = call.account.campaign_leads_by_map_id.get(call.body["email_lead_map_id"])
    if member is None or not call.access.sees(member.campaign.client_id):
        raise Refusal(404, NOT_FOUND)
    return member


def _ok(data: Any) -> Reply:
    return json_reply({"ok": True, "message": "ok", "data": data})


@handles(ChangeReadStatus)
def change_read_status(call: Call) -> Reply:
    member_of(call).has_unread = not call.body["read_status"]
    return _ok({"success": True, "updated": 1})


@handles(UpdateInboxCategory)
def update_inbox_category(call: Call) -> Reply:
    set_category(call, member_of(call), call.body["category_id"])
    return _ok({"success": True, "updated": 1})


@handles(UpdateInboxRevenue)
def update_inbox_revenue(call: Call) -> Reply:
    call.account.inbox_entry(member_of(call).map_id).revenue = call.body["revenue"]
    return _ok({"success": True, "updated": 1})


@handles(UpdateInboxTeamMember)
def update_inbox_team_member(call: Call) -> Reply:
    call.account.inbox_entry(member_of(call).map_id).team_member_id = call.body["team_member_id"]
    return json_reply({"ok": True, "message": "ok"})


@handles(SetReminder)
def set_reminder(call: Call) -> Reply:
    entry = call.account.inbox_entry(member_of(call).map_id)
    entry.reminder_time = parse_timestamp(call.body["reminder_time"])
    entry.reminder_message = call.body["message"]
    reminder = {"id": str(next(call.world.ids.reminder)), "created_at": call.timestamp}
    return _ok({"success": True, "reminder": reminder})


@handles(ResumeInboxLead)
def resume_inbox_lead(call: Call) -> Reply:
    member = member_of(call)
    campaign = member.campaign
    if campaign.id != call.body["campaign_id"]:
        raise campaign_not_found()
    if member.last_step >= len(campaign.sequences):
        message = "This is the last sequence. You cannot resume this lead."
        raise Refusal(400, {"ok": False, "message": message})
    resume_member(member, call.now + call.number("resume_delay_days", 0) * _DAY)
    return _ok({"status": "success", "nextSeqId": campaign.sequences[member.last_step].id})


@handles(PushToSubsequence)
def push_to_subsequence(call: Call) -> Reply:
    member = member_of(call)
    child = call.access.campaign(call.body["sub_sequence_id"])
    if child is None or child.parent_campaign_id != member.campaign.id:
        raise Refusal(404, NOT_FOUND)
    # The unit of the delay is disputed; the fake takes it for days.
    days = call.number("sub_sequence_delay_time", 0)
    if member.lead.id not in child.leads:
        pushed = add_to_campaign(call, child, member.lead)
        pushed.not_before = call.now + days * _DAY
    call.account.inbox_entry(member.map_id).sub_sequence_id = child.id
    return _ok({"success": True, "sub_sequence_id": child.id, "delay_days": days})


@handles(BlockDomains)
def block_domains(call: Call) -> Reply:
    source, domains = call.body.get("source", "manual"), call.body["domains"]
    for domain in domains:
        call.account.blocked.add(domain, at=call.now, source=source)
    message = "Domains blocked successfully"
    return json_reply({"ok": True, "message": message, "data": {"blocked_domains": len(domains)}})
