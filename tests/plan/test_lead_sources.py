"""Lead files of other origins: workbooks, SmartLead's own export, headers of languages, empty values."""

from __future__ import annotations

import csv
import datetime as dt
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from smartlead_async.api.leads.models import LeadInput
from smartlead_async.plan.check import check
from smartlead_async.plan.leads import RowTally
from smartlead_async.plan.leads_csv import LeadFile
from smartlead_async.plan.plan import load_plan

pytestmark = pytest.mark.usefixtures("folder")


def save(text: str, **options: Any) -> LeadFile:
    Path("leads.csv").write_text(text, encoding="utf-8", newline="")
    return LeadFile("leads.csv", **options)


def leads(file: LeadFile) -> list[LeadInput]:
    return [row.lead for row in file.rows() if row.lead is not None]


def codes(file: LeadFile) -> list[str]:
    return [p.code for row in file.rows() for p in row.problems]


def tally(file: LeadFile) -> RowTally:
    counted = RowTally()
    for row in file.rows():
        counted.add(row)
    return counted


def test_a_row_in_the_line_of_the_header_is_told() -> None:
    file = save("Email,First name,Notes p0@c.example,Ann,x\np1@c.example,Bo,y\n")
    assert "address_in_header" in codes(file)
    assert tally(file).leads == 1


def test_a_file_without_a_header_is_one_error() -> None:
    assert codes(save("p0@c.example,Ann\np1@c.example,Bo\n")) == ["no_header"]


# --- workbooks ---------------------------------------------------------------------------------------


