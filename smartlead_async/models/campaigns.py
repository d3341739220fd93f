"""Campaigns as SmartLead answers them."""

from __future__ import annotations

import datetime as dt

import attrs


@attrs.frozen
class CampaignCreated:
    """What Create Campaign answers: the new campaign is DRAFTED and has this ``id``.

    ``created_at`` is an aware datetime; ``name`` is the name as stored. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027")
        print(created.id, created.created_at)
    """

    id: int
    name: str | None = None
    created_at: dt.datetime | None = None
    ok: bool = True
