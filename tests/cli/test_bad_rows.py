"""``--skip-bad-rows``, and what has become of every row of the lead files."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from .conftest import CommandLine
from .plans import KEY, write_plan
from .serving import Served

ROWS = (
    "email,first_name,company_name\n"
    "ada@oslo.example,Ada,Fjord Dental\n"
    "liv(at)oslo.example,Liv,Nord Tannlege\n"
    "ADA@oslo.example,Ada,Fjord Dental\n"
    ",Nobody,\n"
    "ola@oslo.example,Ola,Tann,AS\n"
    "kari@oslo.example,Kari,Ulriken\n"
)
COUNTS = {
    "read": 6,
    "leads": 2,
    "left_out": {"malformed_address": 1, "duplicate_address": 1, "no_address": 1, "long_row": 1},
    "not_selected": 0,
}


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Return a plan of two campaigns that read the same file, which has two malformed rows."""
    (tmp_path / "leads.csv").write_text(ROWS)
    path = write_plan(tmp_path, campaigns=0, leads="leads.csv")
    content = json.loads(path.read_text())
    content["defaults"]["steps"] = [{"subject": "Hello", "body": "<p>Hello {{first_name}}</p>"}]
    content["defaults"]["lead_import"] = {"ignore_duplicate_leads_in_other_campaign": True}
    content["campaigns"] = [{"name": "Dentists in Oslo"}, {"name": "Clinics in Oslo"}]
    path.write_text(json.dumps(content))
    return path


