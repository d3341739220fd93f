"""Values of leads that would look wrong in an e-mail: found, counted by column, and cleaned.

A million rows make a few warnings: one for each column and kind, with the first line and a sample.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

import attrs

from ..wording import count
from .filler_values import MEANINGLESS
from .hidden_characters import describe_character, find_hidden, strip_hidden
from .problem import Place, Problem, warning
from .value_kinds import is_converted_number, kinds_of

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_ADVICE: Final = {
    "meaningless_value": "Empty these cells, or set blank_values: true for the lead file.",
    "converted_number": "A spreadsheet has rounded it: format the column as text and export it again.",
    "date_serial": "A spreadsheet stores dates as numbers: format the column as a date and export it again.",
    "formula": "Export the results of formulas instead.",
    "stand_in_value": "Write the real name, or empty these cells.",
    "not_a_name": "Correct or empty these cells.",
    "hidden_character": "Retype these values.",
    "garbled_value": "Export the list again as UTF-8.",
    "encoded_value": "Write the characters themselves: they are not decoded in an e-mail.",
    "markup_in_value": "Remove the HTML: it would be part of the e-mail.",
    "stray_quote": "Remove the quote, or quote the whole value and double the quotes inside it.",
    "quoted_number": "Remove the apostrophe, with which spreadsheets mark text.",
    "braces": "Remove them: they may be read as a merge tag or spintax.",
    "month_for_range": "Format the column as text, and export it again.",
    "float_number": "Export the column as text, or as whole numbers.",
    "quoted_value": "Remove the quotes: in CSV, only straight double quotes enclose a value.",
    "trailing_sign": "Remove it.",
    "joined_value": "Empty these cells, or write the real name.",
    "long_value": "If a quote took in other cells, remove it.",
    "link_in_name": "Check that the columns are not mixed up.",
    "line_break": "It would break the line in subject and body: remove it.",
    "address_in_cell": "If a quote took in other rows, remove it.",
    "address_in_name": "Check that the columns are not mixed up.",
}

_ADVICE_IN_PLAN: Final = {
    "meaningless_value": "Remove these values.",
    "converted_number": "Write all digits, in quotes.",
    "date_serial": "Write the date.",
    "stand_in_value": "Write the real name, or remove these values.",
    "not_a_name": "Correct or remove these values.",
    "garbled_value": "Retype these values.",
    "address_in_name": "Check that the fields are not mixed up.",
    "link_in_name": "Check that the fields are not mixed up.",
    "quoted_value": "Remove the inner quotes.",
    "joined_value": "Remove these values, or write the real name.",
    "long_value": "Shorten these values.",
    "float_number": "Write the number without decimals, in quotes.",
}
"""The advice on leads that are written in a plan or a program, where it differs from that on files."""


@attrs.define
class _Finding:
    """The values of one kind in a column: their number, their first line, and samples."""

    line: int | None
    number: int = 0
    values: Counter[str] = attrs.field(factory=Counter)


class BadValue(Exception):
    """A value that cannot be sent; the message says why."""


class ValueFindings:
    """The remarkable values of a lead source, counted by kind and column."""

    def __init__(self, blank_values: Collection[str] | None = None) -> None:
        """``blank_values`` are further values to treat as empty; None treats none as empty."""
        self._blanks = None if blank_values is None else {v.casefold() for v in blank_values}
        self._found: dict[tuple[str, str], _Finding] = {}

    def clean(self, value: str, column: str, line: int | None = None) -> str:
        """Return a value as it is sent; raise :class:`BadValue` if it cannot be sent."""
        value = strip_hidden(value)
        if not value:
            return value
        if bad := _SURROGATE.search(value):
            raise BadValue(f"{column!r} contains {describe_character(bad[0])}")
        is_blank = self._blanks is not None and value.casefold() in self._blanks
        if value in MEANINGLESS or is_blank:
            if self._blanks is not None:
                return ""
            self._note("meaningless_value", column, value, line)
        elif is_converted_number(value):
            if self._blanks is not None and "phone" in column.lower():
                return ""
            self._note("converted_number", column, value, line)
        else:
            for kind in kinds_of(value, column):
                self._note(kind, column, value, line)
        return value

    def _note(self, kind: str, column: str, value: str, line: int | None) -> None:
        finding = self._found.setdefault((kind, column), _Finding(line))
        finding.number += 1
        if value in finding.values or len(finding.values) < 20:
            finding.values[value] += 1

    def problems(self, file: str | None) -> Iterator[Problem]:
        """Yield a warning for each kind and column."""
        for (kind, column), finding in self._found.items():
            place = None if file is None else Place(file, finding.line)
            message = _message(kind, column, finding)
            advice = _ADVICE_IN_PLAN.get(kind, _ADVICE[kind]) if file is None else _ADVICE[kind]
            yield warning(kind, message, path="" if file else "leads", advice=advice, place=place)


_MESSAGES: Final = {
    "meaningless_value": "{values} of {column!r} {mean} nothing: {counts}",
    "converted_number": "{values} of {column!r} in scientific notation, such as {sample}: digits may be lost",
    "date_serial": "{values} of {column!r} {look} like the number of a date, such as {sample}",
    "formula": "{values} of {column!r} {look} like a formula, such as {sample}",
    "stand_in_value": "{values} of {column!r} in place of a real name: {counts}",
    "not_a_name": "{values} of {column!r} that cannot be a name: {counts}",
    "hidden_character": "{values} of {column!r} with an invisible character, such as {hidden} in {sample}",
    "garbled_value": "{values} of {column!r} with garbled characters, such as {sample}",
    "encoded_value": "{values} of {column!r} with encoded characters, such as {sample}",
    "markup_in_value": "{values} of {column!r} with HTML, such as {sample}",
    "stray_quote": "{values} of {column!r} with a stray quote, such as {sample}",
    "quoted_number": "{values} of {column!r} with an apostrophe in front, such as {sample}",
    "braces": "{values} of {column!r} with braces, such as {sample}",
    "month_for_range": "{values} of {column!r} {look} like a range made a date, such as {sample}",
    "float_number": "{values} of {column!r} with a decimal point that a program added, such as {sample}",
    "quoted_value": "{values} of {column!r} in quotes that are part of the value, such as {sample}",
    "trailing_sign": "{values} of {column!r} with a comma or semicolon at the end, such as {sample}",
    "joined_value": "{values} of {column!r} with a part that means nothing, such as {sample}",
    "long_value": "{values} of {column!r} too long for a name, such as {sample}",
    "link_in_name": "{values} of {column!r} with a link, such as {sample}",
    "line_break": "{values} of {column!r} with a line break, such as {sample}",
    "address_in_cell": "{values} of {column!r} with line breaks and an e-mail address, such as {sample}",
    "address_in_name": "{values} of {column!r} with an e-mail address, such as {sample}",
}


def _message(kind: str, column: str, finding: _Finding) -> str:
    first = next(iter(finding.values))
    ending = "s" if finding.number == 1 else ""
    return _MESSAGES[kind].format(
        values=count(finding.number, "value"),
        column=column,
        mean=f"mean{ending}",
        look=f"look{ending}",
        sample=repr(first[:60]),
        hidden=describe_character(find_hidden(first) or " "),
        counts=", ".join(f"{value} ({number:,})" for value, number in finding.values.most_common(8)),
    )
