"""Lead files, CSV exports above all, read as a stream.

:class:`LeadFile` detects encoding and delimiter, recognizes the headers of Apollo, HubSpot, Clay, Sales
Navigator and SmartLead itself, and makes a custom field of every other column.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, get_type_hints

import attrs

from ..typed import mismatch
from .csv_lines import Record
from .files import RELATIVE_TO_PLAN, UnusableFile, advice_on_file
from .findings import Findings, describe
from .lead_columns import Columns, recognize_columns, unknown_column
from .lead_rows import RowReader
from .lead_table import LeadTable, open_table
from .leads import NOT_SELECTED, LeadRow
from .problem import InvalidPlan, Place, Problem, Severity, error
from .where import WantedValues, Where, normalize_value
from .workbook import WORKBOOK_SUFFIXES

_Wanted: TypeAlias = "list[tuple[int, WantedValues]]"


LEAD_SUFFIXES: Final = (".csv", ".tsv", ".txt", *WORKBOOK_SUFFIXES)
"""The suffixes of files that are suggested in place of a missing one."""


_FATAL: Final = frozenset(
    {"bad_header", "no_header", "no_email_column", "duplicate_column", "no_such_column"}
)
"""Problems of the header after which every row would be misread."""


@attrs.frozen
class _Header:
    """The header of an open file: its columns, the values that ``where`` keeps, and its problems."""

    columns: Columns
    wanted: _Wanted
    problems: tuple[Problem, ...]

    @property
    def is_fatal(self) -> bool:
        """Whether no row can be read."""
        return any(p.code in _FATAL for p in self.problems)


def _as_path(path: Any) -> Any:
    # A wrong type is a problem, and no exception.
    return Path(path) if isinstance(path, (str, os.PathLike)) else path


@attrs.frozen
class LeadFile:
    """A file of leads, which is a :class:`~smartlead_async.plan.leads.LeadSource`: CSV, or XLSX by its name.

    Encoding (UTF-8, UTF-16, else a guess) and delimiter (comma, semicolon, tab, bar) are detected unless
    given. ``columns`` overrides the meaning of a column: a lead field, the name of a custom field, or None to
    ignore it. ``where`` keeps only rows that have one of the values in that column: a string exactly, a
    number by its value, True and False in any case. ``sheet`` chooses one of a workbook. ``blank_values``
    treats values that mean nothing, such as ``N/A``, and these further ones as empty. ``skip_bad_rows`` makes
    malformed rows warnings. The file is read when rows are requested, one row at a time. ``folder`` is that
    of the plan that names the file, if any: a missing file is then a problem of the plan. Example::

        LeadFile("founders.csv", columns={"Mail": "email", "Notes": None}, where={"Segment": ("Founders",)})
    """

    path: Path = attrs.field(converter=_as_path)
    columns: Mapping[str, str | None] = attrs.field(factory=dict)
    where: Where = attrs.field(factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    blank_values: Collection[str] | None = None
    skip_bad_rows: bool = False
    folder: Path | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)

    @property
    def file(self) -> str:
        """The path, as shown in messages."""
        return str(self.path) if isinstance(self.path, Path) else describe(self.path)

    def option_problems(self) -> tuple[Problem, ...]:
        """Return the problems of the path and the options that have wrong types."""
        kinds = get_type_hints(type(self))
        findings = Findings()
        for field in attrs.fields(type(self)):
            if found := mismatch(kinds[field.name], getattr(self, field.name)):
                path = f"leads.{field.name}{found.where}"
                findings.wrong_type(path, found.due, found.value)
        return tuple(findings.problems)

    def rows(self) -> Iterator[LeadRow]:
        """Yield the problems of the file, every row, and at last what is remarkable about their values."""
        if wrong := self.option_problems():
            yield LeadRow(None, None, wrong)
            return
        try:
            with self._open() as table:
                yield from self._rows(table)
        except InvalidPlan as invalid:
            yield LeadRow(None, None, invalid.problems)

    def values(self, column: str) -> dict[str, int]:
        """Return the values of a column in order of appearance, each with its number of rows.

        :class:`InvalidPlan` if the file cannot be read or has no such column.
        """
        counts: dict[str, int] = {}
        with self._open() as table:
            header = self._header(table)
            if isinstance(header, LeadRow) or header.is_fatal:
                raise InvalidPlan(p for p in header.problems if p.is_error)
            position = header.columns.position(column)
            if position is None:
                raise InvalidPlan([self._unknown(column, header.columns)])
            for record in table.records:
                if record.flaw is None and any(record.cells) and _is_kept(record, header.wanted):
                    value = normalize_value(_cell(record.cells, position))
                    counts[value] = counts.get(value, 0) + 1
        return counts

    # --- reading

    @contextlib.contextmanager
    def _open(self) -> Iterator[LeadTable]:
        table = open_table(self.path, encoding=self.encoding, delimiter=self.delimiter, sheet=self.sheet)
        try:
            with table as opened:
                yield opened
        except UnusableFile as unusable:
            raise InvalidPlan([self._unusable(unusable)]) from None

    def _unusable(self, unusable: UnusableFile) -> Problem:
        name = self.file if self.folder is None else os.path.relpath(self.file, self.folder)
        advice = unusable.advice or advice_on_file(name, self.folder or Path(), LEAD_SUFFIXES)
        if self.folder is None:
            message, place = f"the lead file {unusable}", Place(self.file)
            return error("unreadable_file", message, advice=advice, place=place)
        message = f"the lead file {self.file!r} {unusable}"
        return error("unreadable_file", message, path="leads", advice=advice or RELATIVE_TO_PLAN)

    def _rows(self, table: LeadTable) -> Iterator[LeadRow]:
        if table.problems:
            yield LeadRow(None, None, table.problems)
        header = self._header(table)
        if isinstance(header, LeadRow):
            yield header
            return
        if header.problems:
            yield LeadRow(None, None, header.problems)
        if header.is_fatal:
            return
        reader = RowReader(header.columns, self.file, self.blank_values)
        wanted = header.wanted
        for record in table.records:
            if wanted and record.flaw is None and not _is_kept(record, wanted):
                if any(map(str.strip, record.cells)):
                    yield LeadRow(None, record.line, (), NOT_SELECTED)
                continue
            row = reader.row(record)
            if row is not None:
                yield self._skipped(row) if row.cells and self.skip_bad_rows else row
        missing = (p.at(Place(self.file)) for _, values in wanted for p in values.problems())
        if problems := (*missing, *reader.problems()):
            yield LeadRow(None, None, problems)

    def _header(self, table: LeadTable) -> _Header | LeadRow:
        """Read the header; return a row with the problems of a file that has none."""
        for record in table.records:
            place = Place(self.file, record.line)
            if record.flaw is not None:
                message, advice = (
                    f"the header is malformed: {record.flaw}",
                    "Double the quotes inside quotes.",
                )
                return LeadRow(None, None, (error("bad_quotes", message, advice=advice, place=place),))
            if not any(map(str.strip, record.cells)):
                continue
            columns = recognize_columns(record.cells, self.columns)
            table.describe_rows(len(columns.headers), columns.fields.get("email"))
            wanted, missing = self._wanted(columns)
            return _Header(columns, wanted, tuple(p.at(place) for p in (*columns.problems, *missing)))
        advice = "Export it again."
        flaw = error("empty_file", "the lead file is empty", advice=advice, place=Place(self.file))
        return LeadRow(None, None, (flaw,))

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

    @staticmethod
    def _skipped(row: LeadRow) -> LeadRow:
        """Return a malformed row with warnings in the place of errors."""
        problems = tuple(
            attrs.evolve(p, severity=Severity.WARNING, advice="The row is left out.") if p.is_error else p
            for p in row.problems
        )
        return row._replace(problems=problems)


def _is_kept(record: Record, wanted: _Wanted) -> bool:
    # Every condition sees every row, so that it knows the values that no row has.
    kept = [values.keeps(_cell(record.cells, position)) for position, values in wanted]
    return all(kept)


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""
