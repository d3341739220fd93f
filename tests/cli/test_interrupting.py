"""Ctrl-C, SIGTERM and the secrecy of the key: real processes against a fake over HTTP."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smartlead_async.fake import Fault

from .plans import KEY, REQUESTS, name, write_plan
from .processes import COMMAND, environment, run, started
from .serving import Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGINT nor SIGTERM"),
]

CAMPAIGNS = 12


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return write_plan(tmp_path, CAMPAIGNS)


def _provision(plan: Path, served: Served, *more: object) -> tuple[object, ...]:
    return ("provision", plan, "--target", served.url, "--tier", "unlimited", *more)


def _slow_down(served: Served, seconds: float, operation: str | None = None) -> None:
    served.call(lambda: served.fake.script(operation, Fault.slow(seconds), times=None))


def _slow_down_after(served: Served, number: int) -> None:
    """Let each request after this many take two seconds, so that a signal arrives long before the end."""
    served.call(lambda: served.fake.script(None, Fault.slow(0.05), times=number))
    _slow_down(served, 2)


def _speed_up(served: Served) -> None:
    served.call(served.fake.clear_scripts)


def _wait_for_requests(served: Served, number: int) -> None:
    deadline = time.monotonic() + 60
    while served.requests() < number:
        assert time.monotonic() < deadline, "the job makes no progress"
        time.sleep(0.005)


def test_a_pause_that_is_stopped_is_carried_on_by_the_next_run(plan: Path, served: Served) -> None:
    served.furnish(plan)
    assert run(*_provision(plan, served), SMARTLEAD_API_KEY=KEY).code == 0
    before = served.requests()
    _slow_down_after(served, 3)
    arguments = ("pause", plan, "--yes", "--tier", "unlimited", "--concurrency", "2")
    with started(*arguments, SMARTLEAD_API_KEY=KEY) as process:
        _wait_for_requests(served, before + 3)
        process.send(signal.SIGINT)
        finished = process.finish()
    assert finished.code == 4
    assert "Run the same command again to carry on." in finished.out
    assert {status for _, status in served.statuses()} == {"ACTIVE", "PAUSED"}
    _speed_up(served)
    assert run(*arguments, SMARTLEAD_API_KEY=KEY).code == 0
    assert {status for _, status in served.statuses()} == {"PAUSED"}


@pytest.mark.parametrize(
    ("number", "after"),
    [(signal.SIGINT, 1), (signal.SIGINT, 61), (signal.SIGTERM, 23), (signal.SIGHUP, 23)],
)
def test_a_stopped_job_writes_its_report_and_can_be_resumed(
    plan: Path, served: Served, number: signal.Signals, after: int
) -> None:
    served.furnish(plan)
    _slow_down_after(served, after)
    report = plan.parent / "report.json"
    arguments = _provision(plan, served, "--report", report, "--concurrency", 4)
    with started(*arguments, SMARTLEAD_API_KEY=KEY) as process:
        _wait_for_requests(served, after)
        process.send(number)
        stopped = process.finish()
    assert stopped.code == 4, stopped
    assert "Stopping" in stopped.out
    assert "Stopped before the end." in stopped.out
    assert "Traceback" not in stopped.everything
    written = json.loads(report.read_text("utf-8"))
    assert written["interrupted"] is True
    # The responses in flight were recorded, so the ledger knows every campaign on the server.
    on_server = set(served.call(lambda: list(served.fake.campaigns)))
    assert {each["campaign_id"] for each in written["details"]} - {None} == on_server
    assert written["campaigns"]["done"] + written["campaigns"]["begun"] + written["not_begun"] == CAMPAIGNS
    _speed_up(served)
    resumed = run(*arguments, SMARTLEAD_API_KEY=KEY)
    assert resumed.code == 0, resumed
    assert served.statuses() == {(name(n), "ACTIVE"): 1 for n in range(CAMPAIGNS)}


@pytest.mark.parametrize("times", [2, 9])
def test_more_signals_do_not_wait_for_responses_and_lose_no_report(
    plan: Path, served: Served, times: int
) -> None:
    served.furnish(plan)
    _slow_down(served, 3600, "CreateCampaign")
    report = plan.parent / "report.json"
    with started(*_provision(plan, served, "--json", "--report", report), SMARTLEAD_API_KEY=KEY) as process:
        _wait_for_requests(served, 2)
        process.send(signal.SIGINT)
        process.until("Stopping", in_err=True)
        for _ in range(times - 1):
            process.send(signal.SIGINT)
        stopped = process.finish()
    assert stopped.code == 4, stopped
    assert json.loads(stopped.out)["campaigns"]["begun"] >= 1
    assert json.loads(report.read_text("utf-8"))["interrupted"] is True
    assert "Traceback" not in stopped.everything


def test_signals_while_the_report_is_written_are_ignored(plan: Path, served: Served) -> None:
    served.furnish(plan)
    report = plan.parent / "report.html"
    with started(*_provision(plan, served, "--report", report), SMARTLEAD_API_KEY=KEY) as process:
        _wait_for_requests(served, REQUESTS * CAMPAIGNS)
        while process.process.poll() is None and not report.exists():
            process.send(signal.SIGTERM)
            time.sleep(0.01)
        finished = process.finish()
    assert finished.code in {0, 4}, finished
    assert report.read_text("utf-8").startswith("<!doctype html>")


def test_nohup_stays_in_effect(plan: Path, served: Served) -> None:
    served.furnish(plan)
    _slow_down(served, 0.05)
    arguments = [*COMMAND, *map(str, _provision(plan, served))]
    process = subprocess.Popen(
        ["nohup", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(SMARTLEAD_API_KEY=KEY),
    )
    _wait_for_requests(served, 10)
    process.send_signal(signal.SIGHUP)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Stopping" not in out


@pytest.mark.parametrize(
    ("command", "number"),
    [("provision", signal.SIGINT), ("simulate", signal.SIGTERM), ("check", signal.SIGHUP)],
)
def test_a_signal_before_anything_was_sent_is_one_line(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    plan = write_plan(tmp_path, 3000)
    more = () if command != "simulate" else ("--faults", "0.1")
    with started(command, plan, *more) as process:
        time.sleep(0.5)
        process.send(number)
        stopped = process.finish()
    if stopped.code < 0:
        assert stopped.everything in ("", "smartlead-async: interrupted before anything was done\n")
        pytest.skip("the process was still starting")
    assert stopped.code in {0, 4}, stopped
    if stopped.code == 4:
        assert "interrupted" in stopped.everything or "Stopped before the end" in stopped.out
    assert "Traceback" not in stopped.everything


def test_a_comparison_that_is_stopped_shows_what_it_found(plan: Path, served: Served) -> None:
    served.furnish(plan)
    assert run(*_provision(plan, served), SMARTLEAD_API_KEY=KEY).code == 0
    before = served.requests()
    _slow_down_after(served, 10)
    with started("verify", plan, "--tier", "unlimited", "--json", SMARTLEAD_API_KEY=KEY) as process:
        _wait_for_requests(served, before + 10)
        process.send(signal.SIGHUP)
        stopped = process.finish()
    assert stopped.code == 4, stopped
    content = json.loads(stopped.out)
    assert content["error"] == "interrupted"
    assert 1 <= content["compared"] < CAMPAIGNS


def test_a_stop_while_comparing_keeps_the_report_of_the_job(plan: Path, served: Served) -> None:
    served.furnish(plan)
    # The job itself does not read them.
    _slow_down(served, 3600, "GetSequences")
    report = plan.parent / "report.json"
    arguments = _provision(plan, served, "--verify", "--report", report)
    with started(*arguments, SMARTLEAD_API_KEY=KEY) as process:
        process.until("Comparing")
        process.send(signal.SIGINT)
        stopped = process.finish()
    assert stopped.code == 4, stopped
    written = json.loads(report.read_text("utf-8"))
    assert (written["campaigns"]["done"], written["verify_error"]) == (CAMPAIGNS, "interrupted")


def test_a_stop_does_not_wait_for_the_end_of_an_outage(plan: Path, served: Served) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.script(None, Fault.status_before(503), times=None))
    # After the retries of a request, the job probes until the service is back.
    with started(*_provision(plan, served), SMARTLEAD_API_KEY=KEY) as process:
        process.until("SmartLead has been down since")
        process.send(signal.SIGINT)
        stopped = process.finish()
    assert stopped.code == 4, stopped


def test_the_key_is_never_shown(plan: Path, served: Served) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.fail_next(Fault.not_json(200), "UpdateSchedule", times=3))
    served.call(lambda: served.fake.fail_next(Fault.lost_after(), "SaveSequences", times=3))
    report = plan.parent / "report.json"
    finished = [
        run(*_provision(plan, served, "--report", report), SMARTLEAD_API_KEY=KEY),
        run(*_provision(plan, served, "--json"), SMARTLEAD_API_KEY=KEY),
        run("status", plan.with_suffix(".ledger"), "--json", SMARTLEAD_API_KEY=KEY),
        run("provision", plan, "--target", f"{served.url}?api_key={KEY}", SMARTLEAD_API_KEY=KEY),
        run(
            "provision",
            plan,
            "--target",
            "http://127.0.0.1:1",
            "--no-ledger",
            "--deadline",
            1,
            SMARTLEAD_API_KEY=KEY,
        ),
    ]
    assert [each.code for each in finished] == [0, 0, 0, 2, 4]
    assert not [each for each in finished if KEY in each.everything]
    assert not [path for path in plan.parent.iterdir() if KEY.encode() in path.read_bytes()]


def test_a_second_process_on_the_same_ledger_is_refused(plan: Path, served: Served) -> None:
    served.furnish(plan)
    _slow_down(served, 3600, "CreateCampaign")
    with started(*_provision(plan, served), SMARTLEAD_API_KEY=KEY) as first:
        _wait_for_requests(served, 2)
        second = run(*_provision(plan, served), SMARTLEAD_API_KEY=KEY)
        forgetting = run("forget", plan.with_suffix(".ledger"), "--campaign", "x", "--yes")
        looking = run("status", plan.with_suffix(".ledger"), "--json")
        for _ in range(2):
            first.send(signal.SIGINT)
            time.sleep(0.2)
        first.finish()
    for refused in (second, forgetting):
        assert refused.code == 2, refused
        assert "another process" in refused.err
    assert json.loads(looking.out)["campaigns"]["running"] >= 1


def test_a_closed_pipe_does_not_end_the_job(plan: Path, served: Served) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.fail_next(Fault.status_before(422), "SaveSequences", times=CAMPAIGNS - 1))
    process = subprocess.Popen(
        [*COMMAND, *map(str, _provision(plan, served))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(SMARTLEAD_API_KEY=KEY),
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == b""
    assert _states(plan) == {"done": 1, "failed": CAMPAIGNS - 1}


def _states(plan: Path) -> dict[str, int]:
    connection = sqlite3.connect(plan.with_suffix(".ledger"))
    try:
        return dict(connection.execute("SELECT state, COUNT(*) FROM campaigns GROUP BY state"))
    finally:
        connection.close()


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-", ">/dev/full 2>&1"])
def test_closed_and_full_streams_do_not_end_the_job(plan: Path, served: Served, closed: str) -> None:
    served.furnish(plan)
    report = plan.parent / "report.json"
    arguments = (*COMMAND, *map(str, _provision(plan, served, "--report", report)))
    command = f"{shlex.join(arguments)} {closed}"
    ended = subprocess.run(
        ["sh", "-c", command], env=environment(SMARTLEAD_API_KEY=KEY), timeout=60, check=False
    )
    assert ended.returncode == 0
    assert json.loads(report.read_text("utf-8"))["campaigns"]["done"] == CAMPAIGNS
    assert _states(plan) == {"done": CAMPAIGNS}


def test_json_that_cannot_be_written_is_told(plan: Path) -> None:
    command = f"{shlex.join((*COMMAND, 'check', str(plan), '--json'))} > /dev/full"
    ended = subprocess.run(
        ["sh", "-c", command], env=environment(), timeout=60, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert "the JSON could not be written to stdout" in ended.stderr


def test_the_report_is_written_after_the_terminal_has_gone(plan: Path, served: Served) -> None:
    pty = pytest.importorskip("pty")
    served.furnish(plan)
    _slow_down_after(served, 20)
    report = plan.parent / "report.json"
    child, master = pty.fork()
    if child == 0:
        os.execve(
            COMMAND[0],
            [*COMMAND, *map(str, _provision(plan, served, "--report", report))],
            environment(SMARTLEAD_API_KEY=KEY, TERM="xterm-256color"),
        )
    _wait_for_requests(served, 20)
    # The kernel sends SIGHUP to the process, and its writes fail from now on.
    os.close(master)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 4
    assert json.loads(report.read_text("utf-8"))["interrupted"] is True