def save_workbook(*rows: tuple[Any, ...], name: str = "leads.xlsx", **sheets: list[tuple[Any, ...]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for title, content in sheets.items():
        other = book.create_sheet(title)
        for row in content:
            other.append(row)
    path = Path(name)
    book.save(path)
    return path


def test_a_workbook_is_read_like_a_csv() -> None:
    save_workbook(("E-Mail", "First Name", "City"), ("a@b.example", "Zoë", "Oslo"), ("nobody", "Bo", ""))
    file = LeadFile("leads.xlsx")
    assert leads(file) == [LeadInput("a@b.example", first_name="Zoë", custom_fields={"City": "Oslo"})]
    assert tally(file) == RowTally(2, 1, {"malformed_address": 1})
    assert [row.line for row in file.rows() if row.cells] == [3]


def test_numbers_and_dates_of_a_workbook_are_read_as_they_are_displayed() -> None:
    save_workbook(("email", "phone", "signed", "vip", "empty"))
    book = openpyxl.load_workbook("leads.xlsx")
    sheet = book.active
    assert sheet is not None
    sheet.append(("a@b.example", 4790000000.0, dt.date(2027, 1, 31), True, None))
    sheet.append(("c@d.example", 42, dt.datetime.fromisoformat("2027-01-31T08:30"), False, 0.125))
    sheet["B3"].number_format = "0000"
    sheet["E3"].number_format = "0.0%"
    book.save("leads.xlsx")
    first, second = leads(LeadFile("leads.xlsx"))
    assert first.phone_number == "4790000000"
    assert first.custom_fields == {"signed": "2027-01-31", "vip": "TRUE"}
    assert second.phone_number == "0042"
    assert second.custom_fields == {"signed": "2027-01-31T08:30:00", "vip": "FALSE", "empty": "12.5%"}


def test_blank_rows_above_the_header_and_between_rows_of_a_workbook_are_ignored() -> None:
    save_workbook((None,), ("email", "first name"), (None, None), ("a@b.example", "Ann"))
    assert [lead.email for lead in leads(LeadFile("leads.xlsx"))] == ["a@b.example"]


def test_other_sheets_of_a_workbook_are_told_and_can_be_chosen() -> None:
    save_workbook(("email",), ("a@b.example",), Second=[("email",), ("c@d.example",)])
    assert codes(LeadFile("leads.xlsx")) == ["other_sheets"]
    second = LeadFile("leads.xlsx", sheet="Second")
    assert [lead.email for lead in leads(second)] == ["c@d.example"]
    assert codes(second) == []
    assert codes(LeadFile("leads.xlsx", sheet="Secnd")) == ["no_such_sheet"]


def test_a_plan_reads_a_workbook_and_counts_its_rows() -> None:
    save_workbook(("email", "first name"), ("a@b.example", "Ann"), ("A@b.example", "Ann"), (None, "Bo"))
    Path("plan.yaml").write_text("version: 1\ncampaigns: [{name: x, leads: {xlsx: leads.xlsx}}]\n")
    report = check("plan.yaml")
    assert report.rows == RowTally(3, 1, {"duplicate_address": 1, "no_address": 1})


def test_a_workbook_named_csv_is_one_error_that_says_so() -> None:
    save_workbook(("email",), name="leads.xlsx").rename("leads.csv")
    (problem,) = [p for row in LeadFile("leads.csv").rows() for p in row.problems]
    assert problem.code == "not_csv"
    assert "Excel workbook" in problem.message


@pytest.mark.parametrize("content", [b"", b"email\na@b.example\n", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_one_error(content: bytes) -> None:
    Path("leads.xlsx").write_bytes(content)
    assert codes(LeadFile("leads.xlsx")) == ["not_a_workbook"]


def test_a_workbook_without_its_parts_is_one_error() -> None:
    with zipfile.ZipFile("leads.xlsx", "w") as archive:
        archive.writestr("xl/other.xml", "<x/>")
    assert codes(LeadFile("leads.xlsx")) == ["not_a_workbook"]


def test_a_damaged_sheet_is_one_error() -> None:
    save_workbook(("email",), ("a@b.example",), name="whole.xlsx")
    with zipfile.ZipFile("whole.xlsx") as whole, zipfile.ZipFile("leads.xlsx", "w") as damaged:
        for part in whole.infolist():
            content = whole.read(part)
            is_sheet = part.filename.startswith("xl/worksheets/")
            damaged.writestr(part, content[: len(content) // 2] if is_sheet else content)
    assert codes(LeadFile("leads.xlsx"))[-1] == "not_a_workbook"


@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
)
def test_a_workbook_with_damaged_data_is_one_error(name: str) -> None:
    path = save_workbook(("Email",), *((f"p{n}@c.example",) for n in range(200)))
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo(name)
        start = part.header_offset + 30 + len(name)
    data = bytearray(path.read_bytes())
    data[start + 10 : start + 40] = b"\xff" * 30
    path.write_bytes(data)
    assert codes(LeadFile(path)) == ["not_a_workbook"]


# --- values that mean nothing ------------------------------------------------------------------------

_MEANINGLESS = "email,first_name,phone_number,notes\na@b.example,N/A,4.79E+10,x\nc@d.example,null,-,tbc\n"


def test_values_that_mean_nothing_are_told_with_counts_and_kept() -> None:
    file = save(_MEANINGLESS)
    assert [lead.first_name for lead in leads(file)] == ["N/A", "null"]
    told = [p.message for row in file.rows() for p in row.problems]
    assert any("'first_name'" in m and "N/A (1)" in m and "null (1)" in m for m in told)
    assert any("4.79E+10" in m for m in told)


@pytest.mark.parametrize("value", ["NaN", "[null]", "k. A.", "not applicable", "Unbekannt", "INCONNU"])
def test_values_that_mean_nothing_are_known_as_programs_and_people_write_them(value: str) -> None:
    assert "meaningless_value" in codes(save(f"email,first_name\na@b.example,{value}\n"))


def test_blank_values_treats_them_and_further_ones_as_empty() -> None:
    file = save(_MEANINGLESS, blank_values=("TBC",))
    assert leads(file) == [
        LeadInput("a@b.example", custom_fields={"notes": "x"}),
        LeadInput("c@d.example"),
    ]
    assert codes(file) == []


@pytest.mark.parametrize(
    ("option", "names"), [("true", [None, None]), ("false", ["N/A", "null"]), ("[Ann]", [None] * 2)]
)
def test_a_plan_sets_blank_values(option: str, names: list[str | None]) -> None:
    save(_MEANINGLESS)
    Path("plan.yaml").write_text(
        f"version: 1\ncampaigns: [{{name: x, leads: {{csv: leads.csv, blank_values: {option}}}}}]\n"
    )
    (spec,) = load_plan("plan.yaml").specs()
    assert [lead.first_name for lead in spec.iter_leads()] == names


def test_rows_that_a_filter_hides_are_told_and_read() -> None:
    path = save_workbook(("Email",), ("a@b.example",), ("b@b.example",), ("c@b.example",))
    book = openpyxl.load_workbook(path)
    for row in (3, 4):
        book.worksheets[0].row_dimensions[row].hidden = True
    book.save(path)
    (problem,) = [p for row in LeadFile(path).rows() for p in row.problems]
    assert (problem.code, problem.message) == ("hidden_rows", "2 rows of the sheet 'Sheet' are hidden")
    assert len(leads(LeadFile(path))) == 3


# --- SmartLead's own export --------------------------------------------------------------------------


def export(*rows: dict[str, str]) -> LeadFile:
    headers = [
        "id", "campaign_lead_map_id", "status", "category", "is_interested", "created_at", "first_name",
        "last_name", "email", "phone_number", "company_name", "website", "location", "custom_fields",
        "linkedin_profile", "company_url", "is_unsubscribed", "unsubscribed_client_id_map",
        "last_email_sequence_sent", "open_count", "click_count", "reply_count",
    ]  # fmt: skip
    with Path("export.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, headers)
        writer.writeheader()
        for number, row in enumerate(rows):
            blank = dict.fromkeys(headers, "")
            known = {"id": str(number), "campaign_lead_map_id": str(number), "email": f"p{number}@c.example"}
            writer.writerow(blank | known | {"is_unsubscribed": "false", "status": "INPROGRESS"} | row)
    return LeadFile("export.csv")


def test_custom_fields_of_an_export_are_read_from_json_and_bookkeeping_is_not_imported() -> None:
    fields = json.dumps({"Role": "CTO", "Seats": 12, "None": None, "email": "other@c.example"})
    file = export({"first_name": "Ann", "custom_fields": fields, "open_count": "3"})
    assert leads(file) == [
        LeadInput("p0@c.example", first_name="Ann", custom_fields={"Role": "CTO", "Seats": "12"})
    ]
    assert codes(file) == ["smartlead_export"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"is_unsubscribed": "true"}, "unsubscribed"),
        ({"is_unsubscribed": "TRUE"}, "unsubscribed"),
        ({"unsubscribed_client_id_map": '{"7": true}'}, "unsubscribed"),
        ({"status": "BLOCKED"}, "blocked"),
        ({"status": "bounced"}, "bounced"),
        ({"category": "Sender Originated Bounce"}, "bounced"),
        ({"category": "Do Not Contact"}, "do_not_contact"),
        ({"category": "DNC"}, "do_not_contact"),
        ({"category": "Opt-out"}, "unsubscribed"),
        ({"is_unsubscribed": "Y"}, "unsubscribed"),
    ],
)
def test_leads_of_an_export_that_must_not_be_mailed_again_are_left_out_and_told(
    row: dict[str, str], reason: str
) -> None:
    file = export({}, row, {})
    assert [lead.email for lead in leads(file)] == ["p0@c.example", "p2@c.example"]
    assert tally(file) == RowTally(3, 2, {reason: 1})
    (told,) = [p.message for r in file.rows() for p in r.problems]
    assert f"1 {reason.replace('_', ' ')}" in told


@pytest.mark.parametrize(
    "header", ["email,Custom Fields,Status", "email,custom_fields,status", "Email,Custom fields,STATUS"]
)
def test_an_export_is_recognized_by_few_columns_and_in_any_spelling(header: str) -> None:
    file = save(f'{header}\na@b.example,"{{""role"":""CTO""}}",COMPLETED\nb@b.example,{{}},Blocked\n')
    assert leads(file) == [LeadInput("a@b.example", custom_fields={"role": "CTO"})]
    assert codes(file) == ["smartlead_export"]


# --- columns that say who must not be mailed ---------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Unsubscribed", "Yes"),
        ("is_unsubscribed", "true"),
        ("Unsubscribed from all email", "TRUE"),
        ("Email Opt Out", "1"),
        ("Do Not Contact", "x"),
        ("DNC", "Y"),
        ("Hard Bounced", "true"),
        ("Abgemeldet", "Ja"),
        ("Email Status", "Invalid"),
        ("ZB Status", "do_not_mail"),
        ("Verification Result", "undeliverable"),
        ("status", "Unsubscribed"),
    ],
)
def test_leads_that_a_column_says_must_not_be_mailed_are_told(header: str, value: str) -> None:
    file = save(f"email,{header}\na@b.example,\nb@b.example,{value}\nc@b.example,{value}\n")
    (problem,) = [p for row in file.rows() for p in row.problems]
    assert (problem.code, problem.line) == ("must_not_be_mailed", 3)
    assert problem.message == f"2 leads are imported although {header!r} says: {value} (2)"
    assert len(leads(file)) == 3


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Unsubscribed", "No"),
        ("unsubscribe_link", "https://x.example/u"),
        ("Email Status", "Verified"),
        ("Email Status", "catch-all"),
        ("Status", "Customer"),
        ("Bounce rate", "40%"),
        ("Notes", "invalid"),
        ("Newsletter", "yes"),
    ],
)
def test_other_columns_say_nothing_against_a_mail(header: str, value: str) -> None:
    assert codes(save(f"email,{header}\na@b.example,{value}\n")) == []


