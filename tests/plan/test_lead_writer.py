"""Lead files that are written: what is written is read as the same leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from smartlead_async import LeadFile, LeadInput
from smartlead_async.plan.lead_export import BOOKKEEPING
from smartlead_async.plan.lead_writer import write_lead_file
from smartlead_async.plan.leads import inline_rows
from smartlead_async.plan.merge_tags import LEAD_FIELDS


def read(path: Path) -> list[LeadInput]:
    return [row.lead for row in LeadFile(path, delimiter=",").rows() if row.lead is not None]


def written(path: Path, *leads: LeadInput) -> list[LeadInput]:
    assert write_lead_file(path, leads) == []
    return read(path)


@pytest.mark.parametrize(
    "value",
    [
        "a,b",
        'say "hi"',
        "a\nb",
        "a\r\nb",
        "a\rb",
        "'quoted",
        "=1+1",
        "007",
        "null",
        "x;y\tz",
        "Zoë 😀",
        "a\nx@y.example,b",
    ],
)
def test_a_value_stays_as_it_is(tmp_path: Path, value: str) -> None:
    lead = LeadInput(
        "a@x.example", first_name=value, phone_number=value, custom_fields={"role": value, "n": "1"}
    )
    if "@" in value:
        lead = LeadInput("a@x.example", custom_fields={"role": value})
    assert written(tmp_path / "leads.csv", lead) == [lead]


@pytest.mark.parametrize(
    "name",
    [
        "Company", "Vorname", "E-Mail", "First Name", "custom_fields", "Custom Fields", "a,b", "a\nb",
        "status", "campaign_lead_map_id", "sep=;", "x@y.example", "null", "on", "Café", "Cafe\u0301", "id",
    ],
)  # fmt: skip
def test_a_custom_field_keeps_its_name(tmp_path: Path, name: str) -> None:
    lead = LeadInput("a@x.example", custom_fields={name: "value", "id": "1", "category": "2", "role": "CTO"})
    assert written(tmp_path / "leads.csv", lead, LeadInput("b@x.example")) == [lead, LeadInput("b@x.example")]


def test_similar_names_stay_apart(tmp_path: Path) -> None:
    lead = LeadInput("a@x.example", custom_fields={"role": "1", "Role": "2", "ro_le": "3"})
    assert written(tmp_path / "leads.csv", lead) == [lead]


def test_more_than_200_names_fit_in_one_file(tmp_path: Path) -> None:
    leads = [LeadInput(f"p{n}@x.example", custom_fields={f"field {n}": "x"}) for n in range(300)]
    assert written(tmp_path / "leads.csv", *leads) == leads


def test_a_lead_that_no_cell_can_hold_is_returned(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    huge, small = LeadInput("a@x.example", location="x" * 200_000), LeadInput("b@x.example")
    swallows = LeadInput("c@x.example", first_name="Ada\nd@x.example,Bo")
    assert write_lead_file(path, [huge, small, swallows]) == [huge, swallows]
    assert read(path) == [small]


TEXT = st.text(max_size=20) | st.text(" \n\r,;\"'@ab.0\t", max_size=20)
NAMES = st.text(min_size=1, max_size=8) | st.sampled_from([*BOOKKEEPING, "custom_fields", "Company", "Mail"])
LEADS = st.lists(
    st.builds(
        LeadInput,
        st.integers(0, 10**6).map("p{}@x.example".format),
        **{name: st.none() | TEXT for name in LEAD_FIELDS if name != "email"},
        custom_fields=st.dictionaries(NAMES, TEXT, max_size=4),
    ),
    max_size=5,
    unique_by=lambda lead: lead.email,
)


def as_planned(leads: list[LeadInput]) -> list[LeadInput]:
    """Return leads as a plan with these leads has them: without blanks."""
    cleaned = [row.lead for row in inline_rows(leads) if row.lead is not None]
    found = []
    for lead in cleaned:
        custom = {
            k.strip(): v
            for k, v in (lead.custom_fields or {}).items()
            if v and k.strip() not in {"", *LEAD_FIELDS}
        }
        found.append(
            LeadInput(
                lead.email,
                **{name: getattr(lead, name) or None for name in LEAD_FIELDS if name != "email"},
                custom_fields=custom or None,
            )
        )
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEADS)
@example([LeadInput("p0@x.example", custom_fields={"Mail": "x"})])
def test_what_is_written_is_read_as_the_same(tmp_path: Path, leads: list[LeadInput]) -> None:
    path = tmp_path / "leads.csv"
    planned = as_planned(leads)
    left_out = write_lead_file(path, planned)
    assert read(path) == [lead for lead in planned if lead not in left_out]
    for lead in left_out:
        # Only the values of lead fields can be such that a reader misunderstands them.
        assert any(
            "@" in str(getattr(lead, name)) or "\0" in str(getattr(lead, name)) for name in LEAD_FIELDS[1:]
        )
