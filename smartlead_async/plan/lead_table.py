"""Lead files as tables: a header and records, from CSV of any encoding and delimiter or from a workbook."""

from __future__ import annotations

import codecs
import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

import attrs

from .csv_lines import CsvLines, Record, detect_delimiter
from .file_kinds import require_list
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
    delimiter: str | None = None
    """The delimiter of a CSV file."""

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
        require_list(path)
        detected = detect_encoding(path)
        used = _encoding(encoding, detected, place)
        with path.open(encoding=used.name, errors=used.errors, newline="") as text:
            yield _csv_table(text, delimiter, _guessed(used, place))
    except OSError as failure:
        raise UnusableFile(f"cannot be read: {failure_reason(failure)}") from None
    except LineTooLong:
        reason = f"has a line of more than {MAX_LINE_BYTES >> 20} MiB"
        raise _unreadable("endless_line", reason, "Export it as CSV, one lead per line.", place) from None
    except UnicodeError as failure:
        reason = f"is not {_name(used.name) if used else 'text'}: {_decoding_flaw(failure)}"
        raise _unreadable("bad_encoding", reason, "Export it again, as UTF-8.", place) from None
    except ValueError as failure:
        # A path with a null character.
        raise UnusableFile(f"cannot be read: {failure_reason(failure)}") from None


def _unreadable(code: str, reason: str, advice: str, place: Place) -> InvalidPlan:
    return InvalidPlan([error(code, f"the lead file {reason}", advice=advice, place=place)])


def _encoding(given: str | None, detected: TextEncoding, place: Place) -> TextEncoding:
    """Return the encoding that a plan gives, unless the first bytes of the file contradict it."""
    if given is None:
        return detected
    name = codecs.lookup(given).name
    family = detected.name.removesuffix("-sig")
    if detected.is_certain and not name.startswith(family[:6]):
        by = "by its bytes" if family == "utf-8" else "by its first bytes"
        reason = f"is {_name(family)} {by}, but its encoding is set to {given}"
        raise _unreadable("bad_encoding", reason, "Remove encoding from the plan.", place)
    if family.startswith(("utf-16", "utf-32")):
        return detected
    return TextEncoding("utf-8-sig" if name == "utf-8" else name, "surrogateescape")


def _decoding_flaw(failure: UnicodeError) -> str:
    if not isinstance(failure, UnicodeDecodeError):
        return str(failure)
    if "truncated" in failure.reason or "end of data" in failure.reason:
        return "it ends in the middle of a character"
    return f"the byte 0x{failure.object[failure.start]:02X} does not belong to it"


def _csv_table(text: TextIO, delimiter: str | None, problems: tuple[Problem, ...]) -> LeadTable:
    lines = CsvLines(text)
    first = lines.first_lines()
    chosen = delimiter or lines.declared or (detect_delimiter(first) if first else ",")
    return LeadTable(lines.records(chosen), problems, lines, chosen)


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


_NAMES: Final = {
    "cp932": "Shift JIS", "euc_jp": "EUC-JP", "euc_jis_2004": "EUC-JP", "big5hkscs": "Big5", "big5": "Big5",
    "gb18030": "GB18030", "koi8-r": "KOI8-R", "mac-roman": "Mac Roman", "iso8859-2": "ISO-8859-2",
    "iso8859-15": "ISO-8859-15",
}  # fmt: skip


def _name(encoding: str) -> str:
    if encoding.startswith("cp125"):
        return f"Windows-{encoding[2:]}"
    return _NAMES.get(encoding) or encoding.upper().removesuffix("-LE").removesuffix("-BE")
