"""The life cycle of a campaign and its rules."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async.fake import FakeSmartlead

from .raw import SCHEDULE, Raw, expect, step

NOT_FOUND = {"error": "Campaign not found - Invalid campaign_id."}


async def test_a_fresh_campaign_has_the_documented_defaults(raw: Raw) -> None:
    created = await raw.post("/campaigns/create", {"name": "Spring outreach"})
    assert created.keys() == {"ok", "id", "name", "created_at"}
    campaign = await raw.get(f"/campaigns/{created['id']}")
    assert campaign["created_at"] == created["created_at"]
    assert campaign["created_at"].endswith("Z")
    defaults = {
        "id": created["id"],
        "status": "DRAFTED",
        "name": "Spring outreach",
        "track_settings": [],
        "scheduler_cron_value": None,
        "min_time_btwn_emails": 20,
        "max_leads_per_day": 100,
        "stop_lead_settings": "REPLY_TO_AN_EMAIL",
        "schedule_start_time": None,
        "enable_ai_esp_matching": False,
        "send_as_plain_text": False,
        "follow_up_percentage": 100,
        "unsubscribe_text": None,
        "parent_campaign_id": None,
        "client_id": None,
    }
    assert {key: campaign[key] for key in defaults} == defaults


async def test_a_campaign_without_a_name_is_untitled(raw: Raw) -> None:
    assert (await raw.post("/campaigns/create"))["name"] == "Untitled Campaign"
    refused = await raw.send("POST", "/campaigns/create", {"name": "  "})
    assert expect(refused, 422) == {"error": "Invalid campaign name format"}


async def test_ids_grow_and_lists_show_the_newest_campaign_first(raw: Raw) -> None:
    ids = [await raw.create(f"Campaign {n}") for n in range(4)]
    assert ids == sorted(set(ids))
    assert [c["id"] for c in await raw.get("/campaigns/")] == ids[::-1]


async def test_an_unknown_campaign_is_an_empty_object_when_read_and_a_404_elsewhere(raw: Raw) -> None:
    assert await raw.get("/campaigns/999") == {}
    for method, path, body in (
        ("POST", "/campaigns/999/status", {"status": "START"}),
        ("POST", "/campaigns/999/schedule", SCHEDULE),
        ("GET", "/campaigns/999/sequences", None),
        ("GET", "/campaigns/999/leads", None),
        ("DELETE", "/campaigns/999", None),
    ):
        assert expect(await raw.send(method, path, body), 404) == NOT_FOUND


@pytest.mark.parametrize(
    ("but", "missing"),
    [
        ("sequences", "a sequence with at least one step"),
        ("email-accounts", "an email account"),
        ("leads", "a lead"),
        ("schedule", "a schedule"),
    ],
)
async def test_start_is_refused_while_a_part_is_missing(raw: Raw, but: str, missing: str) -> None:
    campaign_id = await raw.ready(but=but)
    response = await raw.send("POST", f"/campaigns/{campaign_id}/status", {"status": "START"})
    assert expect(response, 400) == {"error": f"Campaign cannot be started - it needs {missing}."}
    assert raw.fake.campaigns[campaign_id].status == "DRAFTED"


async def test_a_complete_campaign_starts_and_starting_it_again_succeeds(raw: Raw) -> None:
    campaign_id = await raw.ready()
    for _ in range(2):
        assert await raw.post(f"/campaigns/{campaign_id}/status", {"status": "START"}) == {"ok": True}
        assert (await raw.get(f"/campaigns/{campaign_id}"))["status"] == "ACTIVE"


@pytest.mark.parametrize("status", ["ACTIVE", "PAUSE", "STOP", "DRAFTED", 1, None])
async def test_only_three_values_change_a_status(raw: Raw, status: Any) -> None:
    campaign_id = await raw.ready()
    response = await raw.send("POST", f"/campaigns/{campaign_id}/status", {"status": status})
    text = "Invalid value for status. Allowed values are - START,STOPPED,PAUSED"
    assert expect(response, 400) == {"error": text}


async def test_only_an_active_campaign_can_be_paused_and_a_paused_one_started_again(raw: Raw) -> None:
    campaign_id = await raw.ready()
    path = f"/campaigns/{campaign_id}/status"
    expect(await raw.send("POST", path, {"status": "PAUSED"}), 400)
    for value, status in (
        ("START", "ACTIVE"),
        ("PAUSED", "PAUSED"),
        ("PAUSED", "PAUSED"),
        ("START", "ACTIVE"),
    ):
        await raw.post(path, {"status": value})
        assert raw.fake.campaigns[campaign_id].status == status


@pytest.mark.parametrize("value", ["START", "PAUSED"])
async def test_stopped_is_final(raw: Raw, value: str) -> None:
    campaign_id = await raw.active()
    path = f"/campaigns/{campaign_id}/status"
    await raw.post(path, {"status": "STOPPED"})
    expect(await raw.send("POST", path, {"status": value}), 400)
    assert raw.fake.campaigns[campaign_id].status == "STOPPED"
    await raw.post(path, {"status": "STOPPED"})


async def test_sequences_can_be_changed_when_paused_but_not_while_active(raw: Raw) -> None:
    campaign_id = await raw.active()
    path = f"/campaigns/{campaign_id}/sequences"
    before = await raw.get(path)
    response = await raw.send("POST", path, {"sequences": [step(1, subject="Other")]})
    assert "ACTIVE" in expect(response, 400)["error"]
    assert await raw.get(path) == before
    await raw.post(f"/campaigns/{campaign_id}/status", {"status": "PAUSED"})
    await raw.post(path, {"sequences": [step(1, subject="Other")]})
    assert [s["subject"] for s in await raw.get(path)] == ["Other"]


async def test_saving_replaces_all_steps_and_keeps_the_ids_that_are_sent(raw: Raw) -> None:
    campaign_id = await raw.create()
    path = f"/campaigns/{campaign_id}/sequences"
    await raw.post(path, {"sequences": [step(2), step(1), step(3)]})
    first = await raw.get(path)
    assert [s["seq_number"] for s in first] == [1, 2, 3]
    saved = await raw.post(path, {"sequences": [step(1, id=first[0]["id"]), step(2)]})
    second = await raw.get(path)
    assert [s["id"] for s in second] == [s["id"] for s in saved["data"]["sequences"]]
    assert second[0]["id"] == first[0]["id"]
    assert second[1]["id"] not in {s["id"] for s in first}
    response = await raw.send("POST", path, {"sequences": [step(1, id=1)]})
    assert expect(response, 400) == {"error": "Invalid sequence id - 1"}


async def test_steps_have_other_names_in_responses_than_in_requests(raw: Raw) -> None:
    campaign_id = await raw.create()
    path = f"/campaigns/{campaign_id}/sequences"
    variant = {"subject": "A", "email_body": "<p>A</p>", "variant_label": "A"}
    given = {"seq_number": 1, "seq_delay_details": {"delay_in_days": 4}, "seq_variants": [variant]}
    await raw.post(path, {"sequences": [given]})
    (read,) = await raw.get(path)
    assert read["seq_delay_details"] == {"delayInDays": 4}
    assert "seq_variants" not in read
    (read_variant,) = read["sequence_variants"]
    assert (read_variant["variant_label"], read_variant["subject"]) == ("A", "A")
    assert read_variant["email_campaign_seq_id"] == read["id"]


async def test_a_step_without_variants_needs_a_body(raw: Raw) -> None:
    campaign_id = await raw.create()
    given = {"seq_number": 1, "seq_delay_details": {"delay_in_days": 0}, "subject": "S"}
    response = await raw.send("POST", f"/campaigns/{campaign_id}/sequences", {"sequences": [given]})
    assert expect(response, 400)["message"] == '"sequences[0].email_body" is required'


async def test_schedule_and_settings_are_returned_under_their_read_names(raw: Raw) -> None:
    campaign_id = await raw.create()
    await raw.post(f"/campaigns/{campaign_id}/schedule", SCHEDULE)
    settings = {
        "name": "Renamed",
        "track_settings": ["DONT_TRACK_EMAIL_OPEN", "DONT_TRACK_REPLY_TO_AN_EMAIL"],
        "stop_lead_settings": "OPEN_AN_EMAIL",
        "follow_up_percentage": 60,
        "unsubscribe_text": "Not for me",
        "bounce_autopause_threshold": "5",
    }
    await raw.post(f"/campaigns/{campaign_id}/settings", settings)
    campaign = await raw.get(f"/campaigns/{campaign_id}")
    cron = {"tz": "Europe/Berlin", "days": [1, 2, 3, 4, 5], "startHour": "09:00", "endHour": "17:00"}
    assert campaign["scheduler_cron_value"] == cron
    assert (campaign["min_time_btwn_emails"], campaign["max_leads_per_day"]) == (15, 40)
    assert campaign["track_settings"] == ["DONT_EMAIL_OPEN", "DONT_REPLY_TO_AN_EMAIL"]
    assert (campaign["name"], campaign["stop_lead_settings"]) == ("Renamed", "OPEN_AN_EMAIL")
    assert (campaign["follow_up_percentage"], campaign["unsubscribe_text"]) == (60, "Not for me")
    assert raw.fake.campaigns[campaign_id].settings == {"bounce_autopause_threshold": "5"}


async def test_a_list_shows_a_change_made_after_an_earlier_list(raw: Raw) -> None:
    campaign_id = await raw.create()
    await raw.get("/campaigns/")
    await raw.post(f"/campaigns/{campaign_id}/settings", {"name": "Renamed"})
    assert [c["name"] for c in await raw.get("/campaigns/")] == ["Renamed"]


async def test_an_active_campaign_cannot_be_deleted_and_the_refusal_is_a_200(raw: Raw) -> None:
    campaign_id = await raw.active()
    response = await raw.send("DELETE", f"/campaigns/{campaign_id}")
    text = "Cannot delete active campaign. Please stop it first."
    assert expect(response, 200) == {"success": False, "error": {"code": "CAMPAIGN_ACTIVE", "message": text}}
    await raw.post(f"/campaigns/{campaign_id}/status", {"status": "STOPPED"})
    assert expect(await raw.send("DELETE", f"/campaigns/{campaign_id}"), 200) == {"ok": True}
    assert expect(await raw.send("DELETE", f"/campaigns/{campaign_id}"), 404) == NOT_FOUND
    assert await raw.get("/campaigns/") == []
    assert all(not mailbox.campaign_ids for mailbox in raw.fake.email_accounts.values())


async def test_a_duplicate_has_everything_but_the_leads_and_is_drafted(raw: Raw) -> None:
    raw.fake.add_client("Client One", client_id=7)
    source = await raw.active("Source")
    settings = {"client_id": 7, "track_settings": ["DONT_TRACK_LINK_CLICK"], "add_unsubscribe_tag": True}
    await raw.post(f"/campaigns/{source}/settings", settings)
    body = {"duplicate_client_label": True}
    copy = (await raw.post(f"/campaigns/{source}/duplicate", body))["newCampaignId"]
    shots = {shot["name"]: shot for shot in raw.fake.snapshot()}
    original, duplicate = shots["Source"], shots["Source - copy"]
    assert duplicate == original | {"name": "Source - copy", "status": "DRAFTED", "leads": {}}
    assert original["leads"]
    of_source = {s.id for s in raw.fake.campaigns[source].sequences}
    assert of_source.isdisjoint(s.id for s in raw.fake.campaigns[copy].sequences)
    plain = (await raw.post(f"/campaigns/{source}/duplicate"))["newCampaignId"]
    assert raw.fake.campaigns[plain].client_id is None


async def test_duplicating_an_unknown_campaign_is_a_500(raw: Raw) -> None:
    response = await raw.send("POST", "/campaigns/999/duplicate", {})
    assert expect(response, 500) == {"message": "Invalid campaign Id!"}


async def test_subsequences_belong_to_a_parent_and_are_duplicated_on_request(raw: Raw) -> None:
    parent = await raw.create("Parent")
    child = await raw.post("/campaigns/create-subsequence", {"parent_campaign_id": parent})
    assert child["parent_campaign_id"] == parent
    assert raw.fake.campaigns[child["id"]].parent_campaign_id == parent
    copy = await raw.post(f"/campaigns/{parent}/duplicate", {"duplicate_sub_sequence": True})
    parents = [c.parent_campaign_id for c in raw.fake.campaigns.values()]
    assert parents.count(copy["newCampaignId"]) == 1


async def test_a_campaign_completes_when_its_last_lead_is_completed(raw: Raw) -> None:
    campaign_id = await raw.active()
    (member,) = raw.fake.campaigns[campaign_id].leads.values()
    path = f"/campaigns/{campaign_id}/leads/{member.map_id}/manual-complete"
    first = await raw.post(path)
    assert first["status"]["isLastSequence"] is False
    assert first["status"]["nextSequence"]["delayInDays"] == "3"
    assert (await raw.post(path))["status"] == {"isLastSequence": True, "nextSequence": None}
    assert (await raw.get(f"/campaigns/{campaign_id}"))["status"] == "COMPLETED"


async def test_analytics_counts_are_digit_strings(raw: Raw) -> None:
    campaign_id = await raw.active()
    raw.fake.record_message(campaign_id, "lin@prospect.example", subject="Hello")
    analytics = await raw.get(f"/campaigns/{campaign_id}/analytics")
    assert (analytics["sent_count"], analytics["total_count"]) == ("1", "1")
    assert analytics["sequence_count"] == "2"
    assert analytics["campaign_lead_stats"]["inprogress"] == 1


async def test_two_fakes_with_the_same_history_have_equal_snapshots(raw: Raw) -> None:
    other = FakeSmartlead()
    await other_campaigns_first(other)
    await Raw(other, other.transport()).active("One")
    await raw.active("One")
    assert raw.fake.snapshot() == other.snapshot()


async def other_campaigns_first(fake: FakeSmartlead) -> None:
    """Shift every id, to show that snapshots contain none."""
    client = Raw(fake, fake.transport())
    campaign_id = await client.ready("Gone")
    await client.send("DELETE", f"/campaigns/{campaign_id}")
