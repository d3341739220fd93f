"""Leads: one record for each address, and imports whose counters add up."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.fake import FakeSmartlead
from smartlead_async.virtual_time import run

from .raw import Raw, expect

SKIPPED = (
    "already_added_to_campaign",
    "duplicate_count",
    "invalid_email_count",
    "block_count",
    "bounce_count",
)


async def add(raw: Raw, campaign_id: int, *emails: str, **settings: bool) -> Any:
    body = {
        "lead_list": [{"email": email} for email in emails],
        "settings": {"return_lead_ids": True, **settings},
    }
    return await raw.post(f"/campaigns/{campaign_id}/leads", body)


async def test_every_counter_of_an_import(raw: Raw) -> None:
    fake = raw.fake
    other, campaign_id = await raw.create("Other"), await raw.create("This")
    await add(raw, other, "elsewhere@prospect.example")
    await add(raw, campaign_id, "here@prospect.example")
    fake.block("blocked.example")
    fake.block("one@prospect.example")
    fake.unsubscribe("gone@prospect.example")
    fake.bounce("dead@prospect.example")
    response = await add(
        raw,
        campaign_id,
        *(
            "new@prospect.example",
            "NEW@prospect.example",
            "Here@Prospect.example",
            "elsewhere@prospect.example",
        ),
        *("a@blocked.example", "one@prospect.example", "gone@prospect.example", "dead@prospect.example"),
        *("john@invalid", "not an address", "two@@prospect.example"),
    )
    ids = {lead.email: str(lead.id) for lead in fake.leads.values()}
    assert response == {
        "ok": True,
        "upload_count": 11,
        "total_leads": 1,
        "already_added_to_campaign": 1,
        "duplicate_count": 2,
        "invalid_email_count": 3,
        "invalid_emails": ["john@invalid", "not an address", "two@@prospect.example"],
        "unsubscribed_leads": ["gone@prospect.example"],
        "block_count": 2,
        "bounce_count": 1,
        "is_lead_limit_exhausted": False,
        "lead_import_stopped_count": 0,
        "emailToLeadIdMap": {
            "newlyAddedLeads": {"new@prospect.example": ids["new@prospect.example"]},
            "existingLeads": {"Here@Prospect.example": ids["here@prospect.example"]},
            "existingLeadsInOtherCampaigns": {
                "elsewhere@prospect.example": ids["elsewhere@prospect.example"]
            },
        },
    }


@pytest.mark.parametrize(
    ("flag", "email"),
    [
        ("ignore_global_block_list", "blocked@prospect.example"),
        ("ignore_unsubscribe_list", "gone@prospect.example"),
        ("ignore_community_bounce_list", "dead@prospect.example"),
        ("ignore_duplicate_leads_in_other_campaign", "elsewhere@prospect.example"),
    ],
)
async def test_each_flag_switches_its_own_check_off(raw: Raw, flag: str, email: str) -> None:
    fake = raw.fake
    await add(raw, await raw.create("Other"), "elsewhere@prospect.example")
    fake.block("blocked@prospect.example")
    fake.unsubscribe("gone@prospect.example")
    fake.bounce("dead@prospect.example")
    everyone = [f"{who}@prospect.example" for who in ("blocked", "gone", "dead", "elsewhere")]
    response = await add(raw, await raw.create("This"), *everyone, **{flag: True})
    assert list(response["emailToLeadIdMap"]["newlyAddedLeads"]) == [email]


async def test_the_meaning_of_the_flag_about_other_campaigns_can_be_reversed() -> None:
    fake = FakeSmartlead(duplicates_flag="true_skips")
    raw = Raw(fake, fake.transport())
    await add(raw, await raw.create("Other"), "lin@prospect.example")
    second = await raw.create("This")
    skipped = await add(raw, second, "lin@prospect.example", ignore_duplicate_leads_in_other_campaign=True)
    assert (skipped["total_leads"], skipped["duplicate_count"]) == (0, 1)
    assert (await add(raw, second, "lin@prospect.example"))["total_leads"] == 1


async def test_lead_ids_are_returned_only_on_request_and_as_digit_strings(raw: Raw) -> None:
    campaign_id = await raw.create()
    quiet = await add(raw, campaign_id, "lin@prospect.example", return_lead_ids=False)
    assert "emailToLeadIdMap" not in quiet
    loud = await add(raw, campaign_id, "max@prospect.example")
    assert loud["emailToLeadIdMap"]["newlyAddedLeads"]["max@prospect.example"].isdecimal()


async def test_campaigns_share_one_record_of_a_lead(raw: Raw) -> None:
    first, second = await raw.create("First"), await raw.create("Second")
    for campaign_id, lead in (
        (first, {"email": "Lin@prospect.example", "first_name": "Lin", "custom_fields": {"role": "CTO"}}),
        (second, {"email": "lin@PROSPECT.example", "custom_fields": {"size": 40, "open": True, "x": None}}),
    ):
        settings = {"ignore_duplicate_leads_in_other_campaign": True}
        await raw.post(f"/campaigns/{campaign_id}/leads", {"lead_list": [lead], "settings": settings})
    (lead_record,) = raw.fake.leads.values()
    assert lead_record.custom_fields == {"role": "CTO", "size": "40", "open": "true"}
    found = await raw.get("/leads/", email="LIN@prospect.example")
    assert (found["id"], found["first_name"]) == (str(lead_record.id), "Lin")
    assert [member["campaign_id"] for member in found["lead_campaign_data"]] == [first, second]
    assert [c["id"] for c in await raw.get(f"/leads/{lead_record.id}/campaigns")] == [first, second]
    assert await raw.get("/leads/", email="nobody@prospect.example") == {}
    assert expect(await raw.send("GET", "/leads/"), 422) == {"error": "email is required"}


async def test_an_exhausted_quota_stops_the_import_with_a_200(raw: Raw) -> None:
    campaign_id = await raw.create()
    raw.fake.account.lead_quota = 2
    response = await add(raw, campaign_id, *(f"p{n}@prospect.example" for n in range(5)))
    assert (response["ok"], response["is_lead_limit_exhausted"]) == (False, True)
    assert (response["total_leads"], response["lead_import_stopped_count"]) == (2, 3)
    text = "The lead credit limit has been reached, preventing any further lead imports."
    assert response["error"] == text
    again = await add(raw, campaign_id, "p0@prospect.example")
    assert (again["ok"], again["already_added_to_campaign"]) == (True, 1)


EMAILS = st.sampled_from(
    [f"{name}@{host}" for name in ("a", "A", "b", "c") for host in ("one.example", "two.example", "broken")]
)


@given(
    batches=st.lists(st.tuples(st.integers(0, 1), st.lists(EMAILS, min_size=1, max_size=8)), max_size=6),
    flags=st.fixed_dictionaries(
        {
            "ignore_global_block_list": st.booleans(),
            "ignore_unsubscribe_list": st.booleans(),
            "ignore_duplicate_leads_in_other_campaign": st.booleans(),
        }
    ),
    quota=st.none() | st.integers(0, 5),
)
def test_every_lead_is_counted_in_exactly_one_counter(
    batches: list[tuple[int, list[str]]], flags: dict[str, bool], quota: int | None
) -> None:
    async def check() -> None:
        fake = FakeSmartlead(lead_quota=quota)
        fake.block("b@one.example")
        fake.unsubscribe("c@two.example")
        raw = Raw(fake, fake.transport())
        campaigns = [await raw.create("First"), await raw.create("Second")]
        for which, emails in batches:
            before = len(fake.campaigns[campaigns[which]].leads)
            response = await add(raw, campaigns[which], *emails, **flags)
            after = len(fake.campaigns[campaigns[which]].leads)
            assert after - before == response["total_leads"]
            counted = sum(response[name] for name in SKIPPED) + len(response["unsubscribed_leads"])
            counted += response["total_leads"] + response["lead_import_stopped_count"]
            assert counted == response["upload_count"] == len(emails)
        addresses = [lead.email.lower() for lead in fake.leads.values()]
        assert len(addresses) == len(set(addresses))
        assert all(
            len(lead.memberships) == len({p.campaign.id for p in lead.memberships})
            for lead in fake.leads.values()
        )

    run(check())


async def test_pages_of_leads_have_their_total_as_a_digit_string(raw: Raw) -> None:
    campaign_id = await raw.create()
    await add(raw, campaign_id, *(f"p{n}@prospect.example" for n in range(7)))
    path = f"/campaigns/{campaign_id}/leads"
    page = await raw.get(path, offset=5, limit=3)
    assert (page["total_leads"], page["offset"], page["limit"]) == ("7", 5, 3)
    assert [row["lead"]["email"] for row in page["data"]] == ["p5@prospect.example", "p6@prospect.example"]
    row = page["data"][0]
    assert row["campaign_lead_map_id"] != row["lead"]["id"]
    assert row["status"] == "STARTED"
    assert len((await raw.get(path))["data"]) == 7


async def test_leads_are_filtered_by_status_category_and_mail(raw: Raw) -> None:
    campaign_id = await raw.create()
    response = await add(raw, campaign_id, "a@prospect.example", "b@prospect.example", "c@prospect.example")
    a, b, _ = response["emailToLeadIdMap"]["newlyAddedLeads"].values()
    path = f"/campaigns/{campaign_id}/leads"
    await raw.post(f"{path}/{a}/pause")
    await raw.post(f"{path}/{b}/category", {"category_id": 3})
    raw.fake.record_message(campaign_id, "b@prospect.example")
    raw.fake.record_message(campaign_id, "b@prospect.example", type="REPLY")

    async def emails(**query: Any) -> list[str]:
        page = await raw.get(path, **query)
        assert page["total_leads"] == str(len(page["data"]))
        return [row["lead"]["email"][0] for row in page["data"]]

    assert await emails(status="PAUSED") == ["a"]
    assert await emails(lead_category_id=3) == ["b"]
    assert await emails(emailStatus="is_replied") == ["b"]
    assert await emails(emailStatus="not_replied") == ["a", "c"]
    assert await emails(created_at_gt="2000-01-01T00:00:00Z") == ["a", "b", "c"]
    assert await emails(created_at_gt="2100-01-01T00:00:00Z") == []
    assert await emails(last_sent_time_gt="2000-01-01T00:00:00Z") == ["b"]


async def test_deleting_a_lead_responds_in_plain_text_and_deletes_its_record_with_the_last_campaign(
    raw: Raw,
) -> None:
    first, second = await raw.create("First"), await raw.create("Second")
    lead_id = (await add(raw, first, "lin@prospect.example"))["emailToLeadIdMap"][
        "newlyAddedLeads"
    ].popitem()[1]
    await add(raw, second, "lin@prospect.example", ignore_duplicate_leads_in_other_campaign=True)
    response = await raw.send("DELETE", f"/campaigns/{first}/leads/{lead_id}/")
    assert (response.status, response.body) == (200, b"success")
    assert response.headers["content-type"].startswith("text/html")
    assert (await raw.get(f"/leads/{lead_id}"))["data"][0]["email"] == "lin@prospect.example"
    await raw.send("DELETE", f"/campaigns/{second}/leads/{lead_id}")
    assert (await raw.get(f"/leads/{lead_id}"))["data"] == []
    assert (await add(raw, first, "lin@prospect.example"))["total_leads"] == 1


async def test_an_update_requires_the_email_and_changes_the_shared_record(raw: Raw) -> None:
    campaign_id = await raw.create()
    (lead_id,) = (await add(raw, campaign_id, "lin@prospect.example"))["emailToLeadIdMap"][
        "newlyAddedLeads"
    ].values()
    path = f"/campaigns/{campaign_id}/leads/{lead_id}/"
    refused = await raw.send("POST", path, {"first_name": "Lin"})
    assert expect(refused, 422) == {"error": "email is required"}
    body = {"email": "lin.sample@prospect.example", "first_name": "Lin", "custom_fields": {"role": "CTO"}}
    assert await raw.post(path, body) == {"ok": True}
    await raw.post(path, {"email": "lin.sample@prospect.example", "custom_fields": {"team": "Ops"}})
    lead = (await raw.get(f"/leads/{lead_id}"))["data"][0]
    assert (lead["email"], lead["first_name"]) == ("lin.sample@prospect.example", "Lin")
    assert lead["custom_fields"] == {"role": "CTO", "team": "Ops"}
    assert (await add(raw, campaign_id, "lin.sample@prospect.example"))["already_added_to_campaign"] == 1
    unknown = await raw.send("POST", f"/campaigns/{campaign_id}/leads/1", {"email": "x@y.example"})
    assert expect(unknown, 404) == {"ok": False, "error": "Invalid request!"}


async def test_resuming_after_the_last_step_is_a_500(raw: Raw) -> None:
    campaign_id = await raw.active()
    (member,) = raw.fake.campaigns[campaign_id].leads.values()
    path = f"/campaigns/{campaign_id}/leads/{member.lead.id}"
    assert await raw.post(f"{path}/pause") == {"ok": True, "data": "success"}
    assert await raw.post(f"{path}/resume", {"resume_lead_with_delay_days": 2}) == {
        "ok": True,
        "data": "success",
    }
    raw.fake.record_message(campaign_id, "lin@prospect.example", step=2)
    text = "This is the last sequence. You cannot resume this lead."
    assert expect(await raw.send("POST", f"{path}/resume", {}), 500) == {"error": text}
    unknown = await raw.send("POST", f"/campaigns/{campaign_id}/leads/1/resume", {})
    assert expect(unknown, 500) == {"error": "Invalid lead id"}


async def test_a_second_unsubscribe_reports_that_nothing_changed(raw: Raw) -> None:
    campaign_id = await raw.create()
    (lead_id,) = (await add(raw, campaign_id, "lin@prospect.example"))["emailToLeadIdMap"][
        "newlyAddedLeads"
    ].values()
    assert await raw.post(f"/leads/{lead_id}/unsubscribe") == {"ok": True}
    assert await raw.post(f"/leads/{lead_id}/unsubscribe") == {"ok": False}
    unknown = await raw.send("POST", "/leads/1/unsubscribe", {})
    assert expect(unknown, 404) == {"error": "Lead not found - Invalid lead_id."}
    other = await add(raw, await raw.create("Other"), "lin@prospect.example")
    assert other["unsubscribed_leads"] == ["lin@prospect.example"]


async def test_all_leads_are_paged_by_the_last_id_seen(raw: Raw) -> None:
    campaign_id = await raw.create()
    await add(raw, campaign_id, *(f"p{n}@prospect.example" for n in range(5)))
    seen: list[int] = []
    while True:
        query = {"lastSeenLeadId": seen[-1]} if seen else {}
        page = (await raw.get("/leads/all", limit=2, **query))["data"]["leads"]
        if not page:
            break
        seen += [lead["id"] for lead in page]
    assert seen == list(raw.fake.leads)
    page = await raw.get("/leads/global-leads", offset=3, limit=1)
    assert (len(page["data"]), page["hasMore"]) == (1, True)
    assert (await raw.get("/leads/global-leads", offset=4, limit=1))["hasMore"] is False


async def test_an_export_is_a_csv_of_22_columns(raw: Raw) -> None:
    campaign_id = await raw.create()
    lead = {"email": "zoë@prospect.example", "first_name": 'Zo"ë', "custom_fields": {"role": "CTO, founder"}}
    await raw.post(f"/campaigns/{campaign_id}/leads", {"lead_list": [lead]})
    response = await raw.send("GET", f"/campaigns/{campaign_id}/leads-export")
    assert response.headers["content-type"].startswith("text/csv")
    assert f"sl_campaign_{campaign_id}_leads.csv" in response.headers["content-disposition"]
    (row,) = csv.DictReader(io.StringIO(response.body.decode()))
    assert len(row) == 22
    assert (row["first_name"], row["status"]) == ('Zo"ë', "STARTED")
    assert row["custom_fields"] == '{"role":"CTO, founder"}'


async def test_messages_can_be_recorded_read_and_replied_to(raw: Raw) -> None:
    campaign_id = await raw.active()
    (member,) = raw.fake.campaigns[campaign_id].leads.values()
    stats_id = raw.fake.record_message(campaign_id, "lin@prospect.example", subject="Hello")
    replied = raw.fake.record_message(campaign_id, "lin@prospect.example", type="REPLY", subject="Re: Hello")
    assert replied == stats_id
    path = f"/campaigns/{campaign_id}"
    response = await raw.send(
        "POST", f"{path}/reply-email-thread", {"email_stats_id": stats_id, "email_body": "<p>Gladly</p>"}
    )
    assert (response.status, response.body) == (200, b"Email added to the queue, will be sent out soon!")
    history = (await raw.get(f"{path}/leads/{member.lead.id}/message-history"))["history"]
    assert [m["type"] for m in history] == ["SENT", "REPLY", "SENT"]
    assert history[0]["email_seq_number"] == "1"
    bulk = await raw.post(
        f"{path}/message-history-for-leads/bbfbdsFGHlBr76ruhjvh6fhHL", {"lead_ids": [member.lead.id, 1]}
    )
    assert bulk == {str(member.lead.id): {"history": history}}
    activities = await raw.get("/campaigns/all-leads-activities", limit=1)
    assert activities["pagination"] == {"offset": 0, "limit": 1, "has_more": False}
    assert len(activities["data"][0]["activities"]) == 1, "the reply is not a mail of the sequence"
    bad = await raw.send("GET", "/campaigns/all-leads-activities", event_time_from="yesterday")
    assert expect(bad, 400) == {
        "error": "Invalid event_time_from format. Use YYYY-MM-DD or ISO 8601 format.",
        "status": "error",
    }


async def test_a_phone_number_may_be_an_integer(raw: Raw) -> None:
    campaign_id = await raw.create("A")
    body = {"lead_list": [{"email": "a@prospect.example", "phone_number": 4790000000}]}
    assert (await raw.post(f"/campaigns/{campaign_id}/leads", body))["upload_count"] == 1
