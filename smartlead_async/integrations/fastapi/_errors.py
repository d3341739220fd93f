"""Errors of the SDK as HTTP responses that tell callers what to do and leak nothing."""

from __future__ import annotations

import functools
import logging
import math
from types import TracebackType
from typing import Any, Final

import attrs
from fastapi import FastAPI
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from ...errors import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    Conflict,
    NotFound,
    NotSent,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    RequestTimeout,
    ServerError,
    ServiceUnavailable,
    SmartleadError,
    StillRunning,
)
from ...plan.problem import InvalidPlan
from ...provisioning.ledger.protocol import LedgerError
from ...typed import Typed

_log: Final = logging.getLogger("smartlead_async.fastapi")

_DEFAULT_RETRY_AFTER: Final = 60.0

_UNKNOWN: Final = "The request to SmartLead may have taken effect: look before you send it again."
_UNAVAILABLE: Final = "SmartLead cannot be reached at the moment; nothing was done."
_LATE: Final = "SmartLead did not respond in time."
_FAILED: Final = "SmartLead failed, or responded with something that cannot be read."
_OWN_FAULT: Final = "The service failed; its log says why."


@attrs.frozen
class _Answer:
    status: int
    detail: Any
    retry_after: float | None = None

    def response(self) -> Response:
        headers = None if self.retry_after is None else {"Retry-After": str(math.ceil(self.retry_after))}
        return JSONResponse({"detail": self.detail}, self.status, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Let an application answer errors of the SDK with the HTTP status that fits.

    - 422: a value that a request class or the API refuses, ``InvalidPlan``
    - 404 and 409: ``NotFound``, ``Conflict``
    - 429 with ``Retry-After``: ``RateLimited``
    - 503 with ``Retry-After``: ``NotSent``, ``ServiceUnavailable``
    - 504: ``RequestTimeout``, ``StillRunning``, an ``OutcomeUnknown`` after a timeout
    - 502: everything else that SmartLead did, a refused API key, any other ``OutcomeUnknown``
    - 500: ``ConfigurationError``, ``LedgerError``

    Responses hold no body, header or key of SmartLead; what happened is logged. Other ``ValueError`` are not
    handled. Example::

        app = FastAPI(lifespan=smartlead_lifespan())
        add_error_handlers(app)
    """
    app.add_exception_handler(SmartleadError, _on_smartlead_error)
    app.add_exception_handler(ValueError, _on_value_error)


async def _on_smartlead_error(request: HttpRequest, error: Exception) -> Response:
    assert isinstance(error, SmartleadError)  # noqa: S101 - this is what the handler is registered for
    answer = _answer_to(error)
    level = (
        logging.ERROR if answer.status == 500 else logging.WARNING if answer.status > 422 else logging.INFO
    )
    _log.log(level, "%s answered with %d: %s", request.scope["path"], answer.status, error)
    return answer.response()


async def _on_value_error(_request: HttpRequest, error: Exception) -> Response:
    if not _is_refused_value(error.__traceback__):
        raise error
    return _invalid(str(error)).response()


@functools.singledispatch
def _answer_to(_error: SmartleadError) -> _Answer:
    return _Answer(502, _FAILED)


@_answer_to.register
def _(error: InvalidPlan) -> _Answer:
    return _Answer(422, [_fault(p.path, f"{p.message}. {p.advice}".rstrip(". ")) for p in error.problems])


@_answer_to.register(ConfigurationError)
@_answer_to.register(LedgerError)
def _(_error: SmartleadError) -> _Answer:
    return _Answer(500, _OWN_FAULT)


@_answer_to.register
def _(error: OutcomeUnknown) -> _Answer:
    return _Answer(504 if isinstance(error.failure, RequestTimeout) else 502, _UNKNOWN)


@_answer_to.register(RequestTimeout)
@_answer_to.register(StillRunning)
def _(_error: SmartleadError) -> _Answer:
    return _Answer(504, _LATE)


@_answer_to.register
def _(_error: NotSent) -> _Answer:
    return _Answer(503, _UNAVAILABLE, _DEFAULT_RETRY_AFTER)


@_answer_to.register
def _(error: ServiceUnavailable) -> _Answer:
    return _Answer(503, _UNAVAILABLE, error.retry_after or _DEFAULT_RETRY_AFTER)


@_answer_to.register
def _(error: RateLimited) -> _Answer:
    return _Answer(429, "The rate limit of SmartLead is used up.", error.retry_after or _DEFAULT_RETRY_AFTER)


@_answer_to.register(AuthenticationError)
@_answer_to.register(PermissionDenied)
def _(_error: SmartleadError) -> _Answer:
    return _Answer(502, "SmartLead refused the API key.")


@_answer_to.register
def _(error: NotFound) -> _Answer:
    return _Answer(404, f"SmartLead has no {error.target or 'such object'}.")


@_answer_to.register
def _(error: Conflict) -> _Answer:
    return _Answer(409, _said(error) if error.refused else "SmartLead reports a conflict.")


@_answer_to.register
def _(_error: ServerError) -> _Answer:
    return _Answer(502, _FAILED)


@_answer_to.register
def _(error: APIError) -> _Answer:
    # What the API itself has not said may be the page of a proxy, which is nobody's business.
    return _invalid(_said(error), error.field or "") if error.refused else _Answer(502, _FAILED)


def _said(error: APIError) -> str:
    return f"SmartLead refused the request: {error.message}"


def _invalid(message: str, field: str = "") -> _Answer:
    return _Answer(422, [_fault(field, message)])


def _fault(field: str, message: str) -> dict[str, Any]:
    """Return one entry of a 422, in the shape that FastAPI documents for it."""
    return {"type": "smartlead", "loc": ["smartlead", *([field] if field else [])], "msg": message}


def _is_refused_value(traceback: TracebackType | None) -> bool:
    """Return whether an exception arose in the construction of a request, a spec or another input."""
    while traceback is not None:
        if isinstance(traceback.tb_frame.f_locals.get("self"), Typed):
            return True
        traceback = traceback.tb_next
    return False
