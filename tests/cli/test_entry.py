"""The entry points: ``--help``, ``python -m``, and the command without its extra."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from smartlead_async import __version__
from smartlead_async.cli import main

from .conftest import CommandLine
from .processes import environment, run

_COMMANDS = ("check", "provision", "import", "status", "forget", "simulate", "fake")


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        timeout=60,
        check=False,
    )


def test_the_module_runs_as_the_command() -> None:
    helped = run("--help")
    assert helped.code == 0
    assert helped.out.startswith("Usage: smartlead-async ")
    assert all(command in helped.out for command in _COMMANDS)
    assert run("--version").out.strip() == f"smartlead-async {__version__}"


def test_the_installed_command_is_the_same_function() -> None:
    found = [each for each in entry_points(group="console_scripts") if each.name == "smartlead-async"]
    assert [each.load() for each in found] == [main]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom smartlead_async.cli import main\n"
        "sys.argv = ['smartlead-async', 'provision', '--help']\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        "heavy = {'aiohttp', 'yaml', 'rich', 'cattrs', 'aiosqlite', 'asyncio'} & set(sys.modules)\n"
        "sys.stderr.write(' '.join(sorted(heavy)))"
    )
    ended = _python(code)
    assert ended.returncode == 0
    assert "--target" in ended.stdout
    assert ended.stderr == ""


@pytest.mark.parametrize("missing", ["typer", "rich", "yaml", "aiosqlite"])
def test_without_the_extra_the_message_names_what_to_install(missing: str, plan: Path) -> None:
    text = plan.with_suffix(".yaml")
    text.write_text("version: 1\ncampaigns:\n  - name: Dentists in Oslo Q1 2027\n")
    code = (
        f"import sys\nsys.modules[{missing!r}] = None\nfrom smartlead_async.cli import main\n"
        f"sys.argv = ['smartlead-async', 'provision', {str(text)!r}, '--ledger', {str(text) + '.ledger'!r}]\n"
        "sys.exit(main())"
    )
    ended = _python(code)
    assert ended.returncode == 2
    assert "smartlead-async[cli]" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def test_any_other_missing_module_is_not_hidden() -> None:
    code = "import sys\nsys.modules['attrs'] = None\nfrom smartlead_async.cli import main\nsys.exit(main())"
    ended = _python(code)
    assert ended.returncode == 1
    assert "ModuleNotFoundError" in ended.stderr


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["provision"], ["provision", "p.yaml", "--nonsense"], []]
)
def test_an_invalid_command_line_is_a_usage_error(cli: CommandLine, arguments: list[str]) -> None:
    assert cli(*arguments).exit_code == 2


def test_an_output_without_unicode_does_not_crash(plan: Path) -> None:
    ended = run("provision", plan, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ended.code == 0, ended
    assert "SaaS founders Q1 2027 ? demo" in ended.out
    in_json = run("provision", plan, "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "SaaS founders Q1 2027 \\u2013 demo" in in_json.out
