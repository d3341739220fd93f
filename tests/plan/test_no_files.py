"""Plans of people who must not read files: whatever names one is an error, and nothing is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smartlead_async.plan.check import check
from smartlead_async.plan.plan import load_plan

STEP = {"subject": "Hi", "body": "<p>Hi</p>"}


def problems(tmp_path: Path, campaign: dict[str, Any], **top: Any) -> list[str]:
    secret = tmp_path / "secret.csv"
    secret.write_text("email\nsecret@prospect.example\n", "utf-8")
    campaign = {"name": "SaaS founders Q1 2027", "steps": [STEP], **campaign}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"version": 1, "campaigns": [campaign], **top}), "utf-8")
    report = check(load_plan(path, allow_files=False))
    assert "secret" not in str(report.problems)
    return [f"{p.code} {p.path}" for p in report.errors]


@pytest.mark.parametrize("name", ["secret.csv", "/etc/passwd", "../plan.json", "missing.csv"])
def test_a_file_that_is_named_anywhere_is_refused_and_not_opened(tmp_path: Path, name: str) -> None:
    at = "campaigns[0]"
    assert problems(tmp_path, {"leads": name}) == [f"file_refused {at}.leads"]
    assert problems(tmp_path, {"leads": {"csv": name}}) == [f"file_refused {at}.leads"]
    assert problems(tmp_path, {"lead": {"csv": name}, "steps": [{"subject": "Hi", "bodyfile": name}]}) != []
    assert f"file_refused {at}.for_each" in problems(tmp_path, {"for_each": {"csv": name, "column": "email"}})
    for step in ({"subject": "Hi", "body_file": name},
                 {"subject": "Hi", "variants": [{"subject": "Hi", "body_file": name}]}):  # fmt: skip
        assert any("file_refused" in problem for problem in problems(tmp_path, {"steps": [step]})), step
    assert any("file_refused" in p for p in problems(tmp_path, {}, defaults={"leads": name}))


def test_leads_and_bodies_in_the_plan_are_as_ever(tmp_path: Path) -> None:
    assert problems(tmp_path, {"leads": [{"email": "lin@prospect.example"}]}) == []
