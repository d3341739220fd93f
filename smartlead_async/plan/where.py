"""The rows of a lead file that ``where`` keeps: comparison of cells with what a plan names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from .hidden_characters import strip_hidden
from .problem import Problem, did_you_mean, warning

Wanted: TypeAlias = str | int | float | bool
"""A value that rows must have: a string exactly, a number by its value, true and false in any case."""


Where: TypeAlias = Mapping[str, Sequence[Wanted] | Wanted]

MAX_SUGGESTED: Final = 1000

_NUMBER: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII)

_LOOSE_NUMBER: Final = re.compile(r"-?\d{0,40}\.?\d{1,40}(?:[eE][-+]?\d{1,3})?", re.ASCII)

_GROUPED: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+|-?\d{1,3}(?:\.\d{3})+", re.ASCII)
"""A number with groups of three digits."""

_YEAR: Final = 4

_DATE: Final = re.compile(r"(\d{4}|\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{1,2})", re.ASCII)

TRUE_WORDS: Final = frozenset(
    {"1", "1.0", "yes", "y", "t", "x", "on", "ja", "wahr", "oui", "vrai", "sí", "si", "sim", "tak"}
)
"""Words for true in spreadsheets, in lower case, besides ``true`` itself."""

_FALSE_WORDS: Final = frozenset(
    {"0", "0.0", "no", "n", "f", "off", "nein", "falsch", "non", "faux", "não", "nee", "nie"}
)


# True and 1 are equal in Python, so each form carries its type.
_Form: TypeAlias = tuple[type, str | Decimal | bool]


def normalize_value(cell: str) -> str:
    """Return a value in the form in which values are compared: NFC, and without surplus whitespace."""
    is_plain = cell.isascii() and cell.isprintable()
    text = cell if is_plain else unicodedata.normalize("NFC", strip_hidden(cell))
    return " ".join(text.split())


class EachValue(str):
    """The value of a ``for_each``: rows with another spelling belong to a campaign of their own."""

    __slots__ = ()


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
        self._is_each = any(isinstance(value, EachValue) for value in self._values)
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

    def _similar(self, cell: str) -> tuple[_Form, str] | None:
        """Return the value that a cell probably means, with the difference; None if it means none."""
        folded = _folded(cell)
        if folded in self._by_case:
            return _form_of(self._by_case[folded]), "case"
        for form, value in ((_form_of(value), value) for value in self._values):
            if isinstance(value, bool):
                is_same = folded in (TRUE_WORDS if value else _FALSE_WORDS)
            else:
                is_same = any(
                    not forms_in(_shown(value)).isdisjoint(forms_in(cell))
                    for forms_in in (_numbers_in, _dates_in)
                )
            if is_same:
                return form, "how it is written"
        return None

    def problems(self) -> Iterator[Problem]:
        """Yield the values that no row has, and the rows that differ only in case, after the last row."""
        similar: dict[tuple[_Form, str], int] = {}
        values = {_form_of(value): value for value in self._values}
        for other, count in self._others.items():
            if not self._is_each and (found := self._similar(other)):
                similar[found] = similar.get(found, 0) + count
        for (form, difference), count in similar.items():
            rows = "1 row is" if count == 1 else f"{count} rows are"
            value = values[form]
            shown = repr(value) if isinstance(value, str) else _shown(value)
            yield warning(
                "similar_value",
                f"{rows} left out because {self._column} differs from {shown} only in {difference}",
                advice="List each spelling under where to include them.",
            )
        told = {form for form, _ in similar}
        for form, value in self._unseen.items():
            if form not in told:
                advice = did_you_mean(_shown(value), [other for other in self._others if other])
                yield warning(
                    "no_such_value",
                    f"no row has {_shown(value)!r} in the column {self._column}",
                    advice=advice,
                )


def _numbers_in(text: str) -> set[Decimal]:
    """Return the numbers that people may mean by a string: with leading zeros, or commas, or grouped."""
    bare = re.sub(r"[\s'’_]", "", text).removeprefix("+")
    forms = {bare, bare.replace(",", ".")}
    if _GROUPED.fullmatch(bare):
        forms.add(re.sub("[.,]", "", bare))
    return {Decimal(form) for form in forms if _LOOSE_NUMBER.fullmatch(form)}


def _dates_in(text: str) -> set[tuple[str, str, str]]:
    """Return the dates that people may mean by a string, as year, month and day without leading zeros."""
    found = _DATE.fullmatch(text.partition("T")[0].partition(" ")[0])
    if found is None:
        return set()
    first, second, third = (part.lstrip("0") for part in found.groups())
    if len(found[1]) == _YEAR:
        return {(first, second, third)}
    dates = {(third, second, first)}
    # With slashes, the month may be first.
    return dates | {(third, first, second)} if "/" in text else dates


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
