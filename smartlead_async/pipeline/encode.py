"""A request class as URL path, query and body."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson

from ..fields import NOT_GIVEN
from ..request import Parameter, Part, Request
from .converter import unstructure, unstructuring


class Encoded(NamedTuple):
    """A request on its way: everything but the host and the key."""

    path: str
    query: str
    body: bytes | None


class _Plan(NamedTuple):
    """Where the fields of a request class go, worked out once."""

    path: str
    in_path: tuple[Parameter, ...]
    in_query: tuple[Parameter, ...]
    whole_body: str | None
    written: Callable[[Any], Any] | None
    """What makes the body of an instance; None for a class whose requests have none."""


@functools.cache
def _plan(cls: Any) -> _Plan:
    def of(part: Part) -> tuple[Parameter, ...]:
        return tuple(p for p in cls.parameters if p.part is part)

    written: Callable[[Any], Any] | None = None
    whole = next((p.name for p in of(Part.WHOLE_BODY)), None)
    if whole is not None:
        written = unstructure
    elif cls.operation.method in ("POST", "PUT", "PATCH") or of(Part.BODY):
        written = unstructuring(cls)
    return _Plan(cls.operation.path, of(Part.PATH), of(Part.QUERY), whole, written)


def encode(request: Request[Any]) -> Encoded:
    """URL path, query and body of a request. Verbs that write carry a JSON object, be it empty."""
    plan = _plan(type(request))  # type: ignore[arg-type] # mypy takes no class for hashable
    path, in_path, in_query, whole_body, written = plan
    if in_path:
        path = path.format_map({p.wire: _path_segment(request, p.name) for p in in_path})
    body = None
    if written is not None:
        body = orjson.dumps(written(request if whole_body is None else getattr(request, whole_body)))
    return Encoded(path, _query(request, in_query) if in_query else "", body)


def _path_segment(request: Request[Any], name: str) -> str:
    value = getattr(request, name)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
        raise ValueError(f"{request.operation.name}: {name} must be an id, not {value!r}")
    return quote(str(value), safe="")


def _query(request: Request[Any], parameters: tuple[Parameter, ...]) -> str:
    given = ((p.wire, getattr(request, p.name)) for p in parameters)
    return urlencode([(k, _query_text(v)) for k, v in given if v is not None and v is not NOT_GIVEN])


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(unstructure(value))
