"""The notebooks of the documentation run from top to bottom, in a kernel of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .pages import ROOT

NOTEBOOKS = sorted((ROOT / "docs").rglob("*.ipynb"))
# In a process of its own, because the libraries of Jupyter warn about themselves.
EXECUTE = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
sys.stdout.write(nbformat.writes(notebook))
"""


def executed(path: Path) -> list[dict[str, Any]]:
    for name in ("nbclient", "ipykernel", "pandas"):
        pytest.importorskip(name, reason="notebooks need the dev extra")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", EXECUTE, str(path)]
    ended = subprocess.run(command, capture_output=True, env=env, cwd=ROOT, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr.decode()[-3000:]
    cells: list[dict[str, Any]] = json.loads(ended.stdout)["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.slow
@pytest.mark.sockets
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_shows_tables(path: Path) -> None:
    cells = executed(path)
    shown = [output["data"] for cell in cells for output in cell["outputs"] if "data" in output]
    tables = [data for data in shown if "<table" in "".join(data.get("text/html", ()))]
    assert len(tables) >= 5
    assert not [output for cell in cells for output in cell["outputs"] if output["output_type"] == "stream"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_committed_without_output(path: Path) -> None:
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
