"""Requests that list, save, delete and retrigger the webhooks of a campaign."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Any

import attrs

from ...fields import Each, Length, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ..acknowledgement import Acknowledgement


class WebhookEvent(enum.StrEnum):
    """An event that a webhook can subscribe to: those that are known, for SmartLead adds others."""

    EMAIL_SENT = "EMAIL_SENT"
    FIRST_EMAIL_SENT = "FIRST_EMAIL_SENT"
    EMAIL_OPEN = "EMAIL_OPEN"
    EMAIL_LINK_CLICK = "EMAIL_LINK_CLICK"
    EMAIL_REPLY = "EMAIL_REPLY"
    EMAIL_BOUNCE = "EMAIL_BOUNCE"
    LEAD_UNSUBSCRIBED = "LEAD_UNSUBSCRIBED"
    LEAD_CATEGORY_UPDATED = "LEAD_CATEGORY_UPDATED"
    CAMPAIGN_STATUS_CHANGED = "CAMPAIGN_STATUS_CHANGED"
    UNTRACKED_REPLIES = "UNTRACKED_REPLIES"
    MANUAL_STEP_REACHED = "MANUAL_STEP_REACHED"
    EMAIL_ACCOUNT_DISCONNECTED = "EMAIL_ACCOUNT_DISCONNECTED"
    LINKEDIN_DISCONNECTED = "LINKEDIN_DISCONNECTED"


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
    is_active: bool | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class WebhookSaved:
    """A webhook as it was saved.

    The events and categories that it subscribes to are in the lists, in the maps, or in both.
    """

    id: int
    name: str | None = None
    webhook_url: str | None = None
    email_campaign_id: int | None = None
    event_types: list[WebhookEvent | str] = attrs.field(factory=list)
    categories: list[str] = attrs.field(factory=list)
    event_type_map: dict[str, bool] = attrs.field(factory=dict)
    category_id_map: dict[str, bool] = attrs.field(factory=dict)
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    ok: bool = True


@attrs.frozen
class WebhooksRetriggered:
    """The result of retriggering webhooks: the number of events that were posted again."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    retriggered_count: int | None = None


@attrs.frozen
class ListCampaignWebhooks(
    Request[list[Webhook]],
    method="GET",
    path="/campaigns/{campaign_id}/webhooks",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-webhooks",
):
    """List all webhooks of a campaign.

    One request. Example::

        for webhook in await client.campaigns.list_webhooks(4101):
            print(webhook.webhook_url, webhook.event_types)
    """

    campaign_id: int


@attrs.frozen
class SaveCampaignWebhook(
    Request[WebhookSaved],
    method="POST",
    path="/campaigns/{campaign_id}/webhooks",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/save-webhooks",
):
    """Create a webhook for a campaign, or change the one with the given ``id``.

    One request, and SmartLead posts test events to ``webhook_url``. ``event_types`` may hold events that
    :class:`WebhookEvent` does not know. ``categories`` are names of lead categories, of which SmartLead
    requires at least one. Without an ``id`` a lost response raises :class:`OutcomeUnknown`; with one the
    request may be repeated. Example::

        await client.campaigns.save_webhook(
            4101, "crm", "https://hooks.example/sl", ["EMAIL_REPLY"], ["Interested"],
        )
    """

    campaign_id: int
    name: str
    webhook_url: str
    event_types: Sequence[WebhookEvent | str] = attrs.field(
        validator=[Length(minimum=1), Each(Length(minimum=1))]
    )
    categories: Sequence[str] = attrs.field(validator=[Length(minimum=1), Each(Length(minimum=1))])
    id: int | None = attrs.field(default=None, kw_only=True)

    @property
    def is_repeatable(self) -> bool:
        """True if a webhook is changed, false if one is created."""
        return self.id is not None


@attrs.frozen
class DeleteCampaignWebhook(
    Request[Acknowledgement],
    method="DELETE",
    path="/campaigns/{campaign_id}/webhooks",
    effect=Effect.DELETE,
    repeatable=True,
    page="campaigns/delete-webhook",
):
    """Delete a webhook of a campaign.

    One request. The id is sent in the body: SmartLead's reference shows it in the path, but working clients
    send it in the body. Example::

        await client.campaigns.delete_webhook(4101, 801)
    """

    campaign_id: int
    webhook_id: int = attrs.field(metadata=wire("id"))


@attrs.frozen
class GetWebhookSummary(
    Request[dict[str, Any]],
    method="GET",
    path="/campaigns/{campaignId}/webhooks/summary",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-webhook-summary",
):
    """Return a summary of a campaign's webhook deliveries in a time range (aware datetimes).

    One request. The response has been seen in three shapes, so it is returned unchanged. Example::

        summary = await client.campaigns.webhook_summary(4101, start, end)
    """

    campaign_id: int = attrs.field(metadata=wire("campaignId"))
    from_time: dt.datetime = attrs.field(metadata=wire("fromTime"))
    to_time: dt.datetime = attrs.field(metadata=wire("toTime"))


@attrs.frozen
class RetriggerFailedWebhooks(
    Request[WebhooksRetriggered],
    method="POST",
    path="/campaigns/{campaignId}/webhooks/retrigger-failed-events",
    effect=Effect.SEND,
    repeatable=False,
    page="campaigns/retrigger-webhooks",
):
    """Post the events again that a campaign's webhooks missed in a time range (aware datetimes).

    One request. No email is sent, but your receivers get the events. A lost response raises
    :class:`OutcomeUnknown`. Example::

        again = await client.campaigns.retrigger_failed_webhooks(4101, start, end)
        print(again.retriggered_count)
    """

    campaign_id: int = attrs.field(metadata=wire("campaignId"))
    from_time: dt.datetime = attrs.field(metadata=wire("fromTime"))
    to_time: dt.datetime = attrs.field(metadata=wire("toTime"))


class WebhooksMethods(Resource):
    """The webhook methods of ``client.campaigns``."""

    list_webhooks = endpoint(ListCampaignWebhooks)
    save_webhook = endpoint(SaveCampaignWebhook)
    delete_webhook = endpoint(DeleteCampaignWebhook)
    webhook_summary = endpoint(GetWebhookSummary)
    retrigger_failed_webhooks = endpoint(RetriggerFailedWebhooks)
