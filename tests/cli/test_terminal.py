"""No command lets foreign text steer the terminal: names, cells, paths, arguments and responses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smartlead_async.cli.terminal import SafeStream
from smartlead_async.fake import Fault
from smartlead_async.wording import without_controls

from .conftest import CommandLine
from .plans import DEFAULTS, KEY
from .serving import Served

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\x7f\u202eevil\u2066[bold]x[/]\rline"


def _is_safe(text: str) -> bool:
    return all(character.isprintable() or character in "\n\t" for character in text)


def write_evil_plan(folder: Path, **defaults: Any) -> Path:
    """Write a plan whose name, key, folder, path, cells and subject are evil."""
    inside = folder / EVIL.replace("/", "")
    inside.mkdir()
    (inside / "leads.csv").write_text(f'email,{EVIL}\nada@x.example,"{EVIL}"\nbo,b\n', encoding="utf-8")
    campaigns = [{"name": f"A {EVIL}", "key": f"k{EVIL}", "leads": "leads.csv"}, {"name": "B", EVIL: 1}]
    path = inside / "plan.json"
    path.write_text(
        json.dumps({"version": 1, "defaults": defaults, "campaigns": campaigns}), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "PLAN"),
        ("check", "PLAN", "--json"),
        ("provision", "PLAN"),
        ("provision", "PLAN", "--target", EVIL),
        ("provision", "PLAN", "--report", f"none/{EVIL}.json"),
        ("provision", "PLAN", "--tier", EVIL),
        ("provision", "PLAN", "--ledger", f"none/{EVIL}"),
        ("verify", "PLAN"),
        ("verify", "PLAN", "--ledger", EVIL),
        ("simulate", "PLAN"),
        ("simulate", "PLAN", "--json"),
        ("status", EVIL),
        ("status", "PLAN"),
        ("forget", EVIL, "--campaign", EVIL),
        ("fake", "serve", "--plan", "PLAN"),
        ("fake", "serve", "--host", EVIL),
        ("check", f"{EVIL}.yaml"),
        (EVIL,),
        ("check", f"--{EVIL}"),
        ("provision", "PLAN", "--concurrency", EVIL),
        ("fake", EVIL),
    ],
)
def test_no_command_prints_a_control_character(
    cli: CommandLine, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    plan = write_evil_plan(tmp_path)
    result = cli(*(str(plan) if each == "PLAN" else each for each in arguments), SMARTLEAD_API_KEY=KEY)
    assert result.exit_code in {1, 2, 3}, result.output
    assert _is_safe(result.stdout + result.stderr), ascii(result.output)
    assert result.output.strip()


def test_markup_is_printed_as_it_is(cli: CommandLine, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"version": 1, "campaigns": [{"name": "A [bold]x[/] :smile: [/red]"}]}))
    assert "A [bold]x[/] :smile: [/red]" in cli("provision", plan).stdout


def test_responses_do_not_reach_the_terminal_as_they_are(
    cli: CommandLine, tmp_path: Path, served: Served
) -> None:
    campaign = {"name": "A", "key": "k", "leads": [{"email": "ada@x.example"}]}
    plan = tmp_path / "plan.json"
    content = {"version": 1, "defaults": DEFAULTS, "campaigns": [campaign]}
    plan.write_text(json.dumps(content), encoding="utf-8")
    served.furnish(plan)
    served.call(
        lambda: served.fake.script("AddLeads", Fault.status_before(422, {"message": EVIL}), times=None)
    )
    ledger = plan.with_suffix(".ledger")
    provision = ("provision", plan, "--target", served.url)
    commands: list[tuple[object, ...]] = [
        provision,
        (*provision, "--json"),
        ("status", ledger),
        ("status", ledger, "--json"),
        ("verify", plan),
        ("verify", plan, "--json"),
        ("forget", ledger, "--campaign", "none", "--yes"),
        ("forget", ledger, "--campaign", f"k{EVIL}", "--yes"),
    ]
    for command in commands:
        result = cli(*command, SMARTLEAD_API_KEY=KEY)
        assert result.exit_code in {0, 1, 2}, result.output
        assert _is_safe(result.stdout + result.stderr), (command, ascii(result.output))


def test_every_control_character_is_replaced() -> None:
    controls = "".join(chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0x200E, 0x202A, 0x202E, 0x2066))
    assert _is_safe(without_controls(controls))
    assert without_controls("a\n\tb") == "a\n\tb"


def test_a_stream_without_a_reader_discards_what_is_written(tmp_path: Path) -> None:
    file = (tmp_path / "file").open("w", encoding="utf-8")
    stream = SafeStream(file)
    stream.write("a")
    file.close()
    stream.write("b")
    stream.flush()
    assert isinstance(stream.problem, ValueError)
    assert not stream.isatty()
