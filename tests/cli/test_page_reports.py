"""``--report FILE.html`` writes the report as a page."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from .conftest import CommandLine
from .plans import KEY, name
from .serving import Served


def test_provision_writes_a_page_without_key_or_addresses(
    cli: CommandLine, plan: Path, served: Served, tmp_path: Path
) -> None:
    served.furnish(plan)
    page = tmp_path / "report.html"
    arguments = ("provision", plan, "--target", served.url, "--tier", "unlimited", "--report", page)
    assert cli(*arguments, SMARTLEAD_API_KEY=KEY).exit_code == 0
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert name(2) in text
    assert KEY not in text
    assert "p0@c0.example" not in text


def test_simulate_writes_a_page(cli: CommandLine, plan: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.HTML"
    result = cli("simulate", plan, "--tier", "60/60", "--faults", 0.2, "--report", page)
    assert result.exit_code == 0
    assert f"Report: {page}" in result.stdout
    assert "Simulation" in page.read_text("utf-8")


@pytest.mark.parametrize("command", ["provision", "simulate"])
def test_without_the_extra_it_fails_before_anything_is_sent(
    cli: CommandLine, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda what: None if what == "matplotlib" else found(what)
    )
    page = tmp_path / "report.html"
    result = cli(command, plan, "--report", page)
    assert result.exit_code == 2
    assert "pip install 'smartlead-async[report]'" in result.stderr
    assert not page.exists()
