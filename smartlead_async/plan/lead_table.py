"""Lead files as tables: a header and records, from CSV of any encoding and delimiter or from a workbook."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

import attrs

from .csv_lines import CsvLines, Record, detect_delimiter
from .file_kinds import require_text
from .files import UnusableFile, failure_reason, require_regular_file
from .problem import InvalidPlan, Place, Problem, error, warning
from .text_encoding import MAX_LINE_BYTES, LineTooLong, TextEncoding, detect_encoding
from .workbook import WORKBOOK_SUFFIXES, Workbook

_CELL_LIMIT: Final = csv.field_size_limit()


@attrs.define
class LeadTable:
    """An open lead file: its records, header first, and the problems of the file as a whole."""

    records: Iterator[Record]
    problems: tuple[Problem, ...] = ()
    lines: CsvLines | None = None

    def describe_rows(self, width: int, address_column: int | None) -> None:
        """Tell how many columns rows have and which one has the address, so that stray quotes are found."""
        if self.lines is not None:
            self.lines.width, self.lines.address_column = width, address_column


@contextlib.contextmanager
def open_table(
    path: Path, *, encoding: str | None, delimiter: str | None, sheet: str | None
) -> Iterator[LeadTable]:
    """Open a lead file, which may fail while its records are read, too.

    :class:`UnusableFile` if it cannot be opened, :class:`InvalidPlan` if it has no leads that can be read.
    """
    place = Place(str(path))
    used = None
    try:
        require_regular_file(path)
        if path.suffix.lower() in WORKBOOK_SUFFIXES:
            with Workbook(path) as workbook:
                chosen, problems = workbook.choose(sheet)
                yield LeadTable(workbook.records(chosen), problems)
            return
        require_text(path)
        detected = detect_encoding(path)
        used = _encoding(encoding, detected)
        with path.open(encoding=used.name, errors=used.errors, newline="") as text:
            yield _csv_table(text, delimiter, _guessed(used, place))
    except OSError as failure:
        raise UnusableFile(f"cannot be read: {failure_reason(failure)}") from None
    except LineTooLong:
        reason = f"has a line of more than {MAX_LINE_BYTES >> 20} MiB"
        raise _unreadable("endless_line", reason, "Export it as CSV, one lead per line.", place) from None
    except (UnicodeError, LookupError) as failure:
        reason = f"cannot be read as {encoding or (used.name if used else 'text')}: {failure}"
        raise _unreadable("bad_encoding", reason, "Save it as UTF-8.", place) from None
    except ValueError as failure:
        # A path with a null character.
        raise UnusableFile(f"cannot be read: {failure_reason(failure)}") from None


def _unreadable(code: str, reason: str, advice: str, place: Place) -> InvalidPlan:
    return InvalidPlan([error(code, f"the lead file {reason}", advice=advice, place=place)])


def _encoding(given: str | None, detected: TextEncoding) -> TextEncoding:
    if given is None:
        return detected
    is_utf8 = given.lower().replace("_", "-") in {"utf-8", "utf8"}
    return TextEncoding("utf-8-sig", "surrogateescape") if is_utf8 else TextEncoding(given)


def _csv_table(text: TextIO, delimiter: str | None, problems: tuple[Problem, ...]) -> LeadTable:
    lines = CsvLines(text)
    first = lines.first_lines()
    chosen = delimiter or lines.declared or (detect_delimiter(first) if first else ",")
    return LeadTable(lines.records(chosen), problems, lines)


def _guessed(encoding: TextEncoding, place: Place) -> tuple[Problem, ...]:
    if encoding.guessed_line is None:
        return ()
    sample = f", so that line {encoding.guessed_line} says {encoding.guessed_from!r}"
    guessed = warning(
        "guessed_encoding",
        f"the file is not UTF-8 and was read as {_name(encoding.name)}{sample}",
        advice="Save it as UTF-8 if that looks wrong, or set its encoding.",
        place=place,
    )
    return (guessed,)


def _name(encoding: str) -> str:
    return f"Windows-{encoding[2:]}" if encoding.startswith("cp125") else encoding
