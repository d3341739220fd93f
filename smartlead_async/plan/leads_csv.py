"""CSV exports of leads, read as a stream.

:class:`LeadFile` detects encoding and delimiter, recognizes the headers of Apollo, HubSpot, Clay and Sales
Navigator, and makes a custom field of every other column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO, TypeAlias

import attrs

from ..api.leads.models import LeadInput
from .addresses import address_flaw
from .csv_lines import CsvLines, detect_delimiter, detect_encoding
from .lead_columns import Columns, recognize_columns, unknown_column
from .leads import LeadRow
from .problem import InvalidPlan, Place, Problem, error, warning
from .where import WantedValues, Where, normalize_value

_Wanted: TypeAlias = "list[tuple[int, WantedValues]]"


_FATAL: Final = frozenset({"no_header", "no_email_column", "duplicate_column", "no_such_column"})
"""Problems of the header after which every row would be misread."""


@attrs.frozen
class _Entry:
    """A row that ``where`` keeps, or problems of the file or a row (without columns)."""

    line: int | None
    problems: tuple[Problem, ...]
    columns: Columns | None = None
    cells: Sequence[str] = ()


@attrs.frozen
class LeadFile:
    """A CSV file of leads, which is a :class:`~smartlead_async.plan.leads.LeadSource`.

    Encoding (UTF-8, UTF-16, else Windows-1252) and delimiter (comma, semicolon, tab, bar) are detected unless
    given. ``columns`` overrides the meaning of a column: a lead field, the name of a custom field, or None to
    ignore it. ``where`` keeps only rows that have one of the values in that column: a string exactly, a
    number by its value, True and False in any case. The file is read when rows are requested, one row at a
    time. Example::

        LeadFile("founders.csv", columns={"Mail": "email", "Notes": None}, where={"Segment": ("Founders",)})
    """

    path: Path = attrs.field(converter=Path)
    columns: Mapping[str, str | None] = attrs.field(factory=dict)
    where: Where = attrs.field(factory=dict)
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def file(self) -> str:
        """The path, as shown in messages."""
        return str(self.path)

    def rows(self) -> Iterator[LeadRow]:
        """Yield the rows that ``where`` keeps, after the problems of the file."""
        for entry in self._entries():
            if entry.columns is None:
                yield LeadRow(None, entry.line, entry.problems)
            else:
                yield self._row(entry, entry.columns)

    def values(self, column: str) -> dict[str, int]:
        """Return the values of a column in order of appearance, each with its number of rows.

        :class:`InvalidPlan` if the file cannot be read or has no such column.
        """
        counts: dict[str, int] = {}
        position: int | None = None
        for entry in self._entries():
            errors = [p for p in entry.problems if p.is_error]
            if entry.columns is None and errors:
                raise InvalidPlan(errors)
            if entry.columns is None:
                continue
            if position is None:
                position = entry.columns.position(column)
                if position is None:
                    raise InvalidPlan([self._unknown(column, entry.columns)])
            value = normalize_value(_cell(entry.cells, position))
            counts[value] = counts.get(value, 0) + 1
        return counts

    # --- reading

    def _entries(self) -> Iterator[_Entry]:
        place = Place(self.file)
        try:
            encoding = self.encoding or detect_encoding(self.path)
            if encoding == "cp1252" and self.encoding is None:
                yield _Entry(None, (_guessed(place),))
            with self.path.open(encoding=encoding, newline="") as text:
                yield from self._read(text)
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
            message = f"the lead file cannot be read: {reason}"
            yield _Entry(None, (error("unreadable_file", message, place=place),))
        except (UnicodeError, LookupError) as failure:
            message = f"the lead file cannot be read as {self.encoding or 'Windows-1252'}: {failure}"
            flaw = error("bad_encoding", message, advice="Save it as UTF-8.", place=place)
            yield _Entry(None, (flaw,))

    def _read(self, text: TextIO) -> Iterator[_Entry]:
        lines = CsvLines(text)
        header = lines.first_line()
        if header is None:
            place = Place(self.file)
            flaw = error("empty_file", "the lead file is empty", advice="Export it again.", place=place)
            yield _Entry(None, (flaw,))
            return
        columns: Columns | None = None
        wanted: _Wanted = []
        for record in lines.records(self.delimiter or lines.declared or detect_delimiter(header)):
            place = Place(self.file, record.line)
            if record.flaw is not None:
                advice = "Double the quotes inside a quoted value."
                yield _Entry(record.line, (error("bad_quotes", record.flaw, advice=advice, place=place),))
            elif record.is_blank:
                continue
            elif columns is None:
                columns = recognize_columns(record.cells, self.columns)
                wanted, missing = self._wanted(columns)
                problems = tuple(p.at(place) for p in (*columns.problems, *missing))
                if problems:
                    yield _Entry(record.line, problems)
                if any(p.code in _FATAL for p in problems):
                    return
            # Every condition sees every row, so that it knows the values that no row has.
            elif _all_keep(wanted, record.cells):
                problems = _width_problems(columns, record.cells, place)
                yield _Entry(record.line, problems, columns, record.cells)
        for _, values in wanted:
            yield _Entry(None, tuple(p.at(Place(self.file)) for p in values.problems()))

    def _wanted(self, columns: Columns) -> tuple[_Wanted, list[Problem]]:
        wanted: _Wanted = []
        missing = []
        for column, values in self.where.items():
            position = columns.position(column)
            if position is None:
                missing.append(self._unknown(column, columns))
            else:
                wanted.append((position, WantedValues(column, values)))
        return wanted, missing

    def _unknown(self, column: str, columns: Columns) -> Problem:
        return unknown_column(column, columns.headers).at(Place(self.file, 1))

    def _row(self, entry: _Entry, columns: Columns) -> LeadRow:
        values = {field: v for field, index in columns.fields.items() if (v := _cell(entry.cells, index))}
        address = values.pop("email", "")
        if flaw := _address_problem(address, Place(self.file, entry.line)):
            return LeadRow(None, entry.line, (*entry.problems, flaw))
        custom = {name: v for index, name in columns.custom if (v := _cell(entry.cells, index))}
        if phone := values.get("phone_number"):
            # Spreadsheets write '+49… to keep a number from being converted.
            values["phone_number"] = phone.removeprefix("'")
        lead = LeadInput(address, custom_fields=custom or None, **values)
        return LeadRow(lead, entry.line, entry.problems)


def _all_keep(wanted: _Wanted, cells: Sequence[str]) -> bool:
    kept = [values.keeps(_cell(cells, index)) for index, values in wanted]
    return all(kept)


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _address_problem(address: str, place: Place) -> Problem | None:
    if not address:
        message = "the row has no e-mail address"
        return warning("no_address", message, advice="It is skipped.", place=place)
    flaw = address_flaw(address)
    if flaw is None:
        return None
    message = f"{address!r} is not an e-mail address: {flaw}"
    return error("malformed_address", message, advice="Correct it or remove the row.", place=place)


def _guessed(place: Place) -> Problem:
    return warning(
        "guessed_encoding",
        "the file is not UTF-8 and was read as Windows-1252",
        advice="Save it as UTF-8 if names look wrong, or set its encoding.",
        place=place,
    )


def _width_problems(columns: Columns, cells: Sequence[str], place: Place) -> tuple[Problem, ...]:
    width, count = len(columns.headers), len(cells)
    if count < width:
        message = f"the row has {count} of {width} columns"
        advice = "The missing values are treated as empty."
        return (warning("short_row", message, advice=advice, place=place),)
    if count > width and any(cell.strip() for cell in cells[width:]):
        message = f"the row has {count} columns, but the header has {width}"
        advice = "Quote values that contain a delimiter or a line break."
        return (error("long_row", message, advice=advice, place=place),)
    return ()
