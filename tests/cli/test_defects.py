"""Unexpected errors: one line with type and place, a traceback only on request, and never data or the key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import smartlead_async.cli.commands.check as check_command
import smartlead_async.provisioning.job.job as job_module
from smartlead_async.cli.tier import Tier

from .conftest import CommandLine
from .plans import KEY


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise RuntimeError(f"{KEY} and ada@lead.example")

    monkeypatch.setattr(Tier, "choose", fail)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("command", ["check", "simulate"])
def test_an_unexpected_error_is_one_line(cli: CommandLine, plan: Path, command: str) -> None:
    result = cli(command, plan, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 5
    assert result.stderr.startswith("Error: unexpected RuntimeError at tests/cli/test_defects.py:") or (
        "Error: unexpected RuntimeError at smartlead_async/cli/commands/" in result.stderr
    )
    assert result.stderr.count("\n") == 1
    assert "--debug" in result.stderr
    assert "ada@" not in result.output


@pytest.mark.usefixtures("broken")
def test_debug_shows_the_traceback_without_the_key(cli: CommandLine, plan: Path) -> None:
    for result in (
        cli("check", plan, "--debug", SMARTLEAD_API_KEY=KEY),
        cli("--debug", "check", plan, SMARTLEAD_API_KEY=KEY),
        cli("check", plan, SMARTLEAD_API_KEY=KEY, SMARTLEAD_DEBUG="1"),
    ):
        assert result.exit_code == 5
        assert "Traceback (most recent call last)" in result.stderr
        assert KEY not in result.output
        assert "please report it with the traceback" in result.stderr


@pytest.mark.usefixtures("broken")
def test_a_program_gets_the_unexpected_error_as_json(cli: CommandLine, plan: Path) -> None:
    content = json.loads(cli("check", plan, "--json").stdout)
    assert content["exit_code"] == 5
    assert content["error"].startswith("unexpected RuntimeError at ")


def test_an_unexpected_error_of_a_job_loses_neither_summary_nor_report(
    cli: CommandLine, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("ada@lead.example")

    monkeypatch.setattr(job_module.Job, "_sweep", fail)
    report = tmp_path / "report.json"
    result = cli("provision", plan, "--report", report)
    assert result.exit_code == 5
    assert "The job ended early: unexpected RuntimeError at " in result.stdout
    assert "Campaigns  3 done" in result.stdout
    written = json.loads(report.read_text("utf-8"))
    assert (written["exit_code"], written["campaigns"]["done"]) == (5, 3)
    assert "ada@" not in result.output + report.read_text("utf-8")
    assert "Traceback" not in result.output


def test_errors_before_a_command_begins_are_caught_as_well(
    cli: CommandLine, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> object:
        raise RuntimeError("x")

    monkeypatch.setattr(check_command, "command_output", fail)
    result = cli("check", plan)
    assert result.exit_code == 5
    assert "unexpected RuntimeError" in result.stderr


def test_debug_logs_every_request(cli: CommandLine, plan: Path) -> None:
    result = cli("provision", plan, "--debug")
    assert result.exit_code == 0
    assert "debug: CreateCampaign -> 200" in result.stderr
    assert "debug:" not in cli("provision", plan).stderr
