"""The check that sends every READ operation once and looks at its response."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from ..errors import (
    APIError,
    AuthenticationError,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    ResponseDecodeError,
    ServerError,
    SmartleadError,
    TransportError,
)
from ..request import Part, Request
from .findings import Finding, Outcome, ReadResult
from .session import Answer, Session
from .shapes import compare_fields, decode_problems
from .values import NoValue, Values, reads

_CODE: Final = re.compile("[A-Z_]{3,40}")

_KINDS: Final[Mapping[type[APIError], tuple[str, str]]] = {
    RateLimited: ("rate-limited", "still refused after a wait"),
    ServerError: ("server-error", "the server failed"),
    NotFound: ("not-found", "there is no such object or operation"),
    AuthenticationError: ("key-refused", "the key was refused"),
}
_REFUSED: Final = ("refused", "the request was refused")

Report = Callable[[ReadResult], object]


async def try_reads(session: Session, values: Values, names: Iterable[str], report: Report) -> None:
    """Send these operations, each as soon as there are values for its fields, and report each result."""
    pending = {name: cls for name, cls in reads().items() if name in set(names)}
    while ready := dict(_ready(pending, values)):
        for name, request in ready.items():
            del pending[name]
            result, answer = await try_read(session, name, request)
            report(result)
            if answer.error is None:
                values.add(name, answer.value)
    for name, cls in pending.items():
        report(ReadResult(name, Outcome.NOT_TRIED, _why_not(name, cls, values)))


async def try_read(session: Session, name: str, request: Request[Any]) -> tuple[ReadResult, Answer]:
    """Send one operation and return what is to be said about its response, and the response."""
    answer = await session.ask(request)
    return _result(name, request, answer), answer


def _ready(pending: dict[str, type[Request[Any]]], values: Values) -> Iterator[tuple[str, Request[Any]]]:
    for name, cls in pending.items():
        with contextlib.suppress(NoValue):
            yield name, values.request(name, cls)


def _why_not(name: str, cls: type[Request[Any]], values: Values) -> str | None:
    try:
        values.request(name, cls)
    except NoValue as problem:
        return str(problem)
    return None


def _result(name: str, request: Request[Any], answer: Answer) -> ReadResult:
    result = ReadResult(name, Outcome.OK, None, answer.status, round(answer.seconds, 3))
    if answer.error is None:
        found, notes = _compare(name, request, answer)
        result = attrs.evolve(result, notes=tuple(notes))
    else:
        reason = _unavailable(request, answer)
        if reason is not None:
            return attrs.evolve(result, outcome=Outcome.UNAVAILABLE, reason=reason)
        found = failure_findings(name, answer.error)
    return attrs.evolve(result, outcome=Outcome.DEVIATES if found else Outcome.OK, findings=tuple(found))


def _compare(name: str, request: Request[Any], answer: Answer) -> tuple[list[Finding], list[Finding]]:
    parsed = answer.parsed() if request.operation.response_type not in (bytes, str) else None
    return ([], []) if parsed is None else compare_fields(name, request.operation, parsed)


def _unavailable(request: Request[Any], answer: Answer) -> str | None:
    """Return why an account may not have what was asked for; None if the error is a deviation."""
    match answer.error:
        case PermissionDenied():
            return "refused (HTTP 403): not part of the plan, or not allowed for this key"
        case NotFound() if answer.status == 200 and not _names_an_object(request):
            return "an empty response: the account has no such data"
        case NotFound() if not request.operation.verified:
            return "not found (HTTP 404): only third parties document the operation"
    return None


def _names_an_object(request: Request[Any]) -> bool:
    return any(parameter.part is Part.PATH for parameter in request.parameters)


def failure_findings(name: str, error: SmartleadError, check: str = "reads") -> list[Finding]:
    """Return the findings about an error; its message is left out, since it may hold data."""
    if isinstance(error, ResponseDecodeError):
        return decode_problems(name, error)
    kind, message = _described(error)
    return [Finding(check, kind, message, name)]


def _described(error: SmartleadError) -> tuple[str, str]:
    if not isinstance(error, APIError):
        is_transport = isinstance(error, (TransportError, OutcomeUnknown))
        kind = "no-response" if is_transport else "failed"
        return kind, f"no usable response ({type(error).__name__})"
    kind, message = next((text for cls, text in _KINDS.items() if isinstance(error, cls)), _REFUSED)
    code = f", {error.code}" if error.code and _CODE.fullmatch(error.code) else ""
    return kind, f"{message} (HTTP {error.status}{code})"
