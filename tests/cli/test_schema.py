"""``smartlead-async schema``."""

from __future__ import annotations

import json
from pathlib import Path

from smartlead_async.plan.schema import plan_schema

from .conftest import CommandLine


def test_the_schema_is_the_only_thing_on_stdout(cli: CommandLine) -> None:
    result = cli("schema")
    assert json.loads(result.stdout) == plan_schema()
    assert result.stderr == ""


def test_a_file_gets_the_schema_and_is_replaced_by_a_newer_one(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "plan.schema.json"
    assert cli("schema", "--output", file).exit_code == 0
    file.write_text(file.read_text("utf-8").replace('"client_id"', '"client"'), "utf-8")
    assert cli("schema", "--output", file).exit_code == 0
    assert json.loads(file.read_text("utf-8")) == plan_schema()


def test_a_file_that_is_no_schema_is_not_overwritten(cli: CommandLine, plan: Path) -> None:
    before = plan.read_text("utf-8")
    result = cli("schema", "--output", plan)
    assert (result.exit_code, plan.read_text("utf-8")) == (2, before)
    assert "is no schema of plans" in result.stderr


def test_a_file_that_cannot_be_written_is_one_message(cli: CommandLine, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone" / "plan.schema.json"):
        result = cli("schema", "--output", path)
        assert result.exit_code == 2
        assert result.stderr.count("Error: --output") == 1
