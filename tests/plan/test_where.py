"""The rows that ``where`` keeps, and the values of ``for_each``."""

# ruff: noqa: ISC004 - whole messages, as people see them

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.plan.check import check
from smartlead_async.plan.leads_csv import LeadFile
from smartlead_async.plan.where import Wanted, WantedValues

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.parametrize(
    ("wanted", "kept", "left_out"),
    [
        (True, ["true", "TRUE", " True "], ["1", "yes", "", "false"]),
        (False, ["false", "FALSE"], ["0", "", "true"]),
        (0.9, ["0.90", "0.9", "9e-1", "+0.9"], ["0,9", ".9x", "0.91", ""]),
        (10, ["10", "10.0", "1e1"], ["010", "10 000", "ten"]),
        (1, ["1", "1.0"], ["true", "TRUE"]),
        (47, ["+47", "47"], ["047"]),
        ("0042", ["0042", " 0042 "], ["42", "42.0"]),
        ("1.10", ["1.10"], ["1.1"]),
        ("True", ["True"], ["true", "TRUE"]),
        ("Zoë GmbH", ["Zoe\u0308 GmbH", "Zoë  GmbH", "Zoë\u00a0GmbH "], ["zoë gmbh"]),
        ("", ["", "  "], ["x", "0"]),
    ],
)
def test_cells_are_compared_by_what_is_meant(wanted: Wanted, kept: list[str], left_out: list[str]) -> None:
    assert [cell for cell in kept if not WantedValues("C", wanted).keeps(cell)] == []
    assert [cell for cell in left_out if WantedValues("C", wanted).keeps(cell)] == []


_FORMS: list[Literal["NFC", "NFD"]] = ["NFC", "NFD"]


@given(st.text(max_size=8), st.sampled_from(_FORMS))
def test_a_string_matches_itself_in_any_unicode_form_and_with_surplus_whitespace(
    text: str, form: Literal["NFC", "NFD"]
) -> None:
    assert WantedValues("C", text).keeps(f"  {unicodedata.normalize(form, text)} ")


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_matches_its_own_notation(number: float) -> None:
    assert WantedValues("C", number).keeps(repr(number))


def problems(wanted: object, *cells: str) -> list[str]:
    values = WantedValues("Segment", wanted)  # type: ignore[arg-type]
    for cell in cells:
        values.keeps(cell)
    return [str(p) for p in values.problems()]


def test_a_value_that_no_row_has_is_told_with_a_similar_one() -> None:
    assert problems(("Founders", "CT0s"), "Founders", "CTOs", "") == [
        "warning: no row has 'CT0s' in the column Segment. Did you mean 'CTOs'?"
    ]
    assert problems(True, "maybe") == [
        "warning: no row has 'true' in the column Segment. Valid choices: maybe."
    ]


def test_rows_that_differ_only_in_case_are_told() -> None:
    assert problems("Founders", "Founders", "founders", "FOUNDERS") == [
        "warning: 2 rows are left out because Segment differs from 'Founders' only in case. "
        "List each spelling under where to include them."
    ]
    assert problems("True", "true") == [
        "warning: 1 row is left out because Segment differs from 'True' only in case. "
        "List each spelling under where to include them."
    ]
    assert problems(("Founders", "founders"), "Founders", "founders") == []


def test_every_condition_is_compared_with_every_row() -> None:
    Path("leads.csv").write_text("Email,A,B\na@b.example,x,n\nc@d.example,z,y\n", encoding="utf-8")
    rows = list(LeadFile("leads.csv", where={"A": "x", "B": ["y", "n"]}).rows())
    assert [(row.lead and row.lead.email, list(row.problems)) for row in rows if row.lead] == [
        ("a@b.example", [])
    ]
    assert [p for row in rows for p in row.problems] == []


