"""The objects each API key can see, and the mailboxes that can be linked to a campaign."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from smartlead_async.errors import Interrupted
from smartlead_async.fake import FakeSmartlead, Fault

from .raw import READY, Raw, expect

DENIED = "Email account id - {} not allowed. Permission Error."


@pytest.fixture
def one(raw: Raw) -> Raw:
    """Return a client with the key of the account's client 7."""
    raw.fake.add_client("Client Seven", client_id=7, api_key="client-seven")
    return attrs.evolve(raw, key="client-seven")


@pytest.fixture
def other(raw: Raw) -> Raw:
    """Return a client of a second account."""
    return attrs.evolve(raw, key="other-key", account=raw.fake.add_account("other-key"))


@pytest.mark.parametrize("key", ["wrong", "", None])
async def test_an_invalid_key_is_a_401_with_a_body_of_its_own_for_tags(raw: Raw, key: str | None) -> None:
    stranger = attrs.evolve(raw, key=key)
    assert expect(await stranger.send("GET", "/campaigns/"), 401) == {"message": "Invalid API Key"}
    text = "User authentication required."
    assert expect(await stranger.send("GET", "/email-accounts/tags"), 401) == {"ok": False, "message": text}
    expect(await stranger.send("POST", "/campaigns/create", {"name": "A"}), 401)
    assert raw.fake.campaigns == {}


async def test_a_key_in_the_body_is_ignored(raw: Raw) -> None:
    expect(await attrs.evolve(raw, key=None).send("POST", "/campaigns/create", {"api_key": "test-key"}), 401)
    response = await raw.send("POST", "/campaigns/create", {"api_key": "test-key"})
    assert expect(response, 400)["message"] == '"api_key" is not allowed'


async def test_a_revoked_key_is_refused_from_then_on(raw: Raw) -> None:
    await raw.create()
    raw.fake.revoke_key("test-key")
    assert (await raw.send("GET", "/campaigns/")).status == 401


async def test_a_clients_key_sets_the_client_and_sees_only_its_objects(raw: Raw, one: Raw) -> None:
    foreign = await raw.create("The agency's own")
    own = await one.create("The client's")
    assert raw.fake.campaigns[own].client_id == 7
    assert [c["id"] for c in await one.get("/campaigns/")] == [own]
    assert [c["id"] for c in await raw.get("/campaigns/")] == [own, foreign]
    assert [c["id"] for c in await raw.get("/campaigns/", client_id=7)] == [own]
    assert await one.get(f"/campaigns/{foreign}") == {}
    expect(await one.send("POST", f"/campaigns/{foreign}/settings", {"name": "Mine"}), 404)
    expect(await one.send("POST", f"/campaigns/{foreign}/duplicate", {}), 500)
    refused = await one.send("POST", "/campaigns/create", {"name": "A", "client_id": 8})
    assert "Permission Error" in expect(refused, 400)["error"]
    copy = (await one.post(f"/campaigns/{own}/duplicate"))["newCampaignId"]
    assert raw.fake.campaigns[copy].client_id == 7


async def test_a_clients_key_sees_only_leads_in_its_campaigns(raw: Raw, one: Raw) -> None:
    foreign = await raw.create("The agency's own")
    await raw.post(f"/campaigns/{foreign}/leads", READY["leads"])
    (lead_id,) = raw.fake.leads
    assert (await one.get(f"/leads/{lead_id}"))["data"] == []
    assert await one.get("/leads/", email="lin@prospect.example") == {}
    assert (await one.get("/leads/all"))["data"]["leads"] == []
    own = await one.create("The client's")
    await one.post(f"/campaigns/{own}/leads", READY["leads"])
    assert [
        p["campaign_id"]
        for p in (await one.get("/leads/", email="lin@prospect.example"))["lead_campaign_data"]
    ] == [own]


async def test_a_clients_key_cannot_use_a_foreign_mailbox(raw: Raw, one: Raw) -> None:
    foreign = raw.fake.add_email_account("ada@sender.example")
    own = raw.fake.add_email_account("bob@sender.example", client_id=7)
    campaign_id = await one.create()
    path = f"/campaigns/{campaign_id}/email-accounts"
    response = await one.send("POST", path, {"email_account_ids": [own, foreign]})
    assert expect(response, 400) == {"error": DENIED.format(foreign)}
    assert await one.get(path) == []
    assert [m["id"] for m in await one.get("/email-accounts")] == [own]
    expect(await one.send("GET", f"/email-accounts/{foreign}"), 404)


