"""Lead lists in Excel workbooks (XLSX), read as a stream of records."""

from __future__ import annotations

import re
import types
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Self

from ..wording import count
from .cell_text import cell_text, number_text
from .csv_lines import Record
from .file_kinds import describe_workbook
from .problem import InvalidPlan, Place, Problem, did_you_mean, error, warning

WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm")

_MAX_UNPACKED_BYTES: Final = 1 << 30

_MAX_STRINGS_BYTES: Final = 1 << 28

_CHUNK: Final = 1 << 16

_HIDDEN_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden=\"(?:1|true)\"")


class Workbook:
    """An open workbook: a context manager over its sheets.

    Values are read as they are displayed where a lead list depends on it: leading zeros, decimals and
    percentages of the number format; whole numbers without a decimal point; dates in ISO 8601.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._book: Any = None

    def __enter__(self) -> Self:
        openpyxl = _load_openpyxl(self._path)
        _require_workbook(self._path)
        _require_bounded(self._path)
        try:
            with warnings.catch_warnings():
                # About styles and validations that play no part here.
                warnings.simplefilter("ignore")
                self._book = openpyxl.load_workbook(self._path, read_only=True, data_only=True)
        except Exception as failure:  # noqa: BLE001 - whatever openpyxl and zipfile raise
            raise _damaged(self._path, failure) from None
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def choose(self, name: str | None) -> tuple[Any, tuple[Problem, ...]]:
        """Return the sheet of this name, or the first visible one; a warning if others are not read."""
        sheets = {sheet.title: sheet for sheet in self._book.worksheets}
        place = Place(str(self._path))
        if name is not None and name not in sheets:
            advice = did_you_mean(name, sheets)
            raise InvalidPlan(
                [error("no_such_sheet", f"there is no sheet {name!r}", advice=advice, place=place)]
            )
        if name is not None:
            return sheets[name], self._hidden_rows(sheets[name])
        visible = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"]
        if not visible:
            raise InvalidPlan([error("no_such_sheet", "the workbook has no visible sheet", place=place)])
        chosen = visible[0]
        if len(visible) == 1:
            return chosen, self._hidden_rows(chosen)
        others = ", ".join(repr(sheet.title) for sheet in visible[1:])
        message = f"only the sheet {chosen.title!r} is read, not {others}"
        unread = warning("other_sheets", message, advice="Set sheet to choose one.", place=place)
        return chosen, (unread, *self._hidden_rows(chosen))

    def _hidden_rows(self, sheet: Any) -> tuple[Problem, ...]:
        """Return the warning that rows which a filter hides are read, if there are any."""
        number, rest = 0, b""
        # Reading row by row, openpyxl does not tell which ones are hidden.
        name = getattr(sheet, "_worksheet_path", None)
        with zipfile.ZipFile(self._path) as archive:
            if name not in archive.namelist():
                return ()
            with archive.open(name) as part:
                while chunk := part.read(_CHUNK):
                    rest += chunk
                    end = rest.rfind(b">") + 1
                    number += len(_HIDDEN_ROW.findall(rest, 0, end))
                    rest = rest[end:]
        if not number:
            return ()
        message = (
            f"{count(number, 'row')} of the sheet {sheet.title!r} {'is' if number == 1 else 'are'} hidden"
        )
        advice = "Hidden rows are read, too: delete them, or copy the visible ones to a new sheet."
        return (warning("hidden_rows", message, advice=advice, place=Place(str(self._path))),)

    def records(self, sheet: Any) -> Iterator[Record]:
        """Yield the rows of a sheet."""
        # The size that a file states may be wrong.
        sheet.reset_dimensions()
        width = 0
        try:
            for number, row in enumerate(sheet.iter_rows(), 1):
                cells = [shown(cell) for cell in row]
                # The first row with a value is the header; rows end at their last value.
                width = width or (len(cells) if any(cells) else 0)
                yield Record(number, cells + [""] * (width - len(cells)))
        except Exception as failure:  # noqa: BLE001 - whatever openpyxl and zipfile raise
            raise _damaged(self._path, failure) from None


def shown(cell: Any) -> str:
    """Return the value of a cell as a lead list needs it."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value, str(cell.number_format))
    return cell_text(value)


def _number(value: float, number_format: str) -> str:
    if re.fullmatch(r"0+", number_format):
        return f"{value:0{len(number_format)}.0f}"
    if decimals := re.fullmatch(r"(?:#,##)?0\.(0+)", number_format):
        return f"{value:.{len(decimals[1])}f}"
    if decimals := re.fullmatch(r"0(?:\.(0+))?%", number_format):
        return f"{value * 100:.{len(decimals[1] or '')}f}%"
    return number_text(value)


def _load_openpyxl(path: Path) -> types.ModuleType:
    try:
        import openpyxl  # noqa: PLC0415 - only workbooks need it
    except ImportError:
        message = "reading an Excel workbook needs openpyxl, which is not installed"
        advice = 'Run: pip install "smartlead-async[xlsx]", or save the list as CSV.'
        raise InvalidPlan([error("missing_extra", message, advice=advice, place=Place(str(path)))]) from None
    return openpyxl  # type: ignore[no-any-return]


def _require_workbook(path: Path) -> None:
    found = describe_workbook(path)
    if found is not None:
        kind, advice = found
        message = f"the file is not an Excel workbook, but {kind}"
        raise InvalidPlan([error("not_a_workbook", message, advice=advice, place=Place(str(path)))])


def _require_bounded(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts: Sequence[zipfile.ZipInfo] = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as failure:
        raise _damaged(path, failure) from None
    strings = sum(part.file_size for part in parts if "sharedStrings" in part.filename)
    if sum(part.file_size for part in parts) > _MAX_UNPACKED_BYTES or strings > _MAX_STRINGS_BYTES:
        message = "the workbook unpacks to more than 1 GiB"
        raise InvalidPlan([error("too_large", message, advice="Save it as CSV.", place=Place(str(path)))])


def _damaged(path: Path, failure: Exception) -> InvalidPlan:
    reason = str(failure) or type(failure).__name__
    message = f"the file is not a readable Excel workbook: {reason}"
    return InvalidPlan([error("not_a_workbook", message, advice="Save it again.", place=Place(str(path)))])
