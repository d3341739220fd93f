"""One fault in a plan is one message: what follows from it is not reported besides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartlead_async.plan.check import check
from smartlead_async.plan.reader import CAMPAIGN_KEYS

pytestmark = pytest.mark.usefixtures("folder")


def sound() -> dict[str, Any]:
    """Return a plan without problems, in which everything that can be missed is given."""
    return {
        "version": 1,
        "strategy": "full",
        "campaigns": [
            {
                "name": "SaaS founders Q1 2027 – demo invite",
                "client_id": 7,
                "start": True,
                "steps": [
                    {"subject": "Hello {{first_name}}", "body": "x"},
                    {
                        "delay_days": 3,
                        "variants": [
                            {"subject": "A", "body": "a", "share": 40},
                            {"subject": "B", "body": "b", "share": 60},
                        ],
                    },
                ],
                "mailboxes": {"tag": "Team North"},
                "leads": [{"email": "lin@prospect.example", "first_name": "Lin"}],
                "schedule": {"timezone": "Europe/Berlin", "days": ["mon-fri"], "start": "08:00"},
                "settings": {"follow_up_percentage": 50},
            }
        ],
    }


def problems(plan: dict[str, Any]) -> list[str]:
    Path("leads.csv").write_text("Email,Segment\nlin@prospect.example,A\n", encoding="utf-8")
    Path("plan.json").write_text(json.dumps(plan, indent=1), encoding="utf-8")
    return [str(problem) for problem in check("plan.json").problems]


def mappings(value: Any) -> list[dict[str, Any]]:
    """Return every mapping of a plan, the plan itself first."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [mapping for each in inner for mapping in mappings(each)]
    return [value, *found] if isinstance(value, dict) else found


def test_the_sound_plan_has_no_problems() -> None:
    assert problems(sound()) == []


_KEYS = [(m, k) for m, mapping in enumerate(mappings(sound())) for k in mapping]


@pytest.mark.parametrize(("mapping", "key"), _KEYS)
@pytest.mark.parametrize("change", [lambda k: k[:-1] + k[-1] * 2, str.upper, lambda k: k[:1] + k[2:]])
def test_a_misspelled_key_is_one_error_and_not_a_missing_value_besides(
    mapping: int, key: str, change: Any
) -> None:
    plan = sound()
    entries = mappings(plan)[mapping]
    items = [(change(k) if k == key else k, v) for k, v in entries.items()]
    entries.clear()
    entries.update(items)
    (problem,) = problems(plan)
    assert f"unknown key {change(key)!r}" in problem
    assert f"Did you mean {key!r}?" in problem


@pytest.mark.parametrize(
    ("text", "key"),
    [("schedule: {timezone:Europe/Oslo}", "timezone"), ("steps: [{subject:Hi, body: Hello}]", "subject")],
)
def test_a_missing_space_in_braces_is_one_error(text: str, key: str) -> None:
    Path("plan.yaml").write_text(
        f"version: 1\ncampaigns:\n  - name: Founders Q1 2027 – demo invite\n    {text}\n", encoding="utf-8"
    )
    (problem,) = check("plan.yaml").problems
    assert problem.code == "unknown_key"
    assert problem.advice == f"Put a space after the colon of {key}:"


@pytest.mark.parametrize(("mapping", "key"), _KEYS)
@pytest.mark.parametrize("value", [[[]], {"a": {}}, {}, "?", 3.5, True])
def test_a_value_of_a_wrong_type_is_one_error(mapping: int, key: str, value: Any) -> None:
    plan = sound()
    mappings(plan)[mapping][key] = value
    assert len([p for p in problems(plan) if ": error: " in p]) <= 1


@pytest.mark.parametrize(
    "part",
    [
        {"schedule": "Europe/Berlin"},
        {"schedule": None, "shedule": {}},
        {"settings": {"colour": "red"}},
        {"mailboxes": "Team North"},
        {"mailboxes": {"name": "Team North"}},
        {"steps": "Hello"},
        {"steps": [{"subject": "Hi", "text": "Hello"}]},
        {"steps": [{"subject": "Hi", "variants": "A"}]},
        {"steps": [{"variants": ["A", {"subject": "B", "body": "b"}]}]},
        {"leads": 5},
        {"leads": {"file": "leads.csv"}},
        {"leads": ["lin@prospect.example"]},
        {"leads": [{"adress": "lin@prospect.example"}]},
        {"leads": {"csv": ["leads.csv"]}},
        {"leads": {"csv": "none.csv"}},
        {"leads": None, "for_each": "leads.csv"},
        {"leads": None, "for_each": {"csv": "leads.csv", "columm": "Segment"}},
        {"leads": None, "for_each": {"file": "leads.csv", "column": "Segment"}},
        {
            "leads": None,
            "name": "SaaS founders {value} Q1 2027 – demo invite",
            "for_eech": {"csv": "leads.csv", "column": "Segment"},
        },
    ],
)
def test_a_part_that_cannot_be_read_is_one_error(part: dict[str, Any]) -> None:
    plan = sound()
    campaign = plan["campaigns"][0]
    campaign["steps"][0]["subject"] = "Hello"
    campaign |= part
    for key in [key for key in campaign if campaign[key] is None]:
        del campaign[key]
    assert len(problems(plan)) == 1


def test_a_misspelled_default_is_used_as_meant() -> None:
    plan = sound()
    plan["defaults"] = {"shedule": plan["campaigns"][0].pop("schedule")}
    (problem,) = problems(plan)
    assert "defaults.shedule: unknown key 'shedule' in defaults. Did you mean 'schedule'?" in problem


def test_what_is_wrong_inside_of_a_misspelled_part_is_told_too() -> None:
    plan = sound()
    plan["campaigns"][0]["shedule"] = plan["campaigns"][0].pop("schedule") | {"timezone": "Mars/Base"}
    assert len(problems(plan)) == 2


def test_a_key_that_resembles_none_hides_nothing() -> None:
    plan = sound()
    plan["campaigns"][0]["xyz"] = plan["campaigns"][0].pop("schedule")
    assert len(problems(plan)) == 2


def test_a_misspelled_key_beside_the_right_one_is_one_error() -> None:
    plan = sound()
    plan["campaigns"][0]["shedule"] = {"timezone": "Mars/Base"}
    assert len(problems(plan)) == 1


def test_a_text_that_variants_inherit_is_told_once() -> None:
    plan = sound()
    plan["campaigns"][0]["steps"] = [
        {"subject": "Hi", "body": ["x"], "variants": [{"subject": "A"}, {"subject": "B"}]}
    ]
    assert len(problems(plan)) == 1


@given(key=st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
def test_whatever_an_additional_key_is_it_is_one_error(key: str) -> None:
    plan = sound()
    plan["campaigns"][0].setdefault(key, "x")
    assert len(problems(plan)) == (key not in CAMPAIGN_KEYS)
