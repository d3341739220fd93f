"""Fixtures: a plan, the command line in this process, and a fake served over HTTP."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smartlead_async.cli.app import app

from .plans import write_plan
from .serving import Served, serving


class CommandLine:
    """Runs a command in this process, which is fast but has no signals and no terminal."""

    def __init__(self) -> None:
        self._runner = CliRunner()

    def __call__(self, *arguments: object, **env: str) -> Result:
        result = self._runner.invoke(app, [str(argument) for argument in arguments], env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    for name in ("SMARTLEAD_API_KEY", "SMARTLEAD_BASE_URL", "SMARTLEAD_TIER", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SMARTLEAD_PROFILE", raising=False)
    monkeypatch.setenv("SMARTLEAD_CONFIG", os.devnull)
    monkeypatch.setenv("COLUMNS", "100")
    return CommandLine()


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Write a valid plan of three campaigns."""
    return write_plan(tmp_path)


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a fake over HTTP on a thread of this process, so that a test can inspect it."""
    with serving() as server:
        yield server
    assert threading.active_count() < 50
