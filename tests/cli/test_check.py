"""``smartlead-async check``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import CommandLine
from .plans import REQUESTS, campaign, write_plan


def test_a_valid_plan_exits_with_0_and_shows_its_size(cli: CommandLine, plan: Path) -> None:
    result = cli("check", plan, "--tier", "10/60")
    assert result.exit_code == 0
    assert f"3 campaigns, 9 leads, {3 * REQUESTS + 1} requests" in result.stdout
    # 21 requests at 10 a minute: the last goes out after two full minutes.
    assert "Shortest possible time: 2 min at 10/60" in result.stdout


def test_every_problem_is_one_line_that_begins_with_file_and_line(cli: CommandLine, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        "version: 1\ncampaigns:\n  - name: Dentists in Oslo Q1 2027\n    nmae: x\n    start: true\n"
    )
    result = cli("check", broken)
    assert result.exit_code == 2
    assert f"{broken}:4: error: campaigns[0].nmae" in result.stdout
    assert f"{broken}:5: error: campaigns[0].start" in result.stdout
    assert "The plan is not valid: 2 errors." in result.stdout
    assert "\x1b" not in result.stdout


def test_a_plan_with_warnings_only_is_valid(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"version": 1, "campaigns": [{"name": "x"}]}))
    result = cli("check", path)
    assert result.exit_code == 0
    assert "warning" in result.stdout


def test_json_is_the_only_thing_on_stdout(cli: CommandLine, plan: Path) -> None:
    result = cli("check", plan, "--json")
    content = json.loads(result.stdout)
    assert content["ok"] is True
    assert (content["campaigns"], content["leads"], content["requests"]) == (3, 9, 3 * REQUESTS + 1)
    assert content["tier"] == "standard"
    assert "3 campaigns" in result.stderr


def test_json_has_every_problem_with_its_file_and_line(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"version": 1, "campaigns": [campaign(1) | {"typo": 1}]}, indent=1))
    result = cli("check", path, "--json")
    assert result.exit_code == 2
    (problem,) = [p for p in json.loads(result.stdout)["problems"] if p["severity"] == "error"]
    assert problem["code"] == "unknown_key"
    assert problem["file"] == str(path)
    assert path.read_text().splitlines()[problem["line"] - 1].strip().startswith('"typo"')


def test_a_name_cannot_move_the_cursor_of_a_terminal(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"version": 1, "campaigns": [{"name": "x\x1b[2J[red]"}]}))
    result = cli("check", path)
    assert "\x1b" not in result.stdout
    assert "[red]" in result.stdout


@pytest.mark.parametrize("tier", ["cheap", "0/60", "60/", "60/60,", ""])
def test_an_invalid_tier_is_a_usage_error(cli: CommandLine, plan: Path, tier: str) -> None:
    result = cli("check", plan, "--tier", tier or " ")
    assert result.exit_code == 2
    assert "--tier" in result.stderr
    assert "standard, pro, unlimited" in result.stderr


def test_the_tier_can_come_from_the_environment(cli: CommandLine, plan: Path) -> None:
    assert "at pro" in cli("check", plan, SMARTLEAD_TIER="pro").stdout
    assert "at standard" in cli("check", plan, "--tier", "standard", SMARTLEAD_TIER="pro").stdout
    assert "SMARTLEAD_TIER" in cli("check", plan, SMARTLEAD_TIER="cheap").stderr


@pytest.mark.parametrize("text", [None, "", "{", "version: 1", '{"version": 2, "campaigns": []}'])
def test_a_file_that_is_no_plan_gives_one_message(cli: CommandLine, tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "plan.json"
    if text is not None:
        path.write_text(text)
    result = cli("check", path)
    assert result.exit_code == 2
    assert str(path) in result.stdout
    assert "Traceback" not in result.output


def test_a_missing_lead_file_is_a_problem(cli: CommandLine, tmp_path: Path) -> None:
    path = write_plan(tmp_path, leads={"csv": "gone.csv"})
    plan = json.loads(path.read_text())
    for each in plan["campaigns"]:
        del each["leads"]
    path.write_text(json.dumps(plan))
    result = cli("check", path)
    assert result.exit_code == 2
    assert "gone.csv" in result.stdout
