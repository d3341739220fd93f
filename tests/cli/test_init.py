"""``smartlead-async init``: what it writes passes the check and is provisioned as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from smartlead_async.cli import questions
from smartlead_async.plan.plan import load_plan
from smartlead_async.plan.yaml_nodes import read_yaml

from .conftest import CommandLine

NAMES = {"plan.yaml", "leads.csv", "plan.schema.json"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Europe/Oslo")
    return tmp_path


class Answers:
    """A terminal on which somebody types these lines, and then nothing more."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = iter(lines)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return next((f"{line}\n" for line in self._lines), "")


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    class System:
        stdin = Answers(lines)

    monkeypatch.setattr(questions, "sys", System)


def test_the_files_pass_the_check_without_a_problem_and_are_provisioned(cli: CommandLine, here: Path) -> None:
    assert cli("init", "--yes").exit_code == 0
    assert {path.name for path in here.iterdir()} == NAMES
    checked = json.loads(cli("check", "plan.yaml", "--json").stdout)
    assert (checked["problems"], checked["campaigns"], checked["leads"]) == ([], 1, 3)
    provisioned = cli("provision", "plan.yaml", "--yes")
    assert provisioned.exit_code == 0
    assert "All campaigns are done." in provisioned.stdout


def test_the_plan_names_its_schema_which_it_fits(cli: CommandLine, here: Path) -> None:
    assert cli("init", "--yes").exit_code == 0
    text = (here / "plan.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=plan.schema.json\n")
    schema = json.loads((here / "plan.schema.json").read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(read_yaml(text, "plan.yaml").plain())


def test_the_folder_is_created_and_the_next_commands_are_shown(cli: CommandLine, here: Path) -> None:
    result = cli("init", "my plans/first", "--yes")
    assert {path.name for path in (here / "my plans" / "first").iterdir()} == NAMES
    assert "smartlead-async check 'my plans/first/plan.yaml'" in result.stdout


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_file_that_exists_is_named_and_nothing_is_written(cli: CommandLine, here: Path, name: str) -> None:
    (here / name).write_text("mine")
    result = cli("init", "--yes")
    assert (result.exit_code, (here / name).read_text()) == (2, "mine")
    assert f"{name} exists in {here}" in result.stderr
    assert [path.name for path in here.iterdir()] == [name]


def test_a_folder_that_is_a_file_is_one_message(cli: CommandLine, here: Path) -> None:
    (here / "plans").write_text("mine")
    result = cli("init", "plans", "--yes")
    assert (result.exit_code, result.stderr.count("Error: ")) == (2, 1)


# --- what people type --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        'It\'s "Søren": 100 % #1 – {{first_name}} 😀',
        "{{first_name}}: a question",
        "- not a list",
        "on",
        "9:30",
        "0042",
        "null",
        "[x] & *y !z | > @ `",
        "a\\nb",
        "x: {{pain point}}, #hash",
    ],
)
def test_what_is_typed_is_what_the_plan_has(cli: CommandLine, here: Path, text: str) -> None:
    result = cli("init", "--yes", "--name", text, "--subject", text, "--mailboxes", f"Team {text}")
    assert result.exit_code == 0, result.stderr
    (spec,) = load_plan("plan.yaml").specs()
    assert spec.mailboxes is not None
    assert (spec.name, spec.steps[0].subject, spec.mailboxes.tag) == (text, text, f"Team {text}")
    assert cli("check", "plan.yaml").exit_code == 0


def test_merge_tags_of_the_subject_are_columns_of_the_sample(cli: CommandLine, here: Path) -> None:
    cli("init", "--yes", "--subject", "{{first_name}}, {{Pain, Point}} at {{website}}?")
    lines = (here / "leads.csv").read_text("utf-8").splitlines()
    assert lines[0] == 'Email,First Name,Company,"Pain, Point",website'
    assert json.loads(cli("check", "plan.yaml", "--json").stdout)["problems"] == []


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("501, 502", {"ids": (501, 502)}),
        ("ann@try.example;bo@try.example", {"addresses": ("ann@try.example", "bo@try.example")}),
        ("Team, North", {"tag": "Team, North"}),
    ],
)
def test_mailboxes_are_ids_addresses_or_a_tag(
    cli: CommandLine, here: Path, text: str, choice: dict[str, Any]
) -> None:
    assert cli("init", "--yes", "--mailboxes", text, "--client-id", "7").exit_code == 0
    (spec,) = load_plan("plan.yaml").specs()
    assert spec.client_id == 7
    assert {key: getattr(spec.mailboxes, key) for key in choice} == choice


def test_a_client_can_be_named(cli: CommandLine, here: Path) -> None:
    assert cli("init", "--yes", "--client", "Northwind: Oslo").exit_code == 0
    (entry,) = load_plan("plan.yaml").entries()
    assert entry.spec is not None
    assert (entry.spec.client, entry.problems) == ("Northwind: Oslo", ())


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--timezone", "Europe/Olso", "Did you mean 'Europe/Oslo'?"),
        ("--name", "", "the name is empty"),
        ("--name", "x" * 256, "the maximum is 255"),
        ("--client", "0", "must be 1 or more"),
        ("--mailboxes", "ann@@try.example", "is not an e-mail address"),
        ("--subject", "Hi {{first_name", "it is not closed"),
        ("--subject", "a\x07b", "a control character"),
    ],
)
def test_a_value_that_the_check_refuses_is_one_message(
    cli: CommandLine, here: Path, option: str, value: str, message: str
) -> None:
    result = cli("init", "--yes", option, value)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {option}: ")
    assert message in result.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("local", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), (None, "UTC"), ("Mars/Base", "UTC")]
)
def test_the_time_zone_is_that_of_the_machine_or_utc(
    cli: CommandLine, here: Path, monkeypatch: pytest.MonkeyPatch, local: str | None, zone: str
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: local)
    assert cli("init", "--yes").exit_code == 0
    (spec,) = load_plan("plan.yaml").specs()
    assert spec.schedule is not None
    assert spec.schedule.timezone == zone


# --- questions ---------------------------------------------------------------------------------------
def test_on_a_terminal_what_no_option_gives_is_asked(
    cli: CommandLine, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "", "7", "Europe/Olso", "Europe/Paris", "501")
    result = cli("init", "--subject", "Hello")
    assert result.exit_code == 0
    (spec,) = load_plan("plan.yaml").specs()
    assert spec.name.endswith("demo invite")
    assert spec.schedule is not None
    assert (spec.client_id, spec.schedule.timezone, spec.steps[0].subject) == (7, "Europe/Paris", "Hello")
    assert "Time zone in which e-mails are sent [Europe/Oslo]: " in result.stdout
    assert "Did you mean 'Europe/Oslo'?" in result.stdout
    assert "Subject" not in result.stdout


def test_without_an_answer_nothing_is_written(
    cli: CommandLine, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "A name")
    result = cli("init")
    assert (result.exit_code, list(here.iterdir())) == (4, [])
    assert "nothing was written" in result.stderr


def test_without_a_terminal_nothing_is_asked(cli: CommandLine, here: Path) -> None:
    assert cli("init").exit_code == 0
