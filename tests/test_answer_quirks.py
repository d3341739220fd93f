"""The quirks of SmartLead's answers: one thing in several shapes, under several names."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async import wire
from smartlead_async.errors import ResponseDecodeError
from smartlead_async.models.campaigns import Campaign, CampaignStatus, StoredTrackSetting
from smartlead_async.models.email_accounts import EmailAccount
from smartlead_async.models.leads import AllLeads, CampaignLeads, Lead, LeadsAdded
from smartlead_async.models.messages import Message
from smartlead_async.models.webhooks import Webhook

CAMPAIGN = {"id": 4101, "name": "Spring", "status": "DRAFTED"}


@pytest.mark.parametrize(
    "stored",
    [
        {"tz": "Europe/Berlin", "days": [0, 1], "startHour": "09:00", "endHour": "17:00"},
        '{"tz":"Europe/Berlin","days":[0,1],"startHour":"09:00","endHour":"17:00"}',
    ],
)
def test_a_schedule_is_read_from_an_object_and_from_its_text(stored: Any) -> None:
    read = wire.structure(CAMPAIGN | {"scheduler_cron_value": stored}, Campaign).schedule
    assert (read.timezone, read.days, read.start_hour, read.end_hour) == (
        "Europe/Berlin",
        [0, 1],
        "09:00",
        "17:00",
    )


def test_a_fresh_campaign_has_no_schedule_and_no_settings() -> None:
    campaign = wire.structure(CAMPAIGN | {"scheduler_cron_value": None, "track_settings": None}, Campaign)
    assert campaign.schedule is None
    assert campaign.track_settings == []
    assert campaign.status is CampaignStatus.DRAFTED


def test_a_schedule_that_is_another_text_is_an_error_with_its_place() -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        wire.structure(CAMPAIGN | {"scheduler_cron_value": "weekdays"}, Campaign)
    assert caught.value.problems == ("expected an object, got the text 'weekdays' @ $.scheduler_cron_value",)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("DONT_EMAIL_OPEN", [StoredTrackSetting.DONT_EMAIL_OPEN]),
        (["DONT_LINK_CLICK", "DONT_BLINK"], [StoredTrackSetting.DONT_LINK_CLICK, "DONT_BLINK"]),
        ("", []),
    ],
)
def test_track_settings_are_a_list_whatever_they_come_as(stored: Any, read: list[str]) -> None:
    assert wire.structure(CAMPAIGN | {"track_settings": stored}, Campaign).track_settings == read


def test_only_marked_lists_take_a_bare_text() -> None:
    assert wire.structure({"type": "SENT", "cc": "a@b.example"}, Message).cc == ["a@b.example"]
    with pytest.raises(ResponseDecodeError, match="expected a list"):
        wire.structure({"id": 1, "webhook_url": "https://hooks.example", "categories": "abc"}, Webhook)


@pytest.mark.parametrize("given", [99, "99%", "99", 99.0])
def test_a_warmup_reputation_is_a_number(given: Any) -> None:
    account = wire.structure(
        {"id": 1, "from_email": "a@b.example", "warmup_details": {"warmup_reputation": given}}, EmailAccount
    )
    assert account.warmup_details.warmup_reputation == 99.0


@pytest.mark.parametrize(
    ("given", "read"), [(["a@b.example"], ["a@b.example"]), (3, 3), ("3", 3), (None, None)]
)
def test_unsubscribed_leads_are_a_list_or_a_count(given: Any, read: Any) -> None:
    assert wire.structure({"ok": True, "unsubscribed_leads": given}, LeadsAdded).unsubscribed_leads == read


def test_a_wrong_value_in_a_map_is_told_with_its_place() -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        wire.structure({"emailToLeadIdMap": {"newlyAddedLeads": {"a@b.example": "x"}}}, LeadsAdded)
    (problem,) = caught.value.problems
    assert problem == (
        "expected a whole number, got the text 'x' @ $.emailToLeadIdMap.newlyAddedLeads['a@b.example']"
    )


def test_other_names_of_a_field_count_when_the_first_is_null() -> None:
    page = wire.structure({"total_leads": None, "total_count": "7", "leads": []}, CampaignLeads)
    assert (page.total, page.data) == (7, [])


def test_digit_strings_become_numbers() -> None:
    assert wire.structure({"id": "9001", "email": "a@b.example"}, Lead).id == 9001


def test_a_missing_field_is_told_by_its_name_in_the_answer() -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        wire.structure({"data": {"leads": [{"id": 1}]}}, AllLeads)
    assert caught.value.problems == ("required field missing @ $.data.leads[0].email",)
