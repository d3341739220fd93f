"""Mails of a campaign: history, replies, forwarding, test mails."""

from __future__ import annotations

from typing import Final

from ...api.campaigns.messages import (
    ForwardEmail,
    GetMessageHistories,
    GetMessageHistory,
    ReplyEmailThread,
    SendTestEmail,
)
from ..call import Call
from ..clock import parse_timestamp
from ..mail_log import sender_of
from ..records import ScheduledReply
from ..replies import NOT_FOUND, Refusal, Reply, json_reply, text_reply
from ..routing import handles
from ..state import Campaign, CampaignLead
from .lead_membership import campaign_lead
from .mailbox_links import mailbox_not_allowed
from .message_history import address_of_sender, messages_after

_QUEUED: Final = "Email added to the queue, will be sent out soon!"


@handles(GetMessageHistory)
def get_message_history(call: Call) -> Reply:
    member = campaign_lead(call)
    history = messages_after(member, call.query.get("event_time_gt"))
    return json_reply(
        {"history": history, "from": address_of_sender(call.account, member), "to": member.lead.email}
    )


@handles(GetMessageHistories)
def get_message_histories(call: Call) -> Reply:
    campaign = call.campaign
    wanted = call.body["lead_ids"]
    chosen = list(campaign.leads) if wanted is None else [n for n in wanted if n in campaign.leads]
    return json_reply(
        {
            str(n): {"history": messages_after(campaign.leads[n], call.query.get("event_time_gt"))}
            for n in chosen
        }
    )


def _member_with_message(campaign: Campaign, stats_id: str) -> CampaignLead:
    for member in campaign.leads.values():
        if any(mail.stats_id == stats_id for mail in member.mails or ()):
            return member
    raise Refusal(400, {"error": f"Invalid email_stats_id - {stats_id}"})


@handles(ReplyEmailThread)
def reply_email_thread(call: Call) -> Reply:
    member = _member_with_message(call.campaign, call.body["email_stats_id"])
    sent = member.last_sent
    mailbox = sent.mailbox if sent is not None else sender_of(call.account, member)
    subject = f"Re: {sent.subject}" if sent is not None else ""
    body = call.body
    at = parse_timestamp(body["scheduled_time"]) if body.get("scheduled_time") else call.now
    mail = call.log.manual(member, mailbox, subject=subject, body=body["email_body"], at=max(at, call.now))
    reply = ScheduledReply(mail, mail.at, body.get("reply_message_id"))
    call.account.inbox_entry(member.map_id).scheduled.append(reply)
    return text_reply(_QUEUED)


@handles(ForwardEmail)
def forward_email(call: Call) -> Reply:
    _member_with_message(call.campaign, call.body["stats_id"])
    number = next(call.world.ids.message)
    return json_reply({"ok": True, "messageId": f"<{number}@sender.example>", "status": "success"})


@handles(SendTestEmail)
def send_test_email(call: Call) -> Reply:
    campaign, body = call.campaign, call.body
    if body["leadId"] not in campaign.leads or body["sequenceNumber"] > len(campaign.sequences):
        raise Refusal(404, NOT_FOUND)
    if body.get("selectedEmailAccountId") not in {None, *campaign.email_account_ids}:
        raise mailbox_not_allowed(body["selectedEmailAccountId"])
    return json_reply({"success": True, "message": "sent"})
