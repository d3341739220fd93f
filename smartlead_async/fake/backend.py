"""The path of a request through the fake: edge, API key, rate limits, faults, route, handler."""

from __future__ import annotations

import functools
import json
import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import attrs

from ..request import Host
from .accounts import Access
from .agenda import Agenda
from .call import Call
from .exchange import Ending, Exchange
from .faults import Fault, FaultKind, Faults, Script
from .problem import Problem, ProblemKind
from .rate_limits import RateLimitStatus
from .replies import (
    Refusal,
    Reply,
    ambiguous_route,
    html_page,
    json_reply,
    options_reply,
    refused_at_the_edge,
    server_error,
    unknown_route,
)
from .request_log import LoggedRequest, RequestLog
from .routing import AmbiguousRoute, Route, Router
from .throttle import Throttle
from .world import World

BASE_PATH: Final = "/api/v1"

_MAX_REFUSED_AGENTS: Final = 100

_logger: Final = logging.getLogger("smartlead_async.fake")

_LIBRARY_DEFAULTS: Final = re.compile(
    r"(python-requests|python-httpx|python-urllib|curl|wget|axios|node-fetch|go-http-client|okhttp|java|libwww-perl"
    r"|python/[\d.]+ aiohttp)(/|$)",
    re.IGNORECASE,
)


@attrs.frozen
class _Request:
    """A request that has arrived, with its route if it has one, and its fault if one was drawn."""

    method: str
    path: str
    host: Host | None
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    route: Route | None
    ids: list[str]
    fault: Fault | None
    repeated: str | None
    """A query key that the request has more than once."""

    @property
    def kind(self) -> FaultKind | None:
        return self.fault.kind if self.fault is not None else None


class Backend:
    """The server side of the fake, behind :class:`FakeSmartlead`."""

    def __init__(
        self,
        world: World,
        router: Router,
        throttle: Throttle,
        log: RequestLog,
        faults: Faults | None,
        *,
        strict_user_agent: bool,
    ) -> None:
        self.world = world
        self.throttle = throttle
        self.log = log
        self.faults = faults
        self.scripts: list[Script] = []
        self.late_commits = Agenda()
        self.router = router
        self._refused_agents: set[str] = set()
        self.responses: dict[str, Reply] = {}
        """Responses that tests set, by the name of the operation."""
        self.strict_user_agent = strict_user_agent

    def receive(
        self,
        method: str,
        path: str,
        query_string: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        host: Host | None,
    ) -> Exchange:
        """Carry out a request, log it, and return its outcome."""
        now = self.world.clock.now()
        self.catch_up()
        try:
            route, ids = self._find(method, path, host)
        except AmbiguousRoute as ambiguous:
            return Exchange(Ending.ANSWERED, ambiguous_route(str(ambiguous)))
        if route is not None:
            route = route.for_body(body or b"")
        operation = route.operation.name if route is not None else "unknown"
        fault = self._fault_for(operation)
        pairs = parse_qsl(query_string, keep_blank_values=True)
        query, repeated = dict(pairs), _repeated(name for name, _ in pairs)
        request = _Request(method, path, host, headers, query, body or b"", route, ids, fault, repeated)
        exchange = self._exchange(request)
        reply = exchange.reply
        status, reason = (reply.status, reply.reason) if reply is not None else (None, None)
        self.log.add(LoggedRequest(method, path, operation, status, now, request.kind, reason))
        return exchange

    def catch_up(self) -> None:
        """Make the changes that are due by now."""
        self.late_commits.run_until(self.world.clock.now())
        self.world.agenda.run_until(self.world.clock.wall())

    def _find(self, method: str, path: str, host: Host | None) -> tuple[Route | None, list[str]]:
        below = _below_base_path(path, host)
        if below is None:
            return None, []
        return self.router.find("GET" if method == "HEAD" else method, below, host)

    def _fault_for(self, operation: str) -> Fault | None:
        for script in self.scripts:
            if script.matches(operation):
                return script.take()
        return self.faults.draw() if self.faults is not None else None

    def _exchange(self, request: _Request) -> Exchange:
        if request.kind is FaultKind.REFUSED:
            return Exchange(Ending.REFUSED)
        if request.kind is FaultKind.LOST_BEFORE:
            return Exchange(Ending.LOST)
        if self.strict_user_agent and _is_library_default(request.headers):
            return Exchange(Ending.ANSWERED, self._refuse_agent(_user_agent(request.headers)))
        access = self.world.keys.get(request.query.get("api_key", ""))
        status = self.throttle.admit(access.key) if access is not None else None
        reply = self._refusal(request, access, status)
        if reply is not None:
            return Exchange(Ending.ANSWERED, self.throttle.with_headers(reply, status))
        assert request.route is not None  # noqa: S101 - _refusal
        assert access is not None  # noqa: S101 - _refusal
        perform = functools.partial(self._perform, request.route, access, request)
        exchange = self._commit(request.fault, perform)
        if exchange.reply is None:
            return exchange
        return attrs.evolve(exchange, reply=self.throttle.with_headers(exchange.reply, status))

    def _refusal(
        self, request: _Request, access: Access | None, status: RateLimitStatus | None
    ) -> Reply | None:
        """Return the response to a request that does not reach its handler."""
        fault = request.fault
        key = access.key if access is not None else None
        if status is not None and not status.allowed:
            return self.throttle.too_many(key, status.retry_after)
        if fault is not None and fault.kind is FaultKind.RATE_LIMITED:
            return self.throttle.too_many(key, fault.seconds)
        if fault is not None and fault.kind is FaultKind.STATUS_BEFORE:
            return fault.reply or server_error(fault.status)
        if request.route is None:
            return self._no_route(request)
        return json_reply(request.route.unauthorized, 401) if access is None else None

    def _refuse_agent(self, agent: str) -> Reply:
        reply = refused_at_the_edge(agent)
        # Once for each agent; a client that changes it all the time does not fill the log.
        if agent not in self._refused_agents and len(self._refused_agents) < _MAX_REFUSED_AGENTS:
            self._refused_agents.add(agent)
            _logger.warning("Refused with a 403 (error code 1010), as SmartLead does: %s", reply.reason)
        return reply

    def _no_route(self, request: _Request) -> Reply:
        below = _below_base_path(request.path, request.host)
        methods = self.router.methods(below, request.host) if below is not None else []
        if methods and request.method == "OPTIONS":
            return options_reply(methods)
        return unknown_route(request.method, request.path, methods)

    def _commit(self, fault: Fault | None, perform: functools.partial[Reply]) -> Exchange:
        if fault is None:
            return Exchange(Ending.ANSWERED, perform())
        if fault.kind is FaultKind.LATE_COMMIT:
            self.late_commits.add(self.world.clock.now() + fault.seconds, perform)
            return Exchange(Ending.LOST)
        self.world.unlisted_for = fault.seconds if fault.kind is FaultKind.UNLISTED else 0.0
        try:
            reply = perform()
        finally:
            self.world.unlisted_for = 0.0
        return _after_commit(fault, reply)

    def _perform(self, route: Route, access: Access, request: _Request) -> Reply:
        try:
            _require_single_values(request)
            ids, query, body = route.parse(request.ids, request.query, request.body)
            response = self.responses.get(route.operation.name)
            return response or route.handler(Call(self.world, access, ids, query, body))
        except Refusal as refusal:
            return refusal.reply
        except Exception as error:
            # Neither the query, which contains the API key, nor the body is logged.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename}:{place.lineno} in {place.name}"
            _logger.exception("%s failed at %s", route.operation.name, where)
            return attrs.evolve(server_error(500), reason=f"{type(error).__name__} at {where}")


