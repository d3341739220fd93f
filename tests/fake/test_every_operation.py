"""The fake responds to every operation of the contract, as to a client that knows the documentation only."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.server import running

from ..contract import EVERYTHING
from .least_requests import Ids, least_request
from .raw import AGENT, step
from .seeded import carry_out, seeded_fake

SCHEDULE = {"tz": "Europe/Berlin", "days": [1], "startHour": "09:00", "endHour": "17:00"}


def furnished() -> tuple[FakeSmartlead, Ids]:
    """Return a fake with something of everything, and values by the names of fields."""
    fake = seeded_fake()
    fake.record_message(4101, "lin@prospect.example", type="REPLY")
    created = _created(fake)
    client = fake.add_client("Northwind", api_key="client-key")
    broken = fake.add_email_account("bo@sender.example")
    fake.email_accounts[broken].smtp_ok = False
    fake.block("blocked.example")
    (lead_id, *_), (map_id, *_) = fake.leads, fake.account.campaign_leads_by_map_id
    (key_id,) = fake.account.client_keys
    (block_id,) = (entry.id for entry in fake.account.blocked)
    ids: Ids = {
        **dict.fromkeys(("campaign_id", "campaignId", "email_campaign_id", "parent_campaign_id"), 4101),
        **dict.fromkeys(("lead_id", "leadId", "email_lead_id"), lead_id),
        **dict.fromkeys(("email_lead_map_id", "leadMapId", "lead_map_id", "email_lead_map_ids"), map_id),
        **dict.fromkeys(("email_account_id", "account_id", "emailAccountId"), 501),
        **dict.fromkeys(("clientId", "client_id", "clients.update.id"), client),
        **dict.fromkeys(
            ("list_id", "listId", "toListId", "lead_lists.push_between_lists.fromListId"), created["list"]
        ),
        **dict.fromkeys(("tagId", "tag_id", "email_account_tags.update.id", "lead_tags.update.id"), 10),
        "email_account_ids": [501],
        "email_ids": ["ada@sender.example"],
        "tag_ids": [10],
        "tagIds": [10],
        "lead_tags.add_to_lead.leadId": lead_id,
        "listIds": [created["list"]],
        "categories": ["Interested"],
        "email_stats_id": "stats-00000001",
        "stats_id": "stats-00000001",
        "inbox.reply_status.message_id": created["message"],
        "sub_sequence_id": created["child"],
        "block_list.delete.id": block_id,
        "tagMappingId": created["mapping"],
        "scheduler_cron_value": SCHEDULE,
        "provider_ids": [27],
        "sender_accounts": ["ada@sender.example"],
        "schedule_start_time": "2100-01-01T10:00:00.000Z",
        "test_end_date": "2100-02-01T10:00:00.000Z",
        "spamTestId": created["test"],
        "smart_delivery.stop_test.spamTestId": created["automated"],
        "spamTestIds": [created["test"]],
        "replyId": created["reply"],
        "folderId": created["folder"],
        "order_id": created["order"],
        "filter_id": created["search"],
        "phoneCc": "+34",
        "phone": "5550100",
        "email_accounts.save_oauth.from_email": "new@sender.example",
        "fromEmail": "ada@sender.example",
        "campaigns.delete.campaign_id": 4102,
        "campaigns.save_sequences.campaign_id": 4102,
        "campaigns.remove_email_accounts.campaign_id": 4102,
        "campaigns.save_sequences.sequences": [step(1)],
        "webhook_id": created["webhook"],
        "campaigns.delete_webhook.id": created["webhook"],
    }
    updates = (each for each in EVERYTHING if each.startswith("smart_prospect.update_"))
    ids |= {f"{each}.id": created["search"] for each in updates}
    for area, number in (
        ("clients", key_id),
        ("lead_lists", created["list"]),
        ("inbox", map_id),
        ("webhooks", created["webhook"]),
    ):
        ids |= {f"{each}.id": number for each in EVERYTHING if each.startswith(f"{area}.")}
    ids["clients.update.id"] = client
    for area in ("leads", "lead_notes", "lead_tasks"):
        ids |= {f"{each}.id": lead_id for each in EVERYTHING if each.startswith(f"{area}.")}
    ids["leads.sequence_details.id"] = map_id
    return fake, ids


def _created(fake: FakeSmartlead) -> dict[str, Any]:
    """Create what only the API can create, and return the ids."""

    def post(path: str, body: Any) -> Any:
        reply = carry_out(fake, "POST", f"/api/v1{path}", body=json.dumps(body).encode())
        assert reply.status == 200, reply
        return json.loads(reply.body) if reply.body.startswith(b"{") else None

    hook = {"name": "crm", "webhook_url": "https://hooks.example/sl", "event_types": ["EMAIL_REPLY"]}
    child = post("/campaigns/create-subsequence", {"parent_campaign_id": 4101})["id"]
    post("/campaigns/4101/reply-email-thread", {"email_stats_id": "stats-00000001", "email_body": "x"})
    spam_test = {
        "test_name": "Placement",
        "spam_filters": ["spam_assassin"],
        "link_checker": True,
        "campaign_id": 4101,
        "sequence_mapping_id": 6101,
        "provider_ids": [27],
        "sender_accounts": ["ada@sender.example"],
        "all_email_sent_without_time_gap": True,
        "is_warmup": False,
    }
    dates = {"schedule_start_time": "2100-01-01T10:00:00.000Z", "test_end_date": "2100-02-01T10:00:00.000Z"}
    order = least_request(EVERYTHING["smart_senders.place_order"], {"phoneCc": "+34", "phone": "5550100"})[3]
    post("/crm/leads/tags", {"leadId": next(iter(fake.leads)), "tagIds": [10]})
    test_id = post("/spam-test/manual", spam_test)["id"]
    finished = fake.account.paid.spam_tests[test_id]
    finished.runs = [finished.created_at - 2 * 3600]
    return {
        "list": post("/lead-list/", {"listName": "Spring"})["data"]["id"],
        "webhook": post("/campaigns/4101/webhooks", hook | {"categories": ["Interested"]})["id"],
        "child": child,
        "test": test_id,
        "reply": finished.arrived(finished.created_at)[0].id,
        "automated": post(
            "/spam-test/schedule", spam_test | dates | {"every_days": 7, "scheduler_cron_value": SCHEDULE}
        )["id"],
        "folder": post("/spam-test/folder", {"folderName": "Q2"})["id"],
        "search": post("/search-contacts", {"limit": 10})["data"]["filter_id"],
        "order": post("/smart-senders/place-order", order)["order_id"],
        "mapping": next(iter(fake.account.lead_tags)),
        "message": next(iter(fake.account.inbox.values())).scheduled[0].mail.message_id,
    }


@pytest.mark.parametrize("operation_id", sorted(EVERYTHING))
def test_the_least_request_of_every_operation_succeeds(operation_id: str) -> None:
    fake, ids = furnished()
    method, path, query, body = least_request(EVERYTHING[operation_id], ids)
    raw = json.dumps(body).encode() if body is not None else b""
    reply = carry_out(fake, method, f"/api/v1{path}", urlencode(query), raw)
    assert reply.status == 200, (method, path, query, body, reply.body)
    assert fake.requests.entries[-1].reason is None


@pytest.mark.sockets
async def test_every_operation_has_a_route_over_http() -> None:
    fake, ids = furnished()
    refused: dict[str, tuple[int, str]] = {}
    async with running(fake) as base_url, aiohttp.ClientSession(headers=AGENT) as session:
        for operation_id, operation in EVERYTHING.items():
            method, path, query, body = least_request(operation, ids)
            url = f"{base_url}{path}?{urlencode({'api_key': 'test-key', **query})}"
            data = json.dumps(body) if body is not None else None
            async with session.request(method, url, data=data) as response:
                text = "" if response.content_type.startswith("image/") else await response.text()
            # An object that an earlier request deleted is a 404 of the API in JSON; or a 500, as documented.
            is_refusal = operation_id in {"campaigns.duplicate", "campaigns.resume_lead"}
            if "Cannot" in text or "NO_HANDLER" in text or (response.status >= 500 and not is_refusal):
                refused[operation_id] = response.status, text
    assert refused == {}


def test_null_for_any_field_of_a_body_is_never_an_error_of_the_fake() -> None:
    failed: list[str] = []
    for operation_id, operation in EVERYTHING.items():
        fake, ids = furnished()
        for field in (operation.get("body") or {}).get("properties") or {}:
            method, path, query, body = least_request(operation, ids)
            raw = json.dumps({**body, field: None}).encode()
            carry_out(fake, method, f"/api/v1{path}", urlencode(query), raw)
            if fake.requests.entries[-1].reason is not None:
                failed.append(f"{operation_id}.{field}")
    assert failed == []
