"""One lead of a campaign: update, category, status, mailbox, deletion."""

from __future__ import annotations

from typing import Final

from ...api.campaigns.leads import (
    DeleteCampaignLead,
    MarkLeadComplete,
    PauseLead,
    ResumeLead,
    UnsubscribeCampaignLead,
    UpdateLead,
    UpdateLeadCategory,
    UpdateLeadEmailAccount,
)
from ..call import Call
from ..mail_log import complete_if_done
from ..replies import OK, UPDATED, Refusal, Reply, json_reply, text_reply
from ..routing import handles
from ..state import LEAD_FIELDS, LeadStatus
from .lead_membership import (
    LEAD_NOT_FOUND,
    campaign_lead,
    delete_lead_record,
    is_email,
    remove_from_campaign,
    resume_member,
    set_category,
    write_lead_fields,
)
from .mailbox_links import mailbox_not_allowed
from .problem_refusals import refuse_missing_email

_DAY: Final = 86_400
_STATUS_SET: Final = json_reply({"ok": True, "data": "success"})


@handles(DeleteCampaignLead)
def delete_campaign_lead(call: Call) -> Reply:
    member = campaign_lead(call)
    remove_from_campaign(call.account, member)
    in_list = any(member.lead.id in each.lead_ids for each in call.account.lead_lists.values())
    if not member.lead.memberships and not in_list:
        delete_lead_record(call.account, member.lead)
    return text_reply("success")


@handles(UpdateLead, on_problem=refuse_missing_email)
def update_lead(call: Call) -> Reply:
    lead = campaign_lead(call, {"ok": False, "error": "Invalid request!"}).lead
    email = call.body["email"].strip()
    if not is_email(email):
        raise Refusal(422, {"error": f"Invalid email format for {email}"})
    by_email = call.account.leads_by_email
    if by_email.get(email.lower(), lead) is not lead:
        raise Refusal(422, {"error": f"Another lead has the email {email}"})
    del by_email[lead.email.lower()]
    lead.email = email
    by_email[email.lower()] = lead
    write_lead_fields(lead, {name: call.body[name] for name in LEAD_FIELDS if name in call.body})
    return OK


@handles(UpdateLeadCategory)
def update_lead_category(call: Call) -> Reply:
    member = campaign_lead(call)
    set_category(call, member, call.body["category_id"])
    if call.body.get("pause_lead"):
        member.status = LeadStatus.PAUSED
    return OK


@handles(PauseLead)
def pause_lead(call: Call) -> Reply:
    campaign_lead(call).status = LeadStatus.PAUSED
    return _STATUS_SET


@handles(ResumeLead)
def resume_lead(call: Call) -> Reply:
    member = campaign_lead(call, {"error": "Invalid lead id"}, 500)
    if member.campaign.sequences and member.last_step >= len(member.campaign.sequences):
        raise Refusal(500, {"error": "This is the last sequence. You cannot resume this lead."})
    resume_member(member, call.now + call.number("resume_lead_with_delay_days", 0) * _DAY)
    return _STATUS_SET


@handles(UnsubscribeCampaignLead)
def unsubscribe_campaign_lead(call: Call) -> Reply:
    call.log.unsubscribe(campaign_lead(call), call.now)
    return OK


@handles(MarkLeadComplete)
def mark_lead_complete(call: Call) -> Reply:
    campaign = call.campaign
    member = call.account.campaign_leads_by_map_id.get(call.ids[1])
    if member is None or member.campaign is not campaign:
        raise Refusal(404, LEAD_NOT_FOUND)
    member.last_step += 1
    if member.last_step < len(campaign.sequences):
        member.status = LeadStatus.INPROGRESS
        step = campaign.sequences[member.last_step]
        following = {"id": step.id, "delayInDays": str(step.delay_in_days)}
        return json_reply({"ok": True, "status": {"isLastSequence": False, "nextSequence": following}})
    member.status = LeadStatus.COMPLETED
    complete_if_done(campaign, call.now)
    return json_reply({"ok": True, "status": {"isLastSequence": True, "nextSequence": None}})


@handles(UpdateLeadEmailAccount)
def update_lead_email_account(call: Call) -> Reply:
    body = call.body
    campaign = call.access.campaign(body["email_campaign_id"])
    member = campaign.leads.get(body["email_lead_id"]) if campaign is not None else None
    if campaign is None or member is None:
        raise Refusal(404, {"error": "Resource not found"})
    if body["email_account_id"] not in campaign.email_account_ids:
        raise mailbox_not_allowed(body["email_account_id"])
    if member.email_account_id is None or body.get("override_lead_email_account"):
        member.email_account_id = body["email_account_id"]
    return UPDATED
