"""The daily reads: lists on a terminal and for programs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from smartlead_async.cli import response_output

from .conftest import CommandLine
from .plans import KEY
from .processes import COMMAND, environment
from .serving import Served


@pytest.mark.parametrize(
    "command",
    [
        ("campaigns", "list"),
        ("campaigns", "show", "4101"),
        ("leads", "find", "ada@oslo.example"),
        ("leads", "export", "4101"),
        ("mailboxes", "list"),
        ("mailboxes", "health"),
        ("clients", "list"),
    ],
)
def test_a_daily_read_succeeds(cli: CommandLine, served: Served, command: tuple[str, ...]) -> None:
    environment = {"SMARTLEAD_API_KEY": KEY}
    target = ("--target", served.url)
    assert cli("call", "campaigns.create", "--name", "Dentists", *target, **environment).exit_code == 0
    result = cli(*command, *target, **environment)
    assert result.exit_code == 0, result.output


def test_a_table_has_the_most_useful_columns(cli: CommandLine, served: Served) -> None:
    environment = {"SMARTLEAD_API_KEY": KEY}
    target = ("--target", served.url)
    assert cli("call", "campaigns.create", "--name", "Dentists", *target, **environment).exit_code == 0
    table = cli("campaigns", "list", "--output", "table", *target, **environment).stdout
    assert table.split()[:4] == ["id", "name", "status", "created_at"]
    assert "track_settings" in json.loads(cli("campaigns", "list", *target, **environment).stdout)[0]


def test_common_options_are_the_same_on_every_daily_command(cli: CommandLine) -> None:
    for command in (("campaigns", "list"), ("leads", "export"), ("mailboxes", "health"), ("clients", "list")):
        shown = cli(*command, "--help").stdout
        options = (
            "--output",
            "--json",
            "--columns",
            "--target",
            "--tier",
            "--proxy",
            "--debug",
            "--no-color",
        )
        assert [each for each in options if each not in shown] == []


def test_contradicting_formats_and_unknown_columns_are_refused(cli: CommandLine) -> None:
    arguments = ("campaigns", "list", "--target", "fake")
    assert "contradict" in cli(*arguments, "--json", "--output", "csv").stderr
    result = cli(*arguments, "--columns", "nam")
    assert result.exit_code == 2
    assert "did you mean 'name'?" in result.stderr


@pytest.mark.parametrize("number", ["abc", "9" * 30, "-1", "٣"])
def test_what_cannot_be_an_id_is_refused_without_a_request(cli: CommandLine, number: str) -> None:
    result = cli("campaigns", "show", "--target", "fake", "--", number)
    assert result.exit_code == 2
    assert "is not an id such as 4101" in result.stderr


def test_a_lead_that_does_not_exist_is_null_or_a_sentence(cli: CommandLine) -> None:
    arguments = ("leads", "find", "nobody@example.com", "--target", "fake")
    assert cli(*arguments).stdout == "null\n"
    assert cli(*arguments, "--output", "table").stderr == "Nothing was found.\n"


def test_a_narrow_table_keeps_the_names_and_short_times(
    cli: CommandLine, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment, target = {"SMARTLEAD_API_KEY": KEY}, ("--target", served.url)
    name = "Dentists in Oslo Q1 2027 – demo invite"
    assert cli("call", "campaigns.create", "--name", name, *target, **environment).exit_code == 0
    for width, columns in ((40, ["id", "name", "status"]), (120, ["id", "name", "status", "created_at"])):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = cli("campaigns", "list", "--output", "table", *target, **environment).stdout.splitlines()
        assert lines[0].split() == columns
        assert max(map(len, lines)) <= width
    assert ":" in lines[-1]
    assert "T" not in lines[-1].replace(name, "").replace("DRAFTED", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_an_object_is_a_table_of_its_fields_on_a_terminal_and_json_elsewhere(
    cli: CommandLine, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("campaigns", "show", "4101", "--target", served.url)
    created = ("call", "campaigns.create", "--name", "Nørd 東京", "--target", served.url)
    assert cli(*created, SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert json.loads(cli(*arguments, SMARTLEAD_API_KEY=KEY).stdout)["schedule"] is None
    monkeypatch.setattr(response_output, "prints_table", lambda: True)
    shown = cli(*arguments, SMARTLEAD_API_KEY=KEY)
    lines = dict(line.split(maxsplit=1) for line in shown.stdout.splitlines() if " " in line.strip())
    assert (lines["id"].strip(), lines["name"].strip()) == ("4101", "Nørd 東京")
    assert "schedule" not in lines
    assert "Without a value: track_settings, schedule," in shown.stderr
    assert json.loads(cli(*arguments, "--json", SMARTLEAD_API_KEY=KEY).stdout)["id"] == 4101


def test_data_that_could_not_be_written_is_a_failure() -> None:
    arguments = [*COMMAND, "campaigns", "list", "--target", "fake"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            arguments, stdout=full, stderr=subprocess.PIPE, env=environment(), timeout=60, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.decode().count("could not be written to stdout") == 1
