"""Webhooks of a campaign."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import attrs

from ._fields import wire


class WebhookEvent(enum.StrEnum):
    """What a webhook of a campaign can be told about."""

    EMAIL_SENT = "EMAIL_SENT"
    EMAIL_OPEN = "EMAIL_OPEN"
    EMAIL_LINK_CLICK = "EMAIL_LINK_CLICK"
    EMAIL_REPLY = "EMAIL_REPLY"
    EMAIL_BOUNCE = "EMAIL_BOUNCE"
    LEAD_UNSUBSCRIBED = "LEAD_UNSUBSCRIBED"
    LEAD_CATEGORY_UPDATED = "LEAD_CATEGORY_UPDATED"


@attrs.frozen
class Webhook:
    """A webhook of a campaign: the events of ``event_types`` are posted to ``webhook_url``."""

    id: int
    webhook_url: str
    name: str | None = None
    event_types: list[WebhookEvent | str] = attrs.field(factory=list)
    categories: list[str] = attrs.field(factory=list)
    email_campaign_id: int | None = None
    event_type_map: dict[str, Any] | None = None
    category_id_map: dict[str, Any] | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class WebhookSaved:
    """The webhook is saved; the maps tell which events and categories it listens to."""

    id: int
    name: str | None = None
    webhook_url: str | None = None
    email_campaign_id: int | None = None
    event_types: list[WebhookEvent | str] = attrs.field(factory=list)
    event_type_map: dict[str, bool] = attrs.field(factory=dict)
    category_id_map: dict[str, bool] = attrs.field(factory=dict)
    ok: bool = True


@attrs.frozen
class WebhooksRetriggered:
    """How many events were posted again."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    retriggered_count: int | None = None
