"""The pages of a served fake that are not SmartLead's: what it is, how to try it with curl, and OpenAPI."""

from __future__ import annotations

import html
import shlex
from typing import Final

from ..api.areas import request_classes
from ..request import Host
from .exchange import Receiver
from .keys import is_made_up
from .openapi import openapi_document
from .replies import Reply, json_reply, text_reply

_EXAMPLES: Final[dict[Host, tuple[tuple[str, str, str | None], ...]]] = {
    Host.CORE: (
        ("GET", "/campaigns", None),
        ("POST", "/campaigns/create", '{"name": "Dentists in Oslo Q1 2027"}'),
        ("GET", "/email-accounts?limit=10", None),
    ),
    Host.DELIVERY: (("GET", "/spam-test/folder", None),),
    Host.PROSPECT: (("GET", "/countries?limit=10", None),),
    Host.SENDERS: (("GET", "/smart-senders/get-vendors", None),),
}


def page_at(path: str, fake: Receiver, base_url: str) -> Reply | None:
    """Return the landing page or the OpenAPI document; None if the path is neither of the two."""
    path = path.removeprefix("/api/v1")
    if path in {"", "/"}:
        return _landing_page(fake, base_url)
    return json_reply(openapi_document(request_classes(), base_url)) if path == "/openapi.json" else None


def _landing_page(fake: Receiver, base_url: str) -> Reply:
    """Create the page of a fake that is served under a base URL."""
    key = next((key for key in fake.api_keys if is_made_up(key)), "YOUR-KEY")
    agent = "" if fake.accepts_any_user_agent else " -A my-trial/1"
    commands = "".join(
        f"<h2>{html.escape(host.value)}</h2>\n<pre>"
        + "\n".join(html.escape(_curl(base_url, key, agent, *example)) for example in examples)
        + "</pre>\n"
        for host, examples in _EXAMPLES.items()
    )
    why = (
        ""
        if not agent
        else "<p>Like SmartLead, it refuses the User-Agent of curl: hence <code>-A</code>.</p>\n"
    )
    return text_reply(
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        "<title>Fake SmartLead</title></head>\n"
        "<body>\n<h1>Fake SmartLead</h1>\n"
        "<p>A SmartLead in memory, from smartlead-async. It sends no mail and forgets everything.</p>\n"
        f"<p>Base URL of all hosts: <code>{html.escape(base_url)}</code></p>\n"
        '<p><a href="/openapi.json">OpenAPI document</a> of what it simulates</p>\n'
        f"{why}{commands}"
        "<h2>Let a day pass</h2>\n<p>Started campaigns send, and leads react.</p>\n"
        f"<pre>{html.escape(_advance(base_url))}</pre>\n</body>\n</html>\n"
    )


def _advance(base_url: str) -> str:
    url = f"{base_url.removesuffix('/api/v1')}/__fake__/advance"
    return f"curl -d '{{\"days\": 1}}' {shlex.quote(url)}"


def _curl(base_url: str, key: str, agent: str, method: str, path: str, body: str | None) -> str:
    url = f"{base_url}{path}{'&' if '?' in path else '?'}api_key={key}"
    data = f" -H 'Content-Type: application/json' -d {shlex.quote(body)}" if body is not None else ""
    verb = f" -X {method}" if method not in {"GET", "POST"} else ""
    return f"curl{agent}{verb}{data} {shlex.quote(url)}"
