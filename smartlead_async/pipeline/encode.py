"""From a request to URL path, query and body."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import attrs
import orjson

from ..fields import NOT_GIVEN
from ..request import Parameter, Part, Request
from ..typed import is_list
from .converter import unstructure, unstructuring


class Encoded(NamedTuple):
    """An encoded request: everything but the host and the key."""

    path: str
    query: str
    body: bytes | None


class _Plan(NamedTuple):
    """The places of a request class's fields, worked out once."""

    path: str
    in_path: tuple[Parameter, ...]
    in_query: tuple[Parameter, ...]
    whole_body: str | None
    write_body: Callable[[Any], Any] | None
    """Returns the body of an instance; None if requests of the class have no body."""


@functools.cache
def _plan(cls: Any) -> _Plan:
    def of(part: Part) -> tuple[Parameter, ...]:
        return tuple(p for p in cls.parameters if p.part is part)

    write_body: Callable[[Any], Any] | None = None
    whole = next((p.name for p in of(Part.WHOLE_BODY)), None)
    if whole is not None:
        write_body = unstructure
    elif cls.operation.method in ("POST", "PUT", "PATCH") or of(Part.BODY):
        write_body = unstructuring(cls)
    return _Plan(cls.operation.path, of(Part.PATH), of(Part.QUERY), whole, write_body)


def encode(request: Request[Any]) -> Encoded:
    """Return URL path, query and body of a request. Writing verbs always have a JSON body, possibly empty.

    Raises ``ValueError`` with operation and field if a string has half of a character, which UTF-8 cannot
    carry.
    """
    try:
        return _encode(request)
    except (UnicodeEncodeError, orjson.JSONEncodeError):
        # Strings are examined only now, since requests are encoded by the thousand and nearly all are good.
        names = (p.name for p in type(request).parameters)
        found = next(filter(None, (_half_character(getattr(request, name), name) for name in names)), None)
        if found is None:
            raise
    where, code = found
    raise ValueError(
        f"{request.operation.name}.{where} contains half of a character (U+{code:04X}): remove it"
    )


def _half_character(value: Any, where: str) -> tuple[str, int] | None:
    """Return the place and the code of the first half of a surrogate pair within a value."""
    if isinstance(value, str):
        return next(((where, ord(c)) for c in value if "\ud800" <= c <= "\udfff"), None)
    parts: Iterator[tuple[object, str]] = iter(())
    if isinstance(value, Mapping):
        named = ((item, f"{where}[{key!r}]") for key, item in value.items())
        parts = chain(((key, f"{where} key") for key in value), named)
    elif is_list(value):
        parts = ((item, f"{where}[{index}]") for index, item in enumerate(value))
    elif attrs.has(type(value)):
        parts = ((getattr(value, a.name), f"{where}.{a.name}") for a in attrs.fields(type(value)))
    return next(filter(None, (_half_character(part, place) for part, place in parts)), None)


def _encode(request: Request[Any]) -> Encoded:
    plan = _plan(type(request))  # type: ignore[arg-type] # mypy does not see that classes are hashable
    path, in_path, in_query, whole_body, write_body = plan
    if in_path:
        path = path.format_map({p.wire: _path_segment(request, p.name) for p in in_path})
    body = None
    if write_body is not None:
        body = orjson.dumps(write_body(request if whole_body is None else getattr(request, whole_body)))
    return Encoded(path, _query(request, in_query) if in_query else "", body)


def _path_segment(request: Request[Any], name: str) -> str:
    value = getattr(request, name)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
        raise ValueError(
            f"{request.operation.name}: {name} must be an id (an integer or a string), not {value!r}"
        )
    return quote(str(value), safe="")


def _query(request: Request[Any], parameters: tuple[Parameter, ...]) -> str:
    given = ((p.wire, getattr(request, p.name)) for p in parameters)
    return urlencode([(k, _query_value(v)) for k, v in given if v is not None and v is not NOT_GIVEN])


def _query_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(_query_value, value))
    return str(unstructure(value))
