"""What would look wrong in an e-mail about a value of a lead, by its kind."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from .filler_values import MEANINGLESS, STAND_INS
from .hidden_characters import find_hidden
from .merge_tags import bare_name

_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}")

# What every number in scientific notation contains.
_EXPONENT: Final = re.compile(r"\d[eE][+\d]")

# UTF-8 that was read as Windows-1252 and saved again, or a character that was already lost. Each alternative
# begins with a single character, so that the search looks for these first.
_GARBLED: Final = re.compile(
    "Ã[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|Â[\u00a0-\u00bf]|â€|ï¿½|Ð[\u0080-\u00bf\u2018-\u201e][ÐÑ]|Ñ[\u0080-\u00bf\u2018-\u201e][ÐÑ]"
    "|Å[\u0081‚„›º¼»¡¯]|Ä[…™‡]|\ufffd"
)

# What stays when a name was encoded for HTML, for mail (RFC 2047 and 2045), for a URL, as UTF-7, for the
# source of a program, or as a list.
_ENCODED: Final = re.compile(
    r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#[xX][\dA-Fa-f]{2,6});|=\?[\w-]+\?[BbQq]\?[^?\s]*\?="
    r"|^[^/]*%C3%[89AB][\dA-F]|\+A[C-P][A-Za-z\d+/]+-|=C3=[89AB][\dA-F]"
    r"|\\u[\dA-Fa-f]{4}|\\x[\dA-Fa-f]{2}|^(?![^\\]*(?::|\\)\\).*\\[nr]|^\[['\"].*['\"]\]$"
)

_MARKUP: Final = re.compile(r"</?[A-Za-z][A-Za-z\d]*(?:\s[^<>]*)?/?>")

_FORMULA: Final = re.compile(r"=\s*[-+(\w\"']")

_QUOTED_NUMBER: Final = re.compile(r"'[-+=\d]")

_DATE_COLUMN: Final = re.compile(
    r"(?:^|[\W_])(?:date|datum|fecha|birthday)(?:[\W_]|$)|[a-z]Date$|datum$", re.IGNORECASE
)

_SERIAL: Final = re.compile(r"[2-5]\d{4}(?:[.,]\d+)?", re.ASCII)
"""The days since 1900 of the years 1954 to 2064, and the part of a day."""

_SIZE_COLUMN: Final = re.compile(
    r"size|employee|headcount|staff|\brange|mitarbeiter|effectif|empleados|medewerker|dipendenti|pracownik",
    re.IGNORECASE,
)

_MONTH: Final = r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,2}"

_MONTH_RANGE: Final = re.compile(
    rf"{_MONTH}[-. ]{{1,2}}\d{{1,4}}|\d{{1,4}}[-. ]{{1,2}}{_MONTH}\.?", re.IGNORECASE
)

_FLOAT: Final = re.compile(r"\+?\d{5,}\.0+", re.ASCII)
"""A whole number that a program has read as one with decimals."""

_PLAIN_NAME: Final = re.compile(r"[^\W\d_][^\W_]*(?:(?:[ '’.-]|[.'’] )[^\W_]+)*\.?")

_JOINED: Final = re.compile(r"(?:^|\s)(?:nan|null|none|undefined)(?:\s|$)|\sNone$")
"""What a program makes of a missing part of a name."""

_LOST_LETTER: Final = re.compile(r"[^\W\d_][?¿]|[?¿][^\W\d_]")

_LINK: Final = re.compile(r"https?://|\bwww\.", re.IGNORECASE)

_QUOTES: Final = frozenset({"‘’", "‚‘", "“”", "„“", "„”", "””", "““", "«»", "»«"})

_MAX_NAME: Final = 80

_MAX_COMPANY: Final = 200

_LETTER: Final = re.compile(r"[^\W\d_]")

_SUSPICIOUS: Final = re.compile(rf"{_GARBLED.pattern}|\u034f|\u115f|\u1160|\u3164|\uffa0")

_ADDRESS: Final = re.compile(r"[^\s@,;|\"<>()]+@[^\s@,;|\"<>()]+\.[^\s@,;|\"<>()]+")

NUMBER_STARTS: Final = "+-0123456789"
"""The characters with which a number begins."""

PERSON_NAMES: Final = ("first_name", "last_name")

_NAMES: Final = (*PERSON_NAMES, "company_name")

_FILLERS: Final = MEANINGLESS | STAND_INS

_SPECIAL: Final = re.compile(r"[\x00-\x1f\x7f\"%'+;<=\[\\{}]")
"""An ASCII character without which only other characters make a value remarkable."""


def is_unremarkable(cells: Sequence[str]) -> bool:
    """Return whether a row, whose cells are trimmed, certainly has no value to report or to clean.

    Nearly every row is like that, and one look at all its cells together is cheap.
    """
    row = " ".join(cells)
    if row.count("@") > 1 or not _FILLERS.isdisjoint(cells):
        return False
    if _SPECIAL.search(row) is None:
        return row.isascii() or _is_unremarkable_text(row)
    return (
        _is_unremarkable_text(row)
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
        and "=C3=" not in row
        and "\\" not in row
    )


def _is_unremarkable_text(row: str) -> bool:
    is_printable = row.isprintable() and "“" not in row and "„" not in row
    return is_printable and (row.isascii() or _SUSPICIOUS.search(row) is None)


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
    return len(value) >= 5 and _SERIAL.fullmatch(value) is not None


def is_size_column(name: str) -> bool:
    """Return whether a column has numbers of employees, or ranges of them, by its name."""
    return _SIZE_COLUMN.search(name) is not None


def is_month_range(value: str) -> bool:
    """Return whether a value may be a range such as 10-50, which a spreadsheet took for a date."""
    return not value.isdecimal() and _MONTH_RANGE.fullmatch(value) is not None


# Most names of a file occur often.
@functools.lru_cache(maxsize=8192)
def is_plain_name(value: str) -> bool:
    """Return whether a value certainly is a name: letters, and what is between the parts of a name."""
    if value.isalpha():
        return len(value) <= _MAX_NAME
    is_plain = len(value) <= _MAX_NAME and _PLAIN_NAME.fullmatch(value) is not None
    return is_plain and _JOINED.search(value) is None


def find_garbled(text: str) -> re.Match[str] | None:
    """Return the first characters of a text that were read with a wrong encoding, or None."""
    return None if text.isascii() else _GARBLED.search(text)


def contains_address(value: str) -> bool:
    """Return whether there is an e-mail address anywhere in a value."""
    return "@" in value and _ADDRESS.search(value) is not None


def kinds_of(value: str, column: str) -> Iterator[str]:
    """Yield the kinds of a value; what is odd only in a name comes last, if there is nothing else."""
    found = [*_kinds_anywhere(value, column)]
    yield from found or (_kinds_of_odd_name(value, column) if column in _NAMES else ())


_ANYWHERE: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("hidden_character", lambda value: find_hidden(value) is not None),
    ("garbled_value", lambda value: find_garbled(value) is not None),
    ("encoded_value", lambda value: _ENCODED.search(value) is not None),
    ("markup_in_value", lambda value: "<" in value and _MARKUP.search(value) is not None),
    ("stray_quote", lambda value: value.count('"') % 2 == 1 or value[0] == value[-1] == '"'),
    ("braces", lambda value: "{" in value or "}" in value),
    ("formula", lambda value: _FORMULA.match(value) is not None),
)
"""The kinds that are odd in every column, each with its test."""


_ODD: Final = re.compile(r"[^A-Za-z0-9 ,.:;/@|()_-]")
"""A character without which a value has none of these kinds."""


def _kinds_anywhere(value: str, column: str) -> Iterator[str]:
    if _ODD.search(value):
        yield from (kind for kind, is_kind in _ANYWHERE if is_kind(value))
        yield from _kinds_of_quotes(value, column)
    if column in _NAMES:
        yield from _kinds_of_name(value, column)
    elif ("\n" in value or "\r" in value) and contains_address(value):
        yield "address_in_cell"
    elif value[0].isdigit() or value[-1].isdigit():
        yield from _kinds_of_number(value, column)


def _kinds_of_number(value: str, column: str) -> Iterator[str]:
    if is_date_serial(value) and is_date_column(column):
        yield "date_serial"
    elif is_month_range(value) and is_size_column(column) and not is_date_column(column):
        yield "month_for_range"
    elif _FLOAT.fullmatch(value):
        yield "float_number"


def _kinds_of_quotes(value: str, column: str) -> Iterator[str]:
    ends = value[0] + value[-1]
    if len(value) > 2 and (ends == "''" or (ends in _QUOTES and column in _NAMES)):
        yield "quoted_value"
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
    elif column in PERSON_NAMES and not _LETTER.search(value):
        yield "not_a_name"


def _kinds_of_odd_name(value: str, column: str) -> Iterator[str]:
    if column not in PERSON_NAMES:
        if len(value) > _MAX_COMPANY:
            yield "long_value"
    elif _LINK.search(value):
        yield "link_in_name"
    elif _LOST_LETTER.search(value):
        yield "garbled_value"
    elif value[-1] in ",;":
        yield "trailing_sign"
    elif _JOINED.search(value):
        yield "joined_value"
    elif len(value) > _MAX_NAME:
        yield "long_value"
