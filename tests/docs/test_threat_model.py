"""The threat model names tests that exist."""

from __future__ import annotations

import re
from typing import Final

import pytest

from .pages import ROOT

MODEL: Final = (ROOT / "THREAT_MODEL.md").read_text("utf-8")
ROWS: Final = [
    line
    for line in MODEL.split("## Threats, protections and tests")[1].split("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| Threat ")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_each_threat_has_a_test_that_shows_the_protection(row: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row.split("|")[3])
    assert named
    for path, function in named:
        source = (ROOT / path).read_text("utf-8")
        assert re.search(rf"^ *(?:async )?def {function or 'test_'}", source, re.MULTILINE), (path, function)


def test_there_are_threats() -> None:
    assert len(ROWS) > 15
