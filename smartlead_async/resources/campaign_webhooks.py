"""The webhooks of a campaign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from ..models._fields import Each, Length, OneOf, wire
from ..models.common import Acknowledgement
from ..models.webhooks import Webhook, WebhookEvent, WebhookSaved, WebhooksRetriggered
from ..request import Effect, Request


@attrs.frozen
class ListCampaignWebhooks(
    Request[list[Webhook]],
    method="GET",
    path="/campaigns/{campaign_id}/webhooks",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-webhooks",
):
    """The webhooks of a campaign, in one list.

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
    """Create a webhook for a campaign, or change the one with this ``id``.

    One request, and SmartLead posts test events to ``webhook_url``. ``categories`` are names of lead
    categories; at least one was required when it was tried. Without an ``id`` a lost answer raises
    :class:`OutcomeUnknown`; with one the request may be repeated. Example::

        await client.campaigns.save_webhook(
            4101, "crm", "https://hooks.example/sl", ["EMAIL_REPLY"], categories=["Interested"],
        )
    """

    campaign_id: int
    name: str
    webhook_url: str
    event_types: Sequence[WebhookEvent | str] = attrs.field(
        validator=[Length(minimum=1), Each(OneOf(WebhookEvent))]
    )
    categories: Sequence[str] | None = attrs.field(default=None, kw_only=True, validator=Length(minimum=1))
    id: int | None = attrs.field(default=None, kw_only=True)

    @property
    def is_repeatable(self) -> bool:
        """True for a change, false for a create."""
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

    One request. The id travels in the body: SmartLead's page shows it in the path, and clients that work
    send it like this. Example::

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
    """How the deliveries of a campaign's webhooks went between two instants (aware datetimes).

    One request. The answer has come in three shapes, so it is handed on as it is. Example::

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
    """Post the events again that a campaign's webhooks missed between two instants (aware datetimes).

    One request. No mail goes out, but your receivers get the events. A lost answer raises
    :class:`OutcomeUnknown`. Example::

        again = await client.campaigns.retrigger_failed_webhooks(4101, start, end)
        print(again.retriggered_count)
    """

    campaign_id: int = attrs.field(metadata=wire("campaignId"))
    from_time: dt.datetime = attrs.field(metadata=wire("fromTime"))
    to_time: dt.datetime = attrs.field(metadata=wire("toTime"))
