"""The ledger of a plan: two plans never share one by accident of their names."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from smartlead_async.cli.fingerprint import JobFingerprint

from .conftest import CommandLine
from .plans import KEY, campaign, name, write_plan
from .serving import Served
from .test_other_accounts import recorded


@pytest.fixture
def done(cli: CommandLine, plan: Path, served: Served) -> Path:
    """Return a plan that was provisioned with its default ledger."""
    served.furnish(plan)
    assert cli("provision", plan, "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0
    return plan


def other_plan(folder: Path, file: str) -> Path:
    """Write a plan of one other campaign."""
    path = folder / file
    content = json.loads((folder / "plan.json").read_text())
    if path.suffix == ".jsonl":
        header = {"version": 1, "defaults": content["defaults"]}
        path.write_text(f"{json.dumps(header)}\n{json.dumps(campaign(7))}\n")
    else:
        # JSON is YAML.
        path.write_text(json.dumps({**content, "campaigns": [campaign(7)]}))
    return path


@pytest.mark.parametrize("file", ["plan.yaml", "plan.yml", "plan.jsonl"])
@pytest.mark.parametrize("command", ["provision", "verify"])
def test_the_default_ledger_of_another_plan_is_refused_before_anything_is_sent(
    cli: CommandLine, done: Path, served: Served, command: str, file: str
) -> None:
    other = other_plan(done.parent, file)
    before, statuses = served.requests(), served.statuses()
    arguments = ("--allow-removals", "--yes") if command == "provision" else ()
    result = cli(command, other, "--target", served.url, *arguments, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert f"plan.ledger is the ledger of plan.json, and not of {file}" in result.stderr
    assert "--ledger FILE" in result.stderr
    assert f"--ledger {done.with_suffix('.ledger')}" in result.stderr
    assert (served.requests(), served.statuses()) == (before, statuses)


def test_another_plan_with_a_ledger_of_its_own_is_provisioned(
    cli: CommandLine, done: Path, served: Served
) -> None:
    other = other_plan(done.parent, "plan.yaml")
    arguments = ("--target", served.url, "--ledger", done.parent / "other.ledger")
    assert cli("provision", other, *arguments, SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert served.statuses() == {(name(n), "ACTIVE"): 1 for n in (0, 1, 2, 7)}
    # The first plan keeps its ledger.
    again = cli("provision", done, "--target", served.url, SMARTLEAD_API_KEY=KEY)
    assert "3 done (3 before)" in again.stdout


def test_a_plan_that_was_renamed_continues_with_the_ledger_that_is_named(
    cli: CommandLine, done: Path, served: Served
) -> None:
    ledger = done.with_suffix(".ledger")
    renamed = done.rename(done.with_name("plan.yaml"))
    before = served.requests()
    arguments = (renamed, "--target", served.url)
    named = cli("provision", *arguments, "--ledger", ledger, SMARTLEAD_API_KEY=KEY)
    assert "3 done (3 before)" in named.stdout
    assert served.requests() == before
    # It is the ledger of the renamed plan now.
    assert "3 done (3 before)" in cli("provision", *arguments, SMARTLEAD_API_KEY=KEY).stdout


def test_the_ledger_of_an_older_version_is_continued(cli: CommandLine, done: Path, served: Served) -> None:
    fingerprint = json.loads(recorded(done))
    del fingerprint["plan_file"]
    with sqlite3.connect(done.with_suffix(".ledger")) as ledger:
        ledger.execute("UPDATE job SET plan = ?", (json.dumps(fingerprint),))
    ledger.close()
    again = cli("provision", done, "--target", served.url, SMARTLEAD_API_KEY=KEY)
    assert "3 done (3 before)" in again.stdout
    assert json.loads(recorded(done))["plan_file"] == "plan.json"


def test_rows_that_are_appended_to_a_lead_file_are_imported(
    cli: CommandLine, tmp_path: Path, served: Served
) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("email,first name\na@c.example,Ada\n")
    plan = write_plan(tmp_path, 1, leads={"csv": "leads.csv"})
    content = json.loads(plan.read_text())
    del content["campaigns"][0]["leads"]
    plan.write_text(json.dumps(content))
    served.furnish(plan)
    arguments = ("provision", plan, "--target", served.url)
    assert cli(*arguments, SMARTLEAD_API_KEY=KEY).exit_code == 0
    before = served.requests()
    with leads.open("a") as file:
        file.write("b@c.example,Ben\nc@c.example,Cleo\n")
    assert cli(*arguments, SMARTLEAD_API_KEY=KEY).exit_code == 0
    there = served.call(
        lambda: [m.lead.email for c in served.fake.campaigns.values() for m in c.leads.values()]
    )
    assert sorted(there) == ["a@c.example", "b@c.example", "c@c.example"]
    assert served.requests() == before + 1


@pytest.mark.parametrize("value", [1, ["plan.json"]])
def test_a_plan_file_that_is_no_string_makes_the_fingerprint_unknown(value: object) -> None:
    fields = {"target": "live", "digest": "0", "campaigns": 1, "requests": 1, "plan_file": value}
    assert JobFingerprint.parse(json.dumps(fields)) is None
