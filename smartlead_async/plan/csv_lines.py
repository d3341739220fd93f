"""CSV text of unknown delimiter, read as a stream of records that survives stray quotes."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from typing import Final, NamedTuple, TextIO

from ..wording import count
from .lead_aliases import is_address_header

DELIMITERS: Final = (",", ";", "\t", "|")


_NO_DELIMITERS: Final = "\"'\r\n\0@"


_SAMPLE_LINES: Final = 50


_SAMPLE_WIDTH: Final = 10_000


_DECLARATION: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


_ADDRESS_CELL: Final = re.compile(r"[\s\"']*[^\s@,;|\"]+@[^\s@,;|\"]+[\s\"']*")


def delimiter_flaw(delimiter: str) -> tuple[str, str] | None:
    """Return why a string cannot be a delimiter, and what to do; None if it can be one."""
    if delimiter.lower() in {"tab", r"\t"}:
        return f"{delimiter!r} is not a tab", r'Write "\t", in double quotes.'
    if len(delimiter) != 1 or delimiter in _NO_DELIMITERS or delimiter.isalnum():
        return f"{delimiter[:20]!r} cannot be a delimiter", "Write the sign that separates values, such as ;."
    return None


def detect_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter of the first lines of a file, the header included.

    It is the one with which the header has a column of addresses and most rows are as wide as it, else the
    one that separates the addresses from other values in most lines, then the one that yields the same
    number of columns in most lines, then the one that yields most columns.
    """
    return max(DELIMITERS, key=lambda delimiter: _fitness(lines, delimiter))


def _fitness(lines: Sequence[str], delimiter: str) -> tuple[bool, int, int, int]:
    # Each line for itself, so that one stray quote does not decide.
    records = [next(csv.reader([line[:_SAMPLE_WIDTH]], delimiter=delimiter), []) for line in lines]
    width = len(records[0]) if records else 0
    addresses = sum(any(map(_ADDRESS_CELL.fullmatch, cells)) for cells in records)
    even = sum(len(cells) == width for cells in records) if width > 1 else 0
    is_header = width > 1 and any(map(is_address_header, records[0])) and 2 * even > len(records)
    return is_header, addresses, even, width


class Record(NamedTuple):
    """One record: the line on which it begins, its cells, and why it is malformed, if it is.

    A malformed record of a CSV file has its text as its only cell. ``code`` is that of the problem.
    """

    line: int
    cells: list[str]
    flaw: str | None = None
    code: str = "bad_quotes"


class CsvLines:
    """The lines of a file; the first of them are inspected before the records are read.

    A quote that opens and never closes, or closes many rows later, takes in the rows between. Such a record
    is malformed, and the rows that it took in are read again. ``width`` and ``address_column`` tell what a
    row looks like; they are set once the header has been read.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._pending: deque[str] = deque()
        self._line = 0
        self.declared: str | None = None
        """The delimiter that Excel declares in a first line such as ``sep=;``."""
        self.width: int | None = None
        self.address_column: int | None = None

    def first_lines(self) -> list[str]:
        """Return the first non-blank lines that do not declare the delimiter, header first."""
        first: list[str] = []
        for line in self._text:
            declaration = _DECLARATION.fullmatch(line)
            if not self._pending and declaration and self.declared is None:
                self.declared = declaration[1]
                self._line += 1
            elif self._pending or line.strip():
                self._pending.append(line)
                if line.strip():
                    first.append(line)
                if len(self._pending) == _SAMPLE_LINES:
                    break
            else:
                self._line += 1
        return first

    def records(self, delimiter: str) -> Iterator[Record]:
        """Yield every record."""
        while (yield from self._until_flaw(delimiter)):
            pass

    def _until_flaw(self, delimiter: str) -> Generator[Record, None, bool]:
        """Yield the records up to the first malformed one that took in rows; return whether there is one."""
        taken: list[str] = []
        reader = csv.reader(self._lines(taken), delimiter=delimiter, strict=True)
        while True:
            flaw, cells = None, []
            try:
                cells = next(reader)
            except StopIteration:
                return False
            except csv.Error as failure:
                flaw = _flaw(failure, taken)
            if flaw is None and len(taken) > 1:
                flaw = self._swallowed(cells, delimiter, len(taken))
            if flaw is None:
                yield Record(self._line + 1, cells)
                self._line += len(taken)
                taken.clear()
                continue
            own = self._length_of_malformed(taken, delimiter)
            yield Record(self._line + 1, ["".join(taken[:own]).rstrip("\r\n")], flaw)
            self._line += own
            if own < len(taken):
                self._pending.extendleft(reversed(taken[own:]))
                return True
            taken.clear()

    def _lines(self, taken: list[str]) -> Iterator[str]:
        """Yield the lines that are left, and collect those that the current record takes."""
        pending = self._pending
        while pending:
            line = pending.popleft()
            taken.append(line)
            yield line
        for line in self._text:
            taken.append(line)
            yield line

    def _length_of_malformed(self, taken: Sequence[str], delimiter: str) -> int:
        """Return how many lines belong to a malformed record: up to the next line that is a row itself."""
        if self.address_column is None:
            return len(taken)
        for index in range(1, len(taken)):
            cells = taken[index].split(delimiter)
            if len(cells) > self.address_column and "@" in cells[self.address_column]:
                return index
        return len(taken)

    def _swallowed(self, cells: Sequence[str], delimiter: str, lines: int) -> str | None:
        """Return the flaw of a record whose quoted cells contain rows, or None."""
        rows = sum(
            self._rows_inside(cells, index, delimiter)
            for index, cell in enumerate(cells)
            if "\n" in cell or "\r" in cell
        )
        if not rows:
            return None
        end = self._line + lines
        return f"a quote opens here and closes on line {end}: {count(rows, 'row')} would be inside one cell"

    def _rows_inside(self, cells: Sequence[str], index: int, delimiter: str) -> int:
        """Count the lines of a cell that are rows: as many cells, and an address where it belongs."""
        inside = cells[index].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if index == self.address_column and not any(delimiter in line for line in inside):
            return 0  # Several addresses in one cell.
        if self.width is None or self.address_column is None:
            return sum(any(map(_ADDRESS_CELL.fullmatch, line.split(delimiter))) for line in inside)
        is_even = len(cells) == self.width
        last = len(inside) - 1
        rows = 0
        for number, line in enumerate(inside):
            offset = index if number == 0 else 0
            parts = line.split(delimiter)
            # The quote closes in the last line, at the end of the column in which it opened.
            width = self.width if number < last else index + 1
            position = self.address_column - offset
            has_width = offset + len(parts) == width or (number == last and not is_even)
            if has_width and 0 <= position < len(parts) and (number or position):
                rows += _ADDRESS_CELL.fullmatch(parts[position]) is not None
        return rows


def _flaw(failure: csv.Error, taken: Sequence[str]) -> str:
    if "unexpected end" in str(failure):
        return "a quote is never closed"
    if "field larger" in str(failure):
        limit = csv.field_size_limit()
        return f"a cell has more than {limit:,} characters" if len(taken) == 1 else "a quote is never closed"
    return "the quotes do not match"
