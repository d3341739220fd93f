"""The rows of a table of leads: its header is recognized, and each row is a lead or has a reason why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from .csv_lines import Record
from .header_flaws import explain_header
from .lead_columns import Columns, recognize_columns, unknown_column
from .lead_rows import RowReader
from .lead_table import LeadTable
from .leads import NOT_SELECTED, LeadRow
from .problem import InvalidPlan, Place, Problem, Severity, error
from .where import WantedValues, Where, normalize_value

_Wanted: TypeAlias = "list[tuple[int, WantedValues]]"


_FATAL: Final = frozenset(
    {
        "bad_header",
        "no_header",
        "no_email_column",
        "wrong_delimiter",
        "duplicate_column",
        "no_such_column",
    }
)
"""Problems of the header after which every row would be misread."""


@attrs.frozen
class _Header:
    """The header of an open table: its columns, the values that ``where`` keeps, and its problems."""

    columns: Columns
    wanted: _Wanted
    problems: tuple[Problem, ...]

    @property
    def is_fatal(self) -> bool:
        """Whether no row can be read."""
        return any(p.code in _FATAL for p in self.problems)


@attrs.frozen
class TableLeads:
    """The leads of tables that have the same name and options; see :class:`LeadFile` for the options."""

    file: str
    columns: Mapping[str, str | None]
    where: Where
    blank_values: Collection[str] | None
    skip_bad_rows: bool
    header_line: int | None = 1

    def rows(self, table: LeadTable) -> Iterator[LeadRow]:
        """Yield the problems of a table, every row, and at last what is remarkable about their values."""
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

    def values(self, table: LeadTable, column: str) -> dict[str, int]:
        """Return the values of a column in order of appearance, each with its number of rows.

        :class:`InvalidPlan` if the table cannot be read or has no such column.
        """
        counts: dict[str, int] = {}
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

    def _header(self, table: LeadTable) -> _Header | LeadRow:
        """Read the header; return a row with the problems of a file that has none."""
        for record in table.records:
            place = Place(self.file, record.line or None)
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
            problems = [*columns.problems, *missing]
            if "email" not in columns.fields and not any(p.is_error for p in problems):
                problems = [explain_header(columns.headers, table.delimiter, table.records)]
            return _Header(columns, wanted, tuple(p.at(place) for p in problems))
        place, advice = Place(self.file), "Export it again."
        flaw = error("empty_file", "the lead file is empty", advice=advice, place=place)
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
        return unknown_column(column, columns.headers).at(Place(self.file, self.header_line))

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
