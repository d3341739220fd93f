"""Command lines in README and docs: the CLI accepts all of them, and CI runs the two setup commands."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import Any, Final

import attrs
import pytest
import typer.main

from smartlead_async.cli.app import app

from .pages import ROOT, Block, all_blocks, blocks_of, prose_of

_PROGRAM: Final = "smartlead-async"
_OTHER_COMMANDS: Final = ("export SMARTLEAD_", "pip install ", "bash .ci/run", "uvicorn ")
_SETUP: Final = "python3 -m venv "
_SPAN: Final = re.compile(r"`(?:\w+=\S+ )*(?P<line>smartlead-async [a-z][^`]*)`")


@attrs.frozen
class Line:
    """A command line and its location."""

    place: str
    text: str


def _logical_lines(block: Block) -> list[str]:
    joined = block.text.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#")]


SHELL = [block for block in all_blocks() if block.language in {"sh", "shell", "bash", "console"}]
LINES = [Line(block.place, text) for block in SHELL for text in _logical_lines(block)]


def _documented_calls() -> list[Line]:
    calls = []
    for line in LINES:
        for part in re.split(r"&&|\|\||;|\|", line.text):
            words = re.sub(r"^(\s*\w+=\S+)+\s+", "", part).strip()
            command, _, arguments = words.partition(" ")
            if command.rsplit("/", 1)[-1] == _PROGRAM:
                calls.append(Line(line.place, arguments))
    return calls


CALLS = _documented_calls()


def _leaf(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that a line names, and its arguments."""
    # Any, because newer versions of typer include their own copy of click.
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        if command.invoke_without_command and (not words or words[0].startswith("-")):
            break
        assert words, "the line names no command"
        found = command.get_command(None, words[0])
        assert found is not None, f"unknown command {words[0]!r}"
        command, words = found, words[1:]
    return command, words


def _parse(text: str) -> None:
    # Comments and redirections are handled by the shell.
    words = shlex.split(re.sub(r">\s*\S+\s*$", "", text), comments=True)
    words = [word for word in words if word not in {"&", ">", "2>&1"}]
    if words in (["--help"], ["--version"]):
        return
    command, arguments = _leaf(words)
    if "--help" not in arguments:
        command.make_context(command.name, arguments)


@pytest.mark.parametrize("line", CALLS, ids=[f"{call.place} {call.text[:40]}" for call in CALLS])
def test_the_command_line_accepts_the_documented_arguments(line: Line) -> None:
    _parse(line.text)


def test_commands_mentioned_in_the_prose_exist() -> None:
    for page in {block.page for block in SHELL}:
        for match in _SPAN.finditer(prose_of(page)):
            _leaf(re.split(r"[\s\[]", match["line"])[1:])


def test_the_docs_show_the_main_commands() -> None:
    commands = {call.text.split()[0] for call in CALLS}
    assert {"check", "provision", "fake"} <= commands


@pytest.mark.parametrize("line", LINES, ids=[f"{line.place} {line.text[:40]}" for line in LINES])
def test_every_shell_line_is_of_a_tested_kind(line: Line) -> None:
    """Lines of other kinds would be tested neither here nor by CI."""
    known = (_PROGRAM, *_OTHER_COMMANDS, _SETUP, ".venv/bin/", ".venv-dev/bin/")
    assert re.sub(r"^(\w+=(\"[^\"]*\"|\S+) )+", "", line.text).startswith(known)


def command(name: str) -> str:
    """Return the README command of this name, as CI extracts it."""
    (block,) = [b for b in blocks_of(ROOT / "README.md") if b.comment == f"command: {name}"]
    return block.text


@pytest.mark.parametrize("name", ["provision", "tests"])
def test_the_setup_commands_are_valid_one_liners(name: str) -> None:
    text = command(name)
    assert len(text.splitlines()) == 1
    assert text.startswith(_SETUP)
    assert subprocess.run(["bash", "-n", "-c", text], check=False).returncode == 0


@pytest.mark.parametrize("name", ["provision", "tests"])
def test_ci_extracts_the_commands_from_the_readme(name: str) -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f"readme_command {name}" in script
    assert _SETUP not in script


def test_the_example_plan_of_the_readme_exists() -> None:
    (plan,) = re.findall(r"provision (\S+)", command("provision"))
    assert (ROOT / plan).is_file()
