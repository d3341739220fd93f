"""Files that tests of plans write to the current folder."""

from __future__ import annotations

from pathlib import Path


def save(text: str, name: str = "plan.yaml") -> str:
    """Write a file and return its name."""
    Path(name).write_text(text, encoding="utf-8")
    return name
