"""A file that is no list is told in one sentence, whatever its name is."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from smartlead_async.plan.check import check
from smartlead_async.plan.leads_csv import LeadFile

pytestmark = pytest.mark.usefixtures("folder")


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


KINDS = {
    b"%PDF-1.7\n": "a PDF file",
    archive("xl/workbook.xml"): "an Excel workbook (XLSX)",
    archive("xl/workbook.bin"): "a binary Excel workbook (XLSB)",
    archive("content.xml"): "an OpenDocument file",
    archive("leads.csv"): "a ZIP archive",
    archive(): "an empty ZIP archive",
    b"leads.csv" + bytes(248) + b"ustar": "a tar archive",
    bytes(5000): "a file of zero bytes",
    b"GIF89a": "an image",
    b"<!-- saved -->\n<html><table>": "an HTML page",
    b"<Workbook xmlns='x'><a/>": "an XML file",
    b'{"email":"a@x.example"}\n': "a JSON file",
    b"BEGIN:VCARD\nEMAIL:a@x.example\n": "a file of contacts (vCard)",
    b"From: a@x.example\nTo: b@x.example\n": "an e-mail",
    b"INSERT INTO leads VALUES ('a@x.example');": "an SQL script",
    b"version https://git-lfs.github.com/spec/v1\n": "a pointer of Git LFS",
    b"https://docs.example/spreadsheets/d/abc/edit\n": "a link to a page",
    b"- email: a@x.example\n  first_name: Ann\n": "a YAML file",
}


@pytest.mark.parametrize(("content", "kind"), KINDS.items(), ids=KINDS.values())
@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx"])
def test_a_file_of_another_kind_is_one_problem(name: str, content: bytes, kind: str) -> None:
    if name == "leads.xlsx" and kind == "an Excel workbook (XLSX)":
        pytest.skip("it may be one")
    Path(name).write_bytes(content)
    (row,) = LeadFile(name).rows()
    (problem,) = row.problems
    assert kind in problem.message


def test_csv_with_the_name_of_a_workbook_is_told() -> None:
    Path("leads.xlsx").write_text("email\na@x.example\n", encoding="utf-8")
    (row,) = LeadFile("leads.xlsx").rows()
    assert [p.advice for p in row.problems] == ["Name it .csv if it is CSV."]


@pytest.mark.parametrize(
    "header", ["From,email", "<Email>,Name", "email,[Name]", "# email,name", "Select email,x"]
)
def test_a_header_is_not_taken_for_another_kind(header: str) -> None:
    Path("leads.csv").write_text(f"{header}\nx@x.example,y@x.example\n", encoding="utf-8")
    codes = {p.code for row in LeadFile("leads.csv").rows() for p in row.problems}
    assert "not_csv" not in codes


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("body.docx", archive("word/document.xml"), "a Word document"),
        ("body.txt", b"%PDF-1.4 plain", "a PDF file"),
        ("body.txt", b"{\\rtf1 Hello}", "an RTF document"),
    ],
)
def test_a_document_in_place_of_a_body_is_told(name: str, content: bytes, kind: str) -> None:
    Path(name).write_bytes(content)
    Path("plan.yaml").write_text(
        "version: 1\ncampaigns:\n  - name: Founders Q1 2027 – demo invite\n"
        f"    steps: [{{subject: Hi, body_file: {name}}}]\n",
        encoding="utf-8",
    )
    (problem,) = check("plan.yaml").problems
    assert problem.message == f"the body file {name!r} is {kind}"
    assert (problem.line, problem.advice) == (4, "Save it as HTML or plain text.")
