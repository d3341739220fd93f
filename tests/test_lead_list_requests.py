"""Lead lists and the statistics of campaigns: which requests are refused before they are sent."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from smartlead_async.api.campaign_statistics import (
    GetSequenceAnalytics,
    ListEmailStatistics,
    ListMailboxStatistics,
)
from smartlead_async.api.lead_lists import (
    LeadSelection,
    ListLeadLists,
    PushBetweenLists,
    PushToCampaign,
)
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.encode import encode


@pytest.mark.parametrize("sources", [{}, {"lead_ids": [1], "from_list_id": 601}])
def test_leads_that_are_pushed_come_from_one_place(sources: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="lead_ids or from_list_id"):
        PushBetweenLists("copy", 602, **sources)


def test_leads_that_are_pushed_need_a_campaign() -> None:
    with pytest.raises(ValueError, match="campaign_id or campaign_name"):
        PushToCampaign("copy")
    request = PushToCampaign("move", campaign_id=4101, leads=LeadSelection(601, all_leads=True))
    assert json.loads(encode(request).body or b"") == {
        "action": "move",
        "campaignId": 4101,
        "leadList": {"listId": 601, "allLeads": True},
    }


def test_tag_ids_are_sent_with_commas_and_the_limit_always() -> None:
    assert encode(ListLeadLists(tag_ids=[9, 10])).query == "tagIds=9%2C10&limit=100"


@pytest.mark.parametrize("end", ["start_date", "end_date"])
def test_a_range_of_dates_has_two_ends(end: str) -> None:
    with pytest.raises(ValueError, match="start_date and end_date"):
        ListMailboxStatistics(4101, **{end: dt.date(2027, 3, 1)})  # type: ignore[arg-type]


def test_a_page_may_come_as_the_sums_of_a_campaign() -> None:
    body = b'{"success": true, "data": {"campaign_id": 4101, "replied": 1}}'
    page = read_response(ListEmailStatistics.operation, 200, {}, body, redact=str)
    assert [(row.campaign_id, row.replied) for row in page] == [(4101, 1)]


@pytest.mark.parametrize("name", ["data", "sequence_analytics", "data.sequence_analytics"])
def test_the_steps_of_a_sequence_are_found_wherever_they_are(name: str) -> None:
    value: Any = [{"email_campaign_seq_id": 6101, "sent_count": "12"}]
    for key in reversed(name.split(".")):
        value = {key: value}
    steps = read_response(GetSequenceAnalytics.operation, 200, {}, json.dumps(value).encode(), redact=str)
    assert [(step.email_campaign_seq_id, step.sent_count) for step in steps] == [(6101, 12)]
