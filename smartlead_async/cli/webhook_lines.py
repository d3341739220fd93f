"""Webhook events as lines of at most 80 columns, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..webhooks import (
    Alert,
    EmailBounced,
    EmailReplied,
    Event,
    LeadCategoryUpdated,
    LeadEvent,
    LinkClicked,
    UntrackedReply,
)
from ..wording import printable

_WIDTH = 80
_INDENT = " " * 10


def event_lines(event: Event, *, is_repeated: bool) -> Iterator[str]:
    """Yield what a person wants to know of an event: when, what, who, and the text of a reply."""
    time = "--:--:--" if event.time is None else f"{event.time.astimezone():%H:%M:%S}"
    yield _cut(f"{time}  {event.type}{' (repeated)' if is_repeated else ''}")
    for text in (_subject_of(event), _campaign_of(event), _text_of(event)):
        if text:
            yield _cut(_INDENT + printable(" ".join(text.split())))


def event_json(event: Event, *, key: str, is_repeated: bool) -> dict[str, Any]:
    """Return an event for programs, with its payload as it came but for the secrets."""
    return {
        "type": str(event.type),
        "time": None if event.time is None else event.time.isoformat(),
        "lead_email": getattr(event, "lead_email", None),
        "key": key,
        "is_repeated": is_repeated,
        "payload": event.payload,
    }


def _subject_of(event: Event) -> str | None:
    match event:
        case LeadEvent():
            return event.lead_email or "lead unknown"
        case UntrackedReply():
            return event.sender
        case Alert():
            return event.email
        case _:
            return event.description


def _campaign_of(event: Event) -> str | None:
    if event.campaign_id is None:
        return None
    return f"campaign {event.campaign_id} {event.campaign_name or ''}"


def _text_of(event: Event) -> str | None:
    match event:
        case EmailReplied() | UntrackedReply():
            return event.reply_message.text
        case EmailBounced():
            return event.bounce_message.text
        case LinkClicked():
            return " ".join(event.links)
        case LeadCategoryUpdated():
            return f"{event.category.old_name or 'no category'} → {event.category.new_name or 'no category'}"
        case Alert():
            return event.error
        case _:
            return None


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
