"""Which handler answers: derived from the request declarations, so there is no second table of routes.

    @answers(DeleteCampaign)
    def delete_campaign(call: Call) -> Reply: ...

Method, path, places, names and bounds all come from the class. Paths are held as a tree of segments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
import orjson

from ..request import Operation, Part, Request
from .clock import instant
from .state import Access, Account, Campaign, EmailAccount
from .validation import Check, Kind, Problem, QueryCheck, body_check, hints_of

if TYPE_CHECKING:
    from .smartlead import FakeSmartlead

JSON: Final = "application/json; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
INVALID_KEY: Final = {"message": "Invalid API Key"}


@attrs.frozen
class Reply:
    """An answer before it is put on the wire."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = attrs.field(factory=dict)


def json_reply(body: Any, status: int = 200) -> Reply:
    """An answer in JSON."""
    return Reply(status, orjson.dumps(body))


def text_reply(text: str, status: int = 200, content_type: str = HTML) -> Reply:
    """An answer in plain text, which SmartLead calls HTML."""
    return Reply(status, text.encode(), content_type)


class Refusal(Exception):
    """A handler refuses: this status and body are the answer."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.reply = json_reply(body, status)


def campaign_not_found() -> Refusal:
    """The 404 of nearly every route below a campaign."""
    return Refusal(404, {"error": "Campaign not found - Invalid campaign_id."})


class Call:
    """One request, understood and checked: what a handler works with.

    ``ids`` are the ids of the path in their order; ``query`` and ``body`` hold only what was given, under
    the names of the wire.
    """

    __slots__ = ("access", "account", "body", "fake", "ids", "now", "query")

    def __init__(
        self, fake: FakeSmartlead, access: Access, ids: tuple[Any, ...], query: dict[str, Any], body: Any
    ) -> None:
        self.fake = fake
        self.access = access
        self.account: Account = access.account
        self.ids = ids
        self.query = query
        self.body = body
        self.now = fake.clock.wall()

    @property
    def campaign(self) -> Campaign:
        """The campaign that the first id of the path names; refuses when there is none."""
        campaign = self.access.campaign(self.ids[0])
        if campaign is None:
            raise campaign_not_found()
        return campaign

    def email_account(self, refusal: Any, status: int = 404) -> EmailAccount:
        """The mailbox that the first id of the path names; refuses with that body when there is none."""
        mailbox = self.access.email_account(self.ids[0])
        if mailbox is None:
            raise Refusal(status, refusal)
        return mailbox

    @property
    def stamp(self) -> str:
        """The present instant as SmartLead writes it."""
        return instant(self.now)


Handler = Callable[[Call], Reply]
Wording = Callable[[Problem], Refusal | None]
"""What a route says of a problem in its own words; None for the usual ones."""


@attrs.frozen
class Route:
    """A handler with the checks of its request class."""

    operation: Operation
    handler: Handler
    wording: Wording | None
    path_check: tuple[bool, ...]
    """For each id of the path: whether it is a number."""
    query_check: QueryCheck
    body_check: Check | None
    whole_body: bool
    unauthorized: Any
    """The body of its 401."""

    def understand(self, captured: list[str], query: Mapping[str, str], raw: bytes) -> tuple[Any, ...]:
        """Ids, query and body of a request, checked; raises :class:`Refusal`."""
        source = "params"
        try:
            ids = tuple(map(_path_id, captured, self.path_check)) if captured else ()
            source = "query"
            given = self.query_check(query) if query or self.query_check.required else {}
            source = "body"
            body: Any = None
            if self.body_check is not None:
                body = self._parse(raw)
                self.body_check(body)
        except Problem as problem:
            said = self.wording(problem) if self.wording is not None else None
            raise said or Refusal(400, problem.body(source)) from None
        return ids, given, body

    def _parse(self, raw: bytes) -> Any:
        if not raw:
            return [] if self.whole_body else {}
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise Refusal(
                400,
                {"statusCode": 400, "error": "Bad Request", "message": "The request body is not valid JSON"},
            ) from None


def _path_id(text: str, is_number: bool) -> Any:
    if not is_number:
        return text
    if text.isascii() and text.isdecimal():
        return int(text)
    raise Problem(Kind.TYPE, "must be a number", text).below("id")


@attrs.frozen
class _Answered:
    request: type[Request[Any]]
    handler: Handler
    wording: Wording | None
    also_at: str | None
    unauthorized: Any


_answered: Final[dict[type[Request[Any]], _Answered]] = {}
HandlerT = TypeVar("HandlerT", bound=Handler)


def answers(
    request: type[Request[Any]],
    *,
    wording: Wording | None = None,
    also_at: str | None = None,
    unauthorized: Any = INVALID_KEY,
) -> Callable[[HandlerT], HandlerT]:
    """Register the handler of a request class.

    ``also_at`` is another path on which the operation answers; fields that it names are not in the body.
    """

    def register(handler: HandlerT) -> HandlerT:
        if request in _answered:
            raise TypeError(f"{request.__name__} has two handlers")
        _answered[request] = _Answered(request, handler, wording, also_at, unauthorized)
        return handler

    return register


def answered_requests() -> frozenset[type[Request[Any]]]:
    """The request classes that the fake answers."""
    return frozenset(_answered)


class _Node:
    __slots__ = ("capture", "literal", "routes")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.capture: _Node | None = None
        self.routes: dict[str, Route] = {}


class Router:
    """Finds the route of a method and path in one walk down the tree."""

    def __init__(self) -> None:
        self._root = _Node()
        for answered in _answered.values():
            self._add(answered, answered.request.operation.path)
            if answered.also_at is not None:
                self._add(answered, answered.also_at)

    def _add(self, answered: _Answered, path: str) -> None:
        request: Any = answered.request
        node = self._root
        hints = hints_of(request)
        in_path = set(_PLACEHOLDER.findall(path))
        numbers = {name: hints[p.name] is int for p in request.parameters for name in (p.name, p.wire)}
        path_check = []
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                path_check.append(numbers[segment[1:-1]])
                node.capture = node.capture or _Node()
                node = node.capture
            else:
                node = node.literal.setdefault(segment, _Node())
        method = request.operation.method
        if method in node.routes:
            raise TypeError(f"{method} {path} is answered twice: {request.__name__}")
        node.routes[method] = Route(
            request.operation,
            answered.handler,
            answered.wording,
            tuple(path_check),
            QueryCheck(request, [p for p in request.parameters if p.part is Part.QUERY]),
            body_check(request, elsewhere=in_path),
            any(p.part is Part.WHOLE_BODY for p in request.parameters),
            answered.unauthorized,
        )

    def find(self, method: str, path: str) -> tuple[Route, list[str]] | None:
        """The route, and what stands in the places of the path; slashes at its end do not matter."""
        captured: list[str] = []
        route = _walk(self._root, path.strip("/").split("/"), 0, method, captured)
        return (route, captured) if route is not None else None


def _walk(node: _Node, segments: list[str], at: int, method: str, captured: list[str]) -> Route | None:
    if at == len(segments):
        return node.routes.get(method)
    below = node.literal.get(segments[at])
    if below is not None:
        route = _walk(below, segments, at + 1, method, captured)
        if route is not None:
            return route
    if node.capture is not None and segments[at]:
        captured.append(segments[at])
        route = _walk(node.capture, segments, at + 1, method, captured)
        if route is not None:
            return route
        captured.pop()
    return None
