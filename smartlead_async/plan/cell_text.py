"""Values of workbooks and data frames as the text that a lead list has in a cell."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any, Final

_BLANK_TYPES: Final = frozenset({"NoneType", "NAType", "NaTType"})
_LEAST_WITH_EXPONENT: Final = 1e16
"""From here on, Python writes a float with an exponent, which the check of values reports."""


class NoText(Exception):
    """A value such as a list, which is not the content of one cell."""


def cell_text(value: Any) -> str:
    """Return a value as text: nothing for a missing one, whole numbers without a point, dates in ISO 8601.

    Scalars of numpy and pandas are understood, and none of both is imported. :class:`NoText` for a container.
    """
    if isinstance(value, str):
        return value
    value = _plain(value)
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float() | decimal.Decimal():
            return number_text(value)
        case dt.datetime() | dt.date() | dt.time():
            return _moment_text(value)
    if any(hasattr(value, name) for name in ("__len__", "__iter__", "__buffer__")):
        raise NoText
    return str(value)


def number_text(value: float | decimal.Decimal) -> str:
    """Return a number without the decimal point of a float that is whole; nothing for NaN."""
    if value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, float) and value.is_integer() and abs(value) < _LEAST_WITH_EXPONENT:
        return str(int(value))
    return repr(value)


def _plain(value: Any) -> Any:
    """Return a scalar of another library as one of Python; None for those that mark a missing value."""
    kind = type(value).__name__
    if kind in _BLANK_TYPES or str(value) == "NaT":
        return None
    if kind == "datetime64":
        # With nanoseconds, item() is an integer.
        return value.astype("datetime64[us]").item()
    item = getattr(value, "item", None)
    return item() if callable(item) and not hasattr(value, "__len__") else value


def _moment_text(value: dt.date | dt.time) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat()
