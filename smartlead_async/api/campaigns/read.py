"""Requests that read campaigns."""

from __future__ import annotations

import attrs

from ...request import Effect, Request
from ...resource import Resource, endpoint
from .models import Campaign


@attrs.frozen
class ListCampaigns(
    Request[list[Campaign]],
    method="GET",
    path="/campaigns/",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-all",
    unwrap=("campaigns", "data"),
):
    """List every campaign of the account, newest id first.

    One request: SmartLead has no pages here, so a big account is a big response. ``client_id`` selects the
    campaigns of one client; ``include_tags`` fills ``Campaign.tags``. Example::

        for campaign in await client.campaigns.list(client_id=7):
            print(campaign.id, campaign.name, campaign.status)
    """

    client_id: int | None = attrs.field(default=None, kw_only=True)
    include_tags: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetCampaign(
    Request[Campaign],
    method="GET",
    path="/campaigns/{campaign_id}",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-by-id",
):
    """Return a campaign with its settings and schedule.

    One request. An unknown id raises :class:`NotFound`, also if SmartLead responds with an empty object.
    ``include_tags`` fills ``Campaign.tags``. Example::

        campaign = await client.campaigns.get(4101)
    """

    campaign_id: int
    include_tags: bool | None = attrs.field(default=None, kw_only=True)


class ReadMethods(Resource):
    """The read methods of ``client.campaigns``."""

    list = endpoint(ListCampaigns)
    get = endpoint(GetCampaign)
