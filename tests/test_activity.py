"""The activity of a period: sums by client and day, and what is said about figures that do not agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from smartlead_async import FakeSmartlead, SmartleadClient
from smartlead_async.activity import COUNTERS, Activity, Counts, Period, known_sum, read_activity
from smartlead_async.api.analytics.campaigns import GetCampaignResponseStats, ListCampaignPerformance
from smartlead_async.api.analytics.days import GetDayWiseStats
from smartlead_async.api.campaigns.read import ListCampaigns
from smartlead_async.api.clients import ListClients

WEEK = Period(dt.date(2027, 3, 29), dt.date(2027, 4, 4), "Europe/Oslo")


def figures(number: int, sent: int, **more: int) -> dict[str, Any]:
    row = {"id": number, "campaign_name": f"Campaign {number}", "sent": sent, "opened": sent // 2}
    return row | {"replied": sent // 10, "bounced": 1, "positive_replied": sent // 20} | more


@pytest.fixture
def fake() -> FakeSmartlead:
    """Return a fake on which two clients and nobody else sent mail."""
    fake = FakeSmartlead()
    owners = {1: 7, 2: 8, 3: 7, 4: None}
    fake.respond(
        ListCampaigns,
        [
            {
                "id": n,
                "name": f"C{n}",
                "client_id": owner,
                "status": "ACTIVE",
                "created_at": "2027-01-04T09:00:00Z",
            }
            for n, owner in owners.items()
        ],
    )
    fake.respond(ListClients, [{"id": 7, "name": "Fjord Dental"}])
    performance(fake, [figures(1, 100), figures(2, 400), figures(3, 40), figures(4, 0), figures(5, 20)])
    by_day(fake, [{"date": "29 Mar", "sent": 300}, {"date": "2027-04-04", "sent": 260}])
    return fake


def performance(fake: FakeSmartlead, rows: list[dict[str, Any]]) -> None:
    fake.respond(ListCampaignPerformance, {"ok": True, "data": {"campaign_wise_performance": rows}})


def by_day(fake: FakeSmartlead, days: list[dict[str, Any]]) -> None:
    fake.respond(GetDayWiseStats, {"ok": True, "data": {"day_wise_stats": days}})


async def activity_of(fake: FakeSmartlead, **options: Any) -> Activity:
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        return await read_activity(client, WEEK, **options)


async def test_clients_are_sums_of_campaigns_and_the_total_is_the_sum_of_clients(fake: FakeSmartlead) -> None:
    activity = await activity_of(fake)
    assert [(each.name, each.counts.sent) for each in activity.clients] == [
        ("Client 8", 400),
        ("Fjord Dental", 140),
        ("No client", 20),
    ]
    for name in COUNTERS:
        total = getattr(activity.counts, name)
        assert total == sum(getattr(each.counts, name) for each in activity.clients)
        assert total == sum(getattr(c.counts, name) for each in activity.clients for c in each.campaigns)
    assert activity.notes == ()
    assert fake.requests.total == 4


async def test_every_day_is_there_however_smartlead_writes_it(fake: FakeSmartlead) -> None:
    days = {day.date.day: day.counts.sent for day in (await activity_of(fake)).days}
    assert days == {29: 300, 30: 0, 31: 0, 1: 0, 2: 0, 3: 0, 4: 260}


async def test_days_that_do_not_add_up_to_the_total_are_pointed_out(fake: FakeSmartlead) -> None:
    by_day(fake, [{"date": "29 Mar", "sent": 1}])
    (note,) = (await activity_of(fake)).notes
    assert "1 mail sent by day, and 560 by campaign" in note


async def test_positive_replies_come_from_the_responses_if_the_figures_lack_them(fake: FakeSmartlead) -> None:
    rows = [figures(1, 560)]
    del rows[0]["positive_replied"]
    performance(fake, rows)
    responses = [{"email_campaign_id": 1, "total_positive_response": "9"}]
    fake.respond(GetCampaignResponseStats, {"data": {"campaign_wise_response_stats": responses}})
    activity = await activity_of(fake)
    assert activity.counts.positive == 9
    assert "count replies, and not leads" in activity.notes[0]


async def test_other_clients_are_left_out_even_if_the_filter_is_ignored(fake: FakeSmartlead) -> None:
    activity = await activity_of(fake, client_ids=[7])
    assert [each.id for each in activity.clients if each.counts.sent and each.id] == [7]


async def test_a_client_that_does_not_exist_is_pointed_out(fake: FakeSmartlead) -> None:
    assert "There is no client 99." in (await activity_of(fake, client_ids=[99])).notes


async def test_the_key_of_a_client_that_may_not_list_clients_gets_its_report(fake: FakeSmartlead) -> None:
    fake.respond(ListClients, {"message": "Not allowed"}, status=403)
    assert "Client 7" in [each.name for each in (await activity_of(fake)).clients]


def test_what_is_not_known_is_not_counted_as_zero() -> None:
    assert known_sum([None, 2, None, 3]) == 5
    assert known_sum([None]) is None
    assert known_sum([]) == 0
    assert Counts.total([Counts(sent=1), Counts(sent=2)]) == Counts(sent=3)
    assert not Counts(sent=0)


def test_a_period_has_a_first_and_a_last_day() -> None:
    assert len(WEEK.days) == 7
    with pytest.raises(ValueError, match="is before"):
        Period(WEEK.last, WEEK.first, "UTC")
