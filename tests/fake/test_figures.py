"""Analytics and statistics: all of them are counted from one log, and agree."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async import SmartleadClient
from smartlead_async.fake import Campaign, FakeSmartlead

from .raw import Raw, step
from .test_advance import busy_fake, fake_at, started

DATES = {"start_date": "2027-03-01", "end_date": "2027-03-31"}


@pytest.fixture
async def busy() -> Raw:
    """A fake with three campaigns of two clients that sent for twenty days."""
    fake = await busy_fake()
    fake.advance(days=20)
    for campaign in list(fake.campaigns.values())[:2]:
        campaign.client_id = fake.add_client(campaign.name)
    return Raw(fake, fake.transport())


async def report(raw: Raw, path: str, **query: Any) -> Any:
    (data,) = (await raw.get(f"/analytics/{path}", **(DATES | query)))["data"].values()
    return data


COUNTED = ("sent", "opened", "replied", "positive_replied", "bounced")


def total(rows: list[Any]) -> dict[str, int]:
    return {name: sum(int(row.get(name, 0)) for row in rows) for name in COUNTED}


async def test_the_totals_are_those_of_the_log(busy: Raw) -> None:
    overall = await report(busy, "overall-stats-v2")
    events = [event for campaign in busy.fake.campaigns.values() for event in campaign.events]
    assert int(overall["sent"]) == sum(event.kind == "SENT" for event in events) > 0
    assert int(overall["bounced"]) == sum(event.kind == "BOUNCE" for event in events) > 0
    assert int(overall["sent"]) >= int(overall["opened"]) >= int(overall["unique_open_count"])
    assert int(overall["replied"]) >= overall["positive_replied"] > 0


@pytest.mark.parametrize(
    "path",
    [
        "campaign/overall-stats",
        "mailbox/name-wise-health-metrics",
        "mailbox/domain-wise-health-metrics",
    ],
)
async def test_rows_add_up_to_the_totals(busy: Raw, path: str) -> None:
    assert total(await report(busy, path)) == total([await report(busy, "overall-stats-v2")])


@pytest.mark.parametrize("path", ["day-wise-overall-stats", "day-wise-overall-stats-by-sent-time"])
async def test_days_add_up_to_the_totals(busy: Raw, path: str) -> None:
    days = [day["email_engagement_metrics"] for day in await report(busy, path, timezone="Asia/Tokyo")]
    positive = "day-wise-positive-reply-stats" + path.removeprefix("day-wise-overall-stats")
    for day, other in zip(days, await report(busy, positive, timezone="Asia/Tokyo"), strict=True):
        day["positive_replied"] = other["email_engagement_metrics"]["positive_replied"]
    expected = total([await report(busy, "overall-stats-v2")])
    if not path.endswith("sent-time"):
        expected["bounced"] = 0
    assert total(days) == expected


async def test_clients_and_campaigns_without_a_client_add_up_to_the_totals(busy: Raw) -> None:
    rows = [row["campaign_stats"] for row in await report(busy, "client/overall-stats")]
    (other,) = [c for c in busy.fake.campaigns.values() if c.client_id is None]
    rows.append(await report(busy, "overall-stats-v2", campaign_ids=other.id))
    overall = await report(busy, "overall-stats-v2")
    names = ("sent", "opened", "replied", "positive_replied")
    assert [total(rows)[name] for name in names] == [int(overall[name]) for name in names]


async def test_the_health_of_a_client_is_the_share_of_its_mails_that_arrived(busy: Raw) -> None:
    for row in await report(busy, "client/overall-stats"):
        own = await report(busy, "overall-stats-v2", client_ids=row["client_id"])
        health = float(row["campaign_stats"]["client_health"].removesuffix("%"))
        assert health == pytest.approx(100 - float(own["bounce_rate"].removesuffix("%")), abs=0.02)
    busy.fake.add_client("Idle")
    idle = (await report(busy, "client/overall-stats"))[-1]
    assert (idle["client_name"], idle["campaign_stats"]["client_health"]) == ("Idle", None)


async def test_the_leads_for_a_first_reply_are_those_contacted_by_those_that_replied(busy: Raw) -> None:
    overall = await report(busy, "overall-stats-v2")
    average = round(int(overall["unique_lead_count"]) / int(overall["replied"]))
    assert await report(busy, "campaign/leads-take-for-first-reply") == average > 1
    before = {"start_date": "2026-01-01", "end_date": "2026-01-02"}
    assert await report(busy, "campaign/leads-take-for-first-reply", **before) is None


async def test_statistics_of_variants_are_those_of_a_campaign_that_exists(busy: Raw) -> None:
    (number, *_) = busy.fake.campaigns
    assert await busy.get(f"/campaigns/{number}/variant-statistics") == []
    assert (await busy.send("GET", "/campaigns/1/variant-statistics")).status == 404


async def test_two_spans_add_up_to_the_whole(busy: Raw) -> None:
    halves = [
        await report(busy, "overall-stats-v2", start_date=start, end_date=end)
        for start, end in (("2027-03-01", "2027-03-04"), ("2027-03-05", "2027-03-31"))
    ]
    assert all(int(half["sent"]) for half in halves)
    assert total(halves) == total([await report(busy, "overall-stats-v2")])


async def test_the_key_of_a_client_sees_its_own_figures_only(busy: Raw) -> None:
    campaign = next(iter(busy.fake.campaigns.values()))
    busy.fake.add_key("client-key", client_id=campaign.client_id)
    own = Raw(busy.fake, busy.fake.transport(), "client-key")
    of_client = await report(busy, "overall-stats-v2", client_ids=campaign.client_id)
    assert await report(own, "overall-stats-v2") == of_client
    assert [row["id"] for row in await report(own, "campaign/overall-stats")] == [campaign.id]


async def test_answers_by_sentiment_add_up_to_all_answers(busy: Raw) -> None:
    rows = await report(busy, "campaign/response-stats")
    for row in rows:
        parts = (
            "unrecognised_response",
            *(f"total_{mood}_response" for mood in ("positive", "negative", "neutral")),
        )
        assert sum(int(row[part]) for part in parts) == int(row["total_response"])
    grouping = (await report(busy, "lead/category-wise-response"))["leadResponseGrouping"]
    unique = sum(int(row["total_unique_response"]) for row in rows)
    assert sum(int(row["total_response"]) for row in grouping) == unique


async def test_new_leads_and_follow_ups_add_up_to_all_mails(busy: Raw) -> None:
    counts = (await report(busy, "lead/overall-stats"))["count"]
    assert counts["new"] + counts["follow_up"] == counts["total"]
    overall = await report(busy, "overall-stats-v2")
    assert counts["total"] == int(overall["sent"])
    answer = (await busy.get("/analytics/campaign/follow-up-reply-rate", **DATES))["data"]
    assert answer["followup_stats"]["total_followups"] == counts["follow_up"]


async def campaign_views(raw: Raw, campaign: Campaign) -> dict[str, list[Any]]:
    path, dates = f"/campaigns/{campaign.id}", DATES
    steps = (await raw.get(f"{path}/sequence-analytics", **dates))["data"]
    mailboxes = (await raw.get(f"{path}/mailbox-statistics"))["data"]
    mails = (await raw.get(f"{path}/statistics", limit=1000))["data"]
    return {"steps": steps, "mailboxes": mailboxes, "mails": mails}


async def test_the_views_of_a_campaign_agree(busy: Raw) -> None:
    for campaign in busy.fake.campaigns.values():
        views = await campaign_views(busy, campaign)
        figures = await busy.get(f"/campaigns/{campaign.id}/analytics")
        by_date = await busy.get(f"/campaigns/{campaign.id}/analytics-by-date", **DATES)
        top = await busy.get(f"/campaigns/{campaign.id}/top-level-analytics-by-date", **DATES)
        sent = int(figures["sent_count"])
        assert len(views["mails"]) == sent
        for rows in (views["steps"], views["mailboxes"]):
            assert sum(int(row["sent_count"]) for row in rows) == sent
            bounces = sum(int(row["bounce_count"]) for row in rows)
            assert bounces == int(figures["bounce_count"]) == sum(m["is_bounced"] for m in views["mails"])
        for name in ("sent_count", "open_count", "reply_count", "bounce_count", "unsubscribed_count"):
            assert figures[name] == by_date[name] == top[name], name
        answered = {row["lead_email"] for row in views["mails"] if row["reply_time"]}
        assert len(answered) == int(figures["reply_count"])


async def test_opens_count_once_a_mail_and_replies_once_a_lead() -> None:
    fake = fake_at(opened=1)
    campaign = await started(fake, leads=20, sequences=[step(1)])
    fake.advance(days=5)
    for _ in range(2):
        fake.record_message(campaign.id, "lead0@autumn.example", type="REPLY")
    raw = Raw(fake, fake.transport())
    overall = await report(raw, "overall-stats-v2")
    assert (overall["sent"], overall["opened"], overall["replied"]) == ("20", "20", "1")
    figures = await raw.get(f"/campaigns/{campaign.id}/analytics")
    assert (figures["unique_open_count"], figures["reply_count"]) == ("20", "1")
    assert int(figures["open_count"]) > 20
    (row,) = await report(raw, "campaign/response-stats")
    assert (row["total_response"], row["total_unique_response"]) == ("2", "1")


async def test_statistics_are_filtered_and_paged() -> None:
    fake = fake_at(bounced=1)
    campaign = await started(fake, leads=5, sequences=[step(1), step(2)])
    fake.advance(days=5)
    raw = Raw(fake, fake.transport())
    path = f"/campaigns/{campaign.id}/statistics"
    page = await raw.get(path, limit=2, offset=4)
    assert (page["total_stats"], len(page["data"])) == ("5", 1)
    assert (await raw.get(path, email_status="bounced"))["total_stats"] == "5"
    assert (await raw.get(path, email_status="opened"))["total_stats"] == "0"
    assert (await raw.get(path, email_sequence_number=2))["total_stats"] == "0"


async def test_an_empty_account_has_figures_of_zero() -> None:
    raw = Raw(fake := FakeSmartlead(), fake.transport())
    overall = await report(raw, "overall-stats-v2")
    assert (overall["sent"], overall["open_rate"]) == ("0", "0.00%")
    assert await report(raw, "campaign/overall-stats") == []
    assert await report(raw, "campaign/lead-to-reply-time") == {
        "average_time_diff": "0h 0m 0s",
        "median_time_diff": "0h 0m 0s",
    }


async def test_a_report_that_ends_before_it_begins_is_refused() -> None:
    raw = Raw(fake := FakeSmartlead(), fake.transport())
    query = {"start_date": "2027-03-02", "end_date": "2027-03-01"}
    assert (await raw.send("GET", "/analytics/overall-stats-v2", **query)).status == 400


async def test_the_client_reads_every_report(busy: Raw) -> None:
    import datetime as dt

    span = dt.date(2027, 3, 1), dt.date(2027, 3, 31)
    async with SmartleadClient("test-key", transport=busy.transport) as client:
        analytics = client.analytics
        assert (await analytics.overall(*span)).sent
        assert [row.campaign_name for row in await analytics.campaign_performance(*span)]
        assert await analytics.client_month_wise_count()
        assert (await analytics.mailbox_health()).total_connected == 4
        assert (await analytics.provider_performance(*span)).overall
        assert (await analytics.lead_to_reply_time(*span)).lead_to_reply_time
