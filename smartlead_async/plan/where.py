"""The rows of a lead file that ``where`` keeps: comparison of cells with what a plan names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from .problem import Problem, did_you_mean, warning

Wanted: TypeAlias = str | int | float | bool
"""A value that rows must have: a string exactly, a number by its value, true and false in any case."""


Where: TypeAlias = Mapping[str, Sequence[Wanted] | Wanted]


MAX_SUGGESTED: Final = 1000


_NUMBER: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII)


# True and 1 are equal in Python, so each form carries its type.
_Form: TypeAlias = tuple[type, str | Decimal | bool]


def normalize_value(cell: str) -> str:
    """Return a value in the form in which values are compared: NFC, and without surplus whitespace."""
    text = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    return " ".join(text.split())


class WantedValues:
    """The values of one column that are kept, and a record of what the file has."""

    def __init__(self, column: str, values: Sequence[Wanted] | Wanted) -> None:
        self._column = column
        self._values = (values,) if isinstance(values, (str, int, float)) else tuple(values)
        self._unseen = {_form_of(value): value for value in self._values}
        self._forms = frozenset(self._unseen)
        self._by_case: dict[str, Wanted] = {
            _folded(value): value for value in reversed(self._values) if isinstance(value, str) and value
        }
        self._others: dict[str, int] = {}

    def keeps(self, cell: str) -> bool:
        """Return whether a row with this cell is kept."""
        text = normalize_value(cell)
        for form in _forms_of_cell(text):
            if form in self._forms:
                self._unseen.pop(form, None)
                return True
        if text in self._others or len(self._others) < MAX_SUGGESTED:
            self._others[text] = self._others.get(text, 0) + 1
        return False

    def problems(self) -> Iterator[Problem]:
        """Yield the values that no row has, and the rows that differ only in case, after the last row."""
        similar: dict[Wanted, int] = {}
        for other, count in self._others.items():
            folded = _folded(other)
            if folded in self._by_case:
                value = self._by_case[folded]
                similar[value] = similar.get(value, 0) + count
        for value, count in similar.items():
            rows = "1 row is" if count == 1 else f"{count} rows are"
            yield warning(
                "similar_value",
                f"{rows} left out because {self._column} differs from {value!r} only in case",
                advice="List each spelling under where to include them.",
            )
        for value in self._unseen.values():
            if value not in similar:
                advice = did_you_mean(_shown(value), [other for other in self._others if other])
                yield warning(
                    "no_such_value",
                    f"no row has {_shown(value)!r} in the column {self._column}",
                    advice=advice,
                )


def _folded(value: object) -> str:
    return normalize_value(_shown(value)).casefold()


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _form_of(value: Wanted) -> _Form:
    match value:
        case bool():
            return bool, value
        case int() | float():
            return Decimal, Decimal(repr(value))
        case _:
            return str, normalize_value(value)


def _forms_of_cell(text: str) -> Iterator[_Form]:
    yield str, text
    if text[:1] in {"t", "T", "f", "F"} and text.lower() in {"true", "false"}:
        yield bool, text.lower() == "true"
    elif text and _NUMBER.fullmatch(text):
        yield Decimal, Decimal(text)
