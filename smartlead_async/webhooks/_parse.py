"""From the bytes of a delivery to an event: envelopes, deprecated fields, and whose address is whose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from ..errors import ResponseDecodeError
from ..pipeline.coerce import first_found
from ..pipeline.converter import structure
from ..pipeline.decode import load
from ._errors import WebhookPayloadError
from ._events import LEAD_EVENTS, OTHER_EVENTS, Alert, Event, LeadEvent

_TYPE_KEYS: Final = ("event_type", "eventType", "type", "event")

# Names in older documentation, which have never been seen in a delivery.
_ALIASES: Final = {
    "EMAIL_OPENED": "EMAIL_OPEN",
    "EMAIL_CLICKED": "EMAIL_LINK_CLICK",
    "EMAIL_REPLIED": "EMAIL_REPLY",
    "EMAIL_BOUNCED": "EMAIL_BOUNCE",
    "EMAIL_UNSUBSCRIBED": "LEAD_UNSUBSCRIBED",
    "LEAD_REPLIED": "EMAIL_REPLY",
    "LEAD_OPENED": "EMAIL_OPEN",
}

# Where a message is if the payload has only deprecated fields for it.
_DEPRECATED_SENT: Final = {"html": ("sent_message_body", "custom_email_message")}
_DEPRECATED_MESSAGES: Final[dict[str, dict[str, dict[str, tuple[str, ...]]]]] = {
    "EMAIL_SENT": {"sent_message": {"message_id": ("message_id",), "time": ("time_sent",)}},
    "FIRST_EMAIL_SENT": {"sent_message": {"message_id": ("message_id",), "time": ("time_sent",)}},
    "EMAIL_OPEN": {"sent_message": {"message_id": ("message_id",)}},
    "EMAIL_REPLY": {
        "reply_message": {
            "message_id": ("message_id",),
            "html": ("reply_body",),
            "text": ("preview_text", "reply.body"),
            "time": ("time_replied",),
        }
    },
    "EMAIL_BOUNCE": {
        "bounce_message": {
            "message_id": ("bounce_reply_message_id",),
            "html": ("bounce_reply_email",),
            "text": ("bounce_reply_email_preview",),
        }
    },
}

_LEAD_ADDRESSES: Final = (
    "sl_lead_email",
    "lead_email",
    "leadCorrespondence.targetLeadEmail",
    "lead_data.email",
    "lead.email",
)
_LEAD_KEYS: Final = ("sl_email_lead_id", "sl_email_lead_map_id", "stats_id", "to_email")
_SECRETS: Final = frozenset({"secret_key", "webhook_url"})
_SECRET_IN_JSON: Final = re.compile(rb'("(?:secret_key|webhook_url)"\s*:\s*)"(?:[^"\\]|\\.)*"?')
_LEAD_MAP: Final = re.compile(r"[?&]leadMap=(\d+)")


def parse(body: bytes) -> Event:
    """Return the event of a delivery, from the bytes of its body.

    Events that are not known become an :class:`Event`, or a :class:`LeadEvent` if they name a lead. A body
    that is no event raises :class:`WebhookPayloadError`. Sends nothing. Example::

        event = webhooks.parse(await request.body())
        match event:
            case webhooks.EmailReplied():
                print(event.lead_email, "replied:", event.reply_message.text)
            case webhooks.EmailBounced():
                print(event.lead_email, "bounced at", event.time)
    """
    # The converter consumes what it reads, so the payload that the event keeps is parsed once more.
    fields, payload = load_object(body), redacted_payload(load_object(body))
    _require_shallow(payload)
    cls, kind = _class_of(fields)
    fields = _without_empty(fields)
    if issubclass(cls, LeadEvent):
        _complete_lead(fields, kind)
    fields |= {"event_type": kind, "payload": payload}
    try:
        event: Event = structure(fields, cls)
    except ResponseDecodeError as problem:
        problems = problem.problems
    else:
        return event
    raise WebhookPayloadError(problems)


def load_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body, or raise :class:`WebhookPayloadError`."""
    value = _load(body)
    if not isinstance(value, dict):
        raise WebhookPayloadError(("expected an object @ $",))
    return value


def _require_shallow(payload: dict[str, Any]) -> None:
    # orjson reads deeper objects than it writes, and an event that cannot be stored is not accepted.
    try:
        orjson.dumps(payload)
    except TypeError:
        raise WebhookPayloadError(("nested too deeply @ $",)) from None


