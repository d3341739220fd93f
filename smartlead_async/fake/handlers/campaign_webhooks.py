"""Webhooks of a campaign."""

from __future__ import annotations

import re
from typing import Any, Final

from ...api.campaigns.webhooks import (
    DeleteCampaignWebhook,
    GetWebhookSummary,
    ListCampaignWebhooks,
    RetriggerFailedWebhooks,
    SaveCampaignWebhook,
)
from ..call import Call
from ..clock import parse_timestamp, timestamp
from ..problem import Problem, ProblemKind
from ..rendering import CATEGORIES
from ..replies import NOT_FOUND, OK, Refusal, Reply, json_reply
from ..routing import handles
from ..state import Campaign, Webhook

_WEBHOOK_URL: Final = re.compile(r"https?://[^\s/]+(/\S*)?")


@handles(ListCampaignWebhooks)
def list_campaign_webhooks(call: Call) -> Reply:
    campaign = call.campaign
    return json_reply([_rendered(hook, campaign) for hook in campaign.webhooks.values()])


def _rendered(hook: Webhook, campaign: Campaign) -> dict[str, Any]:
    return {
        "id": hook.id,
        "name": hook.name,
        "created_at": timestamp(hook.created_at),
        "updated_at": timestamp(hook.updated_at),
        "webhook_url": hook.url,
        "email_campaign_id": campaign.id,
        "event_types": hook.event_types,
        "categories": hook.categories,
    }


def _refuse_webhook(problem: Problem) -> Refusal | None:
    match problem.path, problem.kind:
        case ("event_types", int()), ProblemKind.ENUM:
            return _invalid("event_types", problem.value)
        case ("webhook_url",), ProblemKind.PATTERN:
            return _invalid("webhook_url", problem.value)
        case _:
            return None


@handles(SaveCampaignWebhook, on_problem=_refuse_webhook)
def save_campaign_webhook(call: Call) -> Reply:
    campaign, body = call.campaign, call.body
    if not _WEBHOOK_URL.fullmatch(body["webhook_url"]):
        raise _invalid("webhook_url", body["webhook_url"])
    for name in body["categories"]:
        if name not in {known for known, _ in CATEGORIES.values()}:
            raise _invalid("category", name)
    hook = _created_or_found(call, campaign)
    hook.name, hook.url = body["name"], body["webhook_url"]
    hook.event_types, hook.categories = body["event_types"], body["categories"]
    hook.updated_at = call.now
    call.world.deliveries.notify_saved(call.account, hook, call.now)
    return json_reply(_rendered(hook, campaign))


def _created_or_found(call: Call, campaign: Campaign) -> Webhook:
    webhook_id = call.body.get("id")
    if webhook_id is None:
        hook = Webhook(next(call.world.ids.webhook), "", "", [], [], call.now, call.now)
        hook.campaign_id, hook.client_id = campaign.id, campaign.client_id
        campaign.webhooks[hook.id] = hook
        return hook
    if webhook_id not in campaign.webhooks:
        raise Refusal(404, NOT_FOUND)
    return campaign.webhooks[webhook_id]


def _invalid(name: str, value: object) -> Refusal:
    return Refusal(400, {"error": f"Invalid {name} - {value}"})


@handles(DeleteCampaignWebhook, also_at="/campaigns/{campaign_id}/webhooks/{webhook_id}")
def delete_campaign_webhook(call: Call) -> Reply:
    campaign = call.campaign
    webhook_id = call.ids[1] if len(call.ids) > 1 else call.body["id"]
    if campaign.webhooks.pop(webhook_id, None) is None:
        raise Refusal(404, NOT_FOUND)
    return OK


@handles(GetWebhookSummary)
def get_webhook_summary(call: Call) -> Reply:
    _ = call.campaign
    span = {"from": call.query["fromTime"], "to": call.query["toTime"]}
    return json_reply({"data": {"summary": [], "timeRange": span}})


@handles(RetriggerFailedWebhooks)
def retrigger_failed_webhooks(call: Call) -> Reply:
    deliveries, body = call.world.deliveries, call.body
    since, until = parse_timestamp(body["fromTime"]), parse_timestamp(body["toTime"])
    failed = [
        each for each in deliveries.of_campaign(call.campaign.id, since, until) if not each.is_delivered
    ]
    for delivery in failed:
        deliveries.attempt(delivery)
    return json_reply({"success": True, "retriggered_count": len(failed)})
