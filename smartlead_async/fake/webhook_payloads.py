"""The payloads that webhooks post, in the flat shape of captured deliveries."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from ..webhooks import samples
from .accounts import Account
from .clock import timestamp
from .rendering import CATEGORIES, filled_in, plain_text
from .state import CampaignLead, EventKind, Mail, MailEvent, MailKind, Webhook

EVENT_NAMES: Final[dict[EventKind, tuple[str, ...]]] = {
    EventKind.SENT: ("EMAIL_SENT",),
    EventKind.OPEN: ("EMAIL_OPEN",),
    EventKind.CLICK: ("EMAIL_LINK_CLICK",),
    EventKind.REPLY: ("EMAIL_REPLY",),
    EventKind.BOUNCE: ("EMAIL_BOUNCE",),
    EventKind.UNSUBSCRIBE: ("LEAD_UNSUBSCRIBED",),
}
_INBOX: Final = "https://app.smartlead.ai/app/master-inbox?action=INBOX&leadMap="


def event_payload(account: Account, hook: Webhook, name: str, event: MailEvent) -> dict[str, Any]:
    """Return the payload of an event of a mail."""
    payload = _of_mail(account, hook, name, event.mail, event.at)
    match event.kind:
        case EventKind.SENT:
            return payload | _sent(event)
        case EventKind.OPEN:
            return payload | {"time_opened": _offset(event.at), "message_id": event.mail.message_id}
        case EventKind.CLICK:
            details = {"link_clicked": [event.detail], "link_details": []}
            return payload | {"time_clicked": _offset(event.at)} | details
        case EventKind.REPLY:
            return payload | _reply(event)
        case EventKind.BOUNCE:
            return _bounce(payload, event)
        case EventKind.UNSUBSCRIBE:
            return _unsubscribe(payload, event)


def has_test_event(name: str) -> bool:
    """Return whether the payload of an event is known, so that there is a test event of it."""
    return name in samples.SAMPLES


def test_payload(account: Account, hook: Webhook, name: str, at: float) -> dict[str, Any]:
    """Return the payload of a test event: one about a made-up lead, for a webhook that was saved."""
    known = {
        "secret_key": account.webhook_secret,
        "metadata": {"webhook_created_at": timestamp(hook.created_at)},
        "webhook_url": hook.url,
        "webhook_id": hook.id,
        "webhook_name": hook.name,
    }
    if hook.campaign_id is not None:
        campaign = account.campaigns[hook.campaign_id]
        known |= {"campaign_id": campaign.id, "campaign_name": campaign.name, "client_id": campaign.client_id}
        known |= {"campaign_status": campaign.status}
    payload = samples.sample(name, at=dt.datetime.fromtimestamp(at, dt.UTC))
    return payload | {key: value for key, value in known.items() if key in payload}


def category_payload(
    account: Account, hook: Webhook, member: CampaignLead, mail: Mail, old_id: int | None, at: float
) -> dict[str, Any]:
    """Return the payload of a change of a lead's category. ``mail`` is the newest one sent to the lead."""
    lead, category = member.lead, CATEGORIES.get(member.category_id or 0)
    name, sentiment = category if category is not None else (None, None)
    mails = [_history(each) for each in member.mails or ()]
    replies = [each for each in mails if each["type"] == "REPLY"]
    last = replies[-1] if replies else None
    return _of_mail(account, hook, "LEAD_CATEGORY_UPDATED", mail, at) | {
        "lead_id": lead.id,
        "lead_email": lead.email,
        "lead_name": _name(member),
        "lead_data": {
            "id": lead.id,
            "email": lead.email,
            "first_name": lead.first_name,
            "last_name": lead.last_name,
            "custom_fields": lead.custom_fields or {},
            "category": {"name": name, "sentiment_type": sentiment},
        },
        "category": name,
        "lead_category_id": member.category_id,
        "lead_category": {
            "old_id": old_id,
            "old_name": CATEGORIES[old_id][0] if old_id in CATEGORIES else None,
            "new_id": member.category_id,
            "new_name": name,
        },
        "current_sequence": member.last_step,
        "from": mail.mailbox_address,
        "to": lead.email,
        "history": mails,
        "lastReply": last,
        "last_reply": last,
    }


