"""From (status, headers, bytes) to a value or an error: no network, no time, no retry.

SmartLead says "no" in ten ways (see the envelopes in :func:`_facts`); all of them end as one class of
:mod:`smartlead_async.errors` with the same attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..errors import APIError, NotFound, ResponseDecodeError, error_class
from ..request import Effect, Operation
from .decode import Missing, accepts_nothing, decode, parse

_EXCERPT: Final = 500


Blot = Callable[[str], str]
"""Takes the API key out of a text."""


def read_answer(
    operation: Operation, status: int, headers: Mapping[str, str], body: bytes, *, blot: Blot
) -> Any:
    """The operation's answer, typed as it declares; or the error that the answer amounts to."""
    if status == 404 and accepts_nothing(operation.response_type) and not _is_page(body):
        return None
    if not 200 <= status < 300:
        raise refusal(status, headers, body, blot=blot)
    if operation.response_type is bytes:
        return body
    if operation.response_type is str:
        return body.decode("utf-8-sig", errors="replace")
    value: Any = None
    try:
        value = _parsed(operation, status, body)
        if _says_no(value) and not operation.ok_false_is_result:
            raise refusal(status, headers, body, blot=blot)
        return decode(operation, value)
    except Missing:
        if operation.effect is Effect.READ:
            message = "there is no such object (the answer was empty)"
            raise NotFound(message, status=404, headers=headers) from None
        problem = ResponseDecodeError(("the answer is empty @ $",))
    except ResponseDecodeError as found:
        problem = found
    # Out here, because the problem as it was found may quote the key, and must not come along as context.
    raise _with_excerpt(_retold(problem, operation, value, blot), status, body, blot)


def _parsed(operation: Operation, status: int, body: bytes) -> Any:
    try:
        return parse(body, status=status)
    except ResponseDecodeError:
        text = body.decode("utf-8", errors="replace").strip()
        if not text:
            return None
        # Neither a page nor JSON that was cut off.
        if operation.plain_text_response and not text.startswith(("<", "{", "[")):
            return {"message": text}
        raise


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, blot: Blot) -> APIError:
    """The error for an answer that says no, whichever envelope it uses."""
    text = blot(body.decode("utf-8", errors="replace"))
    try:
        # Without the key only now: JSON may have written it with escapes.
        value: Any = _blotted(parse(body), blot) if text.strip() else None
    except ResponseDecodeError:
        value = None
        message, code, field = _text_message(text), None, None
    else:
        message, code, field = _facts(value)
    return error_class(status)(
        message or f"SmartLead answered {status} without saying why",
        status=status,
        code=code,
        field=field,
        body=text[:_EXCERPT] if value is None else value,
        headers={name: blot(content) for name, content in headers.items()},
    )


def _retold(
    problem: ResponseDecodeError, operation: Operation, value: Any, blot: Blot
) -> ResponseDecodeError:
    """The problem as it reads without the key: its lines quote the beginnings of texts, so blot before."""
    if problem.malformed:
        return problem
    try:
        decode(operation, _blotted(value, blot))
    except ResponseDecodeError as again:
        return again
    except Missing:
        pass
    return problem


def _blotted(value: Any, blot: Blot) -> Any:
    match value:
        case str():
            return blot(value)
        case list():
            return [_blotted(item, blot) for item in value]
        case dict():
            return {blot(key): _blotted(item, blot) for key, item in value.items()}
        case _:
            return value


def _is_page(body: bytes) -> bool:
    return body.lstrip().startswith(b"<")


def _with_excerpt(problem: ResponseDecodeError, status: int, body: bytes, blot: Blot) -> ResponseDecodeError:
    excerpt = blot(body.decode("utf-8", errors="replace"))[:_EXCERPT]
    lines = tuple(blot(line) for line in problem.problems)
    return ResponseDecodeError(lines, malformed=problem.malformed, status=status, excerpt=excerpt)


def _says_no(value: Any) -> bool:
    return isinstance(value, dict) and (value.get("ok") is False or value.get("success") is False)


def _facts(value: Any) -> tuple[str, str | None, str | None]:
    """Message, code and field path of an error body.

    {"error": {code, message, details: {field}}} · {"success": false, "error": {…}} · {"error": "text"} ·
    {"message": "text"} · {"ok": false, "message", "errorCode"} · {"statusCode", "error": "Bad Request",
    "message", "validation": {keys}}, where the text is in message · 200 with ok/success false · texts.
    """
    if isinstance(value, str):
        return value, None, None
    if not isinstance(value, dict):
        return "", None, None
    error, message = value.get("error"), value.get("message")
    code = _text(value.get("errorCode")) or _text(value.get("code"))
    if isinstance(error, dict):
        details = error.get("details")
        field = details.get("field") if isinstance(details, dict) else None
        text = _text(error.get("message")) or _text(message) or ""
        return text, _text(error.get("code")) or code, _text(field)
    validation = value.get("validation")
    if isinstance(validation, dict):
        keys = validation.get("keys")
        field = ", ".join(map(str, keys)) if isinstance(keys, list) else None
        return _text(message) or _text(error) or "", code, field or None
    both = [text for text in (_text(message), _text(error)) if text]
    return ": ".join(both), code, _text(value.get("field"))


def _text_message(text: str) -> str:
    """An error page or a plain text as one line."""
    stripped = text.strip()
    if stripped.startswith("<"):
        words = " ".join(_without_tags(stripped).split())
        return f"an HTML page: {words[:200]}" if words else "an HTML page"
    return " ".join(stripped.split())[:200]


def _without_tags(page: str) -> str:
    return re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", page)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value else None
