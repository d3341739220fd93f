"""The report file: checked before the job begins, and never lost at its end."""

from __future__ import annotations

import errno
import json
import re
import tempfile
from pathlib import Path

import pytest

import smartlead_async.cli.report_file as report_module
from smartlead_async.atomic_file import replace_file
from smartlead_async.cli.json_text import json_text

from .conftest import CommandLine


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder for temporary files, the only one that is not full."""

    def fail(*_: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(report_module, "replace_file", fail)
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("command", ["provision", "simulate"])
def test_a_report_that_cannot_be_written_is_rescued(
    cli: CommandLine, plan: Path, tmp_path: Path, full_disk: Path, command: str
) -> None:
    report = tmp_path / "report.json"
    result = cli(command, plan, "--report", report)
    assert result.exit_code == 1
    (rescued,) = full_disk.iterdir()
    told = f"could not be written to {report} (No space left on device): it is in {rescued}\n"
    assert result.stderr.endswith(told)
    assert result.stderr.count("\n") == 1
    assert json.loads(rescued.read_text("utf-8"))["campaigns"]
    assert rescued.stat().st_mode & 0o077 == 0
    assert "3 done" in result.stdout.replace("3 of ", "")


def test_a_page_that_cannot_be_drawn_is_rescued_as_json(
    cli: CommandLine, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise RuntimeError("ada@lead.example")

    monkeypatch.setattr("smartlead_async.report_html.write_html", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    result = cli("provision", plan, "--report", tmp_path / "page.html")
    assert result.exit_code == 1
    (rescued,) = tmp_path.glob("page-*.json")
    assert json.loads(rescued.read_text("utf-8"))["campaigns"]["done"] == 3
    assert re.search(r"\(unexpected RuntimeError at .*\): it is in ", result.stderr)


def test_a_report_that_can_be_written_nowhere_keeps_the_summary_and_the_exit_code(
    cli: CommandLine, plan: Path, tmp_path: Path, full_disk: Path
) -> None:
    full_disk.rmdir()
    result = cli("provision", plan, "--report", tmp_path / "report.json", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["campaigns"]["done"] == 3
    assert "nor to the folder for temporary files (No such file or directory)" in result.stderr


@pytest.mark.parametrize("command", ["provision", "simulate"])
def test_it_never_replaces_a_file_of_the_plan(
    cli: CommandLine, plan: Path, tmp_path: Path, command: str
) -> None:
    content = json.loads(plan.read_text("utf-8"))
    leads = tmp_path / "leads.csv"
    leads.write_text("email,first name\nada@lead.example,Ada\n", encoding="utf-8")
    content["campaigns"][0]["leads"] = "leads.csv"
    plan.write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(leads)
    for name in ("leads.csv", "link.csv", plan.name):
        result = cli(command, plan, "--report", tmp_path / name)
        assert (result.exit_code, "name another file" in result.stderr) == (2, True), name
    assert leads.read_text("utf-8").startswith("email")


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "none/there.json", "."])
def test_a_path_that_cannot_be_a_file_is_refused_first(
    cli: CommandLine, plan: Path, tmp_path: Path, name: str
) -> None:
    result = cli("provision", plan, "--report", f"{tmp_path}/{name}")
    assert result.exit_code == 2, result.output
    assert "Campaigns" not in result.stdout


def test_a_file_that_is_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)
    with replace_file(link) as file:
        file.write("new")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "new"


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    device = Path("/dev/null")
    with replace_file(device) as file:
        file.write("new")
    assert device.is_char_device()


def test_no_control_character_is_in_the_json() -> None:
    evil = "a\x1b[2J\x9b\x7f\u202e\ud800\n"
    text = json_text({"k": evil})
    assert text.isprintable()
    assert json.loads(text) == {"k": evil}