def _without_empty(value: Any) -> Any:
    """Return a value without nulls and empty strings, which SmartLead sends for what an event lacks."""
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item is not None and item != ""}
    if isinstance(value, list):
        return [_without_empty(item) for item in value if item is not None and item != ""]
    return value


def redacted_payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload without the secret key and the URL of the webhook, which may contain a token."""
    return {key: "***" if key in _SECRETS and value else value for key, value in payload.items()}


def stored_payload(event: Event) -> bytes:
    """Return the JSON of an event's payload without its secrets; :func:`parse` reads it again."""
    return orjson.dumps({key: value for key, value in event.payload.items() if key not in _SECRETS})


def stored_body(body: bytes) -> bytes:
    """Return the body of a delivery that cannot be read, without its secrets."""
    return _SECRET_IN_JSON.sub(rb'\1"***"', body)


def _load(body: bytes) -> Any:
    try:
        return load(body)
    except orjson.JSONDecodeError as problem:
        line = f"{problem.msg} @ $ (line {problem.lineno}, column {problem.colno})"
    raise WebhookPayloadError((line,), malformed=True)


def _class_of(payload: dict[str, Any]) -> tuple[type[Event], str]:
    """Return the class for a payload, and the name of its event as SmartLead's lists have it."""
    key = next((key for key in _TYPE_KEYS if payload.get(key) not in (None, "")), None)
    if key is None:
        raise WebhookPayloadError((f"none of {', '.join(_TYPE_KEYS)} @ $",))
    name = payload[key]
    if not isinstance(name, str):
        raise WebhookPayloadError((f"the name of the event is not a string @ $.{key}",))
    kind = _known_name(name)
    if kind in LEAD_EVENTS:
        return LEAD_EVENTS[kind], kind
    if kind in OTHER_EVENTS:
        return OTHER_EVENTS[kind], kind
    if key == "eventType":
        return Alert, kind
    names_lead = any(k in payload for k in _LEAD_KEYS) or first_found(payload, _LEAD_ADDRESSES) is not None
    return LeadEvent if names_lead else Event, kind


def _known_name(name: str) -> str:
    """Return the usual name for ``email.account.disconnected`` or ``EMAIL_OPENED``, or the name itself."""
    usual = name.strip().upper().replace(".", "_")
    usual = _ALIASES.get(usual, usual)
    return usual if usual in LEAD_EVENTS or usual in OTHER_EVENTS else name


def _complete_lead(fields: dict[str, Any], kind: str) -> None:
    """Add the lead's address, the id in the link to the inbox, and messages that are in deprecated fields."""
    address = first_found(fields, _LEAD_ADDRESSES) or _recipient(fields, kind)
    fields.pop("lead_email", None)
    if address is not None:
        fields["lead_email"] = address
    if "sl_email_lead_map_id" not in fields and (found := _lead_map_in_link(fields)):
        fields["sl_email_lead_map_id"] = found
    _merge_messages(fields, {"sent_message": _DEPRECATED_SENT})
    _merge_messages(fields, _DEPRECATED_MESSAGES.get(kind, {}))
    if kind == "LEAD_CATEGORY_UPDATED" and isinstance(fields.get("category"), str):
        category = fields.setdefault("lead_category", {})
        if isinstance(category, dict):
            category.setdefault("new_name", fields["category"])


def _recipient(payload: Mapping[str, Any], kind: str) -> Any:
    """Return ``to_email`` (``to`` in category changes) if it is the lead's address.

    In a reply it is the mailbox's address in some accounts, so there it counts only if the payload shows
    another address as the mailbox's. Nothing is known of events without a class of their own.
    """
    recipient, mailbox = payload.get("to_email", payload.get("to")), payload.get("from_email")
    if kind not in LEAD_EVENTS or recipient is None:
        return None
    if mailbox is None:
        return None if kind == "EMAIL_REPLY" else recipient
    return None if _same_address(recipient, mailbox) else recipient


def _same_address(one: Any, other: Any) -> bool:
    return str(one).strip().casefold() == str(other).strip().casefold()


def _lead_map_in_link(payload: Mapping[str, Any]) -> str | None:
    for key in ("app_url", "ui_master_inbox_link"):
        link = payload.get(key)
        if isinstance(link, str) and (found := _LEAD_MAP.search(link)):
            return found[1]
    return None


def _merge_messages(fields: dict[str, Any], deprecated: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    for name, parts in deprecated.items():
        message = fields.get(name, {})
        if not isinstance(message, dict):
            continue
        for part, keys in parts.items():
            value = first_found(fields, keys)
            if message.get(part) in (None, "") and value is not None:
                message[part] = value
        fields[name] = message
