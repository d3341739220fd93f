"""The JSON Schema of plans: it and the reader accept the same shapes."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartlead_async.plan.plan import load_plan
from smartlead_async.plan.problem import InvalidPlan, Problem
from smartlead_async.plan.schema import plan_schema
from smartlead_async.plan.schema_text import DESCRIPTIONS
from smartlead_async.plan.yaml_nodes import read_yaml
from tests.docs.pages import ROOT, all_blocks

from .schema_values import values_of

SCHEMA = plan_schema()
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
SHAPE = {
    "wrong_kind", "unknown_key", "unknown_value", "out_of_bounds", "bad_version", "no_campaigns",
    "leads_twice", "file_twice", "no_address", "no_name", "no_days",
    "too_many_variants",
}  # fmt: skip
"""The codes of problems that are a matter of shape."""

WHOLE: dict[str, Any] = {
    "$schema": "plan.schema.json",
    "version": 1,
    "strategy": "clone",
    "x-notes": {"a": [1]},
    "allowed_tags": ["sender_name", "[Link]"],
    "defaults": {"start": None, "mailboxes": {"ids": [1, 2], "addresses": ["a@b.example"], "tag": "x"}},
    "campaigns": [
        {
            "name": "Founders Q1 2027",
            "client_id": 7,
            "key": "founders",
            "steps": [
                {"subject": "Hello", "body": "Hello", "delay_days": 0, "kind": "EMAIL"},
                {
                    "subject": 5,
                    "delay_days": 2,
                    "distribution": "MANUAL_PERCENTAGE",
                    "winning_metric": "OPEN_RATE",
                    "test_share": 40,
                    "variants": [{"body": "a", "share": 50, "label": "A"}, {"body": "b", "share": 50}],
                },
            ],
            "leads": [
                {"email": "a@b.example", "phone_number": 47, "custom_fields": {"role": "CTO", "n": 1}},
                {"email": "c@b.example", "first_name": None},
            ],
            "lead_import": {"return_lead_ids": True},
            "schedule": {
                "timezone": "Europe/Berlin",
                "days": ["mon-fri", 6],
                "start": "08:00",
                "end": "17:30",
                "minutes_between_emails": 5,
                "new_leads_per_day": 10,
                "starts_at": "2027-01-11T09:00:00+01:00",
            },
            "settings": {
                "track_settings": ["DONT_TRACK_EMAIL_OPEN"],
                "stop_lead_settings": "REPLY_TO_AN_EMAIL",
                "follow_up_percentage": 60,
                "bounce_autopause_threshold": "5",
                "ai_categorisation_options": [1],
                "out_of_office_detection_settings": {"reactivate_ooo_with_delay": 3},
            },
            "start": False,
        },
        {
            "name": "A file",
            "leads": {
                "csv": "leads.csv",
                "columns": {"Notes": None, "Town": "city"},
                "where": {"Town": ["Oslo", 1, True, None], "Size": 5},
                "blank_values": ["-"],
                "encoding": "utf-8",
                "delimiter": ",",
                "sheet": None,
            },
            "steps": [{"subject": "Hello", "body": "Hello"}],
        },
        {"name": "{value} Q1", "for_each": {"csv": "leads.csv", "column": "Town"}},
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans")
    (path / "leads.csv").write_text("email,Town,Notes,Size\na@b.example,Oslo,,5\n", "utf-8")
    return path


def errors_of(content: Any, folder: Path) -> list[Problem]:
    file = folder / "plan.json"
    file.write_text(json.dumps(content), "utf-8")
    try:
        plan = load_plan(file)
        found = [*plan.problems, *(p for entry in plan.entries() for p in entry.problems)]
    except InvalidPlan as invalid:
        found = list(invalid.problems)
    return [problem for problem in found if problem.is_error]


def is_of_shape(problem: Problem) -> bool:
    """Return whether a schema can tell; it cannot tell that a date does not exist."""
    return problem.code in SHAPE and not problem.path.endswith("starts_at")


def mappings_and_lists(value: Any) -> Iterator[dict[str, Any] | list[Any]]:
    if isinstance(value, (dict, list)):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from mappings_and_lists(child)


# --- both say yes ------------------------------------------------------------------------------------
def test_the_schema_is_valid_json_schema() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


def test_the_plan_with_every_key_is_accepted_by_both(folder: Path) -> None:
    assert not errors_of(WHOLE, folder)
    VALIDATOR.validate(WHOLE)


PLANS = [b for b in all_blocks() if b.language == "yaml" and b.text.startswith("version: 1")]


def test_every_plan_of_the_documentation_is_valid() -> None:
    assert len(PLANS) >= 5
    for block in PLANS:
        VALIDATOR.validate(read_yaml(block.text, block.place).plain())


def test_the_example_plans_are_valid() -> None:
    for path in (ROOT / "docs" / "examples").rglob("plan*.yaml"):
        VALIDATOR.validate(read_yaml(path.read_text("utf-8"), str(path)).plain())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(content=values_of(SCHEMA, SCHEMA).filter(VALIDATOR.is_valid))
def test_what_the_schema_accepts_the_reader_does_not_refuse_for_its_shape(content: Any, folder: Path) -> None:
    assert not [str(problem) for problem in errors_of(content, folder) if is_of_shape(problem)]


# --- both say no -------------------------------------------------------------------------------------
MUTATIONS: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        7,
        101,
        2.5,
        "",
        " ",
        "x",
        "{value}",
        [],
        ["x"],
        [1],
        [None],
        [{}],
        {},
        {"x": 1},
    ]
)


@st.composite
def mutated_plans(draw: st.DrawFn) -> Any:
    """Return the whole plan with one or two values replaced or removed."""
    content = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 2))):
        holder: Any = draw(st.sampled_from([each for each in mappings_and_lists(content) if each]))
        key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        if draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = copy.deepcopy(draw(MUTATIONS))
    return content


@settings(max_examples=100, deadline=None)
@given(content=mutated_plans())
def test_a_changed_plan_is_refused_by_both_or_by_none(content: Any, folder: Path) -> None:
    refused = [f"{error.instance_path}: {error.message}" for error in VALIDATOR.iter_errors(content)]
    found = errors_of(content, folder)
    if refused:
        assert found, refused
    else:
        assert not [str(problem) for problem in found if is_of_shape(problem)]


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_an_unknown_key_is_refused_by_both(data: st.DataObject, folder: Path) -> None:
    content = copy.deepcopy(WHOLE)
    free = ({"a": [1]}, {"role": "CTO", "n": 1}, {"Notes": None, "Town": "city"})
    holders = [
        each
        for each in mappings_and_lists(content)
        if isinstance(each, dict) and each not in free and "Size" not in each
    ]
    data.draw(st.sampled_from(holders))["unheard_of"] = 1
    assert not VALIDATOR.is_valid(content)
    assert "unknown_key" in {problem.code for problem in errors_of(content, folder)}


# --- what the schema says beside that ----------------------------------------------------------------
def test_a_name_or_a_time_zone_may_come_from_the_defaults() -> None:
    defaults = {"name": "{value} Q1", "schedule": {"timezone": "Europe/Oslo"}}
    campaign = {"for_each": {"csv": "leads.csv", "column": "Town"}, "schedule": {"start": "10:00"}}
    assert VALIDATOR.is_valid({"version": 1, "defaults": defaults, "campaigns": [campaign]})
    assert not VALIDATOR.is_valid({"version": 1, "campaigns": [campaign]})
    assert not VALIDATOR.is_valid({"version": 1, "defaults": {"name": "x"}, "campaigns": [campaign]})


def test_every_key_has_a_description_and_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "plan-format.md").read_text("utf-8")
    for name, schema in {"plan": SCHEMA, **SCHEMA["definitions"]}.items():
        for key, value in schema["properties"].items():
            assert "$ref" in value or value["description"], f"{name}.{key}"
            assert re.search(rf"`{re.escape(key)}(`|:)", page), f"{name}.{key}"


def test_nothing_is_described_that_does_not_exist() -> None:
    for name, keys in DESCRIPTIONS.items():
        schema = SCHEMA if name == "plan" else SCHEMA["definitions"][name]
        assert keys.keys() == schema["properties"].keys()


def test_defaults_and_bounds_are_those_of_the_specs() -> None:
    schedule = SCHEMA["definitions"]["schedule"]["properties"]
    assert (schedule["minutes_between_emails"]["minimum"], schedule["new_leads_per_day"]["default"]) == (
        3,
        100,
    )
    assert SCHEMA["definitions"]["step"]["properties"]["test_share"]["maximum"] == 100


def test_the_schema_can_be_changed_without_changing_the_next_one() -> None:
    plan_schema()["definitions"]["lead_file"]["properties"]["csv"]["pattern"] = "changed"
    assert plan_schema() == SCHEMA


def test_a_lead_in_which_everything_is_null_has_no_address(folder: Path) -> None:
    content = {"version": 1, "campaigns": [{"name": "x", "leads": [{"email": None, "location": None}]}]}
    assert [problem.code for problem in errors_of(content, folder)] == ["no_address"]
    assert not VALIDATOR.is_valid(content)
