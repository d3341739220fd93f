"""Lead files with mutated text and bytes, of any delimiter, encoding and kind of line break.

Every address that is intact in the file is a lead, or is told: in a message, in a malformed row, or by its
line.
"""

from __future__ import annotations

import codecs
import csv
import io
import random
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import attrs

from smartlead_async.api.leads.models import LeadInput
from smartlead_async.plan.addresses import normalize_address
from smartlead_async.plan.check import check
from smartlead_async.plan.leads import LeadRow, RowTally, unique_rows
from smartlead_async.plan.leads_csv import LeadFile

from .case import Input, require
from .mutation import mutate_bytes, mutate_text

HEADERS: Final = (
    ("Email", "First name", "Company", "Notes"),
    ("first_name", "last_name", "email", "City", "#"),
    ("Vorname", "Firma", "E-Mail-Adresse"),
    ("id", "campaign_lead_map_id", "status", "email", "first_name", "custom_fields", "is_unsubscribed"),
)
CELLS: Final = (
    "Ann", "Zoë", "Łukasz", "O'Neill", 'The "Best" Ltd', "a, b; c", "two\nlines", " ", "", "null", "N/A",
    "=1+1", "0042", "1e3", "+4790000000", "李", "#REF!", "call x@other.example", '{"City": "Oslo"}',
    "ACTIVE", "false",
)  # fmt: skip
ENCODINGS: Final = (
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "cp1252",
    "cp1250",
    "utf-32",
)
ADDRESS: Final = re.compile(r"(?<![^\s,;|\"'])p\d+@c\d+\.example(?![^\s,;|\"'])")
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")


class LeadCsv:
    """CSV files."""

    name = "lead csv"

    def draw(self, rng: random.Random) -> Input:
        header = rng.choice(HEADERS)
        address = next(i for i, name in enumerate(header) if "mail" in name.lower())
        rows = [
            [f"p{n}@c{n}.example" if i == address else rng.choice(CELLS) for i in range(len(header))]
            for n in range(rng.choice((0, 1, 3, 10, 30)))
        ]
        text = io.StringIO(newline="")
        delimiter, quoting = rng.choice(",,,;\t|"), rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        line_break = rng.choice(("\n", "\r\n", "\r"))
        writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_break)  # type: ignore[arg-type]
        writer.writerows([header, *rows])
        content = text.getvalue()
        if rng.random() < 0.8:
            content = mutate_text(rng, content, rng.choice((1, 1, 1, 2, 5)))
        encoding = rng.choice(ENCODINGS)
        data = content.encode(encoding, "replace")
        if rng.random() < 0.2:
            data = mutate_bytes(rng, data, rng.choice((1, 2, 5)))
        return {"file": data, "encoding": encoding, "skip": rng.random() < 0.5}

    def run(self, given: Input, folder: Path) -> str:
        path = folder / "leads.csv"
        path.write_bytes(given["file"])
        rows, outcome = _read(path, skip=given["skip"])
        has_order = given["file"].startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if outcome == "refused" or (codecs.lookup(given["encoding"]).name == "utf-16" and not has_order):
            return outcome  # Without its mark, the byte order is a guess, and rows may be told in another.
        text = given["file"].decode(given["encoding"], "replace")
        _require_told(text, rows)
        if not any(problem.code == "guessed_encoding" for row in rows for problem in row.problems):
            _require_known(text, rows)
        return outcome


class LeadWorkbook:
    """Excel workbooks with mutated bytes, and with mutated XML inside."""

    name = "workbook"

    def __init__(self) -> None:
        self._template = _workbook()

    def draw(self, rng: random.Random) -> Input:
        if rng.random() < 0.3:
            return {"file": mutate_bytes(rng, self._template, rng.choice((1, 2, 5)))}
        chosen = rng.choice(
            ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml")
        )
        return {"file": _with_mutated_part(rng, self._template, chosen)}

    def run(self, given: Input, folder: Path) -> str:
        path = folder / "leads.xlsx"
        path.write_bytes(given["file"])
        return _read(path, skip=False)[1]


