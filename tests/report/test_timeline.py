"""The timeline loses no request and uses a bounded amount of memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.provisioning.report.timeline import MAX_SLICES, Timeline

requests = st.lists(
    st.tuples(
        st.floats(0, 200_000),  # sent at
        st.floats(0, 5_000),  # waited
        st.floats(0, 300),  # took
        st.booleans(),
        st.booleans(),
    ),
    max_size=60,
)


def noted(given: list[tuple[float, float, float, bool, bool]]) -> Timeline:
    timeline = Timeline()
    for sent_at, waited, took, limited, unanswered in given:
        timeline.note(sent_at=sent_at, waited=waited, took=took, rate_limited=limited, unanswered=unanswered)
    return timeline


def test_a_request_counts_in_the_second_in_which_it_was_sent() -> None:
    timeline = noted([(12.4, 0, 0.3, False, False)])
    assert timeline.slice_seconds == 1
    assert timeline.sent == [0] * 12 + [1]


def test_time_is_spread_over_the_slices_in_which_it_passed() -> None:
    timeline = noted([(2.5, 2.0, 1.0, False, False)])
    assert timeline.waited == [0.5, 1.0, 0.5, 0]
    assert timeline.on_the_wire == [0, 0, 0.5, 0.5]


def test_slices_are_joined_when_there_are_too_many() -> None:
    timeline = noted([(0.0, 0, 0, False, False), (1.0, 0, 0, True, False), (600.0, 0, 0, False, True)])
    assert timeline.slice_seconds == 2
    assert timeline.sent[0] == 2
    assert timeline.rate_limited[0] == 1
    assert timeline.unanswered[300] == 1


@pytest.mark.parametrize(("hours", "width"), [(0.1, 1), (0.3, 2), (10, 60), (34, 240), (600, 3600)])
def test_slice_widths_divide_the_usual_windows(hours: float, width: int) -> None:
    timeline = noted([(hours * 3600 - 1, 0, 0, False, False)])
    assert timeline.slice_seconds == width


@given(requests)
def test_nothing_is_lost_and_memory_is_bounded(given: list[tuple[float, float, float, bool, bool]]) -> None:
    timeline = noted(given)
    assert len(timeline) <= MAX_SLICES
    assert sum(timeline.sent) == len(given)
    assert sum(timeline.rate_limited) == sum(limited for *_, limited, _ in given)
    assert sum(timeline.unanswered) == sum(unanswered for *_, unanswered in given)
    assert sum(timeline.on_the_wire) == pytest.approx(sum(took for _, _, took, _, _ in given), abs=1e-3)
    waited = sum(min(waited, sent_at) for sent_at, waited, _, _, _ in given)
    assert sum(timeline.waited) == pytest.approx(waited, abs=1e-3)


@given(requests, requests, st.floats(0, 100_000))
def test_a_later_run_adds_all_of_its_requests(
    first: list[tuple[float, float, float, bool, bool]],
    second: list[tuple[float, float, float, bool, bool]],
    offset: float,
) -> None:
    timeline, later = noted(first), noted(second)
    on_the_wire = sum(timeline.on_the_wire) + sum(later.on_the_wire)
    timeline.take_in(later, offset=offset)
    assert len(timeline) <= MAX_SLICES
    assert sum(timeline.sent) == len(first) + len(second)
    assert sum(timeline.on_the_wire) == pytest.approx(on_the_wire, abs=1e-3)


def test_a_later_run_is_added_at_its_start() -> None:
    timeline, later = noted([(0.0, 0, 0, False, False)]), noted([(3.0, 0, 0, False, False)])
    timeline.take_in(later, offset=100)
    assert [at for at, sent in enumerate(timeline.sent) if sent] == [0, 103]


@given(requests, st.floats(0, 500_000))
def test_a_timeline_covers_the_time_after_the_last_request(
    given: list[tuple[float, float, float, bool, bool]], end: float
) -> None:
    timeline = noted(given)
    timeline.cover(end)
    assert sum(timeline.sent) == len(given)
    assert len(timeline) <= MAX_SLICES
    assert len(timeline) * timeline.slice_seconds >= end
    # No slice begins at the end of the job or later unless a request was in flight until then.
    last = max((sent_at + took for sent_at, _, took, _, _ in given), default=0.0)
    assert (len(timeline) - 1) * timeline.slice_seconds <= max(end, last)


@given(requests)
def test_json_and_back(given: list[tuple[float, float, float, bool, bool]]) -> None:
    timeline = noted(given)
    back = Timeline.from_json(timeline.as_json())
    assert back.sent == timeline.sent
    assert back.slice_seconds == timeline.slice_seconds
    assert back.waited == pytest.approx(timeline.waited, abs=1e-3)


def test_columns_of_different_length_are_refused() -> None:
    broken = noted([(5.0, 0, 0, False, False)]).as_json()
    with pytest.raises(ValueError, match="same length"):
        Timeline.from_json(broken | {"sent": [1]})
