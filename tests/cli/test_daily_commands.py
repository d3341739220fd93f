"""The daily reads: lists on a terminal and for programs."""

from __future__ import annotations

import json

import pytest

from .conftest import CommandLine
from .plans import KEY
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
