"""The wheel contains the package with its marker for type checkers, and nothing else."""

from __future__ import annotations

import configparser
import email
import json
import os
import re
import subprocess
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import smartlead_async

from .pages import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONUTF8": "1"}, check=False
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def test_the_wheel_contains_the_package_its_type_marker_and_its_license(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert "smartlead_async/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "smartlead_async").rglob("*.py")}
    assert modules <= {name.replace("/", os.sep) for name in names}


def test_the_wheel_contains_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {Path(name).parts[0] for name in wheel.namelist()}
    dist_info = {top for top in tops if top.endswith(".dist-info")}
    assert tops - dist_info == {"smartlead_async"}
    assert not [name for name in wheel.namelist() if Path(name).name.startswith("test_")]
    assert not [name for name in wheel.namelist() if {"tests", "__pycache__"} & set(Path(name).parts)]


def test_the_metadata_matches_the_package(wheel: zipfile.ZipFile) -> None:
    built = metadata(wheel)
    assert built["Version"] == smartlead_async.__version__
    assert built["Requires-Python"] == ">=3.11"
    assert built["License-Expression"] == "MIT"
    assert {"cli", "dev", "ledger"} <= set(built.get_all("Provides-Extra", []))


def test_the_wheel_declares_the_command_and_the_pytest_plugin(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    declared = configparser.ConfigParser()
    declared.read_string(wheel.read(name).decode())
    assert dict(declared["console_scripts"]) == {"smartlead-async": "smartlead_async.cli:main"}
    assert dict(declared["pytest11"]) == {"smartlead": "smartlead_async.integrations.pytest_plugin"}


def test_the_cli_extra_includes_the_dependencies_of_the_ledger(wheel: zipfile.ZipFile) -> None:
    needed = metadata(wheel).get_all("Requires-Dist", [])
    for extra, package in (
        ("cli", "typer"),
        ("cli", "aiosqlite"),
        ("ledger", "aiosqlite"),
        ("ledger", "filelock"),
    ):
        assert any(line.startswith(package) and f"extra == '{extra}'" in line for line in needed), package
    runtime = {line.split(">")[0] for line in needed if "extra ==" not in line}
    assert runtime == {"aiohttp", "attrs", "backoff", "cattrs", "orjson"}


def test_the_entry_point_of_the_container_starts_a_command_as_another_user() -> None:
    """There is no container in this test: the entry point runs as a plain process."""
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    entry, default = (
        json.loads(line.partition(" ")[2]) for line in lines if line.startswith(("ENTRYPOINT", "CMD"))
    )
    assert next(line for line in lines if line.startswith("USER")).split()[1] not in {"0", "root"}
    assert entry == ["smartlead-async"]
    command = [sys.executable, "-m", "smartlead_async", *default]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "80"}
    )
    assert done.stdout.startswith("Usage: smartlead-async")


def test_the_container_copies_what_the_build_needs() -> None:
    ignored = (ROOT / ".containerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Containerfile").read_text("utf-8"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert {"pyproject.toml", "smartlead_async"} <= names
    assert all((ROOT / name).exists() and f"!{name}" in ignored for name in names)
