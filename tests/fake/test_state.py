"""Snapshots and the clock, and the smaller operations on messages, webhooks and lists."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from smartlead_async.fake import FakeSmartlead, FaultKind, Faults
from smartlead_async.fake.clock import Clock, timestamp
from smartlead_async.virtual_time import VirtualTimeLoop

from .raw import Raw, expect


async def test_a_snapshot_contains_every_part_of_a_campaign(raw: Raw) -> None:
    campaign_id = await raw.active("One")
    hook = {"name": "crm", "webhook_url": "https://hooks.example/sl", "event_types": ["EMAIL_REPLY"]}
    hook |= {"categories": ["Interested"]}
    await raw.post(f"/campaigns/{campaign_id}/webhooks", hook)
    await raw.post("/campaigns/create-subsequence", {"parent_campaign_id": campaign_id})
    one, sub = raw.fake.snapshot()
    assert one == {
        "name": "One",
        "client_id": None,
        "status": "ACTIVE",
        "sequences": [
            {
                "number": number,
                "delay_in_days": delay,
                "subject": f"Subject {number}",
                "body": f"<p>Body {number}</p>",
                "variants": [],
            }
            for number, delay in ((1, 0), (2, 3))
        ],
        "schedule": {
            "timezone": "Europe/Berlin",
            "days": [1, 2, 3, 4, 5],
            "start_hour": "09:00",
            "end_hour": "17:00",
            "min_time_between_emails": 15,
            "max_leads_per_day": 40,
            "schedule_start_time": None,
        },
        "settings": {
            "track_settings": [],
            "stop_lead_settings": "REPLY_TO_AN_EMAIL",
            "unsubscribe_text": None,
            "send_as_plain_text": False,
            "follow_up_percentage": 100,
            "enable_ai_esp_matching": False,
        },
        "email_accounts": ["One@sender.example"],
        "leads": {"lin@prospect.example": {"status": "STARTED", "first_name": "Lin"}},
        "webhooks": [("crm", "https://hooks.example/sl")],
        "is_subsequence": False,
    }
    assert (sub["schedule"], sub["is_subsequence"]) == (None, True)


async def test_tags_of_campaigns_and_older_messages_are_returned_only_on_request(raw: Raw) -> None:
    campaign_id = await raw.ready()
    path = f"/campaigns/{campaign_id}"
    assert "tags" not in await raw.get(path)
    assert (await raw.get(path, include_tags="true"))["tags"] == []
    (listed,) = await raw.get("/campaigns/", include_tags="true")
    assert (listed["id"], listed["tags"]) == (campaign_id, [])
    raw.fake.record_message(campaign_id, "lin@prospect.example")
    (lead_id,) = raw.fake.leads
    history = f"{path}/leads/{lead_id}/message-history"
    for moment, count in (("2100-01-01T00:00:00Z", 0), ("2000-01-01T00:00:00Z", 1)):
        assert len((await raw.get(history, event_time_gt=moment))["history"]) == count


async def test_campaigns_are_found_by_name(raw: Raw) -> None:
    first = await raw.create("Same")
    await raw.create("Other")
    second = await raw.create("Same")
    assert [campaign.id for campaign in raw.fake.campaigns_named("Same")] == [first, second]


def test_the_clock_follows_the_loop_and_does_not_go_back_with_the_next_one() -> None:
    clock = Clock()
    before = clock.wall()
    assert (clock.now(), clock.wall()) == (0.0, before)

    async def read_after(seconds: float) -> list[float]:
        clock.now()
        await asyncio.sleep(seconds)
        return [clock.now(), clock.wall() - before]

    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(100.0)) as runner:
        assert runner.run(read_after(60)) == pytest.approx([160, 60])
    assert clock.now() == pytest.approx(160)
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(7.0)) as runner:
        assert runner.run(read_after(5)) == pytest.approx([165, 65])


@pytest.mark.parametrize(
    ("unix", "text"),
    [(0.0, "1970-01-01T00:00:00.000Z"), (1_800_000_000.9996, "2027-01-15T08:00:00.999Z")],
)
def test_a_timestamp_is_iso_8601_in_utc_with_milliseconds(unix: float, text: str) -> None:
    assert timestamp(unix) == text
    assert datetime.fromisoformat(text).timestamp() == pytest.approx(unix, abs=0.001)


def test_drawn_faults_have_delays_and_statuses_of_their_kind() -> None:
    faults = Faults(1.0, seed=1, longest=5.0, too_slow=90.0)
    for _ in range(2_000):
        fault = faults.draw()
        assert fault is not None
        match fault.kind:
            case FaultKind.STATUS_BEFORE | FaultKind.STATUS_AFTER:
                assert fault.status in {500, 502, 503, 504}
            case FaultKind.RATE_LIMITED:
                assert fault.status == 429
                assert fault.seconds in {1.0, 2.0, 3.0, 4.0, 5.0}
            case FaultKind.TOO_SLOW:
                assert fault.seconds == 90.0
            case FaultKind.NOT_JSON:
                assert fault.status in {200, 502}
            case _:
                assert 0.5 <= fault.seconds <= 5.0


async def test_a_webhook_is_created_once_and_updated_by_its_id(raw: Raw) -> None:
    campaign_id = await raw.create()
    path = f"/campaigns/{campaign_id}/webhooks"
    hook = {
        "name": "crm",
        "webhook_url": "https://hooks.example/sl",
        "event_types": ["EMAIL_REPLY"],
        "categories": ["Interested"],
    }
    saved = await raw.post(path, hook | {"id": None})
    assert (saved["event_types"], saved["categories"]) == (["EMAIL_REPLY"], ["Interested"])
    await raw.post(path, hook | {"id": saved["id"], "name": "crm 2"})
    (listed,) = await raw.get(path)
    assert (listed["id"], listed["name"], listed["email_campaign_id"]) == (saved["id"], "crm 2", campaign_id)
    assert (listed["event_types"], listed["categories"]) == (["EMAIL_REPLY"], ["Interested"])
    unknown = await raw.send("POST", path, hook | {"id": 1})
    assert expect(unknown, 404) == {"error": "Resource not found"}


async def test_the_summary_of_webhook_deliveries_is_empty(raw: Raw) -> None:
    campaign_id = await raw.create()
    span = {"fromTime": "2027-01-01T00:00:00Z", "toTime": "2027-02-01T00:00:00Z"}
    summary = await raw.get(f"/campaigns/{campaign_id}/webhooks/summary", **span)
    assert summary["data"]["timeRange"] == {"from": span["fromTime"], "to": span["toTime"]}
    again = await raw.post(f"/campaigns/{campaign_id}/webhooks/retrigger-failed-events", span)
    assert again["retriggered_count"] == 0
    bad = await raw.send("GET", f"/campaigns/{campaign_id}/webhooks/summary", fromTime=span["fromTime"])
    assert expect(bad, 400)["message"] == '"toTime" is required'


async def test_a_test_mail_requires_a_lead_and_a_step_of_the_campaign(raw: Raw) -> None:
    campaign_id = await raw.active()
    (lead_id,) = raw.fake.leads
    (mailbox,) = raw.fake.campaigns[campaign_id].email_account_ids
    path = f"/campaigns/{campaign_id}/send-test-email"
    good = {"leadId": lead_id, "sequenceNumber": 2, "selectedEmailAccountId": mailbox}
    assert (await raw.post(path, good))["success"] is True
    expect(await raw.send("POST", path, good | {"sequenceNumber": 3}), 404)
    expect(await raw.send("POST", path, good | {"leadId": 1}), 404)
    expect(await raw.send("POST", path, good | {"selectedEmailAccountId": mailbox + 1}), 400)


async def test_messages_are_forwarded_and_replied_to_only_if_they_exist(raw: Raw) -> None:
    campaign_id = await raw.active()
    first = raw.fake.record_message(campaign_id, "lin@prospect.example")
    second = raw.fake.record_message(campaign_id, "lin@prospect.example", step=2)
    assert first != second
    path = f"/campaigns/{campaign_id}"
    body = {"message_id": "<m@sender.example>", "stats_id": first, "to_emails": "sales@agency.example"}
    assert (await raw.post(f"{path}/forward-email", body))["status"] == "success"
    refused = await raw.send("POST", f"{path}/forward-email", body | {"stats_id": "none"})
    assert expect(refused, 400) == {"error": "Invalid email_stats_id - none"}
    response = await raw.send(
        "POST", f"{path}/reply-email-thread", {"email_stats_id": "none", "email_body": "x"}
    )
    assert expect(response, 400) == {"error": "Invalid email_stats_id - none"}


async def test_messages_of_mailboxes_are_fetched_one_by_one_or_in_bulk(raw: Raw) -> None:
    mailbox = raw.fake.add_email_account("ada@sender.example")
    assert await raw.post(f"/email-accounts/{mailbox}/fetch-messages", {"limit": 5}) == {}
    bulk = "/email-accounts/multi/fetch-messages"
    assert await raw.post(bulk, [{"account_id": mailbox, "from": "2027-01-01T00:00:00Z"}]) == []
    expect(await raw.send("POST", bulk, [{"account_id": mailbox + 1}]), 404)
    bad = expect(await raw.send("POST", bulk, [{"account_id": mailbox}, {"limit": 5}]), 400)
    assert bad["validation"] == {"source": "body", "keys": ["1.account_id"]}
    assert expect(await raw.send("POST", bulk, {"account_id": mailbox}), 400)["message"] == (
        '"value" must be an array'
    )


async def test_a_lead_is_unsubscribed_in_one_campaign_or_in_all(raw: Raw) -> None:
    campaigns = [await raw.ready("One"), await raw.ready("Two")]
    (lead_id,) = raw.fake.leads
    await raw.post(f"/campaigns/{campaigns[0]}/leads/{lead_id}/unsubscribe")

    async def shown() -> list[bool]:
        pages = [await raw.get(f"/campaigns/{number}/leads") for number in campaigns]
        return [page["data"][0]["lead"]["is_unsubscribed"] for page in pages]

    assert await shown() == [True, False]
    raw.fake.unsubscribe("LIN@prospect.example")
    assert await shown() == [True, True]


async def test_leads_are_pushed_to_lists_and_found_there(raw: Raw) -> None:
    first, second = await raw.ready("One"), await raw.create("Two")
    await raw.post(f"/campaigns/{second}/leads", {"lead_list": [{"email": "max@prospect.example"}]})
    lin, mx = raw.fake.leads
    (member,) = raw.fake.campaigns[first].leads.values()
    await raw.post("/leads/push-to-list", {"listId": 5, "leadIds": [mx, 1]})
    body = {"campaignId": first, "listId": 5, "leadMapIds": [member.map_id]}
    for _ in range(2):
        await raw.post("/leads/campaign/push-to-list", body)
    assert [lead["id"] for lead in (await raw.get("/leads/all", listId=5))["data"]["leads"]] == [lin, mx]
    assert list(raw.fake.account.lead_lists[5].lead_ids) == [mx, lin]
    assert (await raw.get("/leads/all", campaignId=second))["data"]["leads"][0]["id"] == mx
    assert (await raw.get("/leads/all", status="PAUSED"))["data"]["leads"] == []
    await raw.send("DELETE", f"/leads/{lin}")
    assert list(raw.fake.leads) == [mx]
    assert raw.fake.campaigns[first].leads == {}


async def test_the_mailbox_of_a_lead_is_replaced_only_with_override(raw: Raw) -> None:
    campaign_id = await raw.active()
    (lead_id,) = raw.fake.leads
    first, second = [
        *raw.fake.campaigns[campaign_id].email_account_ids,
        raw.fake.add_email_account("b@s.example"),
    ]
    await raw.post(f"/campaigns/{campaign_id}/email-accounts", {"email_account_ids": [second]})
    body = {"email_campaign_id": campaign_id, "email_lead_id": lead_id}
    member = raw.fake.campaigns[campaign_id].leads[lead_id]
    path = "/campaigns/update-lead-email-account"
    for mailbox, override, expected in (
        (first, False, first),
        (second, False, first),
        (second, True, second),
    ):
        await raw.post(path, body | {"email_account_id": mailbox, "override_lead_email_account": override})
        assert member.email_account_id == expected
    expect(await raw.send("POST", path, body | {"email_account_id": 1}), 400)
    expect(await raw.send("POST", path, body | {"email_account_id": first, "email_lead_id": 1}), 404)


def test_a_fake_without_a_loop_can_be_set_up_and_read() -> None:
    fake = FakeSmartlead()
    fake.add_email_account("ada@sender.example")
    assert fake.snapshot() == []
    assert (fake.campaigns, fake.leads, len(fake.requests)) == ({}, {}, 0)
