"""Campaigns: create, set up, start, read."""

from __future__ import annotations

import attrs

from ..models._fields import Length
from ..models.campaigns import CampaignCreated
from ..request import Effect, Request
from ._resource import Resource, endpoint


@attrs.frozen
class CreateCampaign(
    Request[CampaignCreated],
    method="POST",
    path="/campaigns/create",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/create",
):
    """Create a campaign. It is DRAFTED: nothing is sent before it has been set up and started.

    One request. ``name`` (up to 255 characters) defaults to "Untitled Campaign" on the server; a good one
    says purpose, audience and period, and ``smartlead_async.naming.review`` tells what is missing.
    ``client_id`` files it under a client of yours. A lost answer raises :class:`OutcomeUnknown`, because a
    second create would make a second campaign. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027", client_id=7)
    """

    name: str | None = attrs.field(default=None, validator=Length(maximum=255))
    client_id: int | None = attrs.field(default=None, kw_only=True)


class Campaigns(Resource):
    """``client.campaigns``."""

    create = endpoint(CreateCampaign)
