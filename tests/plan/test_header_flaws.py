"""A lead file whose first line or whose rows are of another form is told in one message that says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartlead_async.plan.leads_csv import LeadFile

pytestmark = pytest.mark.usefixtures("folder")

ROWS = "email,first_name,company\na@x.example,Ann,F1\nb@x.example,Bo,F2\n"


def problems(text: str, delimiter: str | None = None) -> list[str]:
    Path("leads.csv").write_bytes(text.encode())
    return [str(p) for row in LeadFile("leads.csv", delimiter=delimiter).rows() for p in row.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROWS.replace(",", "^"), "the header is separated by '^'"),
        ("sep=;\n" + ROWS, "the header is separated by ',', but ';' was taken as the delimiter"),
        ("email;first_name\na@x.example,Ann\nb@x.example,Bo\n", "the header is separated by ';'"),
        ('"email,first_name"\n"a@x.example,Ann"\n', "Remove the quotes around whole lines."),
        (f"Leads of March,,\n,,\n{ROWS}", "the header, which seems to be on line 3"),
        (ROWS.replace("email", "'email'").replace("first_name,company", "'first_name','company'"), "'email'"),
        ("“email”,“company”\n“a@x.example”,“Firm, AS”\n", "quotes of another kind"),
        ("email\x01company\na@x.example\x01F\n", "U+0001"),
        ("Title,Note\nx,y\n", "no column is known to contain e-mail addresses (columns: Title, Note)"),
    ],
)
def test_a_header_of_another_form_is_one_problem(text: str, said: str) -> None:
    (problem,) = problems(text)
    assert said in problem


def test_a_delimiter_that_the_header_does_not_have_is_told() -> None:
    (problem,) = problems(ROWS, delimiter=";")
    assert "is separated by ','" in problem


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("“c@x.example”,Cy,“Firm, AS”", "straight double quotes"),
        ('"c@x.example,Cy,F3"', "the row is a single value"),
        ("c@x.example;Cy;F3", "the row is a single value"),
        ("Email,First Name,Company".lower().replace(" ", "_"), "the row repeats the header"),
        ("\ufeffemail,first_name,company", "the row repeats the header"),
        ("Cy <c@x.example>,Cy,F3", "Write c@x.example alone."),
        ("mailto:c@x.example,Cy,F3", "Write c@x.example alone."),
        ("c@x.example; d@x.example,Cy,F3", "Give each address a row of its own"),
        ('"c@x.example\nd@x.example",Cy,F3', "Give each address a row of its own"),
        ("c@x,Cy,F3", "Correct it or remove the row."),
    ],
)
def test_a_row_of_another_form_is_one_problem_with_advice(row: str, said: str) -> None:
    (problem,) = problems(f"{ROWS}{row}\n")
    assert said in problem


def test_two_addresses_in_the_only_row_do_not_change_the_delimiter() -> None:
    (problem,) = problems("email,first_name,company\na@x.example; b@x.example,Ann,Firm\n")
    assert "Give each address a row of its own" in problem


@pytest.mark.parametrize(
    "header",
    [
        "Geschäftliche E-Mail-Adresse,Vorname,Name,Unternehmen",
        "Courriel professionnel,Prénom,Nom,Dénomination sociale",
        "Dirección de correo electrónico,Nombres,Apellidos,Razón social",
        "Endereço eletrónico,Nome próprio,Apelidos,Organização",
        "Zakelijk e-mailadres,Voornaam,Naam,Onderneming",
        "E-mail di lavoro,Nome,Cognome,Ditta",
        "Adres e-mail służbowy,Imię,Nazwisko,Nazwa przedsiębiorstwa",
        "E-postadress,Förnamn,Efternamn,Företag",
        "E-post,Fornavn,Etternavn,Firmanavn",
        "E-mail 1 - Value,Given Name,Family Name,Organization 1 - Name",
    ],
)
def test_headers_of_many_languages_are_lead_fields(header: str) -> None:
    Path("leads.csv").write_text(f"{header}\na@x.example,Ann,Fjord,Firm\n", encoding="utf-8")
    (row,) = LeadFile("leads.csv").rows()
    assert row.lead is not None
    assert (row.lead.first_name, row.lead.last_name, row.lead.company_name) == ("Ann", "Fjord", "Firm")


def test_a_name_without_a_first_name_is_no_last_name() -> None:
    Path("leads.csv").write_text("email,Name\na@x.example,Ann Fjord\n", encoding="utf-8")
    (row,) = LeadFile("leads.csv").rows()
    assert row.lead is not None
    assert row.lead.last_name is None
    assert row.lead.custom_fields == {"Name": "Ann Fjord"}
