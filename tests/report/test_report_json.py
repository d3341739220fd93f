"""The JSON of a report: as docs/reports.md describes it, and parsed back."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from smartlead_async import FakeSmartlead, SmartleadClient, virtual_time
from smartlead_async.fake import Fault
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions
from smartlead_async.provisioning.ledger.memory import MemoryLedger
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState, StepRecord, StepState
from smartlead_async.provisioning.report.report import Report, Traffic
from smartlead_async.report_html import ReportData, ServerCheck, UnreadableReport, render_html
from smartlead_async.report_html.summary import story

from .jobs import KEY, empty, run_job, specs, written_down

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return run_job(specs(12, failing_every=5), faults=0.15)


def _keys(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {path} | {key for name, each in value.items() for key in _keys(each, f"{path}.{name}")}
    if isinstance(value, list):
        return {key for each in value for key in _keys(each, path)} or {path}
    return {path}


def test_every_key_is_documented(report: dict[str, Any]) -> None:
    documented = set(re.findall(r"^\| `([^`]+)`", PAGE.read_text("utf-8"), re.MULTILINE))
    written = {
        key.removeprefix(".")
        for key in _keys(report)
        # The operations are names of requests, not keys; those below are lists of things with keys.
        if key and not key.startswith(".requests.by_operation.")
    }
    assert written - documented == set()


def test_the_timeline_adds_up_to_the_totals(report: dict[str, Any]) -> None:
    timeline, requests = report["timeline"], report["requests"]
    assert sum(timeline["sent"]) == requests["total"] > 12
    assert sum(timeline["unanswered"]) == requests["unanswered"] > 0
    assert sum(timeline["rate_limited"]) == requests["rate_limited"]
    assert sum(timeline["waited_seconds"]) == pytest.approx(requests["waited_seconds"], abs=0.05)
    assert sum(timeline["on_the_wire_seconds"]) == pytest.approx(requests["on_the_wire_seconds"], abs=0.05)
    assert len(timeline["sent"]) * timeline["slice_seconds"] <= report["elapsed_seconds"] + 1


def test_requests_that_were_never_sent_are_counted_apart() -> None:
    report = run_job(specs(20), faults=0.3)
    timeline = report["timeline"]
    assert 0 < sum(timeline["not_connected"]) < sum(timeline["unanswered"])


def test_the_limits_are_those_of_the_client(report: dict[str, Any]) -> None:
    assert report["limits"] == [
        {"limit": 10, "period_seconds": 1.0},
        {"limit": 60, "period_seconds": 60.0},
        {"limit": 1000, "period_seconds": 3600.0},
    ]


def test_it_contains_neither_key_nor_leads(report: dict[str, Any]) -> None:
    text = json.dumps(report)
    assert "Bakeries in town 3" in text
    assert KEY not in text
    assert "prospect.example" not in text


_ENCODED = ("ada@x.example", "ADA@X.EXAMPLE", "ada&#64;x.example", "ada%40x.example", "ada\\u0040x.example")


@pytest.mark.parametrize("address", _ENCODED)
async def test_no_error_in_the_report_or_on_the_page_names_an_address(address: str) -> None:
    told = f"refused: {address}"
    steps = tuple(
        StepRecord(step, StepState.FAILED, sent_at=0.0, error=told) for step in (Step.MAILBOXES, Step.LEADS)
    )
    ledger = MemoryLedger()
    await ledger.open()
    await ledger.save(CampaignRecord("k", "Bakeries", 1, state=CampaignState.FAILED, steps=steps, error=told))
    report = Report(ledger=ledger, traffic=Traffic(), sweep_error=told)
    content = await report.as_json()
    page = render_html(ReportData.from_json(content))
    # A report that another version wrote is redacted as well.
    content |= {"error": told, "sweep_error": told, "verify_error": told}
    content["details"][0]["error"] = told
    content["details"][0]["steps"][0]["error"] = told
    difference = {"key": "k", "campaign_id": 1, "path": "leads", "planned": told}
    content["differences"] = [difference | {"found": [told, {"a": told}]}]
    older = render_html(ReportData.from_json(content))
    for text in (json.dumps(await report.as_json()), page, older):
        assert not re.search(r"x\.example", text, re.IGNORECASE)
        assert "(address)" in text


def test_parsing_returns_the_records(report: dict[str, Any]) -> None:
    data = ReportData.from_json(json.loads(json.dumps(report)))
    assert (data.done, data.failed, data.total) == (9, 3, 12)
    assert data.traffic.total == report["requests"]["total"]
    assert data.elapsed == report["elapsed_seconds"]
    assert data.traffic.timeline.as_json() == report["timeline"]
    failed = [campaign for campaign in data.campaigns if campaign.state is CampaignState.FAILED]
    assert [campaign.key for campaign in failed] == ["row-1", "row-6", "row-11"]
    steps = {step.step: step for step in data.campaigns[0].steps}
    assert len(steps) == 6
    assert all(step.ended_at is not None and step.ended_at >= step.sent_at for step in steps.values())
    assert sum(campaign.requests for campaign in data.campaigns) == sum(
        campaign["requests"] for campaign in report["details"]
    )


def test_the_command_uses_the_same_ledger(report: dict[str, Any]) -> None:
    words = shlex.split(ReportData.from_json(report).command or "")
    assert words[:3] == ["smartlead-async", "provision", "spring plan.yaml"]
    assert words[3:] == ["--target", "live", "--tier", "standard", "--ledger", "spring plan.ledger"]


def test_paths_that_look_like_options_stay_paths() -> None:
    data = ReportData.from_json(empty() | {"plan": "-plan.yaml", "ledger": "--x;rm -rf.ledger"})
    assert shlex.split(data.command or "")[2:] == ["./-plan.yaml", "--ledger", "./--x;rm -rf.ledger"]


@pytest.mark.parametrize("known", [{}, {"plan": "a.yaml"}, {"plan": "a.yaml", "ledger": None}])
def test_without_a_ledger_there_is_no_command(known: dict[str, Any]) -> None:
    # Running the plan again would create its finished campaigns twice.
    assert ReportData.from_json(empty() | known).command is None


def test_a_command_that_is_given_is_kept() -> None:
    assert ReportData.from_json(empty(), command="make campaigns").command == "make campaigns"


def test_the_server_of_a_simulation_is_parsed() -> None:
    server = {"duplicates": 1, "lost": 2, "leads_missing": 3, "restarts": 4, "faults": 5, "later": 6}
    data = ReportData.from_json(empty() | {"server": server, "orphans_left": 7})
    assert data.server == ServerCheck(duplicates=1, lost=2, leads_missing=3, restarts=4, faults=5, orphans=7)


def test_differences_contain_no_address() -> None:
    given = {"key": "a", "campaign_id": 4101, "path": "leads", "planned": "3 leads"}
    differences = [
        given | {"found": "2 are missing: jo@prospect.example, bo@prospect.example"},
        given | {"path": "steps[0].mails", "found": [["", "Hi", "x" * 1000]]},
        given | {"path": "start", "planned": True, "found": False},
    ]
    data = ReportData.from_json(empty() | {"differences": differences})
    assert data.differences is not None
    missing, mails, start = data.differences
    assert missing.found == "2 are missing: (address), (address)"
    assert len(mails.found) < 400
    assert (start.planned, start.found) == ("true", "false")
    assert ReportData.from_json(empty()).differences is None


def test_keys_that_were_added_later_may_be_missing() -> None:
    given = written_down(10)
    assert "timeline" not in given
    data = ReportData.from_json(given)
    assert (data.done, len(data.traffic.timeline)) == (9, 0)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ([], "not the JSON of a provisioning report"),
        ({"campaigns": {}}, "not the JSON of a provisioning report"),
        ({"format": 2}, "has format 2, this version reads format 1"),
        ({"format": 1}, "damaged: KeyError 'campaigns'"),
        (written_down(1) | {"began_at": "yesterday"}, "damaged: ValueError"),
        (written_down(1) | {"details": [{"name": "a"}]}, "damaged: KeyError"),
        (written_down(1) | {"leads": None}, "damaged: TypeError"),
    ],
)
def test_invalid_reports_are_refused_with_a_reason(broken: Any, said: str) -> None:
    with pytest.raises(UnreadableReport, match=re.escape(said)):
        ReportData.from_json(broken)


def test_a_job_whose_server_is_down_at_the_end_says_why() -> None:
    async def job() -> Report:
        fake = FakeSmartlead()
        fake.script(None, Fault.status_before(503), times=None)
        async with SmartleadClient("test-key", transport=fake.transport()) as client:
            return await Job(client, specs(3), JobOptions(ledger=MemoryLedger(), deadline=600)).run()

    async def run() -> tuple[Report, dict[str, Any]]:
        report = await job()
        return report, await report.as_json()

    report, written = virtual_time.run(run())
    assert report.deadline_passed
    assert "HTTP 503" in written["outage"]
    data = ReportData.from_json(written)
    assert f"The server was down: {data.outage}" in story(data)
    assert ReportData.from_json(run_job(specs(2))).outage is None