async def test_accounts_share_nothing_but_the_ids(raw: Raw, other: Raw) -> None:
    first, second = await raw.create("Ours"), await other.create("Theirs")
    assert second == first + 1
    assert await raw.get(f"/campaigns/{second}") == {}
    assert [c["name"] for c in await other.get("/campaigns/")] == ["Theirs"]


async def test_a_message_history_shows_the_sender_of_its_own_account(raw: Raw, other: Raw) -> None:
    raw.fake.add_email_account("ours@sender.example")
    campaign_id = await other.ready("Theirs")
    assert other.account is not None
    (lead_id,) = other.account.leads
    raw.fake.record_message(campaign_id, "lin@prospect.example", account=other.account)
    history = await other.get(f"/campaigns/{campaign_id}/leads/{lead_id}/message-history")
    assert history["from"] == "Theirs@sender.example"
    assert [message["from"] for message in history["history"]] == ["Theirs@sender.example"]


async def test_a_reply_is_sent_from_the_mailbox_of_its_own_account(raw: Raw, other: Raw) -> None:
    campaign_id = await other.active("Theirs")
    assert other.account is not None
    (lead_id,) = other.account.leads
    stats_id = raw.fake.record_message(campaign_id, "lin@prospect.example", account=other.account)
    body = {"email_stats_id": stats_id, "email_body": "<p>Gladly</p>"}
    path = f"/campaigns/{campaign_id}"
    assert (await other.send("POST", f"{path}/reply-email-thread", body)).status == 200
    history = (await other.get(f"{path}/leads/{lead_id}/message-history"))["history"]
    assert [message["from"] for message in history] == ["Theirs@sender.example"] * 2


async def test_settling_lists_the_hidden_campaigns_of_every_account(raw: Raw, other: Raw) -> None:
    raw.fake.fail_next(Fault.unlisted(1000))
    with pytest.raises(Interrupted):
        await other.create("Hidden")
    raw.fake.settle()
    assert [campaign["name"] for campaign in await other.get("/campaigns/")] == ["Hidden"]


async def test_a_clients_key_reconnects_only_its_own_mailboxes(raw: Raw, one: Raw) -> None:
    foreign = raw.fake.add_email_account("ada@sender.example", healthy=False)
    own = raw.fake.add_email_account("bob@sender.example", healthy=False, client_id=7)
    await one.post("/email-accounts/reconnect-failed-email-accounts")
    assert raw.fake.email_accounts[own].usable
    assert not raw.fake.email_accounts[foreign].usable


async def test_a_second_account_has_clients_and_keys_of_its_own(raw: Raw, other: Raw) -> None:
    raw.fake.add_client("Theirs", client_id=8, api_key="their-client", account=other.account)
    assert 8 not in raw.fake.account.clients
    campaign_id = await attrs.evolve(other, key="their-client").create("The client's")
    assert (await other.get(f"/campaigns/{campaign_id}"))["client_id"] == 8
    assert await raw.get(f"/campaigns/{campaign_id}") == {}


async def test_an_unknown_client_is_added_or_refused_by_switch(raw: Raw) -> None:
    await raw.create(client_id=99)
    assert 99 in raw.fake.account.clients
    strict = FakeSmartlead(strict_clients=True)
    known = strict.add_client("Known")
    client = Raw(strict, strict.transport())
    await client.create(client_id=known)
    refused = await client.send("POST", "/campaigns/create", {"client_id": 99})
    assert expect(refused, 400) == {"error": "Invalid client_id - 99"}


# --- mailboxes ---------------------------------------------------------------------------------------


async def test_linking_a_mailbox_twice_links_it_once(raw: Raw) -> None:
    mailbox = raw.fake.add_email_account("ada@sender.example", tags=["warm"])
    campaign_id = await raw.create()
    path = f"/campaigns/{campaign_id}/email-accounts"
    first = await raw.post(path, {"email_account_ids": [mailbox, mailbox]})
    second = await raw.post(path, {"email_account_ids": [mailbox]})
    assert {row["id"] for row in first["result"]} == {row["id"] for row in second["result"]}
    (row,) = await raw.get(path, include_tags="true")
    assert (row["from_email"], row["campaign_count"]) == ("ada@sender.example", 1)
    assert [tag["name"] for tag in row["tags"]] == ["warm"]


