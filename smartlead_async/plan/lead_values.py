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
from .hidden_characters import describe_character, find_hidden, strip_hidden
from .problem import Place, Problem, warning

_WORDS: Final = (
    "null", "(null)", "<null>", "none", "nil", "nan", "undefined", "n/a", "#n/a", "n.a.", "(blank)",
    "(empty)", "blank", "empty", "[object object]", "not available", "not provided", "not found", "no data",
    "unknown", "missing", "tbd", "[null]", "[none]", "{null}", "not applicable", "not specified",
    "none given", "not set", "no name", "unbekannt", "inconnu", "desconocido", "desconhecido", "onbekend",
    "sconosciuto", "nieznany", "k.a.", "keine angabe", "s/o", "n/d", "b/d", "nvt", "n.v.t.", "brak",
    # Excel's errors, also in German, French, Spanish, Portuguese, Dutch, Italian and Polish
    "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#error!", "#error", "#spill!", "#calc!",
    "#getting_data", "#field!", "#blocked!", "#connect!", "#unknown!", "#busy!",
    "#nv", "#bezug!", "#wert!", "#zahl!", "#valeur!", "#nom?", "#nombre!", "#nul!", "#¡ref!", "#¡valor!",
    "#¿nombre?", "#¡num!", "#¡nulo!", "#¡div/0!", "#n/d", "#valor!", "#nome?", "#núm!", "#nulo!", "#waarde!",
    "#verw!", "#naam?", "#getal!", "#leeg!", "#n/b", "#deel/0!", "#valore!", "#rif!", "#adr!", "#arg!",
    "#nazwa?", "#liczba!", "#zero!", "#dzl/0!",
)  # fmt: skip


_SIGNS: Final = (
    "-", "--", "---", "–", "—", "―", "_", "__", ".", "..", "...", "…", "?", "??", "???", "\\N", "NA",
    "NaN", "k.A.", "k. A.", "[]", "{}", "()", '""', "''",
    "*", "/", ",", ";", ":", "#", "########", "#####", "######", "#######",
)  # fmt: skip


MEANINGLESS: Final = frozenset(
    {*_SIGNS, *(form for word in _WORDS for form in (word, word.upper(), word.capitalize(), word.title()))}
)
"""Values that stand for no value, in the spellings in which programs write them."""


_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d{1,3}")


# A line that is blank, begins or ends with a space, or is a number in scientific notation.
_UNCLEAN: Final = re.compile(rf"^ | $|^$|^{_SCIENTIFIC.pattern}$", re.MULTILINE)


# UTF-8 that was read as Windows-1252 and saved again, or a character that was already lost.
_GARBLED: Final = re.compile(
    "Ã[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|Â[\u00a0-\u00bf]|â€|ï¿½|[ÐÑ][\u0080-\u00bf\u2018-\u201e][ÐÑ]|Å[\u0081‚„›º¼»¡¯]|Ä[…™‡]|\ufffd"
)


_SUSPICIOUS: Final = re.compile(rf"{_GARBLED.pattern}|[\u034f\u115f\u1160\u3164\uffa0]")


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


_ADDRESS: Final = re.compile(r"[^\s@,;|\"<>()]+@[^\s@,;|\"<>()]+\.[^\s@,;|\"<>()]+")


_NAMES: Final = ("first_name", "last_name")


_ADVICE: Final = {
    "meaningless_value": "Empty these cells, or set blank_values: true for the lead file.",
    "converted_number": "A spreadsheet has rounded it: format the column as text and export it again.",
    "hidden_character": "Retype these values.",
    "garbled_value": "Export the list again as UTF-8.",
    "stray_quote": "Remove the quote, or quote the whole value and double the quotes inside it.",
    "braces": "Remove them: they may be read as a merge tag or spintax.",
    "line_break": "It would break the line in subject and body: remove it.",
    "address_in_cell": "If a quote took in other rows, remove it.",
}


Used: TypeAlias = Sequence[tuple[int, str]]
"""Positions and names of the columns that become fields of a lead."""


@attrs.define
class _Finding:
    """How often something was found in a column, where first, and what."""

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
        and MEANINGLESS.isdisjoint(cells)
        and (row.isascii() or _SUSPICIOUS.search(row) is None)
    )


def is_clean(values: Sequence[str]) -> bool:
    """Return whether values are certainly trimmed and not empty, with nothing to report about them."""
    return _UNCLEAN.search("\n".join(values)) is None and is_unremarkable(values)


def contains_address(value: str) -> bool:
    """Return whether there is an e-mail address anywhere in a value."""
    return "@" in value and _ADDRESS.search(value) is not None


class ValueFindings:
    """What is remarkable about the values of a lead source, counted by kind and column."""

    def __init__(self, blank_values: Collection[str] | None = None) -> None:
        """``blank_values`` are further values to treat as empty; None treats none as empty."""
        self._blanks = None if blank_values is None else {v.casefold() for v in blank_values}
        self._found: dict[tuple[str, str], _Finding] = {}

    def clean(self, value: str, column: str, line: int | None = None) -> str:
        """Return a value as it is sent; raise :class:`BadValue` if it cannot be sent."""
        value = strip_hidden(value)
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
            yield warning(kind, message, path="" if file else "leads", advice=_ADVICE[kind], place=place)


def _kinds(value: str, column: str) -> Iterator[str]:
    hidden = find_hidden(value)
    if hidden is not None:
        yield "hidden_character"
    if not value.isascii() and _GARBLED.search(value):
        yield "garbled_value"
    if value.count('"') % 2 or (value.startswith('"') and value.endswith('"')):
        yield "stray_quote"
    if "{" in value or "}" in value:
        yield "braces"
    if "\n" in value or "\r" in value:
        if column in _NAMES:
            yield "line_break"
        if contains_address(value):
            yield "address_in_cell"


_MESSAGES: Final = {
    "meaningless_value": "{values} of {column!r} mean nothing: {counts}",
    "converted_number": "{values} of {column!r} in scientific notation, such as {sample}: digits are lost",
    "hidden_character": "{values} of {column!r} with an invisible character, such as {hidden} in {sample}",
    "garbled_value": "{values} of {column!r} with garbled characters, such as {sample}",
    "stray_quote": "{values} of {column!r} with a stray quote, such as {sample}",
    "braces": "{values} of {column!r} with braces, such as {sample}",
    "line_break": "{values} of {column!r} with a line break, such as {sample}",
    "address_in_cell": "{values} of {column!r} with line breaks and an e-mail address, such as {sample}",
}


def _message(kind: str, column: str, finding: _Finding) -> str:
    first = next(iter(finding.values))
    return _MESSAGES[kind].format(
        values=count(finding.number, "value"),
        column=column,
        sample=repr(first[:60]),
        hidden=describe_character(find_hidden(first) or " "),
        counts=", ".join(f"{value} ({number:,})" for value, number in finding.values.most_common(8)),
    )
