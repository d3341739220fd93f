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
    ("first_name", "Ada nan", "joined_value"),
    ("first_name", "null Berg", "joined_value"),
    ("first_name", "Ada None", "joined_value"),
    ("first_name", "Zo?", "garbled_value"),
    ("first_name", "M?ller", "garbled_value"),
    ("first_name", "Ada,", "trailing_sign"),
    ("first_name", "'Ada'", "quoted_value"),
    ("first_name", "“Ada”", "quoted_value"),
    ("company_name", "«Fjord»", "quoted_value"),
    ("notes", "'met at a fair'", "quoted_value"),
    ("first_name", "https://x.example/ada", "link_in_name"),
    ("first_name", "Ada" * 40, "long_value"),
    ("company_name", "Fjord " * 40, "long_value"),
    ("first_name", "false", "stand_in_value"),
    ("first_name", "Info", "stand_in_value"),
    ("notes", "Invalid date", "meaningless_value"),
    ("notes", "1899-12-30", "meaningless_value"),
    ("Demo Date", "46447.5", "date_serial"),
    ("phone_number", "4790000000.0", "float_number"),
    ("notes", r"met\nat a fair", "encoded_value"),
    ("company_name", r"Caf\u00e9", "encoded_value"),
    ("company_name", "Caf=C3=A9", "encoded_value"),
    ("company_name", "['Fjord']", "encoded_value"),
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
        ("first_name", "J. R. R."),
        ("first_name", "Nat"),
        ("first_name", "Seán O’Neil"),
        ("first_name", "Nan Li"),
        ("company_name", "Who? AG"),
        ("company_name", "None of Your Business GmbH"),
        ("company_name", r"C:\new"),
        ("notes", "“Great work”"),
        ("notes", "1.0"),
        ("notes", "size 12.0"),
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


def test_values_of_a_row_that_is_no_lead_are_not_told_besides() -> None:
    assert codes([("Total", "1", "N/A", "", "", "", "")]) == ["malformed_address"]
    assert codes([GOOD, ("", "null", "N/A", "", "", "", "")]) == ["no_address"]


def test_a_range_that_became_a_date_is_told_in_columns_of_sizes() -> None:
    def of(header: str, value: str) -> list[str]:
        Path("leads.csv").write_text(f"email,{header}\na@b.example,{value}\n", "utf-8")
        return [p.code for row in LeadFile("leads.csv").rows() for p in row.problems]

    for value in ("Oct-50", "10-Nov", "02. Okt", "Mär 10", "11-Dez"):
        assert of("Company Size", value) == ["month_for_range"]
    for value in ("11-50", "200+", "1", "10 to 50", "self-employed", "May"):
        assert of("# Employees", value) == []
    assert of("Start", "10-Dec") == []


def test_odd_names_in_a_plan_are_told_like_those_of_a_file() -> None:
    leads = [
        LeadInput("a@b.example", "Ada nan"),
        LeadInput("b@b.example", "Zo?"),
        LeadInput("c@b.example", "12"),
    ]
    found = [p.code for row in inline_rows(leads) for p in row.problems]
    assert found == ["joined_value", "garbled_value", "not_a_name"]