def _of_mail(account: Account, hook: Webhook, name: str, mail: Mail, at: float) -> dict[str, Any]:
    member, campaign = mail.member, mail.member.campaign
    body = filled_in(mail.body, member.lead)
    link = f"{_INBOX}{member.map_id}"
    return {
        "sl_email_lead_id": str(member.lead.id),
        "sl_email_lead_map_id": member.map_id,
        "campaign_status": campaign.status,
        "client_id": campaign.client_id,
        "stats_id": mail.stats_id,
        "event_timestamp": _offset(at),
        "from_email": mail.mailbox_address,
        "to_email": member.lead.email,
        "to_name": _name(member),
        "campaign_name": campaign.name,
        "campaign_id": campaign.id,
        "sequence_number": mail.step_number,
        "subject": filled_in(mail.subject, member.lead),
        "sent_message_body": body,
        "sent_message": _message(mail.message_id, body, mail.at),
        "secret_key": account.webhook_secret,
        "app_url": link,
        "ui_master_inbox_link": link,
        "description": f"{name} of {member.lead.email} in the campaign {campaign.name}",
        "metadata": {"webhook_created_at": timestamp(hook.created_at)},
        "webhook_url": hook.url,
        "webhook_id": hook.id,
        "webhook_name": hook.name,
        "event_type": name,
    }


def _sent(event: MailEvent) -> dict[str, Any]:
    mail, lead = event.mail, event.mail.member.lead
    return {
        "time_sent": _offset(event.at),
        "custom_subject": filled_in(mail.subject, lead),
        "custom_email_message": filled_in(mail.body, lead),
        "message_id": mail.message_id,
    }


def _reply(event: MailEvent) -> dict[str, Any]:
    member = event.mail.member
    html, reply_id = (event.reply.body, event.reply.message_id) if event.reply is not None else ("", None)
    return {
        "sl_lead_email": member.lead.email,
        "cc_emails": [],
        "time_replied": _offset(event.at),
        "reply_message": _message(reply_id, html, event.at),
        "reply_body": html,
        "preview_text": plain_text(html),
        # That of the reply, not of the mail.
        "message_id": reply_id,
        "reply_category": member.category_id,
        "reply_source": "CAMPAIGN",
        "promptType": None,
        "stats_thread_id": None,
        "leadCorrespondence": {
            "targetLeadEmail": member.lead.email,
            "replyReceivedFrom": member.lead.email,
            "repliedCompanyDomain": "SameCompany",
        },
    }


def _bounce(payload: dict[str, Any], event: MailEvent) -> dict[str, Any]:
    # The id of the lead in the campaign is in the link only, and the timestamp is that of the mail.
    del payload["sl_email_lead_map_id"]
    message_id = f"<bounce-{event.mail.id}@mx.example>"
    return payload | {
        "event_timestamp": _offset(event.mail.at),
        "is_bounced": True,
        "is_sender_originated_bounce": False,
        "bounce_reply_message_id": message_id,
        "bounce_reply_email": event.detail,
        "bounce_reply_email_preview": event.detail[:40],
        "bounce_message": _message(message_id, "", event.at) | {"text": event.detail},
        "time_sent": _offset(event.mail.at),
    }


def _unsubscribe(payload: dict[str, Any], event: MailEvent) -> dict[str, Any]:
    for name in ("sl_email_lead_id", "sl_email_lead_map_id", "stats_id", "sequence_number"):
        del payload[name]
    member = event.mail.member
    return payload | {
        "event_timestamp": timestamp(event.at),
        "from_email": "",
        "sent_message": {"message_id": None, "text": ""},
        "app_url": _INBOX,
        "lead_email": member.lead.email,
        "lead_name": _name(member),
        "unsubscribed_client_id_map": {},
    }


def _history(mail: Mail) -> dict[str, Any]:
    is_reply = mail.kind is MailKind.REPLY
    entry: dict[str, Any] = {
        "stats_id": mail.stats_id,
        "type": "REPLY" if is_reply else "SENT",
        "message_id": mail.message_id,
        "time": timestamp(mail.at),
        "email_body": filled_in(mail.body, mail.member.lead),
    }
    if is_reply:
        return entry | {"cc_emails": []}
    return entry | {"subject": filled_in(mail.subject, mail.member.lead)}


def _message(message_id: str | None, html: str, at: float) -> dict[str, Any]:
    return {"message_id": message_id, "html": html, "text": plain_text(html), "time": _offset(at)}


def _name(member: CampaignLead) -> str:
    return " ".join(part for part in (member.lead.first_name, member.lead.last_name) if part)


def _offset(at: float) -> str:
    return timestamp(at).replace("Z", "+00:00")
