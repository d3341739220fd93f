"""The schedule of a campaign: its JSON and its validation."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from smartlead_async.api.campaigns.setup import UpdateSchedule
from smartlead_async.pipeline.encode import encode


def body_of(request: UpdateSchedule) -> Any:
    body = encode(request).body
    assert body is not None
    return json.loads(body)


def schedule(**changes: Any) -> UpdateSchedule:
    values: dict[str, Any] = {
        "timezone": "Europe/Berlin",
        "days_of_the_week": [1, 2, 3, 4, 5],
        "start_hour": "09:00",
        "end_hour": "17:00",
        "min_time_btw_emails": 15,
        "max_new_leads_per_day": 40,
    }
    return UpdateSchedule(4101, **values | changes)


def test_a_schedule_is_sent_as_a_flat_object() -> None:
    assert body_of(schedule()) == {
        "timezone": "Europe/Berlin",
        "days_of_the_week": [1, 2, 3, 4, 5],
        "start_hour": "09:00",
        "end_hour": "17:00",
        "min_time_btw_emails": 15,
        "max_new_leads_per_day": 40,
    }


@pytest.mark.parametrize(
    ("given", "sent"), [([7], [0]), ([6, 7], [6, 0]), ([0, 7], [0]), (range(3), [0, 1, 2])]
)
def test_sunday_is_sent_as_zero_and_only_once(given: Any, sent: list[int]) -> None:
    assert body_of(schedule(days_of_the_week=given))["days_of_the_week"] == sent


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"days_of_the_week": [8]}, "days_of_the_week must be at most 7"),
        ({"days_of_the_week": [-1]}, "days_of_the_week must be at least 0"),
        ({"days_of_the_week": []}, "at least 1"),
        ({"timezone": "Europe/Berlim"}, "IANA time zone.*'Europe/Berlim'"),
        ({"timezone": ""}, "IANA time zone"),
        ({"timezone": "Europe"}, "IANA time zone"),
        ({"timezone": "/etc/localtime"}, "IANA time zone"),
        ({"start_hour": "9:00"}, "start_hour must be a time of day"),
        ({"end_hour": "24:00"}, "end_hour must be a time of day"),
        ({"start_hour": "17:00"}, "end_hour must be later"),
        ({"start_hour": "22:00", "end_hour": "06:00"}, "cannot cross midnight"),
        ({"min_time_btw_emails": 2}, "at least 3"),
        ({"max_new_leads_per_day": 0}, "at least 1"),
    ],
)
def test_an_invalid_schedule_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule(**change)


def test_the_start_time_of_a_schedule_can_be_set_and_cleared() -> None:
    at = dt.datetime(2027, 1, 4, 9, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert body_of(schedule(schedule_start_time=at))["schedule_start_time"] == "2027-01-04T08:00:00.000Z"
    assert body_of(schedule(schedule_start_time=None))["schedule_start_time"] is None
    with pytest.raises(ValueError, match="without a time zone"):
        encode(schedule(schedule_start_time=dt.datetime(2027, 1, 4, 9)))  # noqa: DTZ001
