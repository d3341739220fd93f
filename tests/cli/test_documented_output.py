"""docs/command-line.md shows the actual output of the commands."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path

import attrs
import pytest

from smartlead_async.cli.app import app
from smartlead_async.cli.exit_code import ExitCode
from smartlead_async.fake import CampaignStatus

from ..docs.pages import ROOT, Block, blocks_of
from .conftest import CommandLine
from .plans import KEY
from .serving import Served

PAGE = ROOT / "docs" / "command-line.md"
BLOCKS = blocks_of(PAGE)
_VARIES = (
    (re.compile(r"^((?:Began|Last change|Time|Simulated in)\s+).*$", re.MULTILINE), r"\1…"),
    (re.compile(r", until [\d:\- ]+ if started now"), ", until … if started now"),
)


def _examples() -> list[tuple[Block, Block]]:
    """Return the blocks of commands, each with the block of its output."""
    pairs = itertools.pairwise(BLOCKS)
    return [(block, shown) for block, shown in pairs if block.language == "sh" and shown.language == "text"]


def _needs_server(block: Block) -> bool:
    return "--refresh" in block.text


def _normalized(text: str) -> str:
    for pattern, replacement in _VARIES:
        text = pattern.sub(replacement, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_the_commands_print_what_the_page_shows(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS:
        if block.name is not None:
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
    examples = [(block, shown) for block, shown in _examples() if not _needs_server(block)]
    assert len(examples) == 8
    for block, shown in examples:
        printed = ""
        for line in block.text.splitlines():
            result = cli(*shlex.split(line)[1:])
            assert result.exit_code == 0, result.output
            printed = result.stdout
        assert _normalized(printed) == _normalized(shown.text), shown.place


def test_the_page_shows_what_was_changed_by_hand(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: Served
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS:
        if block.name is not None:
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
    monkeypatch.setenv("SMARTLEAD_API_KEY", KEY)
    served.furnish(tmp_path / "dentists.yaml")
    assert cli("provision", "dentists.yaml", "--target", served.url).exit_code == 0
    first = next(iter(served.fake.campaigns.values()))

    def edit() -> None:
        first.status = CampaignStatus.PAUSED
        assert first.schedule is not None
        first.schedule = attrs.evolve(first.schedule, end_hour="18:00")

    served.call(edit)
    ((block, shown),) = (example for example in _examples() if _needs_server(example[0]))
    assert _normalized(cli(*shlex.split(block.text)[1:]).stdout) == _normalized(shown.text)


def test_every_exit_code_is_in_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [int(code) for code in re.findall(r"^\| (\d) \| ", text, re.MULTILINE)] == [
        int(c) for c in ExitCode
    ]


def test_every_command_and_every_option_of_provision_is_on_the_page() -> None:
    import typer.main

    text = PAGE.read_text(encoding="utf-8")
    command = typer.main.get_command(app)
    for name, each in command.commands.items():  # type: ignore[attr-defined]
        assert each.hidden or re.search(rf"^## (.*, )?{name}\b", text, re.MULTILINE), name
    options = {
        option
        for parameter in command.commands["provision"].params  # type: ignore[attr-defined]
        for option in parameter.opts
        if option.startswith("--")
    }
    assert {option for option in options if f"`{option}" not in text} == set()
