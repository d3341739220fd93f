"""Responses on stdout: a table for people, and JSON, JSON lines or CSV for programs."""

from __future__ import annotations

import csv
import enum
import io
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..paging import Page
from ..plain_data import as_data
from ..wording import printable
from .json_text import json_text
from .output import CommandError, Output
from .response_data import cell, columns_of, field_names, rows_of, select
from .terminal import SafeStream, open_console

if TYPE_CHECKING:
    from rich.console import Console

_MAX_CELL, _MIN_CELL = 40, 16
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d[\d.]*(?:Z|\+00:00)")
_GAP = 3
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


class OutputFormat(enum.StrEnum):
    """The forms in which a response can be printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def parse_format(word: str | None) -> OutputFormat | None:
    """Return the format of ``--output``; None leaves it to the response."""
    if word is None:
        return None
    try:
        return OutputFormat(word.lower())
    except ValueError:
        choices = ", ".join(OutputFormat)
        raise CommandError(f"--output is one of {choices}, not {printable(word)!r}") from None


@attrs.frozen
class ResponsePrinter:
    """Prints responses in one format; without a format, lists are tables on a terminal and JSON elsewhere.

    ``columns`` are those that the user has named; a table of others has as many ``preferred`` ones as fit.
    ``row`` is the class of the rows, by which CSV has a header also if there are none.
    """

    output: Output
    format: OutputFormat | None = None
    columns: Sequence[str] = ()
    reveal: bool = False
    preferred: Sequence[str] = attrs.field(default=(), kw_only=True)
    row: type[Any] | None = attrs.field(default=None, kw_only=True)

    def show(self, value: Any) -> None:
        """Print a response."""
        if isinstance(value, (str, bytes)) and self.format is None:
            write_text(value if isinstance(value, str) else value.decode("utf-8-sig", "replace"))
            return
        if isinstance(value, bytes):
            raise CommandError("the response is a file: leave --output out to print it as it is")
        rows = rows_of(value)
        if rows is None:
            self._show_data([as_data(value, reveal=self.reveal)], single=True)
            return
        if self._format(single=False) is OutputFormat.JSON and isinstance(value, Page):
            page = as_data(value, reveal=self.reveal)
            self._print_json(page | {"data": [select(row, self.columns) for row in page["data"]]})
        else:
            self.show_rows(rows)
        if isinstance(value, Page) and value.has_more:
            self.output.paragraph("More follow: --all prints all pages.", "dim")

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Print a list."""
        self._show_data([as_data(row, reveal=self.reveal) for row in rows], single=False)

    def show_line(self, row: Any) -> None:
        """Print one row as a line of JSON."""
        data = select(as_data(row, reveal=self.reveal), self.columns)
        sys.stdout.write(json_text(data, ascii_only=_ascii_only()) + "\n")

    def _format(self, *, single: bool) -> OutputFormat:
        if self.format is not None:
            return self.format
        return OutputFormat.TABLE if not single and prints_table() else OutputFormat.JSON

    def _show_data(self, rows: Sequence[Any], *, single: bool) -> None:
        match self._format(single=single):
            case OutputFormat.JSON:
                chosen = [select(row, self.columns) for row in rows]
                self._print_json(chosen[0] if single else chosen)
            case OutputFormat.JSONL:
                for row in rows:
                    self.show_line(row)
            case OutputFormat.CSV:
                self._print_csv(rows)
            case OutputFormat.TABLE:
                self._print_table(rows, single=single)

    def _print_json(self, content: Any) -> None:
        sys.stdout.write(json_text(content, ascii_only=_ascii_only(), indent=2) + "\n")

    def _print_csv(self, rows: Sequence[Any]) -> None:
        known = field_names(self.row) if self.row is not None else ["value"]
        columns = self.columns or columns_of(rows) or known
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_text(each) for each in _cells(row, columns)])
        write_text(text.getvalue())

    def _print_table(self, rows: Sequence[Any], *, single: bool) -> None:
        if single and rows[0] is None:
            self.output.line("Nothing was found.", "dim")
            return
        console = open_console(stderr=False, no_color=self.output.console.no_color)
        if single and isinstance(rows[0], Mapping):
            self._print_object(rows[0], console)
            return
        if not rows:
            self.output.line("The list is empty.", "dim")
            return
        columns = list(self.columns or self.preferred) or columns_of(rows) or ["value"]
        cells = [[_shown(each) for each in _cells(row, columns)] for row in rows]
        shown = range(len(columns)) if self.columns else _fitting(columns, rows, cells, console.width)
        console.print(
            _table([columns[index] for index in shown], [[line[index] for index in shown] for line in cells])
        )
        if left_out := [name for index, name in enumerate(columns) if index not in shown]:
            self.output.paragraph(f"Left out: {', '.join(left_out)}. --columns shows them.", "dim")

    def _print_object(self, row: Mapping[str, Any], console: Console) -> None:
        """Print the fields of an object, those without a value as a list of their names."""
        fields = self.columns or [name for name in row if cell(row, name) not in _EMPTY]
        if fields:
            lines = [[name, _shown(cell(row, name))] for name in fields]
            console.print(_table(["field", "value"], lines, whole=("field",)))
        if not self.columns and (empty := [name for name in row if name not in fields]):
            self.output.paragraph(f"Without a value: {', '.join(empty)}.", "dim")


def prints_table() -> bool:
    """Return whether a list is printed as a table by default: for people on a terminal."""
    return sys.stdout.isatty()


def write_text(text: str) -> None:
    """Write a text of the server to stdout: as it is to a file, without control characters to a terminal."""
    stream = sys.stdout
    (stream.raw if isinstance(stream, SafeStream) and not stream.isatty() else stream).write(text)
    if stream.isatty() and not text.endswith("\n"):
        stream.write("\n")


def _ascii_only() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"


def _cells(row: Any, columns: Sequence[str]) -> list[Any]:
    return [cell(row, column) for column in columns] if isinstance(row, Mapping) else [row]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return json_text(value)


def _shown(value: Any) -> str:
    """Return a value as a table shows it: times in UTC to the minute."""
    text = _text(value)
    return _TIME.sub(r"\1 \2", text) if _TIME.fullmatch(text) else printable(text)


def _fitting(
    columns: Sequence[str], rows: Sequence[Any], cells: Sequence[Sequence[str]], width: int
) -> list[int]:
    """Return the indexes of the first columns that fit: no objects, and none that are empty in every row."""
    shown: list[int] = []
    left, most = width, min(_MAX_CELL, max(width // 2, _MIN_CELL))
    for index, name in enumerate(columns):
        nested = any(isinstance(cell(row, name), (dict, list)) for row in rows)
        if nested or not any(line[index] for line in cells):
            continue
        needed = min(max(len(name), *(len(line[index]) for line in cells)), most) + _GAP
        if needed <= left or not shown:
            shown.append(index)
            left -= needed
    return shown or list(range(len(columns)))


def _table(columns: Sequence[str], lines: Sequence[Sequence[str]], *, whole: Sequence[str] = ()) -> Any:
    """Return a table; the cells of the ``whole`` columns stay on one line."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in whole)
    for line in lines:
        table.add_row(*(Text(printable(each)) for each in line))
    return table
