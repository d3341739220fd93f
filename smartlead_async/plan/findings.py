"""The collector of problems with a spec, and its checks of plain values.

A plan file puts values into the specs as they are written, so the checks also reject values of the wrong
type.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

from .problem import Problem, did_you_mean, error, warning


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

    def wrong_type(self, path: str, expected: str, value: object) -> None:
        """Add the error that a value has the wrong type."""
        self.error("wrong_kind", path, f"expected {expected}, got {_describe(value)}")

    def check_string(self, path: str, value: object) -> bool:
        """Return whether a value is a string; any other value except None is an error."""
        if value is not None and not isinstance(value, str):
            self.wrong_type(path, "a string", value)
        return isinstance(value, str)

    def check_boolean(self, path: str, value: object) -> None:
        """Add an error unless a value is a boolean or None."""
        if value is not None and not isinstance(value, bool):
            self.wrong_type(path, "true or false", value)

    def check_integer(
        self, path: str, value: object, minimum: int, maximum: int | None = None, *, optional: bool = True
    ) -> bool:
        """Return whether a value is an integer within its bounds; None is an error unless ``optional``."""
        if value is None and optional:
            return False
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong_type(path, "an integer", value)
            return False
        if value < minimum or (maximum is not None and value > maximum):
            bounds = f"{minimum} or more" if maximum is None else f"from {minimum} to {maximum}"
            self.error("out_of_bounds", path, f"must be {bounds}, not {value}")
            return False
        return True

    def check_choice(self, path: str, value: object, choices: type[enum.StrEnum]) -> None:
        """Add an error unless a value is one of the choices or None."""
        if value is None:
            return
        known = [choice.value for choice in choices]
        if not isinstance(value, str):
            self.wrong_type(path, f"one of {', '.join(known)}", value)
        elif value not in known:
            self.error("unknown_value", path, f"{value!r} is not a valid value", did_you_mean(value, known))

    def check_list(self, path: str, value: object) -> Sequence[Any]:
        """Return a value as a sequence; if it is not one, add an error and return an empty sequence."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return value
        self.wrong_type(path, "a list", value)
        return ()


def _describe(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return repr(value[:40])
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)[:40]