@pytest.mark.parametrize("cell", ["{", "[1]", '"x"', "[" * 100_000])
def test_custom_fields_that_are_no_object_make_the_row_malformed(cell: str) -> None:
    assert tally(export({"custom_fields": cell}, {})) == RowTally(2, 1, {"bad_custom_fields": 1})


# --- headers of other languages ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "Email;First name;Last name;Company;Phone;Website",
        "E-Mail-Adresse;Vorname;Nachname;Unternehmen;Telefonnummer;Webseite",
        "Adresse e-mail;Prénom;Nom de famille;Société;Téléphone;Site web",
        "Correo electrónico;Nombre;Apellidos;Empresa;Teléfono;Página web",
        "Endereço de e-mail;Primeiro nome;Sobrenome;Empresa;Telefone;Site",
        "E-mailadres;Voornaam;Achternaam;Bedrijfsnaam;Telefoonnummer;Website",
        "Indirizzo e-mail;Nome;Cognome;Azienda;Telefono;Sito web",
        "Adres e-mail;Imię;Nazwisko;Nazwa firmy;Numer telefonu;Strona WWW",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD", "upper"])
def test_headers_of_eight_languages_are_the_fields_of_a_lead(header: str, form: str) -> None:
    written = header.upper() if form == "upper" else unicodedata.normalize(form, header)  # type: ignore[arg-type]
    file = save(f"{written}\na@b.example;Zoë;Żak;Firma;+47 900;b.example\n")
    assert leads(file) == [
        LeadInput(
            "a@b.example",
            first_name="Zoë",
            last_name="Żak",
            company_name="Firma",
            phone_number="+47 900",
            website="b.example",
        )
    ]
    assert codes(file) == []


@pytest.mark.parametrize(
    ("header", "last"),
    [("E-Mail;Vorname;Name", "Name"), ("E-mail;Prénom;Nom", "Nom"), ("E-mail;Imię;Nazwisko", None)],
)
def test_an_ambiguous_header_beside_a_first_name_loses_no_value(header: str, last: str | None) -> None:
    (lead,) = leads(save(f"{header}\na@b.example;Zoë;Żak\n"))
    assert lead.first_name == "Zoë"
    assert "Żak" in {lead.last_name, *(lead.custom_fields or {}).values()}
    assert (lead.last_name is None) == (last is not None and last in (lead.custom_fields or {}))
