"""Runs of pytest in a process of its own, as those of a project that uses the package."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs

import smartlead_async

ROOT = Path(smartlead_async.__file__).parents[1]
PLUGIN = "smartlead_async.integrations.pytest_plugin"


def plugin_arguments() -> list[str]:
    """Return the arguments that load the plugin where the package is only on the path, not installed."""
    installed = importlib.metadata.entry_points(group="pytest11", name="smartlead")
    return [] if installed else ["-p", PLUGIN]


@attrs.frozen
class Done:
    """A run of pytest that has ended."""

    exit_code: int
    output: str

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of the last line, such as ``{"passed": 3}``."""
        last = self.output.rstrip().splitlines()[-1]
        return {what.rstrip("s"): int(number) for number, what in re.findall(r"(\d+) ([a-z]+)", last)}


def run_pytest(
    folder: Path,
    *arguments: str,
    plugins: tuple[str, ...] = (PLUGIN,),
    environment: Mapping[str, str] | None = None,
) -> Done:
    """Run the tests in a folder with these plugins and no others, and with every warning as an error."""
    options = [part for plugin in plugins for part in ("-p", plugin)]
    return _run(
        folder, [*options, *arguments], {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **(environment or {})}
    )


def run_pytest_with_entry_points(folder: Path, *arguments: str, on_path: Path) -> Done:
    """Run the tests in a folder with the plugins that pytest finds, also those of a folder on the path."""
    return _run(folder, list(arguments), {"PYTHONPATH": os.pathsep.join([str(on_path), str(ROOT)])})


def _run(folder: Path, arguments: list[str], environment: Mapping[str, str]) -> Done:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout + done.stderr)
