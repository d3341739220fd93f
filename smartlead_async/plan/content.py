"""The content of specifications as plain JSON data, for digests and comparisons."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

import attrs


def content_of(value: Any) -> Any:
    """Return a value as plain JSON data. Fields at their defaults are left out."""
    if attrs.has(type(value)):
        fields = ((a, getattr(value, a.name)) for a in attrs.fields(type(value)))
        return {a.name: content_of(v) for a, v in fields if a.default is attrs.NOTHING or v != a.default}
    match value:
        case enum.Enum():
            return value.value
        case Mapping():
            return {str(k): content_of(v) for k, v in value.items()}
        case str() | bool() | int() | float() | None:
            return value
        case Iterable():
            return [content_of(v) for v in value]
        case _:
            return str(value)
