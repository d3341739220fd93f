"""Lead files, CSV exports above all, read as a stream.

:class:`LeadFile` detects encoding and delimiter, recognizes the headers of Apollo, HubSpot, Clay, Sales
Navigator and SmartLead itself, and makes a custom field of every other column.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from .csv_lines import delimiter_flaw
from .files import RELATIVE_TO_PLAN, UnusableFile, advice_on_file
from .findings import describe
from .lead_table import LeadTable, open_table
from .leads import LeadRow, wrong_types
from .problem import InvalidPlan, Place, Problem, error
from .table_leads import TableLeads
from .text_encoding import encoding_flaw
from .where import Where
from .workbook import WORKBOOK_SUFFIXES

LEAD_SUFFIXES: Final = (".csv", ".tsv", ".txt", *WORKBOOK_SUFFIXES)
"""The suffixes of files that are suggested in place of a missing one."""


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
        """Return the problems of the path and the options that have wrong types or values."""
        return wrong_types(self) or tuple(self._option_flaws())

    def _option_flaws(self) -> Iterator[Problem]:
        for option, flaw in (
            ("encoding", encoding_flaw(self.encoding) if self.encoding is not None else None),
            ("delimiter", delimiter_flaw(self.delimiter) if self.delimiter is not None else None),
        ):
            if flaw is not None:
                yield error("invalid", flaw[0], path=f"leads.{option}", advice=flaw[1])

    def rows(self) -> Iterator[LeadRow]:
        """Yield the problems of the file, every row, and at last what is remarkable about their values."""
        if wrong := self.option_problems():
            yield LeadRow(None, None, wrong)
            return
        try:
            with self._open() as table:
                yield from self._leads.rows(table)
        except InvalidPlan as invalid:
            yield LeadRow(None, None, invalid.problems)

    def values(self, column: str) -> dict[str, int]:
        """Return the values of a column in order of appearance, each with its number of rows.

        :class:`InvalidPlan` if the file cannot be read or has no such column.
        """
        with self._open() as table:
            return self._leads.values(table, column)

    # --- reading

    @property
    def _leads(self) -> TableLeads:
        return TableLeads(self.file, self.columns, self.where, self.blank_values, self.skip_bad_rows)

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
