"""The key by which a repeated delivery of an event is known."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from ._events import EmailBounced, EmailReplied, Event, LeadCategoryUpdated, LinkClicked, UntrackedReply

REQUEST_ID_HEADER: Final = "x-request-id"
_OWN_HEADERS: Final = frozenset({"x-smartlead-signature", "x-webhook-level"})

BODY: Final = "body:"
"""The prefix of keys of events that nothing but their body identifies, which may rightly come again."""


def deduplication_key(
    event: Event, headers: Mapping[str, str] | None = None, *, trust_request_id: bool = True
) -> str:
    """Return a key that is the same for every delivery of an event, and different for another event.

    It is the header ``X-Request-Id``, if there is one; otherwise a hash of the event's name, campaign, lead,
    step and time, with the message id in place of the time for replies and bounces. The payload's
    ``message_id`` and ``stats_id`` alone would not do: the sent, open and click events of an e-mail share
    them. Alerts have neither a time nor an id, so theirs is a hash of the body.

    Many proxies set ``X-Request-Id`` to a new value for each request. Pass ``trust_request_id=False`` behind
    such a proxy, or a repeated delivery looks like another event. Example::

        key = webhooks.deduplication_key(event, request.headers)
        if await inbox.put(key, raw):
            print("new")
    """
    if trust_request_id and (found := _header(headers or {}, REQUEST_ID_HEADER)):
        return f"request:{found}"
    identity = _identity(event)
    if identity is None:
        return BODY + _digest(event.payload)
    return "event:" + _digest([event.type, event.campaign_id, _address(event), *identity])


def has_own_headers(headers: Mapping[str, str]) -> bool:
    """Return whether a request has headers of SmartLead, so that its ``X-Request-Id`` is no proxy's."""
    return any(key.lower() in _OWN_HEADERS for key in headers)


def _identity(event: Event) -> list[Any] | None:
    """Return what tells an event from others with the same name, campaign and lead."""
    envelope = event.payload.get("id")
    if isinstance(envelope, str) and "data" in event.payload:
        return [envelope]
    match event:
        case EmailReplied() | UntrackedReply():
            message = event.reply_message.message_id
        case EmailBounced():
            message = event.bounce_message.message_id
        case _:
            message = None
    time: dt.datetime | None = event.time or getattr(event, "time_sent", None)
    moment = message or (time and time.timestamp())
    return None if moment is None else [getattr(event, "sequence_number", None), moment, *_details(event)]


def _details(event: Event) -> list[Any]:
    """Return what two events of one lead in the same millisecond may differ in."""
    match event:
        case LinkClicked():
            return event.links
        case LeadCategoryUpdated():
            change = event.category
            return [change.old_id, change.old_name, change.new_id, change.new_name]
        case _:
            return []


def _address(event: Event) -> str | None:
    names = ("sl_lead_email", "lead_email", "to_email")
    found = next((value for name in names if (value := event.payload.get(name))), None)
    found = found or getattr(event, "lead_email", None)
    return None if found is None else str(found).strip().casefold()


def _digest(value: Any) -> str:
    return hashlib.blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name and value), None)
