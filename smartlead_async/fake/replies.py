"""Responses before they go on the wire: those of handlers, and those sent by gateways and proxies."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, Final

import attrs
import orjson

JSON: Final = "application/json; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"


@attrs.frozen
class Reply:
    """A response before it is put on the wire."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = attrs.field(factory=dict)
    reason: str | None = None
    """The reason for which the fake sends it; for the log, not for the wire."""


class Refusal(Exception):
    """Raised by a handler to refuse a request with this status and body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.reply = json_reply(body, status)


def json_reply(body: Any, status: int = 200) -> Reply:
    """Create a JSON response."""
    return Reply(status, orjson.dumps(body))


def text_reply(text: str, status: int = 200, content_type: str = HTML) -> Reply:
    """Create a plain-text response, which SmartLead labels as HTML."""
    return Reply(status, text.encode(), content_type)


def given_reply(body: Any, status: int = 200) -> Reply:
    """Create a response that a test gives: a string or bytes as they are, everything else as JSON."""
    if isinstance(body, bytes):
        return Reply(status, body)
    return text_reply(body, status) if isinstance(body, str) else json_reply(body, status)


NOT_FOUND: Final = {"error": "Resource not found"}
OK: Final = json_reply({"ok": True})
UPDATED: Final = json_reply({"success": True, "message": "updated"})


def campaign_not_found() -> Refusal:
    """Return the 404 of nearly every route below a campaign."""
    return Refusal(404, {"error": "Campaign not found - Invalid campaign_id."})


def server_error(status: int) -> Reply:
    """Create the response that a failing server or its gateway sends with this status."""
    # 502 and 504 come from the gateway, which sends HTML.
    if status in {502, 504}:
        return html_page(status, "Bad Gateway" if status == 502 else "Gateway Timeout")
    messages = {500: "Internal server error", 503: "Service temporarily unavailable"}
    return json_reply({"error": messages.get(status, "Request failed")}, status)


def html_page(status: int, title: str) -> Reply:
    """Create an HTML page, for a client that expects JSON."""
    markup = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return text_reply(markup, status)


def refused_at_the_edge(user_agent: str) -> Reply:
    """Create the 403 of the edge in front of SmartLead for a User-Agent that it does not let in."""
    agent = f"names only a library: {user_agent[:100]!r}" if user_agent.strip() else "is empty"
    reply = text_reply("error code: 1010", 403, "text/plain; charset=UTF-8")
    return attrs.evolve(reply, reason=f"the User-Agent {agent}")


def options_reply(methods: list[str]) -> Reply:
    """Create the response to OPTIONS: the methods that a path has."""
    allowed = ", ".join(methods)
    return attrs.evolve(text_reply(allowed), headers={"Allow": allowed})


def unknown_route(method: str, path: str, methods: list[str]) -> Reply:
    """Create the 404 of a route that does not exist; a path without this method is no exception."""
    # Only the path: the query contains the API key.
    line = f"Cannot {html.escape(method)} {html.escape(path)}"
    markup = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
        f"<body>\n<pre>{line}</pre>\n</body>\n</html>\n"
    )
    reply = text_reply(markup, 404)
    return attrs.evolve(reply, headers={"Allow": ", ".join(methods)}) if methods else reply


def no_handler(name: str, method: str, path: str, advice: str) -> Reply:
    """Create the refusal of an operation that the fake does not simulate."""
    message = f"The fake has no handler for {name} ({method} {path}). {advice}"
    # A 400 and not a 501: a client retries a 5xx, or takes the outcome of the request for unknown.
    return json_reply({"error": {"code": "NO_HANDLER", "message": message}}, 400)


def ambiguous_route(message: str) -> Reply:
    """Create the 421 (misdirected request) of a request that matches routes of several hosts."""
    message = f"{message}. Under one base URL the fake cannot tell them apart; use its in-memory transport."
    return json_reply({"error": {"code": "AMBIGUOUS_ROUTE", "message": message}}, 421)
