"""Records of a lead file, made into leads or into the reasons why they are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Final

from ..api.leads.models import LeadInput
from .addresses import address_digest, address_flaw, advice_on_address
from .csv_lines import Record
from .hidden_characters import strip_hidden
from .lead_columns import MAX_CUSTOM_FIELDS, Columns
from .lead_export import BadCustomFields, describe_left_out, parse_custom_fields
from .lead_values import BadValue, ValueFindings
from .leads import LeadRow
from .merge_tags import LEAD_FIELDS
from .objections import Objections
from .problem import Place, Problem, error, warning
from .value_kinds import (
    NUMBER_STARTS,
    PERSON_NAMES,
    contains_address,
    is_converted_number,
    is_date_column,
    is_date_serial,
    is_month_range,
    is_plain_name,
    is_size_column,
    is_unremarkable,
)

_new_lead: Final[Callable[[type[LeadInput]], LeadInput]] = LeadInput.__new__
_set: Final = object.__setattr__

_ADVICE: Final = {
    "bad_quotes": "Double the quotes inside a quoted value.",
    "bad_value": "Correct it or remove the row.",
}

_WHOLE_ROW: Final = re.compile(r"[^\s@,;|\"]+@[^\s@,;|\"]+\.[^\s@,;|\"]+\s*[,;|\t]")

_CURLY: Final = re.compile("[\u201c-\u201e]")

_MAX_TEXTS: Final = 20
"""The values without a number after which a column is taken for text."""


class _Malformed(Exception):
    """A row cannot be a lead; carries the problem."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.problem = error(code, message, advice=advice)


