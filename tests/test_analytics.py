"""The reports of ``client.analytics``: their filters, and figures that come in several forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import pytest

from smartlead_async import FakeSmartlead
from smartlead_async.api.analytics import (
    GetDayWiseStats,
    GetDayWiseStatsBySentTime,
    GetLeadCategoryResponse,
    GetLeadToReplyTime,
    GetOverallStats,
    ListAnalyticsCampaigns,
    ListCampaignPerformance,
    ReplyTimeRange,
)
from smartlead_async.api.analytics.resource import Analytics
from smartlead_async.errors import ResponseDecodeError
from smartlead_async.pipeline.decode import decode
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Request

from .fake.raw import Raw, expect

T = TypeVar("T")

MONDAY, SUNDAY = dt.date(2027, 1, 4), dt.date(2027, 1, 10)
WEEK = (MONDAY, SUNDAY)
DATES = {"start_date": "2027-01-04", "end_date": "2027-01-10"}


def query_of(request: Request[Any]) -> dict[str, str]:
    return dict(parse_qsl(encode(request).query))


def test_a_report_is_limited_by_lists_of_ids_and_a_time_zone() -> None:
    request = GetOverallStats(*WEEK, client_ids=[12, 13], campaign_ids=(4101,), timezone="Europe/Berlin")
    assert query_of(request) == DATES | {
        "client_ids": "12,13",
        "campaign_ids": "4101",
        "timezone": "Europe/Berlin",
    }


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: GetOverallStats(SUNDAY, MONDAY), "end_date 2027-01-04 is before start_date 2027-01-10"),
        (lambda: GetDayWiseStatsBySentTime(SUNDAY, MONDAY, "UTC"), "is before start_date"),
        (lambda: GetOverallStats(*WEEK, timezone="Berlin"), "timezone must be an IANA time zone"),
        (lambda: GetDayWiseStatsBySentTime(*WEEK, "Berlin"), "timezone must be an IANA time zone"),
        (lambda: GetOverallStats(*WEEK, client_ids=range(51)), "client_ids can have at most 50, not 51"),
        (lambda: GetOverallStats(*WEEK, campaign_ids=range(101)), "campaign_ids can have at most 100"),
        (lambda: GetOverallStats(*WEEK, campaign_ids=[]), "campaign_ids must have at least 1"),
        (lambda: ListAnalyticsCampaigns(client_ids=[]), "client_ids must have at least 1"),
        (lambda: ListCampaignPerformance(*WEEK, limit=0), "limit must be at least 1"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_a_report_of_one_day_begins_and_ends_on_it() -> None:
    assert GetOverallStats(MONDAY, MONDAY).end_date == MONDAY


@pytest.mark.parametrize("given", ["42.07%", "42.07", 42.07])
def test_rates_are_percentages_in_every_form(given: Any) -> None:
    response = {"ok": True, "data": {"overall_stats": {"open_rate": given, "sent": "1450"}}}
    stats = decode(GetOverallStats.operation, response)
    assert (stats.open_rate, stats.sent) == (42.07, 1450)


@pytest.mark.parametrize(
    "row",
    [
        {"date": "20 Apr", "email_engagement_metrics": {"sent": 120, "opened": 51}},
        {"date": "20 Apr", "sent": "120", "opened": "51"},
        {"date": "20 Apr", "email_engagement_metrics": {"sent": 120}, "opened": 51},
    ],
)
def test_the_figures_of_a_day_may_be_nested(row: dict[str, Any]) -> None:
    (day,) = decode(GetDayWiseStats.operation, {"ok": True, "data": {"day_wise_stats": [row]}})
    assert (day.date, day.sent, day.opened) == ("20 Apr", 120, 51)


def test_reply_times_are_an_average_and_a_median_or_counts_by_range() -> None:
    def read(value: Any) -> Any:
        response = {"ok": True, "data": {"lead_to_reply_time": value}}
        return decode(GetLeadToReplyTime.operation, response).lead_to_reply_time

    assert read({"average_time_diff": "1d 4h", "median_time_diff": "9h"}).median_time_diff == "9h"
    assert read([{"time_range": "0-1h", "count": "4"}]).ranges == [ReplyTimeRange(time_range="0-1h", count=4)]
    assert read([]).ranges == []


def test_responses_by_category_may_be_a_list() -> None:
    row = {"category": "Interested", "total_response": 12, "percentage": "40%"}
    grouped = {"filter": [{"sentiment_type": "positive"}], "leadResponseGrouping": [row]}
    for value in ([row], grouped):
        response = {"ok": True, "data": {"lead_responses_by_category": value}}
        found = decode(GetLeadCategoryResponse.operation, response).lead_responses_by_category
        assert [(each.name, each.percentage) for each in found.categories] == [("Interested", 40.0)]


@pytest.mark.parametrize("data", [{}, {"campaign_list": None}, {"campaigns": []}])
def test_a_response_without_its_list_is_an_error_and_not_an_empty_list(data: dict[str, Any]) -> None:
    with pytest.raises(ResponseDecodeError, match="expected a list"):
        decode(ListAnalyticsCampaigns.operation, {"ok": True, "data": data})


async def test_every_page_of_a_report_is_requested_with_its_filters() -> None:
    queries = []

    async def send(request: Request[T], /) -> T:
        queries.append(query_of(request))
        start = getattr(request, "offset", None) or 0
        rows = [{"id": number} for number in range(5)][start : start + 2]
        response: T = decode(request.operation, {"ok": True, "data": {"campaign_wise_performance": rows}})
        return response

    campaigns = Analytics(send).iter_campaign_performance(*WEEK, client_ids=[12], limit=2)
    assert [campaign.id async for campaign in campaigns] == [0, 1, 2, 3, 4]
    common = DATES | {"client_ids": "12", "limit": "2"}
    assert queries == [common, common | {"offset": "2"}, common | {"offset": "4"}]


@pytest.fixture
def raw() -> Raw:
    fake = FakeSmartlead()
    return Raw(fake, fake.transport())


OVERALL = "/analytics/overall-stats-v2"


async def test_the_fake_counts_a_report_from_its_mails_and_has_sent_none(raw: Raw) -> None:
    found = await raw.get(OVERALL, **DATES, client_ids="12,13")
    assert found["data"]["overall_stats"]["sent"] == "0"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, '"start_date" is required'),
        (DATES | {"campaign_id": "4101"}, '"campaign_id" is not allowed'),
        (DATES | {"campaign_ids": "4101,all"}, '"campaign_ids[1]" must be a number'),
        (DATES | {"client_ids": ",".join(map(str, range(51)))}, '"client_ids" must contain at most 50 items'),
    ],
)
async def test_the_fake_checks_the_filters_of_a_report(raw: Raw, query: dict[str, str], message: str) -> None:
    assert message in expect(await raw.send("GET", OVERALL, **query), 400)["message"]
