"""Routes derived from the request declarations, and the registry of handlers.

    @handles(DeleteCampaign)
    def delete_campaign(call: Call) -> Reply: ...

Host, method, path, parameters, names and bounds all come from the request class. The paths of each host form
a tree of segments. An operation without a handler gets the contract's example.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import unquote

import attrs
import orjson

from ..request import Host, Operation, Part, Request
from .call import Call
from .examples import documented_operations, example_reply
from .problem import Problem
from .replies import Refusal, Reply, no_handler
from .validation import QueryCheck, body_check, hints_of, parse_integer
from .value_checks import Check, check_integer

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_INVALID_KEY: Final = {"message": "Invalid API Key"}

Handler = Callable[[Call], Reply]
ProblemHandler = Callable[[Problem], Refusal | None]
"""Returns the refusal that an operation sends for a problem; None for the usual 400."""


@attrs.frozen
class Route:
    """A handler with the checks of its request class."""

    operation: Operation
    handler: Handler
    on_problem: ProblemHandler | None
    id_is_number: tuple[bool, ...]
    """Whether each id of the path is a number."""
    query_check: QueryCheck | None
    body_check: Check | None
    whole_body: bool
    unauthorized: Any
    """The body of its 401."""
    other: Route | None = None
    """The route of another operation at the same path, whose bodies have its ``body_key``."""

    def for_body(self, body: bytes) -> Route:
        """Return the route of the operation that a body belongs to: this one or the other one."""
        if self.other is None:
            return self
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError:
            return self
        key = self.other.operation.body_key
        return self.other if isinstance(parsed, dict) and parsed.get(key) is not None else self

    def parse(self, ids: list[str], query: Mapping[str, str], body: bytes) -> tuple[Any, ...]:
        """Return ids, query and body, parsed and validated; raise :class:`Refusal` if they are invalid."""
        source = "params"
        try:
            parsed_ids = tuple(map(_parse_id, ids, self.id_is_number)) if ids else ()
            source = "query"
            parsed_query: dict[str, Any] = {}
            if self.query_check is not None and (query or self.query_check.required):
                parsed_query = self.query_check(query)
            source = "body"
            parsed_body: Any = None
            if self.body_check is not None:
                parsed_body = self._parse_body(body)
                self.body_check(parsed_body)
        except Problem as problem:
            refusal = self.on_problem(problem) if self.on_problem is not None else None
            raise refusal or Refusal(400, problem.body(source)) from None
        return parsed_ids, parsed_query, parsed_body

    def _parse_body(self, body: bytes) -> Any:
        if not body:
            return [] if self.whole_body else {}
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            message = "The request body is not valid JSON"
            raise Refusal(400, {"statusCode": 400, "error": "Bad Request", "message": message}) from None


def _parse_id(text: str, is_number: bool) -> Any:
    if not is_number:
        return text
    try:
        return check_integer(parse_integer(text))
    except Problem as problem:
        raise problem.within("id") from None


@attrs.frozen
class _Registration:
    request: type[Request[Any]]
    handler: Handler
    on_problem: ProblemHandler | None
    also_at: str | None
    unauthorized: Any


_registered: Final[dict[type[Request[Any]], _Registration]] = {}
HandlerT = TypeVar("HandlerT", bound=Handler)


def handles(
    request: type[Request[Any]],
    *,
    on_problem: ProblemHandler | None = None,
    also_at: str | None = None,
    unauthorized: Any = _INVALID_KEY,
) -> Callable[[HandlerT], HandlerT]:
    """Register the handler of a request class.

    ``also_at`` is a second path of the operation; fields in that path are not in the body.
    """

    def register(handler: HandlerT) -> HandlerT:
        if request in _registered:
            raise TypeError(f"{request.__name__} has two handlers")
        _registered[request] = _Registration(request, handler, on_problem, also_at, unauthorized)
        return handler

    return register


def handled_requests() -> frozenset[type[Request[Any]]]:
    """Return the request classes that have a handler."""
    return frozenset(_registered)


class _Node:
    __slots__ = ("capture", "literal", "routes")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.capture: _Node | None = None
        self.routes: dict[str, Route] = {}


class AmbiguousRoute(Exception):
    """A request without a host that matches routes of several hosts."""


class Router:
    """The routes of request classes, found by host, method and path."""

    def __init__(self, requests: Iterable[type[Request[Any]]]) -> None:
        self.requests = tuple(requests)
        self._roots: dict[Host, _Node] = {host: _Node() for host in Host}
        for request in self.requests:
            registration = _registered.get(request) or _without_handler(request)
            self._add(registration, request.operation.path)
            if registration.also_at is not None:
                self._add(registration, registration.also_at)
        for operation in documented_operations():
            # Otherwise the id of another route would hide it.
            node = self._node(operation.host, operation.path)
            node.routes.setdefault(operation.method, _undeclared_route(operation))

    def _node(self, host: Host, path: str) -> _Node:
        node = self._roots[host]
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                node.capture = node.capture or _Node()
                node = node.capture
            else:
                node = node.literal.setdefault(segment, _Node())
        return node

    def _add(self, registration: _Registration, path: str) -> None:
        operation = registration.request.operation
        node = self._node(operation.host, path)
        route, found = _route(registration, path), node.routes.get(operation.method)
        if found is not None:
            if (found.operation.body_key is None) is (operation.body_key is None):
                names = f"{found.operation.name} and of {operation.name}"
                raise TypeError(f"{operation.method} {path} is the route of {names}")
            plain, keyed = (found, route) if operation.body_key else (route, found)
            route = attrs.evolve(plain, other=keyed)
        node.routes[operation.method] = route

    def find(self, method: str, path: str, host: Host | None = None) -> tuple[Route | None, list[str]]:
        """Return the route, if there is one, and the ids in the path; trailing slashes do not matter.

        The most specific route is found: ``/leads/all`` is not the lead "all". Without a host, as under one
        base URL, the route may be that of any host. A request that matches
        routes of several hosts raises :class:`AmbiguousRoute`, so that no route hides another.
        """
        segments = _segments(path)
        found: list[tuple[Route, list[str]]] = []
        for root in self._roots_of(host):
            for node, ids in _ends(root, segments, 0):
                if method in node.routes:
                    found.append((node.routes[method], ids))
                    break
        if len(found) > 1:
            names = " and ".join(f"{r.operation.name} ({r.operation.host.name})" for r, _ in found)
            raise AmbiguousRoute(f"{method} {path} is a route of several hosts: {names}")
        return found[0] if found else (None, [])

    def methods(self, path: str, host: Host | None = None) -> list[str]:
        """Return the methods that have a route at a path; HEAD is answered wherever GET is."""
        segments = _segments(path)
        ends = (node for root in self._roots_of(host) for node, _ in _ends(root, segments, 0))
        methods = {method for node in ends for method in node.routes}
        return sorted(methods | {"HEAD"} if "GET" in methods else methods)

    def _roots_of(self, host: Host | None) -> Iterable[_Node]:
        return self._roots.values() if host is None else (self._roots[host],)


def _without_handler(request: type[Request[Any]]) -> _Registration:
    operation = request.operation
    advice = f"Set its response first, with fake.respond({operation.name}, {{...}})."
    reply = _example_or_refusal(operation, advice)
    return _Registration(request, lambda _call: reply, None, None, _INVALID_KEY)


def _undeclared_route(operation: Operation) -> Route:
    """Return the route of an operation that is documented and not part of this package."""
    advice = "Declare its request class, and set its response with fake.respond."
    reply = _example_or_refusal(operation, advice)
    ids = (False,) * operation.path.count("{")
    return Route(operation, lambda _call: reply, None, ids, None, None, False, _INVALID_KEY)


def _example_or_refusal(operation: Operation, advice: str) -> Reply:
    example = example_reply(operation)
    return example or no_handler(operation.name, operation.method, operation.path, advice)


def _route(registration: _Registration, path: str) -> Route:
    request: Any = registration.request
    hints = hints_of(request)
    names = _PLACEHOLDER.findall(path)
    is_number = {name: hints[p.name] is int for p in request.parameters for name in (p.name, p.wire)}
    return Route(
        request.operation,
        registration.handler,
        registration.on_problem,
        tuple(is_number[name] for name in names),
        QueryCheck(request, [p for p in request.parameters if p.part is Part.QUERY]),
        body_check(request, in_path=names),
        any(p.part is Part.WHOLE_BODY for p in request.parameters),
        registration.unauthorized,
    )


def _segments(path: str) -> list[str]:
    """Split a path below the base path. An encoded slash is part of its segment."""
    segments = path.removeprefix("/").removesuffix("/").split("/")
    return [unquote(segment) for segment in segments] if "%" in path else segments


def _ends(node: _Node, segments: list[str], depth: int) -> Iterator[tuple[_Node, list[str]]]:
    """Yield every node that a path leads to, with the ids on the way, the most specific one first."""
    if depth == len(segments):
        yield node, []
        return
    segment = segments[depth]
    literal = node.literal.get(segment)
    if literal is not None:
        yield from _ends(literal, segments, depth + 1)
    if node.capture is not None and segment:
        for end, ids in _ends(node.capture, segments, depth + 1):
            yield end, [segment, *ids]
