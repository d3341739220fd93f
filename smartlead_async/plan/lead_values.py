"""Values of leads that would look wrong in an e-mail: found, counted by column, and cleaned.

A million rows make a few warnings: one for each column and kind, with the first line and a sample.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final, TypeAlias

import attrs

from ..wording import count
from .filler_values import MEANINGLESS, STAND_INS
from .hidden_characters import describe_character, find_hidden, strip_hidden
from .merge_tags import bare_name
from .problem import Place, Problem, warning

_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}")


# What every number in scientific notation contains.
_EXPONENT: Final = re.compile(r"\d[eE][+\d]")


# UTF-8 that was read as Windows-1252 and saved again, or a character that was already lost.
_GARBLED: Final = re.compile(
    "Ã[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|Â[\u00a0-\u00bf]|â€|ï¿½|[ÐÑ][\u0080-\u00bf\u2018-\u201e][ÐÑ]|Å[\u0081‚„›º¼»¡¯]|Ä[…™‡]|\ufffd"
)


# What stays when a name was encoded for HTML, for a mail header (RFC 2047), for a URL, or as UTF-7.
_ENCODED: Final = re.compile(
    r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#[xX][\dA-Fa-f]{2,6});|=\?[\w-]+\?[BbQq]\?[^?\s]*\?="
    r"|^[^/]*%C3%[89AB][\dA-F]|\+A[C-P][A-Za-z\d+/]+-"
)


_MARKUP: Final = re.compile(r"</?[A-Za-z][A-Za-z\d]*(?:\s[^<>]*)?/?>")


_FORMULA: Final = re.compile(r"=\s*[-+(\w\"']")


_QUOTED_NUMBER: Final = re.compile(r"'[-+=\d]")


_DATE_COLUMN: Final = re.compile(
    r"(?:^|[\W_])(?:date|datum|fecha|birthday)(?:[\W_]|$)|[a-z]Date$|datum$", re.IGNORECASE
)


_SERIAL: Final = re.compile(r"[2-5]\d{4}", re.ASCII)
"""The days since 1900 of the years 1954 to 2064."""


_LETTER: Final = re.compile(r"[^\W\d_]")


_SUSPICIOUS: Final = re.compile(rf"{_GARBLED.pattern}|[\u034f\u115f\u1160\u3164\uffa0]")


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


_ADDRESS: Final = re.compile(r"[^\s@,;|\"<>()]+@[^\s@,;|\"<>()]+\.[^\s@,;|\"<>()]+")


NUMBER_STARTS: Final = "+-0123456789"
"""The characters with which a number begins."""


PERSON_NAMES: Final = ("first_name", "last_name")


_NAMES: Final = (*PERSON_NAMES, "company_name")


_FILLERS: Final = MEANINGLESS | STAND_INS


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
}
"""The advice on leads that are written in a plan or a program, where it differs from that on files."""


Used: TypeAlias = Sequence[tuple[int, str]]
"""Positions and names of the columns that become fields of a lead."""


@attrs.define
class _Finding:
    """The values of one kind in a column: their number, their first line, and samples."""

    line: int | None
    number: int = 0
    values: Counter[str] = attrs.field(factory=Counter)


class BadValue(Exception):
    """A value that cannot be sent; the message says why."""


def is_unremarkable(cells: Sequence[str]) -> bool:
    """Return whether a row, whose cells are trimmed, certainly has no value to report or to clean.

    Nearly every row is like that, and one look at all its cells together is cheap.
    """
    row = " ".join(cells)
    return (
        row.isprintable()
        and '"' not in row
        and "E+" not in row
        and "e+" not in row
        and "{" not in row
        and "}" not in row
        and "<" not in row
        and "[" not in row
        and ";" not in row
        and " '" not in row
        and " =" not in row
        and "=?" not in row
        and "+A" not in row
        and "%C3%" not in row
        and row.count("@") < 2
        and _FILLERS.isdisjoint(cells)
        and (row.isascii() or _SUSPICIOUS.search(row) is None)
    )


def is_clean(values: Sequence[str]) -> bool:
    """Return whether values are certainly trimmed and not empty, with nothing to report about them."""
    lines = "\n".join(("", *values, ""))
    return (
        "\n\n" not in lines
        and "\n " not in lines
        and " \n" not in lines
        and _EXPONENT.search(lines) is None
        and is_unremarkable(values)
    )


def is_converted_number(value: str) -> bool:
    """Return whether a value is a number in scientific notation."""
    return _SCIENTIFIC.fullmatch(value) is not None


def is_date_column(name: str) -> bool:
    """Return whether a column has dates, by its name."""
    return _DATE_COLUMN.search(name) is not None


def is_date_serial(value: str) -> bool:
    """Return whether a value may be a date as a spreadsheet stores it."""
    return len(value) == 5 and _SERIAL.fullmatch(value) is not None


def has_letter(value: str) -> bool:
    """Return whether there is a letter in a value."""
    return value.isalpha() or _LETTER.search(value) is not None


def contains_address(value: str) -> bool:
    """Return whether there is an e-mail address anywhere in a value."""
    return "@" in value and _ADDRESS.search(value) is not None


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
        elif _SCIENTIFIC.fullmatch(value):
            if self._blanks is not None and "phone" in column.lower():
                return ""
            self._note("converted_number", column, value, line)
        else:
            for kind in _kinds(value, column):
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


def _kinds(value: str, column: str) -> Iterator[str]:
    if find_hidden(value) is not None:
        yield "hidden_character"
    if not value.isascii() and _GARBLED.search(value):
        yield "garbled_value"
    if _ENCODED.search(value):
        yield "encoded_value"
    if "<" in value and _MARKUP.search(value):
        yield "markup_in_value"
    yield from _kinds_of_quotes(value, column)
    if "{" in value or "}" in value:
        yield "braces"
    if value[0] == "=" and _FORMULA.match(value):
        yield "formula"
    if column in _NAMES:
        yield from _kinds_of_name(value, column)
    elif ("\n" in value or "\r" in value) and contains_address(value):
        yield "address_in_cell"
    elif is_date_serial(value) and is_date_column(column):
        yield "date_serial"


def _kinds_of_quotes(value: str, column: str) -> Iterator[str]:
    if value.count('"') % 2 or (value.startswith('"') and value.endswith('"')):
        yield "stray_quote"
    # That of a phone number is removed.
    if value[0] == "'" and column != "phone_number" and _QUOTED_NUMBER.match(value):
        yield "quoted_number"


def _kinds_of_name(value: str, column: str) -> Iterator[str]:
    has_break = "\n" in value or "\r" in value
    if contains_address(value):
        yield "address_in_cell" if has_break else "address_in_name"
    elif has_break:
        yield "line_break"
    elif value in STAND_INS or bare_name(value) in STAND_INS:
        yield "stand_in_value"
    elif column in PERSON_NAMES and not has_letter(value):
        yield "not_a_name"


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
