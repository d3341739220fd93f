"""Distinguish error responses of the API itself from those of proxies, gateways and the network edge.

A refusal by the API had no effect. Anything else leaves open whether the request was processed: a gateway may
give up on a request that the application completes, and a redirect or an HTML page says nothing about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from ..errors import (
    APIError,
    NotSent,
    RateLimited,
    ResponseDecodeError,
    ResponseTooLarge,
    ServerError,
    SmartleadError,
    TransportError,
)
from .retry import Failure

REFUSING: Final = frozenset({400, 401, 402, 403, 404, 406, 409, 422})
"""The statuses with which the API is documented to refuse a request."""

_CHALLENGE: Final = re.compile(
    r"(?i)<title>\s*just a moment|challenge-platform|cf[-_]chl|attention required!"
)
_EDGE_ERROR: Final = re.compile(r"(?i)\s*error code: 10\d\d\s*")
_USER_AGENT_REFUSED: Final = re.compile(r"(?i)\s*error code: 1010\s*")


def is_refusal(status: int, value: Any, text: str) -> bool:
    """Return whether an error response certainly means that the request had no effect.

    ``value`` is the parsed JSON body, None if it is not JSON, and ``text`` the body as a string.
    """
    if status == 429 or 200 <= status < 300:
        return True
    if status == 403 and _USER_AGENT_REFUSED.fullmatch(text):
        # The edge rejects the client by its User-Agent and passes nothing on.
        return True
    return status in REFUSING and _is_error_body(value)


def _is_error_body(value: Any) -> bool:
    """Return whether parsed JSON is one of the documented error bodies."""
    if not isinstance(value, dict):
        return False
    error = value.get("error")
    texts = (value.get("message"), error.get("message") if isinstance(error, dict) else error)
    return any(isinstance(text, str) and text for text in texts)


def foreign_message(status: int, headers: Mapping[str, str], text: str) -> str | None:
    """Return the message for a response that did not come from the API; None if that is not known."""
    if 300 <= status < 400 and status != 304:
        target = _target(headers.get("location", ""))
        where = f" to {target}" if target else ""
        return f"a redirect{where}, not followed because the URL contains the API key: check base_url"
    if _USER_AGENT_REFUSED.fullmatch(text):
        return "the network edge refused the User-Agent (error code: 1010): pass another user_agent"
    if headers.get("cf-mitigated") == "challenge" or (_is_html(text) and _CHALLENGE.search(text)):
        return (
            "the network edge in front of the API asks for a browser check, which a program cannot pass: "
            "try later, or from another network"
        )
    if _EDGE_ERROR.fullmatch(text):
        return f"the network edge refused the request ({text.strip()})"
    return None


def _is_html(text: str) -> bool:
    return text.lstrip().startswith("<")


def _target(location: str) -> str:
    """Return the target of a redirect without credentials, query and fragment, which may contain the key."""
    try:
        parts = urlsplit(location)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return ""
    shown = f"{parts.scheme}://{host}{parts.path}" if host else parts.path
    return shown[:200] if shown.isprintable() else ""


_FAILURES: Final[tuple[tuple[type[SmartleadError], Failure], ...]] = (
    (NotSent, Failure.NOT_SENT),
    (RateLimited, Failure.RATE_LIMITED),
    # Unlike after other failures of the transport, the same would happen again.
    (ResponseTooLarge, Failure.UNRECOGNIZED),
    (TransportError, Failure.INTERRUPTED),
    (ServerError, Failure.INTERRUPTED),
)


def may_take_effect(error: SmartleadError) -> bool:
    """Return whether a request that failed with this error may have had an effect, or may still have one."""
    return failure_of(error) not in (Failure.NOT_SENT, Failure.RATE_LIMITED, Failure.REFUSED)


def failure_of(error: SmartleadError) -> Failure:
    """Return what an error says about whether its request took effect."""
    for kind, failure in _FAILURES:
        if isinstance(error, kind):
            return failure
    if isinstance(error, APIError) and not error.refused:
        return Failure.UNRECOGNIZED
    if isinstance(error, ResponseDecodeError) and error.malformed:
        return Failure.UNREADABLE
    return Failure.REFUSED
