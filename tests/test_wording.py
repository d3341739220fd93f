"""Numbers, durations and timestamps in words."""

from __future__ import annotations

import datetime as dt

import pytest

from smartlead_async import RateLimits, wording


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.04, "0.1 s"),
        (0.44, "0.4 s"),
        (42.4, "42 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3599.9, "1 h"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (86399, "1 d"),
        (126_000, "1 d 11 h"),
    ],
)
def test_durations_have_at_most_two_units(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (0.999, "1.0 s"),
        (4, "4.0 s"),
        (42.4, "42 s"),
        (59.9, "1 min"),
        (61, "1 min 1 s"),
        (3599.9, "1 h"),
        (3700, "1 h 2 min"),
        (86399, "1 d"),
        (126_000, "1 d 11 h"),
    ],
)
def test_measured_durations_have_decimals_below_ten_seconds(seconds: float, words: str) -> None:
    assert wording.measured_duration(seconds) == words


def test_counts_agree_with_their_noun() -> None:
    assert wording.count(1, "retry", "retries") == "1 retry"
    assert wording.count(2000, "lead") == "2,000 leads"


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.5, "50 %"), (0.999, "over 99 %"), (1, "100 %")],
)
def test_only_nothing_is_0_percent_and_only_everything_is_100(share: float, words: str) -> None:
    assert wording.percent(share) == words


def test_windows_name_their_period() -> None:
    assert [wording.window(w) for w in RateLimits.of((1000, 3600), (10, 2), (5, 0.5)).windows] == [
        "1,000 an hour",
        "10 in 2 s",
        "5 in 0.5 s",
    ]


def test_local_times_have_a_date_unless_it_is_today() -> None:
    noon = dt.datetime(2027, 1, 4, 12).astimezone().timestamp()
    assert wording.local_time(noon, now=noon + 60) == "12:00:00"
    assert wording.local_time(noon, now=noon + 86_400) == "2027-01-04 12:00:00"


def test_timestamps_are_in_utc() -> None:
    assert wording.timestamp(1_800_000_000.25) == "2027-01-15T08:00:00+00:00"
    assert wording.timestamp(1_800_000_000.25, milliseconds=True) == "2027-01-15T08:00:00.250+00:00"
    assert wording.timestamp(None) is None
    assert wording.utc_time(1_800_000_000.25) == "2027-01-15 08:00:00 UTC"


def test_foreign_text_stays_on_its_line_and_moves_no_cursor() -> None:
    assert wording.printable("Zoë\n\x1b[31mred\u202e") == "Zoë \ufffd[31mred\ufffd"
