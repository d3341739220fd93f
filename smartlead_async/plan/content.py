"""The content of specifications as plain JSON data, for digests and comparisons."""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
import orjson

_PLAIN: Final = frozenset({str, int, bool, type(None)})


def content_of(value: Any) -> Any:  # noqa: PLR0911 - one for each kind of value
    """Return a value as plain JSON data. Fields at their defaults are left out."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if fields := _fields(kind):
        return {name: content_of(v) for name, default in fields if (v := getattr(value, name)) != default}
    match value:
        case enum.Enum():
            return value.value
        case Mapping():
            return {str(k): content_of(v) for k, v in value.items()}
        case str() | int() | float():
            return value
        case Iterable():
            return [content_of(v) for v in value]
        case _:
            return str(value)


def as_json(content: Any) -> bytes:
    """Return content as JSON that is the same for equal content, whatever it consists of."""
    try:
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # What JSON cannot carry, such as half of a surrogate pair: it is refused elsewhere, with a reason.
        return json.dumps(content, sort_keys=True).encode()


@functools.cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the names and defaults of the fields of an attrs class; nothing for any other class."""
    if not attrs.has(kind):
        return ()
    return tuple((field.name, field.default) for field in attrs.fields(kind))