def written(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def doubled(counts: dict[str, object]) -> dict[str, object]:
    return {
        key: {k: 2 * v for k, v in value.items()} if isinstance(value, dict) else 2 * value  # type: ignore[operator]
        for key, value in counts.items()
    }


def test_malformed_rows_are_errors_without_the_option(cli: CommandLine, bad: Path) -> None:
    assert cli("check", bad).exit_code == 2
    assert cli("provision", bad).exit_code == 2
    assert not bad.with_suffix(".bad-rows.csv").exists()


def test_check_writes_each_malformed_row_once_with_file_line_and_reason(cli: CommandLine, bad: Path) -> None:
    result = cli("check", bad, "--skip-bad-rows")
    assert result.exit_code == 0
    file = bad.with_suffix(".bad-rows.csv")
    assert f"Left out 2 malformed rows, written to {file}" in result.stdout.replace("\n", " ")
    header, *rows = written(file)
    assert header == ["file", "line", "reason", "cells"]
    leads = str(bad.parent / "leads.csv")
    assert [(row[0], row[1]) for row in rows] == [(leads, "3"), (leads, "6")]
    assert "'liv(at)oslo.example' is not an e-mail address" in rows[0][2]
    assert rows[0][3:] == ["liv(at)oslo.example", "Liv", "Nord Tannlege"]
    assert "4 columns" in rows[1][2]
    assert rows[1][3:] == ["ola@oslo.example", "Ola", "Tann", "AS"]


def test_check_prints_what_has_become_of_every_row(cli: CommandLine, bad: Path) -> None:
    printed = cli("check", bad, "--skip-bad-rows").stdout.replace("\n", " ")
    assert "Rows: 12 read: 4 leads, " in printed
    counted = re.search(r"Rows: (\d+) read: (.*?)(?= Left out)", printed)
    assert counted is not None
    assert sum(map(int, re.findall(r"\d+", counted[2]))) == int(counted[1])


@pytest.mark.parametrize("option", [[], ["--skip-bad-rows"]])
def test_the_json_of_check_counts_every_row(cli: CommandLine, bad: Path, option: list[str]) -> None:
    content = json.loads(cli("check", bad, "--json", *option).stdout)
    assert content["rows"] == doubled(COUNTS)
    assert content["bad_rows"] == (str(bad.with_suffix(".bad-rows.csv")) if option else None)


def test_rows_that_where_does_not_keep_are_told(cli: CommandLine, bad: Path) -> None:
    content = json.loads(bad.read_text())
    content["campaigns"] = [{"name": "x", "leads": {"csv": "leads.csv", "where": {"first_name": "Ada"}}}]
    bad.write_text(json.dumps(content))
    assert "; 4 others not selected by where" in cli("check", bad, "--skip-bad-rows").stdout.replace(
        "\n", " "
    )


def test_nothing_is_printed_about_rows_that_are_all_leads(cli: CommandLine, plan: Path) -> None:
    assert "Rows:" not in cli("check", plan).stdout


def test_provision_leaves_malformed_rows_out_and_reports_them(
    cli: CommandLine, bad: Path, tmp_path: Path
) -> None:
    file, report = tmp_path / "told.csv", tmp_path / "report.json"
    result = cli("provision", bad, "--skip-bad-rows", "--bad-rows", file, "--report", report, "--verify")
    assert result.exit_code == 0
    assert "Left out 2 malformed rows" in result.stdout
    assert len(written(file)) == 3
    content = json.loads(report.read_text())
    assert content["rows"] == doubled(COUNTS)
    assert content["leads"]["added"] == content["rows"]["leads"]
    assert content["differences"] == []


def test_simulate_leaves_malformed_rows_out(cli: CommandLine, bad: Path) -> None:
    result = cli("simulate", bad, "--skip-bad-rows", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["rows"] == doubled(COUNTS)
    assert len(written(bad.with_suffix(".bad-rows.csv"))) == 3


def test_verify_compares_a_plan_that_was_provisioned_without_its_malformed_rows(
    cli: CommandLine, bad: Path, served: Served
) -> None:
    served.furnish(bad)
    options = ("--target", served.url, "--tier", "unlimited")
    assert cli("provision", bad, *options, "--skip-bad-rows", SMARTLEAD_API_KEY=KEY).exit_code == 0
    result = cli("verify", bad, "--tier", "unlimited", "--skip-bad-rows", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 0, result.stdout
    assert "The server matches the plan." in result.stdout
    refused = cli("verify", bad, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert refused.exit_code != 0


@pytest.mark.parametrize("command", ["check", "provision", "simulate"])
@pytest.mark.parametrize("other", ["leads.csv", "plan.json", "folder", "missing/bad.csv"])
def test_a_file_that_holds_something_else_is_not_overwritten(
    cli: CommandLine, bad: Path, command: str, other: str
) -> None:
    (bad.parent / "folder").mkdir()
    before = (ROWS, bad.read_text())
    result = cli(command, bad, "--skip-bad-rows", "--bad-rows", bad.parent / other)
    assert result.exit_code == 2
    assert str(bad.parent / other) in result.stderr.replace("\n", "")
    assert ((bad.parent / "leads.csv").read_text(), bad.read_text()) == before


def test_the_report_cannot_be_the_file_of_malformed_rows(cli: CommandLine, bad: Path) -> None:
    file = bad.parent / "out.csv"
    for command in ("provision", "simulate"):
        result = cli(command, bad, "--skip-bad-rows", "--bad-rows", file, "--report", file)
        assert result.exit_code == 2
        assert "is a file of this job" in result.stderr


def test_a_file_of_an_earlier_run_is_replaced(cli: CommandLine, bad: Path) -> None:
    assert cli("check", bad, "--skip-bad-rows").exit_code == 0
    first = written(bad.with_suffix(".bad-rows.csv"))
    assert cli("check", bad, "--skip-bad-rows").exit_code == 0
    assert written(bad.with_suffix(".bad-rows.csv")) == first


def test_bad_rows_without_skip_bad_rows_is_a_usage_error(cli: CommandLine, bad: Path) -> None:
    for command in ("check", "provision", "simulate"):
        result = cli(command, bad, "--bad-rows", bad.parent / "out.csv")
        assert result.exit_code == 2
        assert "--bad-rows needs --skip-bad-rows" in result.stderr


def test_cells_with_a_byte_of_another_encoding_are_written(cli: CommandLine, bad: Path) -> None:
    (bad.parent / "leads.csv").write_bytes(ROWS.encode() + "zoë@\xff".encode("latin-1") + b',"Zo\xeb" x,\n')
    result = cli("check", bad, "--skip-bad-rows")
    assert result.exit_code in {0, 2}
    assert len(written(bad.with_suffix(".bad-rows.csv"))) >= 3


def test_a_plan_without_malformed_rows_writes_no_file(cli: CommandLine, plan: Path) -> None:
    assert cli("check", plan, "--skip-bad-rows").exit_code == 0
    assert not plan.with_suffix(".bad-rows.csv").exists()
    assert json.loads(cli("check", plan, "--skip-bad-rows", "--json").stdout)["bad_rows"] is None
