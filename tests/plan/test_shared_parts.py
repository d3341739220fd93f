"""Parts that campaigns share, as in defaults, are read once, and every campaign is as if it had its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from smartlead_async.plan import reader
from smartlead_async.plan.plan import load_plan

SHARED: dict[str, Any] = {
    "steps": [{"subject": "Hello {{first_name}}", "body": "Hello"}],
    "schedule": {"timezone": "Europe/Oslo"},
    "settings": {"follow_up_percentage": 60},
    "mailboxes": {"ids": [501]},
}


def write(folder: Path, defaults: dict[str, Any], *campaigns: dict[str, Any]) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps({"version": 1, "defaults": defaults, "campaigns": campaigns}), "utf-8")
    return path


def test_campaigns_share_the_parts_of_the_defaults(tmp_path: Path) -> None:
    first, second = load_plan(write(tmp_path, SHARED, {"name": "A"}, {"name": "B"})).specs()
    for part in SHARED:
        assert getattr(first, part) is getattr(second, part)
    assert first.origin is not None
    assert second.origin is not None
    assert second.origin.places["steps[0].subject"] == first.origin.places["steps[0].subject"]


@pytest.mark.parametrize(
    "part",
    [
        {"steps": [{"subject": "For {value}", "body": "Hello"}]},
        {"steps": [{"subject": "Hello", "body_file": "body.html"}]},
        {"schedule": {"timezone": "{value}"}},
        {"mailboxes": {"tag": "{value}"}},
    ],
    ids=["subject", "body file", "schedule", "mailboxes"],
)
def test_a_part_with_the_value_of_a_for_each_is_read_for_each(tmp_path: Path, part: dict[str, Any]) -> None:
    (tmp_path / "body.html").write_text("<p>For {value}</p>", "utf-8")
    (tmp_path / "leads.csv").write_text("email,city\na@b.example,Oslo\nc@d.example,Rome\n", "utf-8")
    each = {"csv": "leads.csv", "column": "city"}
    plan = load_plan(write(tmp_path, part, {"name": "{value}", "for_each": each}))
    name = next(iter(part))
    first, second = (entry.spec for entry in plan.entries())
    assert "Oslo" in str(getattr(first, name))
    assert "Rome" in str(getattr(second, name))


def test_a_flaw_in_the_defaults_is_told_for_every_campaign(tmp_path: Path) -> None:
    plan = load_plan(write(tmp_path, {"schedule": {"timezon": "Europe/Oslo"}}, {"name": "A"}, {"name": "B"}))
    first, second = ([p.code for p in entry.problems] for entry in plan.entries())
    assert first == second != []


def test_many_parts_are_not_mixed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MAX_PARTS", 3)
    campaigns = [
        {"name": f"C{n}", **({"settings": {"follow_up_percentage": n}} if n % 2 else {})} for n in range(20)
    ]
    specs = list(load_plan(write(tmp_path, SHARED, *campaigns)).specs())
    assert [attrs.asdict(spec.settings)["follow_up_percentage"] for spec in specs if spec.settings] == [
        n if n % 2 else 60 for n in range(20)
    ]