def _require_single_values(request: _Request) -> None:
    if request.repeated is not None:
        once = Problem(ProblemKind.TYPE, "must be given once", path=(request.repeated,))
        raise Refusal(400, once.body("query"))


def _repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _below_base_path(path: str, host: Host | None) -> str | None:
    base_path = BASE_PATH if host is None else urlsplit(host.value).path
    return path[len(base_path) :] if path.startswith(f"{base_path}/") else None


def _user_agent(headers: Mapping[str, str]) -> str:
    return headers.get("user-agent") or headers.get("User-Agent") or ""


def _is_library_default(headers: Mapping[str, str]) -> bool:
    agent = _user_agent(headers)
    return not agent.strip() or _LIBRARY_DEFAULTS.match(agent) is not None


def _after_commit(fault: Fault, reply: Reply) -> Exchange:
    """Return the outcome of a request that was carried out and then met a fault."""
    ending, delay = Ending.ANSWERED, 0.0
    match fault.kind:
        case FaultKind.STATUS_AFTER:
            reply = fault.reply or server_error(fault.status)
        case FaultKind.EDITED if fault.edit is not None:
            # Not orjson: a test may want a number that only Python can write.
            reply = attrs.evolve(reply, body=json.dumps(fault.edit(json.loads(reply.body))).encode())
        case FaultKind.LOST_AFTER | FaultKind.UNLISTED:
            return Exchange(Ending.LOST)
        case FaultKind.TOO_SLOW:
            ending, delay = Ending.TIMED_OUT, fault.seconds
        case FaultKind.SLOW:
            delay = fault.seconds
        case FaultKind.TRUNCATED:
            reply = attrs.evolve(reply, body=reply.body[: len(reply.body) // 2])
        case FaultKind.BROKEN_OFF:
            ending = Ending.CUT_OFF
        case FaultKind.NOT_JSON:
            reply = html_page(fault.status, "Something went wrong")
    return Exchange(ending, reply, delay)
