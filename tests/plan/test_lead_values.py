"""Values of leads that would look wrong in an e-mail are told, by column, and ordinary ones are not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from smartlead_async import LeadInput
from smartlead_async.plan.leads import inline_rows
from smartlead_async.plan.leads_csv import LeadFile

pytestmark = pytest.mark.usefixtures("folder")

COLUMNS = ("email", "first_name", "company_name", "phone_number", "score", "Demo Date", "notes")
GOOD = ("a@b.example", "Ann", "Fjord", "+4790000000", "7", "2027-03-01", "met at a fair")


def codes(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the codes of the problems of a file with these rows."""
    with Path("leads.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return [p.code for row in LeadFile("leads.csv").rows() for p in row.problems]


def row(column: str, value: str) -> tuple[str, ...]:
    position = COLUMNS.index(column)
    return (*GOOD[:position], value, *GOOD[position + 1 :])


ODD = [
    ("phone_number", "1e5", "converted_number"),
    ("phone_number", "4.79E10", "converted_number"),
    ("phone_number", "4,79E+10", "converted_number"),
    ("score", "4.79e-05", "converted_number"),
    ("notes", "1E5", "converted_number"),
    ("Demo Date", "46447", "date_serial"),
    ("notes", "=A1+B1", "formula"),
    ("first_name", '=HYPERLINK("https://x.example")', "formula"),
    ("first_name", "First Name", "stand_in_value"),
    ("first_name", "[first name]", "stand_in_value"),
    ("company_name", "COMPANY NAME", "stand_in_value"),
    ("first_name", "test", "stand_in_value"),
    ("first_name", "45291", "not_a_name"),
    ("first_name", "TRUE", "stand_in_value"),
    ("first_name", "[object Object]", "meaningless_value"),
    ("first_name", "undefined undefined", "meaningless_value"),
    ("company_name", "<NA>", "meaningless_value"),
    ("company_name", "#VALUE", "meaningless_value"),
    ("notes", "1/0/1900", "meaningless_value"),
    ("first_name", "Zo&euml;", "encoded_value"),
    ("company_name", "M&#38;M", "encoded_value"),
    ("first_name", "=?UTF-8?B?Wm/Dqw==?=", "encoded_value"),
    ("first_name", "Zo%C3%AB", "encoded_value"),
    ("first_name", "Zo+AOs-", "encoded_value"),
    ("first_name", "<b>Ann</b>", "markup_in_value"),
    ("first_name", "ann@x.example", "address_in_name"),
    ("company_name", "ann@x.example", "address_in_name"),
    ("first_name", "Ann\nann@x.example", "address_in_cell"),
    ("company_name", "Fjord\nAS", "line_break"),
    ("notes", "'0042", "quoted_number"),
]


@pytest.mark.parametrize(("column", "value", "code"), ODD)
def test_an_odd_value_is_told_once_in_a_file(column: str, value: str, code: str) -> None:
    assert codes([GOOD, ("c@d.example", *row(column, value)[1:])]) == [code]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("phone_number", "'+4790000000"),
        ("notes", "M&A; R&D"),
        ("notes", "https://x.example/?a=1&b=2#%C3%AB"),
        ("notes", "a < b, c > d; e = f [1] 5' 6' 'til"),
        ("notes", "write to bo@x.example"),
        ("notes", "First Name"),
        ("score", "46447"),
        ("score", "3e"),
        ("first_name", "Anne-Marie 2nd"),
        ("first_name", "李"),
        ("company_name", "1881"),
        ("company_name", "'t Hart"),
    ],
)
def test_an_ordinary_value_is_not_told(column: str, value: str) -> None:
    assert codes([row(column, value)]) == []


def test_a_converted_number_far_down_in_a_column_of_numbers_is_told() -> None:
    rows = [(f"p{n}@b.example", *GOOD[1:]) for n in range(100)]
    assert codes([*rows, row("score", "1e5")]) == ["converted_number"]
    assert codes([*rows, row("notes", "4.79E+10")]) == ["converted_number"]


def test_the_verb_agrees_with_the_number_of_values() -> None:
    one, two = row("first_name", "N/A"), ("c@d.example", *row("first_name", "N/A")[1:])
    for rows, said in (
        ([one], "1 value of 'first_name' means"),
        ([one, two], "2 values of 'first_name' mean "),
    ):
        codes(rows)
        assert [p.message[: len(said)] for r in LeadFile("leads.csv").rows() for p in r.problems] == [said]


def test_advice_on_leads_of_a_plan_does_not_speak_of_spreadsheets() -> None:
    found = inline_rows([LeadInput("a@b.example", custom_fields={"sku": "1e3"})])
    assert [p.advice for r in found for p in r.problems] == ["Write all digits, in quotes."]
