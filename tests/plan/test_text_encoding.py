"""Encodings of lead files: found, or told in words that help to set them right."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartlead_async.plan.leads_csv import LeadFile
from smartlead_async.plan.plan import load_plan

pytestmark = pytest.mark.usefixtures("folder")

TEXT = "email,first_name,company\nzoe@x.example,Zoë,Ñandú\nbo@x.example,Bo,Æble\n"
JAPANESE = "email,first_name\na@x.example,太郎\nb@x.example,花子\n"


def read(content: bytes, encoding: str | None = None) -> tuple[list[str], list[str]]:
    """Return the first names and the problems of a file."""
    Path("leads.csv").write_bytes(content)
    rows = list(LeadFile("leads.csv", encoding=encoding).rows())
    return [str(r.lead.first_name) for r in rows if r.lead], [str(p) for r in rows for p in r.problems]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32"])
def test_unicode_with_zero_bytes_is_read_without_a_mark(encoding: str) -> None:
    assert read(TEXT.encode(encoding)) == (["Zoë", "Bo"], [])


def test_japanese_with_escape_sequences_is_read() -> None:
    assert read(JAPANESE.encode("iso-2022-jp")) == (["太郎", "花子"], [])


def test_the_sample_of_a_guess_is_a_word_that_shows_whether_it_is_right() -> None:
    _, (problem,) = read(TEXT.replace("Æble", "Éclair").encode("cp1250", "replace").replace(b"?", b"\xd1"))
    assert "line 2 says" in problem
    assert "Ñandú" in problem or "Ńandú" in problem


def test_an_encoding_that_the_first_bytes_contradict_is_one_problem() -> None:
    _, (problem,) = read(TEXT.encode("utf-16"), "utf-8")
    assert "is UTF-16 by its first bytes, but its encoding is set to utf-8" in problem


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii", "utf-16", "gb18030"])
def test_an_encoding_that_is_not_that_of_a_flawless_utf8_file_is_one_problem(encoding: str) -> None:
    names, (problem,) = read(TEXT.encode(), encoding)
    assert names == []
    assert f"is UTF-8 by its bytes, but its encoding is set to {encoding}. Remove encoding" in problem


def test_an_encoding_may_be_given_for_a_file_of_ascii() -> None:
    assert read(b"email,first_name\na@x.example,Ada\n", "cp1252") == (["Ada"], [])


def test_western_letters_are_read_as_western() -> None:
    _, (problem,) = read("email,first_name\na@x.example,Zoë\nb@x.example,José\n".encode("cp1252"))
    assert "was read as Windows-1252" in problem


def test_half_a_character_at_the_end_is_told_without_the_words_of_a_codec() -> None:
    _, (problem,) = read(TEXT.encode("utf-16")[:-1])
    assert "is not UTF-16: it ends in the middle of a character" in problem


def test_bytes_beyond_a_given_encoding_are_told_by_row() -> None:
    names, (first, second) = read(TEXT.encode("cp1252") + b"cy@x.example,Cy,F\n", "ascii")
    assert names == ["Cy"]
    assert "leads.csv:2" in first
    assert "leads.csv:3" in second


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("encoding", "ansi", "windows-1252"),
        ("encoding", "utf-99", "there is no encoding 'utf-99'"),
        ("encoding", "rot13", "there is no encoding 'rot13'"),
        ("encoding", "unicode_escape", "is not an encoding of files"),
        ("encoding", "utf\\0-8", "there is no encoding"),
        ("delimiter", "tab", 'Write "\\t"'),
        ("delimiter", "\\\\t", 'Write "\\t"'),
        ("delimiter", "\\n", "cannot be a delimiter"),
        ("delimiter", '\\"', "cannot be a delimiter"),
        ("delimiter", "||", "cannot be a delimiter"),
        ("delimiter", "a", "cannot be a delimiter"),
    ],
)
def test_an_option_that_cannot_be_is_told_at_its_place(option: str, value: str, said: str) -> None:
    Path("leads.csv").write_text(TEXT, encoding="utf-8")
    Path("plan.yaml").write_text(
        f'version: 1\ncampaigns:\n  - name: A\n    leads: {{csv: leads.csv, {option}: "{value}"}}\n',
        encoding="utf-8",
    )
    (problem,) = (p for entry in load_plan("plan.yaml").entries() for p in entry.problems)
    assert (problem.path, problem.line) == (f"campaigns[0].leads.{option}", 4)
    assert said in str(problem)


def test_an_option_of_a_program_that_cannot_be_is_a_problem_and_no_exception() -> None:
    flaws = LeadFile("leads.csv", encoding="rot13", delimiter="\n").option_problems()
    assert [p.path for p in flaws] == ["leads.encoding", "leads.delimiter"]


def test_a_cell_of_null_characters_is_empty() -> None:
    assert read(b"email,first_name,company\na@x.example,\0\0,F\n") == (["None"], [])
