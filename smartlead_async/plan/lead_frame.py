"""Leads of data frames: of pandas, of polars, of whatever behaves like one of them, and of lists of dicts.

Neither library is imported. A frame has ``columns``, and ``iter_rows()`` (polars) or
``itertuples(index=…, name=…)`` (pandas). The ``__dataframe__`` protocol is not used: pandas 3 deprecates it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from ..typed import is_list
from .cell_text import NoText, cell_text
from .csv_lines import Record
from .findings import describe
from .lead_table import LeadTable
from .leads import LeadRow, wrong_types
from .problem import Problem, error
from .table_leads import TableLeads
from .where import Where


@attrs.frozen(eq=False)
class LeadFrame:
    """The leads of a data frame, which is a :class:`~smartlead_async.plan.leads.LeadSource`.

    ``frame`` is a ``DataFrame`` of pandas or polars, another frame with the same methods, or a list of
    mappings such as the rows of a database. Headers are recognized and rows are checked as those of a
    :class:`~smartlead_async.plan.leads_csv.LeadFile`, which has the same options. ``None``, ``NaN``, ``NaT``
    and ``NA`` are empty, a whole number has no decimal point (an integer column of pandas with a gap holds
    floats), and a list or another container in a cell is an error. A named index of pandas is a column.
    ``name`` stands for the frame in messages, with the number of the row, which counts from 1. The frame is
    read when rows are requested, and must not be changed until the job has ended. No request. Example::

        frame = pandas.read_sql("select email, first_name, segment from prospects", connection)
        CampaignSpec("Founders Q1 2027 – demo invite", leads=LeadFrame(frame, where={"segment": "Founders"}))
    """

    frame: Any
    columns: Mapping[str, str | None] = attrs.field(factory=dict)
    where: Where = attrs.field(factory=dict)
    blank_values: Collection[str] | None = None
    skip_bad_rows: bool = False
    name: str = "DataFrame"

    def __repr__(self) -> str:
        return f"LeadFrame({self.name!r})"

    @property
    def file(self) -> str:
        """The name of the frame, as shown in messages."""
        return self.name if isinstance(self.name, str) else describe(self.name)

    def option_problems(self) -> tuple[Problem, ...]:
        """Return the problem of an object that is no frame, and of options that have wrong types."""
        options = attrs.evolve(self, frame=None)
        found = wrong_types(options)
        if is_frame(self.frame) or _is_records(self.frame):
            return found
        message = f"expected a DataFrame or a list of dicts, got {describe(self.frame)}"
        advice = "Call collect() first." if hasattr(self.frame, "collect") else ""
        return (error("wrong_kind", message, path="leads.frame", advice=advice), *found)

    def rows(self) -> Iterator[LeadRow]:
        """Yield the problems of the frame, every row, and at last what is remarkable about their values."""
        if wrong := self.option_problems():
            yield LeadRow(None, None, wrong)
            return
        if _is_records(self.frame) and not self.frame:
            return  # a query without rows, which has no columns either
        leads = TableLeads(
            self.file, self.columns, self.where, self.blank_values, self.skip_bad_rows, header_line=None
        )
        yield from leads.rows(LeadTable(self._records()))

    def _records(self) -> Iterator[Record]:
        headers, rows = _table(self.frame)
        yield Record(0, headers)
        for number, row in enumerate(rows, 1):
            cells, flaw = [], None
            for header, value in zip(headers, row, strict=True):
                try:
                    cells.append(cell_text(value))
                except NoText:
                    cells.append("")
                    flaw = f"the value of {header!r} is {describe(value)}, not a string or a number"
            yield Record(number, cells, flaw, "bad_value")


def is_frame(value: object) -> bool:
    """Return whether an object is a data frame, of whatever library."""
    has_rows = callable(getattr(value, "iter_rows", None)) or callable(getattr(value, "itertuples", None))
    return not isinstance(value, type) and has_rows and hasattr(value, "columns")


def _is_records(value: object) -> bool:
    return is_list(value) and all(isinstance(row, Mapping) for row in value)


def _table(frame: Any) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return the headers and the rows of a frame."""
    if _is_records(frame):
        keys = list(dict.fromkeys(key for row in frame for key in row))
        return [str(key) for key in keys], ([row.get(key) for key in keys] for row in frame)
    if callable(getattr(frame, "iter_rows", None)):
        return [str(column) for column in frame.columns], frame.iter_rows()
    names = [name for name in getattr(frame.index, "names", ()) if name is not None]
    if names:
        frame = frame.reset_index(level=names, allow_duplicates=True)
    return [_header(column) for column in frame.columns], frame.itertuples(index=False, name=None)


def _header(column: object) -> str:
    """Return a header; the parts of one with several levels are joined."""
    return " ".join(str(part) for part in column if part != "") if isinstance(column, tuple) else str(column)