@pytest.mark.parametrize(
    "health", [{"healthy": False}, {"smtp_ok": False}, {"imap_ok": False}, {"suspended": True}]
)
async def test_a_mailbox_that_is_not_well_cannot_be_linked(raw: Raw, health: dict[str, Any]) -> None:
    healthy = raw.fake.add_email_account("ada@sender.example")
    unhealthy = raw.fake.add_email_account("bob@sender.example", **health)
    campaign_id = await raw.create()
    path = f"/campaigns/{campaign_id}/email-accounts"
    response = await raw.send("POST", path, {"email_account_ids": [healthy, unhealthy]})
    assert f"Email account id - {unhealthy} not allowed" in expect(response, 400)["error"]
    assert await raw.get(path) == []


async def test_an_unknown_mailbox_is_a_permission_error(raw: Raw) -> None:
    campaign_id = await raw.create()
    for method in ("POST", "DELETE"):
        response = await raw.send(
            method, f"/campaigns/{campaign_id}/email-accounts", {"email_account_ids": [297]}
        )
        assert expect(response, 400) == {"error": DENIED.format(297)}


async def test_the_last_mailbox_of_an_active_campaign_cannot_be_removed(raw: Raw) -> None:
    campaign_id = await raw.active()
    (first,) = raw.fake.campaigns[campaign_id].email_account_ids
    second = raw.fake.add_email_account("bob@sender.example")
    path = f"/campaigns/{campaign_id}/email-accounts"
    body = {"email_account_ids": [first]}
    expect(await raw.send("DELETE", path, body), 400)
    await raw.post(path, {"email_account_ids": [second]})
    assert expect(await raw.send("DELETE", path, body), 200) == {"ok": True, "result": 1}
    assert expect(await raw.send("DELETE", path, body), 200) == {"ok": True, "result": 0}
    expect(await raw.send("DELETE", path, {"email_account_ids": [second]}), 400)
    await raw.post(f"/campaigns/{campaign_id}/status", {"status": "PAUSED"})
    expect(await raw.send("DELETE", path, {"email_account_ids": [second]}), 200)
    assert raw.fake.campaigns[campaign_id].email_account_ids == {}


async def test_mailboxes_are_listed_as_a_bare_array_with_pages_and_filters(raw: Raw) -> None:
    fake = raw.fake
    ids = [fake.add_email_account(f"m{n}@sender.example", smtp_ok=n != 2, type="GMAIL") for n in range(5)]
    assert [m["id"] for m in await raw.get("/email-accounts/", offset=3, limit=10)] == ids[3:]
    assert [m["id"] for m in await raw.get("/email-accounts", isSmtpSuccess="false")] == [ids[2]]
    assert [m["id"] for m in await raw.get("/email-accounts", username="m4@")] == [ids[4]]
    assert await raw.get("/email-accounts", esp="OUTLOOK") == []
    assert await raw.get("/email-accounts", isInUse="true") == []
    listed = (await raw.get("/email-accounts", limit=1))[0]
    single = await raw.get(f"/email-accounts/{ids[0]}/")
    assert listed["password"] == "c2VjcmV0"
    assert single["password"] == "secret"


