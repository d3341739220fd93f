"""Conversion of a response (status, headers, bytes) to a value or an exception, without I/O or retries.

SmartLead reports errors in ten formats (see :func:`_error_details`). All of them become exceptions of
:mod:`smartlead_async.errors` with the same attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..errors import APIError, NotFound, ResponseDecodeError, error_class
from ..request import Effect, Operation
from .annotations import holds_secret
from .decode import Missing, accepts_nothing, decode, parse

_EXCERPT: Final = 500
_MAX_DEPTH: Final = 50
"""Bodies in errors are cut off below this depth: users print and pickle them, which is recursive."""


Redact = Callable[[str], str]
"""A function that removes the API key from a string."""


def read_response(
    operation: Operation, status: int, headers: Mapping[str, str], body: bytes, *, redact: Redact
) -> Any:
    """Return the decoded value of the operation, or raise the error that the response reports."""
    if not 200 <= status < 300:
        error = api_error(status, headers, body, redact=redact)
        if status == 404 and error.refused and accepts_nothing(operation.response_type):
            return None
        raise error
    if operation.response_type is bytes:
        return body
    if operation.response_type is str:
        return body.decode("utf-8-sig", errors="replace")
    value: Any = None
    try:
        value = _parsed(operation, status, body)
        if _reports_failure(value) and not operation.ok_false_is_result:
            raise api_error(status, headers, body, redact=redact)
        return decode(operation, value)
    except Missing:
        if operation.effect is Effect.READ and body.strip():
            message = "no such object (the response was empty)"
            raise NotFound(message, status=404, headers=headers, refused=True) from None
        problem = ResponseDecodeError(("the response is empty @ $",))
    except ResponseDecodeError as error:
        problem = error
    if not body.strip():
        # SmartLead sends {} for an object that does not exist; without a single byte, the body was lost.
        problem = ResponseDecodeError(("the response is empty @ $",), malformed=True)
    # The original exception may quote the key. Raising inside the except block would attach it as
    # __context__.
    shown = b"" if holds_secret(operation.response_type) else body
    raise _with_excerpt(_redacted_error(problem, operation, value, redact), status, shown, redact)


def _parsed(operation: Operation, status: int, body: bytes) -> Any:
    try:
        return parse(body, status=status)
    except ResponseDecodeError:
        text = body.decode("utf-8", errors="replace").strip()
        if not text:
            return None
        # Neither an HTML page nor truncated JSON.
        if operation.plain_text_response and not text.startswith(("<", "{", "[")):
            return {"message": text}
        raise


def api_error(status: int, headers: Mapping[str, str], body: bytes, *, redact: Redact) -> APIError:
    """Return the exception for an error response in any of SmartLead's formats."""
    from .refusals import foreign_message, is_refusal  # noqa: PLC0415 - loaded with the first failure

    text = redact(body.decode("utf-8", errors="replace"))
    try:
        # Redacted after parsing, because JSON may escape characters of the key.
        value: Any = _redacted(parse(body), redact) if text.strip() else None
    except ResponseDecodeError:
        value = None
        message, code, field = _summary(text), None, None
    else:
        message, code, field = _error_details(value)
    redacted_headers = {name: redact(content) for name, content in headers.items()}
    if value is None:
        message = foreign_message(status, redacted_headers, text) or message
    return error_class(status)(
        message or f"SmartLead returned HTTP {status} without an error message",
        status=status,
        code=code,
        field=field,
        body=text[:_EXCERPT] if value is None else value,
        headers=redacted_headers,
        refused=is_refusal(status, value, text),
    )


def _redacted_error(
    problem: ResponseDecodeError, operation: Operation, value: Any, redact: Redact
) -> ResponseDecodeError:
    # The messages quote the beginnings of strings, which may end in the middle of the key and could not be
    # redacted afterwards. So decode a redacted copy of the value again.
    if problem.malformed:
        return problem
    try:
        decode(operation, _redacted(value, redact))
    except ResponseDecodeError as error:
        return error
    except Missing:
        pass
    return problem


def _redacted(value: Any, redact: Redact, depth: int = 0) -> Any:
    if depth > _MAX_DEPTH:
        return "…"
    match value:
        case str():
            return redact(value)
        case list():
            return [_redacted(item, redact, depth + 1) for item in value]
        case dict():
            return {redact(key): _redacted(item, redact, depth + 1) for key, item in value.items()}
        case _:
            return value


def _with_excerpt(
    problem: ResponseDecodeError, status: int, body: bytes, redact: Redact
) -> ResponseDecodeError:
    excerpt = redact(body.decode("utf-8", errors="replace"))[:_EXCERPT]
    lines = tuple(redact(line) for line in problem.problems)
    return ResponseDecodeError(lines, malformed=problem.malformed, status=status, excerpt=excerpt)


def _reports_failure(value: Any) -> bool:
    return isinstance(value, dict) and (value.get("ok") is False or value.get("success") is False)


def _error_details(value: Any) -> tuple[str, str | None, str | None]:
    """Return the message, the error code and the field path of an error body.

    The formats::

        {"error": {"code", "message", "details": {"field"}}}
        {"success": false, "error": {…}}
        {"error": "message"}
        {"message": "message"}
        {"ok": false, "message", "errorCode"}
        {"statusCode", "error": "Bad Request", "message", "validation": {"keys"}}
        status 200 with "ok" or "success" false
        "message"
    """
    if isinstance(value, str):
        return value, None, None
    if not isinstance(value, dict):
        return "", None, None
    error, message = value.get("error"), value.get("message")
    code = _string(value.get("errorCode")) or _string(value.get("code"))
    if isinstance(error, dict):
        details = error.get("details")
        field = details.get("field") if isinstance(details, dict) else None
        text = _string(error.get("message")) or _string(message) or ""
        return text, _string(error.get("code")) or code, _string(field)
    validation = value.get("validation")
    if isinstance(validation, dict):
        keys = validation.get("keys")
        field = ", ".join(map(str, keys)) if isinstance(keys, list) else None
        return _string(message) or _string(error) or "", code, field or None
    both = [text for text in (_string(message), _string(error)) if text]
    return ": ".join(both), code, _string(value.get("field"))


def _summary(text: str) -> str:
    """Return an HTML page or plain text as one short line."""
    stripped = text.strip()
    if stripped.startswith("<"):
        words = " ".join(_without_tags(stripped).split())
        return f"an HTML page: {words[:200]}" if words else "an HTML page"
    return " ".join(stripped.split())[:200]


def _without_tags(page: str) -> str:
    return re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", page)


def _string(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value else None
