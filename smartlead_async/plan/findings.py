"""The collector of problems with a spec, and its checks of plain values.

A plan file puts values into the specs as they are written, so the checks also reject values of the wrong
type.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

from ..formats import character_flaw
from ..typed import MAX_INTEGER, is_list
from .problem import Problem, did_you_mean, error, warning

T = TypeVar("T")

MAX_SHOWN_BITS: Final = 400
"""The size of the largest integer that is shown; Python does not write those of thousands of digits."""


_DECIMAL: Final = re.compile(r"-?\d{1,18}", re.ASCII)


class Findings:
    """The problems found so far, and checks of single values that add to them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def error(self, code: str, path: str, message: str, advice: str = "") -> None:
        """Add an error."""
        self.problems.append(error(code, message, path=path, advice=advice))

    def warning(self, code: str, path: str, message: str, advice: str = "") -> None:
        """Add a warning."""
        self.problems.append(warning(code, message, path=path, advice=advice))

    def wrong_type(self, path: str, expected: str, value: object, advice: str = "") -> None:
        """Add the error that a value has the wrong type."""
        self.error("wrong_kind", path, f"expected {expected}, got {describe(value)}", advice)

    def check_string(self, path: str, value: object, *, one_line: bool = True) -> bool:
        """Return whether a value is a string that can be sent; any other value except None is an error."""
        if isinstance(value, str):
            flaw = character_flaw(value, one_line=one_line)
            if flaw is not None:
                self.error("bad_character", path, f"the text contains {flaw}", "Remove it.")
            return flaw is None
        if value is not None:
            advice = "Put it in quotes if it is text." if isinstance(value, (dict, list, tuple)) else ""
            self.wrong_type(path, "a string", value, advice)
        return False

    def check_boolean(self, path: str, value: object, *, optional: bool = True) -> None:
        """Add an error unless a value is a boolean; None is an error unless ``optional``."""
        if not (value is None and optional) and not isinstance(value, bool):
            self.wrong_type(path, "true or false", value, _unquoted(value, _BOOLEANS))

    def check_integer(
        self, path: str, value: object, minimum: int, maximum: int | None = None, *, optional: bool = True
    ) -> bool:
        """Return whether a value is an integer within its bounds; None is an error unless ``optional``."""
        if value is None and optional:
            return False
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong_type(path, "an integer", value, _unquoted(value))
            return False
        if value < minimum or (maximum is not None and value > maximum):
            bounds = f"{minimum} or more" if maximum is None else f"from {minimum} to {maximum}"
            self.error("out_of_bounds", path, f"must be {bounds}, not {describe(value)}")
            return False
        if value > MAX_INTEGER:
            self.error("out_of_bounds", path, f"must be at most {MAX_INTEGER}, not {describe(value)}")
            return False
        return True

    def check_choice(
        self, path: str, value: object, choices: type[enum.StrEnum], *, optional: bool = True
    ) -> None:
        """Add an error unless a value is one of the choices; None is an error unless ``optional``."""
        if value is None and optional:
            return
        known = [choice.value for choice in choices]
        if not isinstance(value, str):
            self.wrong_type(path, f"one of {', '.join(known)}", value)
        elif value not in known:
            self.error(
                "unknown_value", path, f"{describe(value)} is not a valid value", did_you_mean(value, known)
            )

    def check_list(self, path: str, value: object) -> Sequence[Any]:
        """Return a value as a sequence; if it is not one, add an error and return an empty sequence."""
        if is_list(value):
            return value
        is_iterable = isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, Mapping))
        self.wrong_type(path, "a list", value, "Write list(…)." if is_iterable else "")
        return ()

    def check_part(self, path: str, value: object, kind: type[T]) -> T | None:
        """Return a value that is an instance of a class; if it is not one, add an error and return None."""
        if isinstance(value, kind):
            return value
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        self.wrong_type(path, f"{article} {kind.__name__}", value, f"Write {kind.__name__}(…).")
        return None


_BOOLEANS: Final = {
    "true": "true", "yes": "true", "on": "true", "y": "true",
    "false": "false", "no": "false", "off": "false", "n": "false",
}  # fmt: skip


def _unquoted(value: object, words: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return advice on a string that stands for a boolean, by these words, or for an integer."""
    text = value.strip().lower() if isinstance(value, str) else ""
    meant = words.get(text) or (str(int(text)) if not words and _DECIMAL.fullmatch(text) else None)
    return f"Write {meant}, without quotes." if meant else ""


def describe(value: object) -> str:
    """Return a short description of a value of any type, for messages."""
    match value:
        case None:
            described = "nothing"
        case bool():
            described = str(value).lower()
        case str():
            described = repr(value[:40])
        case Mapping():
            described = "a mapping"
        case list() | tuple():
            described = "a list"
        case int() if value.bit_length() > MAX_SHOWN_BITS:
            described = f"a number of {value.bit_length()} bits"
        case int() | float() | dt.date():
            described = str(value)
        case _:
            described = f"a value of the type {type(value).__name__}"
    return described
