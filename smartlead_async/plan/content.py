"""The content of specifications as plain JSON data, for digests and comparisons."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import json
import marshal
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import attrs
import orjson

_PLAIN: Final = frozenset({str, int, bool, type(None)})


def content_of(value: Any) -> Any:  # noqa: PLR0911 - one for each kind of value
    """Return a value as plain JSON data. Fields at their defaults are left out."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list:
        return [content_of(v) for v in value]
    if fields := _fields(kind):
        values = zip(fields.names, fields.values_of(value), fields.defaults, strict=True)
        return {
            name: v if type(v) in _PLAIN else content_of(v)
            for name, v, default in values
            if v is not default and v != default
        }
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


def json_of(content: Mapping[str, Any]) -> bytes:
    """Return ``as_json(content_of(...))`` of an object with these values.

    Many campaigns share one sequence of steps, one schedule and so on, so their JSON is kept.
    """
    try:
        return orjson.dumps(
            {
                name: value
                if type(value) in _PLAIN
                else _sequence_json(value)
                if type(value) is tuple
                else _part_json(value)
                for name, value in content.items()
            },
            option=orjson.OPT_SORT_KEYS,
        )
    except TypeError:
        return as_json({name: content_of(value) for name, value in content.items()})


# --- parts that campaigns share ------------------------------------------------------------------------
_MAX_SHARED: Final = 256
"""Sequences, and other parts, of which the JSON is kept."""

_shared: dict[int, tuple[Any, orjson.Fragment]] = {}
"""The JSON of sequences by their identity. It holds them as well, so that no other has their identity."""

_parts: dict[tuple[type, bytes], orjson.Fragment] = {}
"""The JSON of attrs objects by their class and values."""


def _sequence_json(value: Any) -> Any:
    """Return the JSON of a sequence that cannot change, and the content of any other."""
    kept = _shared.get(id(value))
    if kept is not None:
        return kept[1]
    content = content_of(value)
    if not is_immutable(value):
        return content
    if len(_shared) >= _MAX_SHARED:
        _shared.clear()
    fragment = orjson.Fragment(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))
    _shared[id(value)] = (value, fragment)
    return fragment


def _part_json(value: Any) -> Any:
    """Return the JSON of an attrs object that holds plain values only, and the content of anything else."""
    kind: Any = type(value)
    fields = _fields(kind)
    if fields is None:
        return content_of(value)
    try:
        # Unlike a comparison, this distinguishes 1 from True and 1.0. Version 0 depends on the values alone.
        key = (kind, marshal.dumps(fields.values_of(value), 0))
    except ValueError:
        return content_of(value)
    kept = _parts.get(key)
    if kept is None:
        if len(_parts) >= _MAX_SHARED:
            _parts.clear()
        kept = _parts[key] = orjson.Fragment(orjson.dumps(content_of(value), option=orjson.OPT_SORT_KEYS))
    return kept


def is_immutable(value: object) -> bool:
    """Return whether a value, and all that it consists of, can never change."""
    kind: Any = type(value)
    if kind in _PLAIN or isinstance(value, (enum.Enum, float, dt.datetime)):
        return True
    if kind is tuple:
        return all(map(is_immutable, value))  # type: ignore[call-overload]
    fields = _fields(kind)
    return fields is not None and _is_frozen(kind) and all(map(is_immutable, fields.values_of(value)))


class _Fields(NamedTuple):
    """The fields of an attrs class, and a function that returns the values of an instance."""

    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    values_of: Callable[[Any], tuple[Any, ...]]


@functools.cache
def _fields(kind: Any) -> _Fields | None:
    """Return the fields of an attrs class; None for any other class, or one without fields."""
    fields = attrs.fields(kind) if attrs.has(kind) else ()
    if not fields:
        return None
    names = tuple(field.name for field in fields)
    get = operator.attrgetter(*names)
    return _Fields(
        names,
        tuple(field.default for field in fields),
        # The getter of a single attribute does not return a tuple.
        get if len(names) > 1 else lambda value: (get(value),),
    )


@functools.cache
def _is_frozen(kind: Any) -> bool:
    try:
        kind.__setattr__(object.__new__(kind), attrs.fields(kind)[0].name, None)
    except attrs.exceptions.FrozenInstanceError:
        return True
    except Exception:  # noqa: BLE001 - it has a validator or a method of its own
        return False
    return False
