"""CSV files of unknown encoding and delimiter, read as a stream of records."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

import attrs

DELIMITERS: Final = (",", ";", "\t", "|")


_BOMS: Final = (
    # UTF-32 LE begins like UTF-16 LE, so the longer marks come first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


_CHUNK: Final = 1 << 18


def detect_encoding(path: Path) -> str:
    """Return the encoding of a file: by its byte order mark, UTF-16 by its zero bytes, UTF-8, or cp1252.

    The whole file is read, a chunk at a time. OSError if it cannot be read.
    """
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        if (encoding := _encoding_by_start(chunk)) is not None:
            return encoding
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _encoding_by_start(chunk: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if chunk.startswith(mark):
            return encoding
    odd, even = chunk[1:200:2], chunk[0:200:2]
    if odd and odd.count(0) > len(odd) // 2:
        return "utf-16-le"
    if even and even.count(0) > len(even) // 2:
        return "utf-16-be"
    return None


def detect_delimiter(header: str) -> str:
    """Return the delimiter that occurs most often in a header line, outside quotes."""
    unquoted = re.sub(r'"[^"]*"?', "", header)
    return max(DELIMITERS, key=unquoted.count)


@attrs.frozen
class Record:
    """One record: the line on which it begins, its cells, and the error in its quotes, if any."""

    line: int
    cells: list[str]
    flaw: str | None = None

    @property
    def is_blank(self) -> bool:
        """Whether no cell has a value."""
        return not any(cell.strip() for cell in self.cells)


class CsvLines:
    """The lines of a file, whose first non-blank line is inspected before the records are read."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._inspected: list[str] = []
        self._skipped = 0
        self.declared: str | None = None
        """The delimiter that Excel declares in a first line such as ``sep=;``."""

    def first_line(self) -> str | None:
        """Return the first non-blank line that does not declare the delimiter."""
        for line in self._text:
            declaration = re.fullmatch(r"sep=(.)\s*", line, re.IGNORECASE)
            if declaration and self.declared is None:
                self.declared = declaration[1]
                self._skipped += 1
            elif line.strip():
                self._inspected.append(line)
                return line
            else:
                self._skipped += 1
        return None

    def records(self, delimiter: str) -> Iterator[Record]:
        """Yield every record."""
        reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        while True:
            line = self._skipped + reader.line_num + 1
            try:
                yield Record(line, next(reader))
            except StopIteration:
                return
            except csv.Error as failure:
                is_open = "unexpected end" in str(failure) or "field larger" in str(failure)
                yield Record(line, [], "a quote is never closed" if is_open else "the quotes do not match")

    def _lines(self) -> Iterator[str]:
        yield from self._inspected
        yield from self._text
