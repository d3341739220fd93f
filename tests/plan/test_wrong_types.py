"""Values of wrong types in specs built from Python: one problem each, and no exception."""

from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path
from typing import Any, cast, get_type_hints

import attrs
import hypothesis.strategies as st
import pytest
from hypothesis import given

from smartlead_async import LeadFile, LeadInput
from smartlead_async.api.campaigns.models import OutOfOfficeSettings
from smartlead_async.api.leads.models import ImportSettings
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.leads import LeadRow
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.problem import Problem
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.typed import mismatch


class NoTruth:
    """An object such as an array of a numerical library, which is neither true nor false."""

    def __bool__(self) -> bool:
        raise ValueError("the truth value is ambiguous")

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment]


def _nested(depth: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(depth):
        nested = [nested]
    return nested


VALUES: list[Any] = [
    None,
    True,
    False,
    -1,
    0,
    1,
    5,
    2**63,
    10**5000,
    1.5,
    float("nan"),
    float("inf"),
    decimal.Decimal(5),
    b"1",
    bytearray(b"x"),
    memoryview(b"12"),
    "",
    "text",
    "x\ud800",
    "9" * 5000,
    (),
    [],
    {},
    {5},
    frozenset({"a"}),
    {"a": 1},
    {1: None},
    [None],
    [5],
    ["x"],
    [b"x"],
    [{}],
    [[]],
    [True],
    [10**5000, 10**5000],
    [1.0, 1],
    _nested(2000),
    (n for n in range(3)),
    range(3),
    dt.date(2027, 1, 1),
    dt.datetime(2027, 1, 1),  # noqa: DTZ001
    dt.timedelta(1),
    Path("leads.csv"),
    object(),
    NoTruth(),
    [NoTruth()],
    int,
    LeadFile,
    StepSpec,
    len,
    ValueError("x"),
    CampaignSpec("A"),
    StepSpec("s", "b"),
    VariantSpec(),
    MailboxChoice(),
    SettingsSpec(),
    ScheduleSpec("UTC"),
    ImportSettings(),
    OutOfOfficeSettings(),
    LeadInput("a@b.example"),
    LeadFile("no.csv"),
    LeadRow(None),
]

OWNERS: dict[str, tuple[Any, Any]] = {
    "": (CampaignSpec("Founders Q1 2027"), lambda spec: spec),
    "steps[0]": (StepSpec("s", "b"), lambda step: CampaignSpec("A", steps=[step])),
    "steps[0].variants[0]": (
        VariantSpec("s", "b"),
        lambda variant: CampaignSpec("A", steps=[StepSpec("s", "b", variants=[variant])]),
    ),
    "mailboxes": (MailboxChoice(ids=(1,)), lambda choice: CampaignSpec("A", mailboxes=choice)),
    "schedule": (ScheduleSpec("UTC"), lambda schedule: CampaignSpec("A", schedule=schedule)),
    "settings": (SettingsSpec(force_plain_text=True), lambda settings: CampaignSpec("A", settings=settings)),
    "leads": (LeadFile("no.csv"), lambda file: CampaignSpec("A", leads=file)),
}
FIELDS = [
    (path, field.name)
    for path, (owner, _) in OWNERS.items()
    for field in attrs.fields(type(owner))
    if field.name != "origin"
]


def with_value(path: str, name: str, value: object) -> tuple[CampaignSpec, str, bool]:
    """Return a spec with a value in one field, the path of the field, and whether the type is a wrong one."""
    owner, spec_of = OWNERS[path]
    kinds = get_type_hints(type(owner))
    if (path, name) == ("", "leads"):
        kind: Any = list[LeadInput] | LeadFile
    elif (path, name) == ("leads", "path"):
        kind = str | Path
    else:
        kind = kinds[name]
    wrong = mismatch(kind, value) is not None
    return spec_of(attrs.evolve(owner, **{name: value})), f"{path}.{name}".strip("."), wrong


def errors_of(spec: CampaignSpec) -> list[Problem]:
    return [problem for problem in spec.problems() if problem.is_error]


@pytest.mark.parametrize(("path", "name"), FIELDS)
def test_a_value_of_a_wrong_type_in_any_field_is_one_problem_with_its_path(path: str, name: str) -> None:
    for value in VALUES:
        spec, where, wrong = with_value(path, name, value)
        errors = errors_of(spec)
        if wrong:
            assert errors, (where, type(value))
            assert all(problem.path.startswith(where) for problem in errors), (where, type(value), errors)
            paths = [problem.path for problem in errors]
            assert len(paths) == len(set(paths)), (where, type(value), errors)
            assert all(len(str(problem)) < 1000 for problem in errors)


@given(st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(range(len(VALUES)))), max_size=6))
def test_no_combination_of_values_makes_the_check_of_a_spec_raise(
    choices: list[tuple[tuple[str, str], int]],
) -> None:
    owners = {path: owner for path, (owner, _) in OWNERS.items()}
    for (path, name), index in choices:
        owners[path] = attrs.evolve(owners[path], **{name: VALUES[index]})
    variant, step, campaign = owners["steps[0].variants[0]"], owners["steps[0]"], owners[""]
    parts = {key: owners[key] for key in ("mailboxes", "schedule", "settings", "leads")}
    given_parts = {name for (path, name), _ in choices if path == ""}
    given_step = {name for (path, name), _ in choices if path == "steps[0]"}
    step = step if "variants" in given_step else attrs.evolve(step, variants=[variant])
    whole = attrs.evolve(campaign, **{k: v for k, v in parts.items() if k not in given_parts})
    whole = whole if "steps" in given_parts else attrs.evolve(whole, steps=[step])
    assert isinstance(whole.problems(), list)
    assert isinstance(whole.identity, str)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"steps": [{"subject": "s"}]}, "steps[0]: expected a StepSpec, got a mapping. Write StepSpec(…)."),
        ({"steps": {"subject": "s"}}, "steps: expected a list, got a mapping"),
        (
            {"schedule": {"timezone": "UTC"}},
            "schedule: expected a ScheduleSpec, got a mapping. Write ScheduleSpec(…).",
        ),
        ({"settings": "x"}, "settings: expected a SettingsSpec, got 'x'. Write SettingsSpec(…)."),
        (
            {"leads": [{"email": "a@b.example"}]},
            "leads[0]: expected a LeadInput, got a mapping. Write LeadInput(…).",
        ),
        ({"leads": 5}, "leads: expected a list of LeadInput or a lead source such as LeadFile, got 5"),
        (
            {"leads": "founders.csv"},
            (
                "leads: expected a list of LeadInput or a lead source such as LeadFile, got 'founders.csv'. "
                "Write LeadFile('founders.csv')."
            ),
        ),
        (
            {"mailboxes": MailboxChoice(ids=cast("Any", b"12"))},
            "mailboxes.ids: expected a list, got a value of the type bytes",
        ),
        (
            {"mailboxes": MailboxChoice(ids=cast("Any", {1, 2}))},
            "mailboxes.ids: expected a list, got a value of the type set. Write list(…).",
        ),
        (
            {"client_id": decimal.Decimal(7)},
            "client_id: expected an integer, got a value of the type Decimal",
        ),
        ({"leads": LeadFile(cast("Any", 5))}, "leads.path: expected a Path, got 5"),
    ],
)
def test_the_problem_says_what_is_due(values: dict[str, Any], expected: str) -> None:
    (problem,) = CampaignSpec("A", **values).problems()
    assert str(problem) == f"error: {expected}"


def test_a_source_that_yields_no_rows_of_leads_is_a_problem_of_its_campaign() -> None:
    class Source:
        file = None

        def rows(self) -> Any:
            yield LeadInput("a@b.example")

    (row,) = CampaignSpec("A", leads=Source()).lead_rows()
    assert [p.message for p in row.problems] == [
        "expected a source that yields LeadRow, got a value of the type LeadInput"
    ]
