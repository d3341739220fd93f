"""Mails of a campaign, and its webhooks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ...api.campaigns.messages import (
    ForwardEmail,
    GetMessageHistories,
    GetMessageHistory,
    ReplyEmailThread,
    SendTestEmail,
)
from ...api.campaigns.webhooks import (
    DeleteCampaignWebhook,
    GetWebhookSummary,
    ListCampaignWebhooks,
    RetriggerFailedWebhooks,
    SaveCampaignWebhook,
)
from ..clock import instant
from ..rendering import CATEGORIES
from ..routing import Call, Refusal, Reply, answers, json_reply, text_reply
from ..state import Campaign, CampaignLead, LeadStatus, Webhook
from ..validation import Kind, Problem
from .campaign_leads import place_of, unix
from .campaigns import OK

if TYPE_CHECKING:
    from ..smartlead import FakeSmartlead


_NOT_FOUND: Final = {"error": "Resource not found"}


_QUEUED: Final = "Email added to the queue, will be sent out soon!"


# --- mails -------------------------------------------------------------------------------------------
def record_message(
    fake: FakeSmartlead, place: CampaignLead, kind: str, subject: str, email_body: str, step: int
) -> str:
    """Note a mail to or from a lead; gives its stats_id. A reply belongs to the newest mail that was sent."""
    number = next(fake.ids.message)
    sender = _sender(fake, place)
    messages = place.messages = place.messages if place.messages is not None else []
    sent = [message for message in messages if message["type"] == "SENT"]
    is_reply = kind == "REPLY"
    message: dict[str, Any] = {
        "type": kind,
        "message_id": f"<{number}@{'prospect' if is_reply else 'sender'}.example>",
        "stats_id": sent[-1]["stats_id"] if is_reply and sent else f"stats-{number:08d}",
        "time": instant(fake.clock.wall()),
        "email_body": email_body,
        "subject": subject,
        "email_seq_number": str(step),
        "open_count": 0,
        "click_count": 0,
        "click_details": {},
        "from": place.lead.email if is_reply else sender,
        "to": sender if is_reply else place.lead.email,
    }
    messages.append(message)
    if not is_reply:
        place.last_step = max(place.last_step, step)
        if place.status is LeadStatus.STARTED:
            place.status = LeadStatus.INPROGRESS
    return str(message["stats_id"])


def _sender(fake: FakeSmartlead, place: CampaignLead) -> str:
    number = place.email_account_id or next(iter(place.campaign.email_account_ids), 0)
    mailbox = fake.account.email_accounts.get(number)
    return mailbox.from_email if mailbox is not None else "sender@sender.example"


def _history(call: Call, place: CampaignLead) -> list[dict[str, Any]]:
    messages = place.messages or []
    if (since := call.query.get("event_time_gt")) is not None:
        after = unix(since)
        messages = [message for message in messages if unix(message["time"]) > after]
    return messages


@answers(GetMessageHistory)
def get_message_history(call: Call) -> Reply:
    place = place_of(call)
    return json_reply(
        {
            "history": _history(call, place),
            "from": _sender(call.fake, place),
            "to": place.lead.email,
        }
    )


@answers(GetMessageHistories)
def get_message_histories(call: Call) -> Reply:
    campaign = call.campaign
    wanted = call.body["lead_ids"]
    chosen = list(campaign.leads) if wanted is None else [n for n in wanted if n in campaign.leads]
    return json_reply({str(n): {"history": _history(call, campaign.leads[n])} for n in chosen})


def _place_of_mail(campaign: Campaign, stats_id: str) -> CampaignLead:
    for place in campaign.leads.values():
        if any(message["stats_id"] == stats_id for message in place.messages or ()):
            return place
    raise Refusal(400, {"error": f"Invalid email_stats_id - {stats_id}"})


@answers(ReplyEmailThread)
def reply_email_thread(call: Call) -> Reply:
    place = _place_of_mail(call.campaign, call.body["email_stats_id"])
    record_message(call.fake, place, "SENT", "", call.body["email_body"], place.last_step or 1)
    return text_reply(_QUEUED)


@answers(ForwardEmail)
def forward_email(call: Call) -> Reply:
    _place_of_mail(call.campaign, call.body["stats_id"])
    number = next(call.fake.ids.message)
    return json_reply({"ok": True, "messageId": f"<{number}@sender.example>", "status": "success"})


@answers(SendTestEmail)
def send_test_email(call: Call) -> Reply:
    campaign, body = call.campaign, call.body
    if body["leadId"] not in campaign.leads or body["sequenceNumber"] > len(campaign.sequences):
        raise Refusal(404, _NOT_FOUND)
    if body.get("selectedEmailAccountId") not in {None, *campaign.email_account_ids}:
        text = f"Email account id - {body['selectedEmailAccountId']} not allowed. Permission Error."
        raise Refusal(400, {"error": text})
    return json_reply({"success": True, "message": "sent"})


# --- webhooks ----------------------------------------------------------------------------------------
_WEBHOOK_URL: Final = re.compile(r"https?://[^\s/]+(/\S*)?")


@answers(ListCampaignWebhooks)
def list_campaign_webhooks(call: Call) -> Reply:
    campaign = call.campaign
    return json_reply(
        [
            {
                "id": hook.id,
                "name": hook.name,
                "created_at": instant(hook.created_at),
                "updated_at": instant(hook.updated_at),
                "webhook_url": hook.url,
                "email_campaign_id": campaign.id,
                "event_types": hook.event_types,
                "categories": hook.categories,
            }
            for hook in campaign.webhooks.values()
        ]
    )


def _webhook_wording(problem: Problem) -> Refusal | None:
    match problem.path, problem.kind:
        case ("event_types", int()), Kind.ENUM:
            return Refusal(400, {"error": f"Invalid event_types - {problem.value}"})
        case ("webhook_url",), Kind.FORM:
            return Refusal(400, {"error": f"Invalid webhook_url - {problem.value}"})
        case _:
            return None


@answers(SaveCampaignWebhook, wording=_webhook_wording)
def save_campaign_webhook(call: Call) -> Reply:
    campaign, body = call.campaign, call.body
    if not _WEBHOOK_URL.fullmatch(body["webhook_url"]):
        raise Refusal(400, {"error": f"Invalid webhook_url - {body['webhook_url']}"})
    categories = body.get("categories") or []
    numbers = {name: number for number, (name, _) in CATEGORIES.items()}
    for name in categories:
        if name not in numbers:
            raise Refusal(400, {"error": f"Invalid category - {name}"})
    number = body.get("id")
    hook = campaign.webhooks.get(number) if number is not None else None
    if hook is None:
        if number is not None:
            raise Refusal(404, _NOT_FOUND)
        hook = Webhook(next(call.fake.ids.webhook), "", "", [], [], call.now, call.now)
        campaign.webhooks[hook.id] = hook
    hook.name, hook.url = body["name"], body["webhook_url"]
    hook.event_types, hook.categories = body["event_types"], categories
    hook.updated_at = call.now
    return json_reply(
        {
            "id": hook.id,
            "name": hook.name,
            "webhook_url": hook.url,
            "email_campaign_id": campaign.id,
            "event_type_map": dict.fromkeys(hook.event_types, True),
            "category_id_map": {str(numbers[name]): True for name in categories},
        }
    )


@answers(DeleteCampaignWebhook, also_at="/campaigns/{campaign_id}/webhooks/{webhook_id}")
def delete_campaign_webhook(call: Call) -> Reply:
    campaign = call.campaign
    webhook_id = call.ids[1] if len(call.ids) > 1 else call.body["id"]
    if campaign.webhooks.pop(webhook_id, None) is None:
        raise Refusal(404, _NOT_FOUND)
    return OK


@answers(GetWebhookSummary)
def get_webhook_summary(call: Call) -> Reply:
    _ = call.campaign
    span = {"from": call.query["fromTime"], "to": call.query["toTime"]}
    return json_reply({"data": {"summary": [], "timeRange": span}})


@answers(RetriggerFailedWebhooks)
def retrigger_failed_webhooks(call: Call) -> Reply:
    _ = call.campaign
    return json_reply({"success": True, "retriggered_count": 0})
