"""Webhooks of an account: those of the user, of clients and of campaigns."""

from __future__ import annotations

from typing import Any

from ...api.webhooks import CreateWebhook, DeleteWebhook, GetWebhook, UpdateWebhook
from ..call import Call
from ..clock import timestamp
from ..problem import Problem, ProblemKind
from ..rendering import CATEGORIES
from ..replies import NOT_FOUND, OK, Refusal, Reply, campaign_not_found, json_reply
from ..routing import handles
from ..state import Webhook


def _hooks_with(call: Call, webhook_id: int) -> dict[int, Webhook]:
    """Return the webhooks among which the one with an id is; raise a 404 if there is none."""
    groups = [call.account.webhooks, *(campaign.webhooks for campaign in call.account.campaigns.values())]
    found = next((group for group in groups if webhook_id in group), None)
    if found is None or not call.access.sees(found[webhook_id].client_id):
        raise Refusal(404, NOT_FOUND)
    return found


@handles(GetWebhook)
def get_webhook(call: Call) -> Reply:
    hook = _hooks_with(call, call.ids[0])[call.ids[0]]
    ids = {name: number for number, (name, _) in CATEGORIES.items()}
    data = {
        "id": hook.id,
        "email_campaign_id": hook.campaign_id,
        "name": hook.name,
        "webhook_url": hook.url,
        "event_type_map": dict.fromkeys(hook.event_types, True),
        "category_id_map": {str(ids[name]): True for name in hook.categories if name in ids},
        "created_at": timestamp(hook.created_at),
        "updated_at": timestamp(hook.updated_at),
    }
    return json_reply({"ok": True, "data": data})


def _refuse_create(problem: Problem) -> Refusal | None:
    if problem.path == ("webhook_url",) and problem.kind is ProblemKind.REQUIRED:
        return Refusal(422, {"error": "webhook_url is required"})
    return None


@handles(CreateWebhook, on_problem=_refuse_create)
def create_webhook(call: Call) -> Reply:
    body, level = call.body, call.body["association_type"]
    hook = Webhook(
        next(call.world.ids.webhook),
        body.get("name") or "",
        body["webhook_url"],
        _chosen(body.get("event_type_map"), body.get("event_type")),
        _category_names(_chosen(body.get("category_id_map"), body.get("category_id"))),
        call.now,
        call.now,
        level=level,
    )
    if level == "campaign":
        campaign = call.access.campaign(body.get("email_campaign_id") or 0)
        if campaign is None:
            raise campaign_not_found()
        hook.campaign_id, hook.client_id = campaign.id, campaign.client_id
        campaign.webhooks[hook.id] = hook
    else:
        hook.client_id = body.get("client_id") if level == "client" else call.access.client_id
        call.account.webhooks[hook.id] = hook
    call.world.deliveries.notify_saved(call.account, hook, call.now)
    return json_reply({"ok": True, "id": hook.id, "webhook_url": hook.url})


def _chosen(by_name: dict[str, bool] | None, single: Any) -> list[str]:
    """Return the names that a map holds true for, and the one that is given beside it."""
    names = [name for name, is_wanted in (by_name or {}).items() if is_wanted]
    return names if single is None else [*names, str(single)]


def _category_names(ids: list[str]) -> list[str]:
    return [CATEGORIES[int(each)][0] for each in ids if each.isdigit() and int(each) in CATEGORIES]


@handles(UpdateWebhook)
def update_webhook(call: Call) -> Reply:
    hook, body = _hooks_with(call, call.ids[0])[call.ids[0]], call.body
    hook.name, hook.url = body.get("name") or hook.name, body.get("webhook_url") or hook.url
    if body.get("event_types") is not None:
        hook.event_types = body["event_types"]
    if body.get("categories") is not None:
        numbers = {str(number): name for number, (name, _) in CATEGORIES.items()}
        hook.categories = [numbers.get(str(each), str(each)) for each in body["categories"]]
    hook.updated_at = call.now
    return json_reply({"ok": True, "id": hook.id, "message": "Webhook saved successfully"})


@handles(DeleteWebhook)
def delete_webhook(call: Call) -> Reply:
    del _hooks_with(call, call.body["id"])[call.body["id"]]
    return OK