async def test_a_mailbox_is_created_updated_suspended_and_deleted(raw: Raw) -> None:
    body = {
        "from_name": "Ada",
        "from_email": "ada@sender.example",
        "user_name": "ada",
        "password": "pw",
        "smtp_host": "smtp.sender.example",
        "smtp_port": 587,
        "imap_host": "imap.sender.example",
        "imap_port": 993,
        "warmup_enabled": True,
        "total_warmup_per_day": 20,
    }
    saved = await raw.post("/email-accounts/save", body)
    number = saved["emailAccountId"]
    again = expect(await raw.send("POST", "/email-accounts/save", body), 400)
    assert (again["ok"], again["errorCode"]) == (False, "ACCOUNT_ALREADY_EXIST")
    changes = {"max_email_per_day": 30, "time_to_wait_in_mins": 9, "bcc": "crm@sender.example"}
    await raw.post(f"/email-accounts/{number}", changes)
    mailbox = await raw.get(f"/email-accounts/{number}")
    assert (mailbox["message_per_day"], mailbox["minTimeToWaitInMins"]) == (30, 9)
    assert (mailbox["bcc_email"], mailbox["username"]) == ("crm@sender.example", "ada")
    assert mailbox["warmup_details"]["status"] == "ACTIVE"
    response = expect(await raw.send("PUT", f"/email-accounts/suspend/{number}"), 200)
    assert response["data"] == {"accountId": number, "isSuspended": True}
    response = expect(await raw.send("DELETE", f"/email-accounts/unsuspend/{number}"), 200)
    assert response["data"] == {"accountId": number, "isSuspended": False}
    assert expect(await raw.send("DELETE", f"/email-accounts/{number}"), 200)["emailAccountId"] == number
    assert expect(await raw.send("DELETE", f"/email-accounts/{number}"), 404) == {
        "ok": False,
        "message": "Email account not found!",
        "errorCode": "ACCOUNT_NOT_FOUND",
        "emailAccountId": number,
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "expected"),
    [
        ("GET", "/email-accounts/9", None, 404, {"error": "Email account not found"}),
        ("POST", "/email-accounts/9", {}, 404, {"error": "Email account not found"}),
        (
            *("GET", "/email-accounts/9/warmup-stats", None, 404),
            {"message": "Email account not found", "status": "error"},
        ),
        (
            *("PUT", "/email-accounts/suspend/9", None, 400),
            {"success": False, "message": "Email account not found or does not belong to you"},
        ),
        ("POST", "/email-accounts/save", {}, 422, {"error": "from_name is required"}),
        (
            *("POST", "/email-accounts/9/warmup", {"warmup_enabled": True, "total_warmup_per_day": 51}, 422),
            {"error": "total_warmup_per_day must be less than or equal to 50"},
        ),
        (
            *("POST", "/email-accounts/reconnect-failed-email-accounts", {}, 404),
            {"message": "No failed email account found!"},
        ),
    ],
)
async def test_recorded_refusals_about_mailboxes(
    raw: Raw, method: str, path: str, body: Any, status: int, expected: Any
) -> None:
    assert expect(await raw.send(method, path, body), status) == expected


async def test_an_oauth_mailbox_is_created_and_updated_by_its_id(raw: Raw) -> None:
    token = {"scope": "mail", "token_type": "Bearer", "expiry_date": 1_800_000_000_000}
    body = {
        "from_name": "Ada",
        "from_email": "ada@sender.example",
        "username": "ada",
        "type": "GMAIL",
        "token": token,
        "warmup_enabled": False,
        "use_whitelabel_credentials": False,
    }
    path = "/email-accounts/save-oauth"
    number = (await raw.post(path, body))["data"]["id"]
    assert (await raw.post(path, body | {"id": number, "from_name": "Ada B"}))["data"]["id"] == number
    mailbox = await raw.get(f"/email-accounts/{number}")
    assert (mailbox["from_name"], mailbox["type"], mailbox["warmup_details"]) == ("Ada B", "GMAIL", None)
    unknown = expect(await raw.send("POST", path, body | {"id": 9}), 404)
    assert unknown["errorCode"] == "ACCOUNT_NOT_FOUND"
    refused = await raw.send("POST", path, body | {"type": "SMTP"})
    assert expect(refused, 422) == {"error": "type must be one of [GMAIL, OUTLOOK]"}
    nameless = {key: value for key, value in body.items() if key != "from_name"}
    assert expect(await raw.send("POST", path, nameless), 422) == {"error": "from_name is required"}
    assert expect(await raw.send("POST", path, body | {"from_name": 5}), 400)["validation"]["keys"] == [
        "from_name"
    ]


async def test_reconnecting_is_allowed_three_times_a_day(raw: Raw) -> None:
    path = "/email-accounts/reconnect-failed-email-accounts"
    unhealthy = raw.fake.add_email_account("ada@sender.example", healthy=False)
    for _ in range(3):
        raw.fake.email_accounts[unhealthy].smtp_ok = False
        await raw.post(path)
        assert raw.fake.email_accounts[unhealthy].usable
    refused = expect(await raw.send("POST", path, {}), 406)
    assert refused["ok"] is True
    assert "3 times a day" in refused["message"]


async def test_a_deleted_mailbox_is_unlinked_from_its_campaigns(raw: Raw) -> None:
    campaign_id = await raw.ready()
    (number,) = raw.fake.campaigns[campaign_id].email_account_ids
    await raw.send("DELETE", f"/email-accounts/{number}")
    assert raw.fake.campaigns[campaign_id].email_account_ids == {}
    assert raw.fake.snapshot()[0]["email_accounts"] == []