PLAN = """\
version: 1
campaigns:
  - name: Dentists in Oslo Q1 2027 – demo invite
    steps: [{{subject: A question, body: Hello}}]
    leads: {{csv: leads.csv, where: {where}}}
"""


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("{Verified: true}", 3), ("{Verified: TRUE}", 3), ("{Verified: 'TRUE'}", 1),
        ("{Verified: [true, false]}", 4), ("{Score: 0.90}", 3), ("{Score: '0.90'}", 2), ("{Score: 9e-1}", 3),
        ("{Phone: +47}", 2), ("{Phone: '+47'}", 1), ("{Empty: null}", 4), ("{Empty: }", 4),
    ],
)  # fmt: skip
def test_a_plan_keeps_the_rows_that_are_meant(where: str, count: int) -> None:
    Path("leads.csv").write_text(
        "email,Verified,Score,Phone,Empty\na@b.example,TRUE,0.90,+47,\nb@b.example,true,0.90,47,\n"
        "c@b.example,True,0.9,048,\nd@b.example,false,0.1,,\n",
        encoding="utf-8",
    )
    Path("plan.yaml").write_text(PLAN.format(where=where), encoding="utf-8")
    report = check("plan.yaml")
    assert report.leads == count
    assert report.ok


def test_values_of_for_each_are_grouped_by_their_normal_form() -> None:
    Path("leads.csv").write_text(
        "Email,Segment\na@b.example,Caf\u00e9s\nc@d.example,Cafe\u0301s \ne@f.example,Cafés  A\n"
        "g@h.example,Cafés A\n",
        encoding="utf-8",
    )
    assert LeadFile("leads.csv").values("Segment") == {"Cafés": 2, "Cafés A": 2}


@pytest.mark.parametrize(
    ("wanted", "kept", "similar"),
    [
        (True, "True", "yes"),
        (True, "true", "1"),
        (False, "FALSE", "nein"),
        (0.9, "0.90", "0,9"),
        (0.9, "0.9", ".9"),
        (1, "1", "01"),
        (1000, "1000", "1,000"),
        (1000, "1000", "1.000"),
        (1000, "1000", "1 000"),
        ("0042", "0042", "42"),
    ],
)
def test_a_cell_that_probably_means_the_same_is_told(wanted: Any, kept: str, similar: str) -> None:
    Path("leads.csv").write_text(f'Email,V\na@b.example,{kept}\nc@d.example,"{similar}"\n', encoding="utf-8")
    rows = list(LeadFile("leads.csv", where={"V": wanted}).rows())
    assert sum(row.lead is not None for row in rows) == 1
    (problem,) = [p for row in rows for p in row.problems]
    assert problem.code == "similar_value"
    assert problem.message.endswith("only in how it is written")


@pytest.mark.parametrize(
    ("wanted", "other"), [(5, "0,5"), (10, "1.0"), (True, "maybe"), (1, "True"), ("yes", "1"), (90, "0.90")]
)
def test_a_cell_that_means_something_else_is_not_told(wanted: Any, other: str) -> None:
    Path("leads.csv").write_text(f'Email,V\na@b.example,{wanted}\nc@d.example,"{other}"\n', encoding="utf-8")
    rows = list(LeadFile("leads.csv", where={"V": wanted}).rows())
    assert [p.code for row in rows for p in row.problems] == []


@pytest.mark.parametrize("cell", ["01.01.2027", "1/1/2027", "2027/1/1", "2027-01-01 00:00:00", "1.1.2027"])
def test_a_date_that_is_written_otherwise_is_told(cell: str) -> None:
    wanted = WantedValues("Date", "2027-01-01")
    assert not wanted.keeps(cell)
    (problem,) = wanted.problems()
    assert problem.code == "similar_value"


@pytest.mark.parametrize("cell", ["2027-01-02", "1.2.2027", "01.01.27", "2027", "1.1"])
def test_another_date_is_not_told(cell: str) -> None:
    wanted = WantedValues("Date", "2027-01-01")
    wanted.keeps(cell)
    assert [problem.code for problem in wanted.problems()] == ["no_such_value"]
