"""Lead files: recognition of columns, reading, and problems of invalid files."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartlead_async.api.leads.models import LeadInput
from smartlead_async.plan import text_encoding
from smartlead_async.plan.csv_lines import detect_delimiter
from smartlead_async.plan.hidden_characters import strip_hidden
from smartlead_async.plan.leads import LeadSource
from smartlead_async.plan.leads_csv import LeadFile
from smartlead_async.plan.problem import InvalidPlan, Problem
from smartlead_async.plan.text_encoding import detect_encoding


def save(text: str | bytes, name: str = "leads.csv", encoding: str = "utf-8") -> LeadFile:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return LeadFile(name)


def leads(file: LeadFile) -> list[LeadInput]:
    return [row.lead for row in file.rows() if row.lead is not None]


def messages(file: LeadFile) -> list[str]:
    return [str(p) for row in file.rows() for p in row.problems]


def only(file: LeadFile) -> Problem:
    (problem,) = [p for row in file.rows() for p in row.problems]
    return problem


pytestmark = pytest.mark.usefixtures("folder")


# --- columns -----------------------------------------------------------------------------------------


def test_an_apollo_export_is_recognized() -> None:
    file = save(
        "First Name,Last Name,Title,Company,Company Name for Emails,Email,Person Linkedin Url,Website,"
        "Company Linkedin Url,City,Corporate Phone,Mobile Phone\n"
        "Łukasz,Żak,CTO,Żak Inc.,Żak,l.zak@zak.example,https://in.example/zak,https://zak.example,"
        "https://co.example/zak,Kraków,'+48 12 555,+48 600 555\n"
    )
    assert leads(file) == [
        LeadInput(
            "l.zak@zak.example",
            first_name="Łukasz",
            last_name="Żak",
            company_name="Żak",
            phone_number="+48 600 555",
            website="https://zak.example",
            linkedin_profile="https://in.example/zak",
            custom_fields={
                "Title": "CTO",
                "Company": "Żak Inc.",
                "Company Linkedin Url": "https://co.example/zak",
                "City": "Kraków",
                "Corporate Phone": "'+48 12 555",
            },
        )
    ]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        # HubSpot
        ("First Name", "first_name"), ("Last Name", "last_name"), ("Phone Number", "phone_number"),
        ("Associated Company", "company_name"), ("Website URL", "website"),
        ("Company Domain Name", "company_url"),
        # Clay
        ("Company Domain", "company_url"), ("LinkedIn Profile URL", "linkedin_profile"),
        ("Location", "location"),
        # Sales Navigator
        ("Profile URL", "linkedin_profile"), ("Current Company", "company_name"),
        # plain, and by hand
        ("first_name", "first_name"), ("FIRSTNAME", "first_name"), ("first-name", "first_name"),
        ("Given Name", "first_name"), ("surname", "last_name"), ("company_name", "company_name"),
        ("Organisation", "company_name"), ("phone", "phone_number"), ("Corporate Phone", "phone_number"),
        ("linkedin_profile", "linkedin_profile"), ("Person Linkedin Url", "linkedin_profile"),
        ("company_url", "company_url"), ("Company Website", "company_url"), ("website", "website"),
        ("Work Direct Phone", "phone_number"), (" First  Name ", "first_name"),
    ],
)  # fmt: skip
def test_headers_of_many_tools_are_recognized(header: str, field: str) -> None:
    (lead,) = leads(save(f"Email,{header}\na@b.example,value\n"))
    assert getattr(lead, field) == "value"
    assert lead.custom_fields is None


@pytest.mark.parametrize(
    "header",
    [
        "Email",
        "email",
        "E-Mail",
        "Email Address",
        "Work Email",
        "Primary Email",
        "email_address",
        "Professional Email",
    ],
)
def test_address_headers_of_many_tools_are_recognized(header: str) -> None:
    assert leads(save(f"Name,{header}\nX,a@b.example\n")) == [
        LeadInput("a@b.example", custom_fields={"Name": "X"})
    ]


def test_the_more_specific_of_two_headers_is_the_field_and_the_other_a_custom_field() -> None:
    (lead,) = leads(save("Personal Email,Work Email\nme@home.example,me@work.example\n"))
    assert lead == LeadInput("me@work.example", custom_fields={"Personal Email": "me@home.example"})


def test_columns_can_be_mapped_and_ignored() -> None:
    file = LeadFile(
        save("Mail to,Notes,Town,Email\na@b.example,secret,Oslo,x\n").path,
        columns={"mail to": "email", "Notes": None, "Town": "city"},
    )
    assert leads(file) == [LeadInput("a@b.example", custom_fields={"city": "Oslo", "Email": "x"})]


def test_mapping_an_unknown_column_is_an_error() -> None:
    file = LeadFile(save("Email,Town\na@b.example,Oslo\n").path, columns={"Twon": "city"})
    assert messages(file) == ["leads.csv:1: error: there is no column 'Twon'. Did you mean 'Town'?"]


def test_two_columns_cannot_be_the_same_field() -> None:
    file = LeadFile(save("Email,A,B\na@b.example,1,2\n").path, columns={"A": "role", "B": "role"})
    assert messages(file) == [
        "leads.csv:1: error: two columns are mapped to 'role'. Rename one, or map it to null."
    ]
    file = LeadFile(save("Email,A,role\na@b.example,1,2\n").path, columns={"A": "role"})
    assert messages(file) == [
        "leads.csv:1: error: two columns are mapped to 'role'. Rename one, or map it to null."
    ]


def test_custom_fields_beyond_200_are_named() -> None:
    headers = ",".join(f"field {i}" for i in range(202))
    problem = only(save(f"Email,{headers}\n"))
    assert (problem.code, problem.line) == ("too_many_columns", 1)
    assert problem.message.endswith("which excludes: field 200, field 201")
    fine = ",".join(f"field {i}" for i in range(200))
    assert messages(save(f"Email,{fine}\n")) == []


def test_duplicate_headers_are_an_error() -> None:
    assert messages(save("Email,Job Title,job_title\na@b.example,1,2\n")) == [
        "leads.csv:1: error: columns 2 and 3 are both called 'job_title'. Rename or remove one."
    ]


def test_a_column_without_a_header_is_ignored_with_a_warning() -> None:
    file = save("Email,,Role\na@b.example,x,CTO\n")
    assert messages(file) == [
        "leads.csv:1: warning: column 2 has no header. It is ignored; name it to use it."
    ]
    assert leads(file) == [LeadInput("a@b.example", custom_fields={"Role": "CTO"})]


# --- broken files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [b"", b"\n\n  \n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"sep=;\n"])
def test_an_empty_file_is_one_error(text: bytes) -> None:
    assert messages(save(text)) == ["leads.csv: error: the lead file is empty. Export it again."]


def test_a_missing_file_is_one_error() -> None:
    assert messages(LeadFile("none.csv")) == [
        "none.csv: error: the lead file cannot be read: No such file or directory"
    ]


def test_a_file_without_an_address_column_is_one_error() -> None:
    problem = only(save("Name,Phone\nLin,5\nMax,6\n"))
    assert (problem.code, problem.file, problem.line) == ("no_email_column", "leads.csv", 1)
    assert problem.message == "no column is known to contain e-mail addresses (columns: Name, Phone)"


def test_a_file_without_a_header_is_one_error() -> None:
    problem = only(save("lin@prospect.example,Lin\nmax@prospect.example,Max\n"))
    assert (problem.code, problem.line, problem.message) == (
        "no_header",
        1,
        "the first line is a lead, not a header",
    )


def test_a_file_with_only_a_header_has_no_leads_and_no_problems() -> None:
    file = save("Email,Name\n")
    assert (leads(file), messages(file)) == ([], [])


@pytest.mark.parametrize("address", ["nobody", "a b@c.example", "a@b", "a@@b.example"])
def test_a_malformed_address_is_reported_with_its_line(address: str) -> None:
    problem = only(save(f"Email\n\nfine@b.example\n{address}\n"))
    assert (problem.code, problem.file, problem.line) == ("malformed_address", "leads.csv", 4)
    assert problem.message.startswith(f"{address!r} is not an e-mail address: ")
    assert problem.is_error


def test_a_row_without_an_address_is_skipped_with_a_warning() -> None:
    file = save("Email,Name\n,Lin\nmax@b.example,Max\n")
    assert messages(file) == ["leads.csv:2: warning: the row has no e-mail address. It is skipped."]
    assert [lead.email for lead in leads(file)] == ["max@b.example"]


def test_short_rows_are_a_warning_and_long_ones_an_error() -> None:
    file = save("Email,Name,Role\na@b.example\nc@d.example,Lin,CTO,more,\ne@f.example,X,Y,,\n")
    assert [(p.code, p.line, p.is_error) for row in file.rows() for p in row.problems] == [
        ("short_row", 2, False),
        ("long_row", 3, True),
    ]
    assert only(save("Email,Name\na@b.example\n")).message == "the row has 1 of 2 columns"
    assert (
        only(save("Email,Name\na@b.example,x,y\n")).message == "the row has 3 columns, but the header has 2"
    )


def test_mismatched_quotes_are_reported_with_their_line_and_the_rest_is_read() -> None:
    file = save('Email,Name\na@b.example,"Li" n\nc@d.example,Max\n')
    assert messages(file) == [
        "leads.csv:2: error: the quotes do not match. Double the quotes inside a quoted value."
    ]
    assert [lead.email for lead in leads(file)] == ["c@d.example"]


def test_an_unclosed_quote_is_reported_with_the_line_where_it_opens() -> None:
    problem = only(save('Email,Name\na@b.example,Lin\nc@d.example,"Max\n' + "e@f.example,x\n" * 50))
    assert (problem.line, problem.message) == (3, "a quote is never closed")
    problem = only(save('Email,Name\na@b.example,"Max\n' + "e@f.example,x\n" * 20_000))
    assert (problem.line, problem.message) == (2, "a quote is never closed")


def test_lines_are_counted_across_quoted_newlines_and_blank_rows() -> None:
    file = save('\nEmail,Notes\na@b.example,"one\ntwo\nthree"\n,,\n\nc@d.example,x\nbad,y\n')
    assert [(row.line, row.lead and row.lead.email) for row in file.rows()] == [
        (3, "a@b.example"),
        (8, "c@d.example"),
        (9, None),
    ]
    assert leads(file)[0].custom_fields == {"Notes": "one\ntwo\nthree"}


# --- encodings and dialects --------------------------------------------------------------------------

NAMES = "Email,First Name\nl@b.example,Łukasz\ni@b.example,李\no@b.example,Ольга\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_files_are_read_with_and_without_a_byte_order_mark(encoding: str) -> None:
    file = save(NAMES, encoding=encoding)
    assert [lead.first_name for lead in leads(file)] == ["Łukasz", "李", "Ольга"]
    assert messages(file) == []


def test_other_files_are_windows_1252_with_a_warning() -> None:
    file = save("Email;First Name\r\nj@b.example;Jürgen – “Jo”\r\n", encoding="cp1252")
    assert [lead.first_name for lead in leads(file)] == ["Jürgen – “Jo”"]
    assert messages(file) == [
        (
            "leads.csv: warning: the file is not UTF-8 and was read as Windows-1252, so that line 2 says "
            "'Jürgen – “Jo”'. Save it as UTF-8 if that looks wrong, or set its encoding."
        )
    ]


def test_an_explicit_encoding_is_used_without_a_warning() -> None:
    file = LeadFile(save("Email,First Name\no@b.example,Ольга\n", encoding="cp1251").path, encoding="cp1251")
    assert [lead.first_name for lead in leads(file)] == ["Ольга"]
    assert messages(file) == []


def test_utf8_is_detected_if_a_character_spans_two_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_encoding, "_CHUNK", 3)
    assert detect_encoding(save("aaé€é€\n").path).name == "utf-8"
    assert detect_encoding(save("aaé€é€\n".encode()[:-2]).path).errors == "surrogateescape"


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("Email,Name", ","), ("Email;Name", ";"), ("Email\tName", "\t"), ("Email|Name", "|"), ("Email", ","),
        ('"Name, full";Email;Role', ";"), ('"a;b;c;d",Email', ","), ("Name; first,Email,Role", ","),
    ],
)  # fmt: skip
def test_the_most_frequent_delimiter_of_the_header_is_detected(header: str, delimiter: str) -> None:
    assert detect_delimiter([header]) == delimiter


def test_excels_delimiter_declaration_is_used_and_counted_as_a_line() -> None:
    file = save("sep=;\r\nEmail;a,b,c\r\nx@b.example;1\r\n")
    assert leads(file) == [LeadInput("x@b.example", custom_fields={"a,b,c": "1"})]
    assert [row.line for row in file.rows()] == [3]


def test_an_explicit_delimiter_is_used() -> None:
    file = LeadFile(save("Email:Name\na@b.example:Lin\n").path, delimiter=":")
    assert leads(file) == [LeadInput("a@b.example", custom_fields={"Name": "Lin"})]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_supported(end: str) -> None:
    assert [lead.email for lead in leads(save(f"Email{end}a@b.example{end}c@d.example"))] == [
        "a@b.example",
        "c@d.example",
    ]


def test_values_are_trimmed_and_the_case_of_addresses_is_kept() -> None:
    (lead,) = leads(save("Email , First Name\n Zoë@B.Example ,\u00a0Zoë \n"))
    assert (lead.email, lead.first_name) == ("Zoë@B.Example", "Zoë")


# --- where and values --------------------------------------------------------------------------------

SEGMENTS = "Email,Segment\na@b.example,CEO\nbad,CTO\nc@d.example, CEO \ne@f.example,\ng@h.example,CFO\n"


def test_where_keeps_matching_rows_and_ignores_problems_of_the_others() -> None:
    path = save(SEGMENTS).path
    kept = LeadFile(path, where={"segment": ("CEO", "CFO")})
    assert [lead.email for lead in leads(kept)] == ["a@b.example", "c@d.example", "g@h.example"]
    assert messages(kept) == []
    assert [lead.email for lead in leads(LeadFile(path, where={"Segment": ("",)}))] == ["e@f.example"]


def test_where_with_an_unknown_column_is_an_error_and_yields_no_leads() -> None:
    file = LeadFile(save(SEGMENTS).path, where={"Segmnt": ("CEO",)})
    assert messages(file) == ["leads.csv:1: error: there is no column 'Segmnt'. Did you mean 'Segment'?"]
    assert leads(file) == []


def test_values_of_a_column_are_counted_in_order_of_appearance() -> None:
    assert list(save(SEGMENTS).values("Segment").items()) == [("CEO", 2), ("CTO", 1), ("", 1), ("CFO", 1)]


def test_invalid_rows_count_among_the_values_too() -> None:
    file = save("Email,,Segment\na@b.example,,X,more\nc@d.example\n")
    assert file.values("Segment") == {"X": 1, "": 1}


def test_values_of_where_are_trimmed_like_the_cells() -> None:
    file = LeadFile(save(SEGMENTS).path, where={"Segment": (" CFO ",)})
    assert [lead.email for lead in leads(file)] == ["g@h.example"]


def test_values_of_an_unknown_column_are_an_error() -> None:
    with pytest.raises(InvalidPlan, match=r"leads.csv:1: error: there is no column 'Region'"):
        save(SEGMENTS).values("Region")
    with pytest.raises(InvalidPlan, match=r"none.csv: error: the lead file cannot be read"):
        LeadFile("none.csv").values("Region")


# --- streaming ---------------------------------------------------------------------------------------


def test_a_file_is_a_lead_source_that_is_read_lazily_and_repeatedly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = 0
    real = csv.reader

    def counting(lines: Iterator[str], **options: Any) -> Any:
        def each() -> Iterator[str]:
            nonlocal read
            for line in lines:
                read += 1
                yield line

        return real(each(), **options)

    file = save("Email\n" + "".join(f"a{i}@b.example\n" for i in range(1000)))
    source: LeadSource = file
    assert source.file == "leads.csv"
    monkeypatch.setattr(csv, "reader", counting)
    rows = file.rows()
    first = next(rows)
    assert first.lead == LeadInput("a0@b.example")
    assert read < 1000
    assert len(leads(file)) == len(leads(file)) == 1000


# --- any file ----------------------------------------------------------------------------------------

_CELL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), max_size=12) | st.sampled_from(
    ['"', "a,b", "x;y", "two\nlines", "tab\there", "'", "Łukasz", "李", "a|b", '""']
)


@given(
    rows=st.lists(st.tuples(_CELL, _CELL), max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_whatever_a_csv_writer_writes_is_read_back(
    rows: list[tuple[str, str]], delimiter: str, quoting: Any, end: str, encoding: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["First Name", "Email", "Favourite colour"])
    for number, (name, colour) in enumerate(rows):
        writer.writerow([name, f"a{number}@b.example", colour])
    file = save(text.getvalue(), encoding=encoding)
    assert leads(file) == [
        LeadInput(
            f"a{number}@b.example",
            first_name=strip_hidden(name) or None,
            custom_fields={"Favourite colour": strip_hidden(colour)} if strip_hidden(colour) else None,
        )
        for number, (name, colour) in enumerate(rows)
    ]
    assert [p for row in file.rows() for p in row.problems if p.is_error] == []


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda t: f"Email,X\n{t}".encode("utf-8", "replace"))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_no_content_makes_reading_raise(content: bytes) -> None:
    for row in save(content).rows():
        assert row.lead is not None or row.problems
