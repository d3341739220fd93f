"""A request class as URL path, query and body."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import quote, urlencode

import attrs
import orjson

from .models._fields import NOT_GIVEN
from .request import Parameter, Part, Request
from .wire import unstructure


@attrs.frozen
class Encoded:
    """A request on its way: everything but the host and the key."""

    path: str
    query: str
    body: bytes | None


@attrs.frozen
class _Plan:
    """Where the fields of a request class go, worked out once."""

    in_path: tuple[Parameter, ...]
    in_query: tuple[Parameter, ...]
    whole_body: str | None
    has_body: bool


@functools.cache
def _plan(cls: Any) -> _Plan:
    def of(part: Part) -> tuple[Parameter, ...]:
        return tuple(p for p in cls.parameters if p.part is part)

    whole = next((p.name for p in of(Part.WHOLE_BODY)), None)
    has_body = cls.operation.method in ("POST", "PUT", "PATCH") or bool(of(Part.BODY))
    return _Plan(of(Part.PATH), of(Part.QUERY), whole, has_body)


def encode(request: Request[Any]) -> Encoded:
    """URL path, query and body of a request. Verbs that write carry a JSON object, be it empty."""
    plan = _plan(type(request))  # type: ignore[arg-type] # mypy takes no class for hashable
    path = request.operation.path
    if plan.in_path:
        path = path.format_map({p.wire: _path_segment(request, p.name) for p in plan.in_path})
    body = None
    if plan.has_body:
        whole = plan.whole_body
        body = orjson.dumps(unstructure(request if whole is None else getattr(request, whole)))
    return Encoded(path, _query(request, plan.in_query) if plan.in_query else "", body)


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
