"""Checks of single JSON values, and combinators that build larger checks from them.

A check returns the value (converted, in a query) or raises :class:`Problem`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from ..fields import Between, Length, Matches, OneOf
from .problem import Problem, ProblemKind

Check = Callable[[Any], Any]

MAX_SAFE_INTEGER: Final = 2**53 - 1
"""The greatest integer that JavaScript can tell from its neighbours."""

_MAX_DEPTH: Final = 100
_DIGITS: Final = re.compile("[0-9]{1,18}")


def check_string(value: Any) -> Any:
    """Accept a string."""
    if type(value) is not str:
        raise Problem(ProblemKind.TYPE, "must be a string", value)
    return value


def check_nullable_string(value: Any) -> Any:
    """Accept a string or null."""
    return None if value is None else check_string(value)


def check_string_or_number(value: Any) -> Any:
    """Accept a string or a number."""
    if type(value) is str:
        return value
    if type(value) not in (int, float):
        raise Problem(ProblemKind.TYPE, "must be one of [string, number]", value)
    return _safe(value)


def _safe(number: float) -> float:
    """Accept a number that the server, which counts in 64-bit floats, can tell from its neighbours."""
    if abs(number) > MAX_SAFE_INTEGER:
        raise Problem(ProblemKind.TYPE, "must be a safe number", number)
    return number


def check_integer(value: Any) -> Any:
    """Accept a number without a fraction."""
    if type(value) is int:
        return _safe(value)
    if type(value) is float:
        if _safe(value).is_integer():
            return int(value)
        raise Problem(ProblemKind.TYPE, "must be an integer", value)
    raise Problem(ProblemKind.TYPE, "must be a number", value)


def digits_or(inner: Check) -> Check:
    """Create a check that takes a string of digits for a number, as SmartLead does with some ids."""
    return lambda value: inner(int(value) if type(value) is str and _DIGITS.fullmatch(value) else value)


def check_number(value: Any) -> Any:
    """Accept a number."""
    if type(value) not in (int, float):
        raise Problem(ProblemKind.TYPE, "must be a number", value)
    return _safe(value)


def check_boolean(value: Any) -> Any:
    """Accept a boolean."""
    if type(value) is not bool:
        raise Problem(ProblemKind.TYPE, "must be a boolean", value)
    return value


def check_iso_8601(value: Any) -> Any:
    """Accept a string that is an ISO 8601 date or timestamp."""
    if type(value) is str:
        try:
            dt.datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return value
    raise Problem(ProblemKind.TYPE, "must be a valid ISO 8601 date", value)


def check_json_object(value: Any) -> Any:
    """Accept any JSON object."""
    if type(value) is not dict:
        raise Problem(ProblemKind.TYPE, "must be of type object", value)
    return check_anything(value)


def check_anything(value: Any) -> Any:
    """Accept any value that is not nested deeper than a response can be."""
    if type(value) in (dict, list):
        _check_depth(value, _MAX_DEPTH)
    return value


def _check_depth(value: Any, levels: int) -> None:
    if levels == 0:
        raise Problem(ProblemKind.TYPE, "is nested too deeply")
    for item in value.values() if type(value) is dict else value:
        if type(item) in (dict, list):
            _check_depth(item, levels - 1)


def one_of(allowed: Sequence[Any]) -> Check:
    """Create a check that accepts these values only."""
    known = frozenset(allowed)
    message = f"must be one of [{', '.join(map(str, allowed))}]"

    def check(value: Any) -> Any:
        if type(value) not in (str, int) or value not in known:
            raise Problem(ProblemKind.ENUM, message, value)
        return value

    return check


def list_of(item: Check) -> Check:
    """Create a check that accepts a list of such items."""

    def check(value: Any) -> Any:
        if type(value) is not list:
            raise Problem(ProblemKind.TYPE, "must be an array", value)
        index = 0
        try:
            for index, element in enumerate(value):
                checked = item(element)
                if checked is not element:
                    value[index] = checked
        except Problem as problem:
            raise problem.within(index) from None
        return value

    return check


def nullable(inner: Check) -> Check:
    """Create a check that also accepts null."""
    if inner is check_string:
        return check_nullable_string
    return lambda value: None if value is None else inner(value)


def bounded(inner: Check, rules: Iterable[Any]) -> Check:
    """Create a check that also enforces a field's validators."""
    for rule in rules:
        match rule:
            case Between():
                inner = _between(inner, rule)
            case Length():
                inner = _length(inner, rule)
            case Matches():
                inner = _pattern(inner, rule)
            case OneOf():
                inner = _choice(inner, rule)
    return inner


def _between(inner: Check, rule: Between) -> Check:
    low, high = rule.minimum, rule.maximum

    def check(value: Any) -> Any:
        value = inner(value)
        if value is not None:
            if low is not None and value < low:
                raise Problem(ProblemKind.MINIMUM, f"must be larger than or equal to {low:g}", value, low)
            if high is not None and value > high:
                raise Problem(ProblemKind.MAXIMUM, f"must be less than or equal to {high:g}", value, high)
        return value

    return check


def _length(inner: Check, rule: Length) -> Check:
    low, high = rule.minimum, rule.maximum

    def check(value: Any) -> Any:
        value = inner(value)
        if value is None:
            return value
        unit = "items" if type(value) is list else "keys" if type(value) is dict else "characters"
        if len(value) < low:
            raise Problem(ProblemKind.TOO_SHORT, f"must contain at least {low} {unit}", value, low)
        if high is not None and len(value) > high:
            raise Problem(ProblemKind.TOO_LONG, f"must contain at most {high} {unit}", value, high)
        return value

    return check


def _pattern(inner: Check, rule: Matches) -> Check:
    pattern = re.compile(rule.pattern)

    def check(value: Any) -> Any:
        value = inner(value)
        if value is not None and not pattern.fullmatch(value):
            raise Problem(ProblemKind.PATTERN, f"must be {rule.description}", value)
        return value

    return check


def _choice(inner: Check, rule: OneOf) -> Check:
    choice = nullable(one_of([member.value for member in rule.choices]))
    return lambda value: choice(inner(value))
