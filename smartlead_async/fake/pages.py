"""Answers that do not come from the application: gateways, proxies, unknown routes."""

from __future__ import annotations

import html

from .routing import Reply, json_reply, text_reply


def failure(status: int) -> Reply:
    """An error status as it comes when something breaks."""
    # What stands in front of the application answers 502 and 504, and it speaks HTML.
    if status in {502, 504}:
        return page(status, "Bad Gateway" if status == 502 else "Gateway Timeout")
    texts = {500: "Internal server error", 503: "Service temporarily unavailable"}
    return json_reply({"error": texts.get(status, "Request failed")}, status)


def page(status: int, text: str) -> Reply:
    """An HTML page where JSON was expected."""
    markup = f"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
    return text_reply(markup, status)


def no_such_route(method: str, path: str) -> Reply:
    """The 404 of a route that does not exist."""
    # The path alone: the query holds the key.
    line = f"Cannot {html.escape(method)} {html.escape(path)}"
    markup = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
        f"<body>\n<pre>{line}</pre>\n</body>\n</html>\n"
    )
    return text_reply(markup, 404)
