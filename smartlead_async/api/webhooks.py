"""Webhooks of the account, of a client or of a campaign. There is no list of them: keep their ids."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence

import attrs

from ..fields import OneOf, wire
from ..request import Effect, Request
from ..resource import Resource, endpoint
from .acknowledgement import Acknowledgement
from .campaigns.webhooks import WebhookEvent


class WebhookScope(enum.StrEnum):
    """The events that a webhook receives: those of the whole account, of a client or of a campaign."""

    USER = "user"
    CLIENT = "client"
    CAMPAIGN = "campaign"


@attrs.frozen
class AccountWebhook:
    """A webhook. The events and categories that it subscribes to are in the lists, in the maps, or in both.

    The maps hold false for what it does not subscribe to; ``category_id_map`` has ids as its keys.
    """

    id: int
    webhook_url: str
    name: str | None = None
    email_campaign_id: int | None = None
    event_types: list[WebhookEvent | str] = attrs.field(factory=list)
    categories: list[str] = attrs.field(factory=list)
    event_type_map: dict[str, bool] = attrs.field(factory=dict)
    category_id_map: dict[str, bool] = attrs.field(factory=dict)
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class GetWebhook(
    Request[AccountWebhook],
    method="GET",
    path="/webhook/{webhook_id}",
    effect=Effect.READ,
    repeatable=True,
    page="webhooks/get",
):
    """Return a webhook. There is no list of webhooks but that of a campaign, ``campaigns.list_webhooks``.

    One request. Example::

        webhook = await client.webhooks.get(802)
    """

    webhook_id: int


@attrs.frozen
class WebhookCreated:
    """A new webhook."""

    id: int = attrs.field(metadata=wire("id", "webhook_id"))
    webhook_url: str | None = None
    ok: bool = True


@attrs.frozen
class CreateWebhook(
    Request[WebhookCreated],
    method="POST",
    path="/webhook/create",
    effect=Effect.WRITE,
    repeatable=False,
    page="webhooks/create",
):
    """Create a webhook; SmartLead posts test events to ``webhook_url``.

    One request. The scope is ``user``, ``client`` (with ``client_id``) or ``campaign`` (with
    ``email_campaign_id``). A webhook of the scope ``user`` takes its events away from those of clients and
    campaigns, and no list shows it: keep its id. ``event_type_map`` has values of :class:`WebhookEvent` as
    its keys, ``category_id_map`` ids of lead categories. A webhook that resembles an existing one is refused
    unless ``force_create`` is set. A lost response raises :class:`OutcomeUnknown`. Example::

        events = {"EMAIL_REPLY": True}
        created = await client.webhooks.create(
            "https://hooks.example/sl", "campaign", email_campaign_id=4101, event_type_map=events
        )
    """

    webhook_url: str
    scope: WebhookScope | str = attrs.field(metadata=wire("association_type"), validator=OneOf(WebhookScope))
    email_campaign_id: int | None = attrs.field(default=None, kw_only=True)
    client_id: int | None = attrs.field(default=None, kw_only=True)
    name: str | None = attrs.field(default=None, kw_only=True)
    event_type_map: Mapping[str, bool] | None = attrs.field(default=None, kw_only=True)
    category_id_map: Mapping[str, bool] | None = attrs.field(default=None, kw_only=True)
    event_type: str | None = attrs.field(default=None, kw_only=True)
    category_id: int | None = attrs.field(default=None, kw_only=True)
    webhook_type: str | None = attrs.field(default=None, kw_only=True)
    force_create: bool | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        needed = {WebhookScope.CLIENT: "client_id", WebhookScope.CAMPAIGN: "email_campaign_id"}
        name = needed.get(WebhookScope(self.scope))
        if name is not None and getattr(self, name) is None:
            raise ValueError(f"a webhook of the scope {self.scope} needs {name}")


@attrs.frozen
class WebhookUpdated:
    """The result of changing a webhook."""

    id: int | None = None
    message: str | None = None
    ok: bool = True


@attrs.frozen
class UpdateWebhook(
    Request[WebhookUpdated],
    method="PUT",
    path="/webhook/update/{webhook_id}",
    effect=Effect.WRITE,
    repeatable=True,
    page="webhooks/update",
):
    """Change a webhook. Fields that are left out keep their values.

    One request. Unlike ``create``, this takes lists of events and categories. Example::

        await client.webhooks.update(802, event_types=["EMAIL_REPLY", "EMAIL_BOUNCE"])
    """

    webhook_id: int
    name: str | None = attrs.field(default=None, kw_only=True)
    webhook_url: str | None = attrs.field(default=None, kw_only=True)
    event_types: Sequence[WebhookEvent | str] | None = attrs.field(default=None, kw_only=True)
    categories: Sequence[str | int] | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class DeleteWebhook(
    Request[Acknowledgement],
    method="DELETE",
    path="/webhook/delete",
    effect=Effect.DELETE,
    repeatable=True,
    page="webhooks/delete",
):
    """Delete a webhook.

    One request. Example::

        await client.webhooks.delete(802)
    """

    webhook_id: int = attrs.field(metadata=wire("id"))


class Webhooks(Resource):
    """``client.webhooks``: webhooks of the account, of clients and of campaigns."""

    get = endpoint(GetWebhook)
    create = endpoint(CreateWebhook)
    update = endpoint(UpdateWebhook)
    delete = endpoint(DeleteWebhook)
