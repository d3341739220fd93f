"""The numbers of the page."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from smartlead_async import RateLimits
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState, StepRecord, StepState
from smartlead_async.provisioning.report.report import Traffic
from smartlead_async.provisioning.report.timeline import Timeline
from smartlead_async.report_html import ReportData, figures, plots
from smartlead_async.report_html.summary import headline, tone

from .jobs import PAUSE, run_job, specs, stopped_and_resumed, written_down


def campaign(number: int, *steps: StepRecord, error: str | None = None) -> CampaignRecord:
    state = CampaignState.FAILED if error else CampaignState.DONE
    return CampaignRecord(f"k{number}", f"Campaign {number}", None, state=state, steps=steps, error=error)


def step(
    which: Step, sent_at: float, ended_at: float | None, state: StepState = StepState.DONE
) -> StepRecord:
    return StepRecord(which, state, sent_at, ended_at, requests=1)


def sent(*instants: float, limits: RateLimits, elapsed: float) -> ReportData:
    timeline = Timeline()
    for instant in instants:
        timeline.note(sent_at=instant, waited=0, took=0)
    return ReportData(traffic=Traffic(limits=limits, timeline=timeline), elapsed=elapsed)


def test_campaigns_are_counted_when_their_last_step_has_ended() -> None:
    data = ReportData(
        began_at=100.0,
        elapsed=50,
        campaigns=(
            campaign(1, step(Step.CREATE, 101, 102), step(Step.START, 105, 130)),
            campaign(2, step(Step.CREATE, 103, 110)),
            campaign(3, step(Step.CREATE, 103, 104), error="no"),
            campaign(4, step(Step.CREATE, 10, 20)),
        ),
    )
    done = figures.finished_over_time(data, CampaignState.DONE)
    # The fourth was done by an earlier run and counts from the start.
    assert (done.at, done.values) == ((0.0, 0.0, 10.0, 30.0), (0, 1, 2, 3))
    assert [done.value_at(at) for at in (-1, 0, 9.9, 10, 1000)] == [0, 1, 1, 2, 3]
    assert figures.finished_over_time(data, CampaignState.FAILED).at == (0.0, 4.0)


def test_the_use_of_a_window_is_what_was_sent_in_its_last_period() -> None:
    data = sent(*range(30), limits=RateLimits.of((60, 60)), elapsed=120)
    data.traffic.timeline.note(sent_at=119, waited=0, took=0)
    (fill,) = figures.window_fills(data)
    assert fill.fill.value_at(15) == 15 / 60
    assert fill.fill.value_at(30) == fill.fill.value_at(60) == 30 / 60
    # They leave the window one by one, a minute after they were sent.
    assert fill.fill.value_at(75) == 15 / 60
    assert fill.fill.value_at(119) == 0
    assert fill.fill.value_at(120) == 1 / 60
    assert (fill.most, fill.full) == (30 / 60, 0)
    assert fill.mean == pytest.approx(31 / 120)
    assert not fill.is_averaged


def test_requests_of_earlier_runs_count_until_they_leave_a_window() -> None:
    data = sent(limits=RateLimits.of((60, 60)), elapsed=90)
    data.traffic.recall([10.5] * 30)
    data.traffic.timeline.cover(90)
    (fill,) = figures.window_fills(data)
    assert [fill.fill.value_at(at) for at in (0, 49, 50, 90)] == [0.5, 0.5, 0, 0]
    # The average is of this run alone.
    assert fill.mean == 0


def test_the_pace_after_the_last_request_of_a_stopped_job_is_nothing() -> None:
    stopped, _ = stopped_and_resumed()
    timeline, last = stopped.traffic.timeline, stopped.elapsed
    rate = figures.per_minute(timeline, timeline.sent, last)
    assert last == 300
    assert rate.at[-1] == 299
    assert rate.value_at(240) > 0
    assert rate.values[-1] == 0
    assert [fill.fill.at[-1] for fill in figures.window_fills(stopped)] == [last] * 3


def test_a_resumed_job_shows_the_limit_that_the_requests_before_it_used_up() -> None:
    _, resumed = stopped_and_resumed()
    hour = figures.window_fills(resumed)[-1]
    assert resumed.traffic.total < 1_000
    assert hour.fill.values[0] == pytest.approx(0.3)
    assert hour.most == 1.0
    assert hour.full > 0.5
    caption = plots.utilisation(resumed, figures.window_fills(resumed)).caption
    assert caption.startswith("The limit of 1,000 an hour set the pace")
    assert "300 requests of earlier runs counted as well." in caption


def test_the_time_between_two_runs_is_not_that_of_a_step() -> None:
    stopped, resumed = stopped_and_resumed()
    assert stopped.failed
    mailboxes = next(s for s in figures.step_times(resumed.campaigns) if s.step is Step.MAILBOXES)
    assert mailboxes.failed > stopped.failed
    assert mailboxes.most < PAUSE


def test_full_windows_are_told_apart() -> None:
    data = sent(*range(60), limits=RateLimits.of((30, 30), (600, 60)), elapsed=60)
    tight, wide = figures.window_fills(data)
    assert (tight.most, wide.most) == (1.0, 0.1)
    assert tight.full == pytest.approx(0.5, abs=0.05)
    assert wide.full == 0


def test_windows_narrower_than_a_slice_are_averaged_and_say_so() -> None:
    data = sent(*[0.0] * 10, 5_000.0, limits=RateLimits.of((10, 1)), elapsed=5_001)
    (fill,) = figures.window_fills(data)
    width = data.traffic.timeline.slice_seconds
    assert fill.is_averaged
    assert (fill.span, fill.most) == (width, 1 / width)


def test_requests_that_were_never_sent_fill_no_window() -> None:
    data = sent(0.0, limits=RateLimits.of((2, 60)), elapsed=10)
    data.traffic.timeline.note(sent_at=1, waited=0, took=0, not_connected=True, unanswered=True)
    assert figures.window_fills(data)[0].most == 0.5


def test_no_window_of_a_real_job_is_exceeded() -> None:
    # The limiter never exceeds a window, so a sum over a period that does would be wrong.
    data = ReportData.from_json(run_job(specs(60), faults=0.1))
    for fill in figures.window_fills(data):
        timeline, period = data.traffic.timeline, fill.window.period
        if period % timeline.slice_seconds == 0:
            slices = int(period / timeline.slice_seconds)
            went = [a - b for a, b in zip(timeline.sent, timeline.not_connected, strict=True)]
            most = max(sum(went[at : at + slices]) for at in range(len(went)))
            assert fill.most * fill.window.limit == pytest.approx(most)
            assert most <= fill.window.limit


def test_rates_are_per_minute_for_slices_of_any_width() -> None:
    bursts = [float(minute * 60) for minute in range(20) for _ in range(60)]
    data = sent(*bursts, limits=RateLimits.UNLIMITED, elapsed=1200)
    timeline = data.traffic.timeline
    assert timeline.slice_seconds == 2
    assert figures.per_minute(timeline, timeline.sent, 1200).values == (60.0,) * 20
    short = sent(*[0.5] * 3, limits=RateLimits.UNLIMITED, elapsed=30).traffic.timeline
    assert figures.per_minute(short, short.sent, 30).values == (180.0,)


def test_request_seconds_become_requests_at_the_same_time() -> None:
    timeline = Timeline()
    for _ in range(3):
        timeline.note(sent_at=100, waited=100, took=0)
    assert figures.at_once(timeline, timeline.waited, 100).values[:100] == (3.0,) * 100


def test_the_distribution_of_a_step() -> None:
    campaigns = [campaign(n, step(Step.CREATE, 0, n)) for n in range(100, 0, -1)]
    campaigns += [campaign(101, step(Step.LEADS, 0, 5, StepState.FAILED), error="no")]
    campaigns += [campaign(102, step(Step.START, 0, None, StepState.SENT))]
    create, leads = figures.step_times(campaigns)
    assert attrs.astuple(create) == (Step.CREATE, 100, 1, 50, 90, 99, 100, 100, 0)
    assert (leads.step, leads.count, leads.median, leads.failed) == (Step.LEADS, 1, 5, 1)
    assert [slow.seconds for slow in figures.slowest_steps(campaigns)] == list(range(100, 90, -1))


def test_failures_that_differ_only_in_numbers_and_quotes_are_one_group() -> None:
    campaigns = [
        campaign(n, step(Step.LEADS, 0, 1, StepState.FAILED), error=f"422: lead {n} of 'list {n}'")
        for n in (1, 2, 3)
    ]
    campaigns += [campaign(4, step(Step.START, 0, 1, StepState.FAILED), error="422: lead 4 of 'list 4'")]
    campaigns += [campaign(5, step(Step.START, 0, 1, StepState.FAILED), error="gone")]
    campaigns += [campaign(6, step(Step.START, 0, 1))]
    groups = figures.failure_groups(campaigns)
    assert [(group.stopped, group.reason, len(group.campaigns)) for group in groups] == [
        ("at leads", "422: lead 1 of 'list 1'", 3),
        ("at start", "422: lead 4 of 'list 4'", 1),
        ("at start", "gone", 1),
    ]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((), "before its create"),
        ((step(Step.CREATE, 0, 1),), "after create"),
        ((step(Step.CREATE, 0, None, StepState.SENT),), "at create"),
        ((step(Step.CREATE, 0, 1), step(Step.LEADS, 2, 3, StepState.FAILED)), "at leads"),
    ],
)
def test_where_a_campaign_stopped(steps: tuple[StepRecord, ...], said: str) -> None:
    assert figures.where_it_stopped(campaign(1, *steps, error="no")) == said


@pytest.mark.parametrize(
    ("changes", "said", "colour"),
    [
        ({"done": 5}, "All 5 campaigns set up", "good"),
        ({"done": 1, "planned": 1}, "One campaign set up", "good"),
        ({"done": 4, "failed": 1}, "4 of 5 campaigns set up, 1 failed", "bad"),
        ({"done": 3, "not_begun": 2, "interrupted": True}, "3 of 5 campaigns set up", "wait"),
    ],
)
def test_the_headline(changes: dict[str, Any], said: str, colour: str) -> None:
    data = attrs.evolve(ReportData(planned=5), **changes)
    assert (headline(data), tone(data)) == (said, colour)


def test_a_job_that_left_something_behind_is_not_good() -> None:
    simulated = ReportData.from_json(
        written_down(5) | {"server": {"duplicates": 1, "lost": 0, "leads_missing": 0}}
    )
    assert (simulated.failed, tone(simulated)) == (0, "bad")
    assert headline(simulated) == "All 5 campaigns would be set up"
    unswept = ReportData.from_json(written_down(5) | {"sweep_error": "503"})
    assert tone(unswept) == "wait"
