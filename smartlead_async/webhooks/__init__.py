"""Webhooks of SmartLead: verify a delivery, read its event, and act on each event once.

No web framework is needed: pass the bytes of the body and the headers. Example::

    from smartlead_async import webhooks

    webhooks.verify(raw, headers, received_token=token, url_token=TOKEN)
    event = webhooks.parse(raw)
    if await queue.put(webhooks.deduplication_key(event, headers), event):
        print(event.type, event.time)

``smartlead_async.integrations.fastapi`` has a router for FastAPI. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._deduplicate import deduplication_key as deduplication_key
    from ._deduplicate import has_own_headers as has_own_headers
    from ._errors import WebhookPayloadError as WebhookPayloadError
    from ._errors import WebhookRefused as WebhookRefused
    from ._events import Alert as Alert
    from ._events import CategoryChange as CategoryChange
    from ._events import EmailBounced as EmailBounced
    from ._events import EmailOpened as EmailOpened
    from ._events import EmailReplied as EmailReplied
    from ._events import EmailSent as EmailSent
    from ._events import Event as Event
    from ._events import EventType as EventType
    from ._events import LeadCategoryUpdated as LeadCategoryUpdated
    from ._events import LeadCorrespondence as LeadCorrespondence
    from ._events import LeadEvent as LeadEvent
    from ._events import LeadUnsubscribed as LeadUnsubscribed
    from ._events import LinkClicked as LinkClicked
    from ._events import Message as Message
    from ._events import UntrackedReply as UntrackedReply
    from ._parse import parse as parse
    from ._queue import EventHandler as EventHandler
    from ._queue import EventQueue as EventQueue
    from ._queue import FailedEvent as FailedEvent
    from ._verify import Proof as Proof
    from ._verify import verify as verify
    from .samples import SAMPLES as SAMPLES
    from .samples import sample as sample

_NAMES_OF = {
    "_deduplicate": ("deduplication_key", "has_own_headers"),
    "_errors": ("WebhookPayloadError", "WebhookRefused"),
    "_events": (
        "Alert",
        "CategoryChange",
        "EmailBounced",
        "EmailOpened",
        "EmailReplied",
        "EmailSent",
        "Event",
        "EventType",
        "LeadCategoryUpdated",
        "LeadCorrespondence",
        "LeadEvent",
        "LeadUnsubscribed",
        "LinkClicked",
        "Message",
        "UntrackedReply",
    ),
    "_parse": ("parse",),
    "_queue": ("EventHandler", "EventQueue", "FailedEvent"),
    "_verify": ("Proof", "verify"),
    "samples": ("SAMPLES", "sample"),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605 - built from the table above


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
