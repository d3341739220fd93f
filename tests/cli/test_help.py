"""The help pages of all commands, on a wide and on a narrow terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from smartlead_async.cli.app import app

from .conftest import CommandLine

# An option with its value, or a word, that is longer than the line stands alone and cannot be broken.
_UNBREAKABLE = re.compile(r"  -.*|\s*\S+\s*|Usage: .*")
_GENERATED = [["call", "emails.send"], ["call", "smart_delivery.create_automated_test"]]


def commands(command: Any, path: list[str]) -> Iterator[list[str]]:
    yield path
    if path != ["call"]:
        for name, each in getattr(command, "commands", {}).items():
            yield from commands(each, [*path, name])


@pytest.mark.parametrize("width", [80, 40])
def test_every_help_page_fits_and_shows_no_types_of_python(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for path in [*commands(typer.main.get_command(app), []), *_GENERATED]:
        shown = cli(*path, "--help").stdout
        assert shown.startswith("Usage: smartlead-async"), path
        assert re.findall(r"[{}]|``|:\w+:`|<\w+>|list\[|\[\[|\]\]", shown) == [], path
        too_long = [line for line in shown.splitlines() if len(line) > width]
        assert [line for line in too_long if not _UNBREAKABLE.fullmatch(line)] == [], path


def test_an_argument_is_in_brackets_only_if_it_can_be_left_out(cli: CommandLine) -> None:
    def usage(*command: str) -> str:
        return cli(*command, "--help").stdout.splitlines()[0].partition("[OPTIONS] ")[2]

    assert usage("check") == "PLAN"
    assert usage("operations") == "[AREA]"
    assert usage("campaigns", "stats") == "[ID|NAME]..."
    assert usage("campaigns", "pause") == "(ID|NAME)..."


def test_the_list_of_commands_has_whole_sentences(cli: CommandLine) -> None:
    shown = cli("--help").stdout
    assert "..." not in shown.partition("Commands:")[2]


def test_a_mistyped_command_is_met_with_the_right_one(cli: CommandLine) -> None:
    result = cli("campaign", "list")
    assert result.exit_code == 2
    assert "Did you mean 'campaigns'?" in result.stderr