class RowReader:
    """Makes the rows of one file, and collects what is remarkable about their values."""

    def __init__(self, columns: Columns, file: str, blank_values: Collection[str] | None) -> None:
        self._file = file
        self._columns = columns
        self._width = len(columns.headers)
        self._findings = ValueFindings(blank_values)
        self._left_out: Counter[str] = Counter()
        self._objections = Objections(columns.custom)
        # A field without a column is read from an empty cell behind the last column.
        others = [field for field in LEAD_FIELDS if field != "email"]
        self._positions = [(field, columns.fields.get(field, self._width)) for field in others]
        self._address = columns.fields["email"]
        self._header = columns.headers[self._address]
        named = [(i, field) for field, i in columns.fields.items() if field != "email"]
        self._used = (*named, *columns.custom)
        self._phone = columns.fields.get("phone_number")
        self._names = [columns.fields[name] for name in PERSON_NAMES if name in columns.fields]
        self._converted: list[tuple[int, Callable[[str], bool]]] = [
            (position, is_converted)
            for is_column, is_converted in (
                (is_date_column, is_date_serial),
                (is_size_column, is_month_range),
            )
            for position, name in self._used
            if is_column(name)
        ]
        self._numeric = {position: 0 for position, _ in self._used}

    def row(self, record: Record) -> LeadRow | None:
        """Return the row of a record; None if the record is blank."""
        cells = list(map(str.strip, record.cells))
        if not any(cells):
            return None
        try:
            row = self._row(record, cells)
        except _Malformed as malformed:
            problem = malformed.problem.at(Place(self._file, record.line))
            return LeadRow(None, record.line, (problem,), problem.code, record.cells)
        if row.lead is not None and self._objections.columns:
            self._objections.note(cells, record.line)
        return row

    def problems(self) -> tuple[Problem, ...]:
        """Return what is remarkable about the rows read so far."""
        found = [*self._findings.problems(self._file), *self._objections.problems(self._file)]
        export = self._columns.export
        if export is not None:
            left_out = describe_left_out(self._left_out) or "none"
            message = (
                "this is an export of SmartLead: its bookkeeping columns are not imported, and leads that "
                f"must not be mailed again are left out ({left_out})"
            )
            found.append(warning("smartlead_export", message, place=Place(self._file)))
        return tuple(found)

    def _row(self, record: Record, cells: list[str]) -> LeadRow:
        if record.flaw is not None:
            raise _Malformed(record.code, record.flaw, _ADVICE[record.code])
        problems = () if len(cells) == self._width else self._fit(cells, record.line)
        address = cells[self._address]
        if "@" not in address and strip_hidden(address) == self._header:
            raise _Malformed("repeated_header", "the row repeats the header", "Remove it.")
        is_remarkable = not is_unremarkable(cells) or self._has_odd_number(cells)
        if is_remarkable:
            address = strip_hidden(address)
        if not address:
            return self._without_address(record.line, cells, problems)
        if flaw := address_flaw(address):
            message = f"{address!r} is not an e-mail address: {flaw}"
            raise _Malformed("malformed_address", message, advice_on_address(address, "row"))
        export = self._columns.export
        if export is not None and (reason := export.reason_to_leave_out(cells)):
            self._left_out[reason] += 1
            return LeadRow(None, record.line, problems, reason)
        if is_remarkable:
            # Only now: what is wrong with a row that is no lead is told once.
            self._clean(cells, record.line)
        custom = {name: value for index, name in self._columns.custom if (value := cells[index])}
        if self._columns.json_fields is not None:
            custom.update(self._json_fields(cells[self._columns.json_fields], record.line))
        if self._phone is not None and cells[self._phone].startswith("'"):
            # Spreadsheets write '+49… to keep a number from being converted.
            cells[self._phone] = cells[self._phone][1:]
        lead = self._lead(address, cells, custom)
        return LeadRow(lead, record.line, problems, None, (), address_digest(address))

    def _lead(self, address: str, cells: list[str], custom: dict[str, str]) -> LeadInput:
        """Make a lead without the checks of its class: there may be a million, and all values are strings."""
        cells.append("")
        lead = _new_lead(LeadInput)
        _set(lead, "email", address)
        for field, position in self._positions:
            _set(lead, field, cells[position] or None)
        _set(lead, "custom_fields", custom or None)
        return lead

    def _without_address(self, line: int, cells: list[str], problems: tuple[Problem, ...]) -> LeadRow:
        if problems and any(map(contains_address, cells)):
            # The rest of a row that a line break or a stray quote has cut.
            message = f"the row has too few columns and its address is not in the column {self._header!r}"
            raise _Malformed(
                "misplaced_address", message, "Join it with the line above, or quote its values."
            )
        place, advice = Place(self._file, line), "It is skipped."
        missing = warning("no_address", "the row has no e-mail address", advice=advice, place=place)
        return LeadRow(None, line, (*problems, missing), missing.code)

    def _fit(self, cells: list[str], line: int) -> tuple[Problem, ...]:
        """Make a row as wide as the header; a warning if it is too short."""
        number = len(cells)
        if number > self._width:
            if any(cells[self._width :]):
                message = f"the row has {number} columns, but the header has {self._width}"
                advice = "Quote values that contain a delimiter or a line break."
                if _CURLY.search("".join(cells)):
                    advice = 'Quote values with straight double quotes ("), not with curly ones.'
                raise _Malformed("long_row", message, advice)
            del cells[self._width :]
            return ()
        if number == 1 and _WHOLE_ROW.match(cells[0]):
            message = "the row is a single value"
            advice = "Remove the quotes around the whole row, and use the delimiter of the header."
            raise _Malformed("bad_quotes", message, advice)
        cells += [""] * (self._width - number)
        message = f"the row has {number} of {self._width} columns"
        place = Place(self._file, line)
        return (warning("short_row", message, advice="The missing values are empty.", place=place),)

    def _has_odd_number(self, cells: Sequence[str]) -> bool:
        """Return whether a cell may be a converted number, range or date, or is no plain name."""
        # In every row, and so without calls for what is nearly always the case.
        for position in self._names:
            cell = cells[position]
            if not cell.isalpha() and cell and not is_plain_name(cell):
                return True
        for position, is_converted in self._converted:
            if is_converted(cells[position]):
                return True
        for position in self._numeric:
            cell = cells[position]
            if cell.endswith(".0") or (("e" in cell or "E" in cell) and is_converted_number(cell)):
                return True
            if cell and cell[0] not in NUMBER_STARTS and position != self._phone:
                return self._note_text(position)
        return False

    def _note_text(self, position: int) -> bool:
        """Count a value that is no number, and return True; a column of many is not looked at any more."""
        self._numeric[position] += 1
        if self._numeric[position] == _MAX_TEXTS:
            del self._numeric[position]
        return True

    def _clean(self, cells: list[str], line: int) -> None:
        try:
            for position, name in self._used:
                if cells[position]:
                    cells[position] = self._findings.clean(cells[position], name, line)
        except BadValue as bad:
            raise _Malformed("bad_value", str(bad), _ADVICE["bad_value"]) from None

    def _json_fields(self, cell: str, line: int) -> dict[str, str]:
        try:
            fields = parse_custom_fields(cell)
            cleaned = {name: self._findings.clean(value, name, line) for name, value in fields.items()}
        except (BadCustomFields, BadValue) as bad:
            raise _Malformed("bad_custom_fields", f"custom_fields: {bad}", "Correct it.") from None
        if len(cleaned) + len(self._columns.custom) > MAX_CUSTOM_FIELDS:
            message = f"the row has more than {MAX_CUSTOM_FIELDS} custom fields"
            raise _Malformed("bad_custom_fields", message, "Remove some.")
        return {name: value for name, value in cleaned.items() if value}