def _read(path: Path, *, skip: bool) -> tuple[list[LeadRow], str]:
    """Read a file directly and through a plan; return its rows and the outcome."""
    file, tally = LeadFile(path, skip_bad_rows=skip), RowTally()
    rows = list(unique_rows(file.rows(), file.file))
    for row in rows:
        tally.add(row)
    require(tally.read == tally.leads + sum(tally.left_out.values()), "rows are lost")
    untold = [row for row in rows if row.left_out and not row.problems and row.left_out not in _OF_EXPORTS]
    require(not untold, "a row is left out without a problem")
    leads = [row.lead.email for row in rows if row.lead is not None]
    require(len(set(map(normalize_address, leads))) == len(leads), "an address is imported twice")
    plan = path.with_name("plan.jsonl")
    plan.write_text(
        f'{{"version": 1}}\n{{"name": "Q1", "leads": {{"csv": "{path.name}"}}}}\n', encoding="utf-8"
    )
    bad: list[LeadRow] = []
    report = check(plan, skip_bad_rows=skip, on_bad_row=lambda _, row: bad.append(row))
    require(report.rows == tally, "check counts other rows")
    require(len(bad) == sum(bool(row.cells) for row in rows), "a malformed row is not handed out")
    if any(row.left_out is None and any(p.is_error for p in row.problems) for row in rows):
        return rows, "refused"
    return rows, "valid" if report.ok else "refused rows"


_OF_EXPORTS: Final = frozenset({"unsubscribed", "bounced", "blocked", "do_not_contact"})


def _require_told(text: str, rows: Iterable[LeadRow]) -> None:
    """Require that every address of the file is a lead or told."""
    leads, told, others, lines = set(), "", "", set()
    next_line = None
    for row in reversed(list(rows)):
        messages = "\n".join(problem.message for problem in row.problems)
        told += f"{messages}\n" + "\n".join(row.cells) + "\n"
        if row.lead is not None:
            leads.add(normalize_address(row.lead.email))
            told += "\n".join(value for value in _values(row.lead) if "\n" not in value and "\r" not in value)
            others += "\n".join(_values(row.lead))
        if row.left_out is not None and row.line is not None:
            lines |= set(range(row.line, next_line or row.line + 1))
        next_line = row.line or next_line
    if any(problem.code == "address_in_cell" for row in rows for problem in row.problems):
        told += others
    told_lines = _LINE_BREAK.split(text)
    told += "\n".join(told_lines[line - 1] for line in lines if line <= len(told_lines))
    lost = [
        address
        for address in ADDRESS.findall(text)
        if normalize_address(address) not in leads and address not in told
    ]
    require(not lost, "an address is lost untold")


def _values(lead: LeadInput) -> list[str]:
    values = attrs.asdict(lead, recurse=False)
    return [str(value) for value in (*values.values(), *(lead.custom_fields or {}).values()) if value]


def _require_known(text: str, rows: Iterable[LeadRow]) -> None:
    """Require that no address is made up."""
    known = text.lower()
    imported = [row.lead.email for row in rows if row.lead is not None]
    # Bytes of another encoding may be read as letters.
    made_up = [address for address in imported if address.isascii() and address.lower() not in known]
    require(not made_up, "an address is not in the file")


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Email", "First name", "Size", "Since"])
    for number in range(5):
        sheet.append([f"p{number}@c.example", f"Zoë {number}", number / 3, "2027-01-04"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _with_mutated_part(rng: random.Random, book: bytes, name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(file, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == name:
                text = mutate_text(rng, data.decode(), rng.choice((1, 2, 5)))
                data = text.encode("utf-8", "surrogatepass")
            target.writestr(entry, data)
    return file.getvalue()
