"""What SmartLead answers when a campaign comes to be."""

from __future__ import annotations

import datetime as dt

import attrs

from ._fields import wire


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


@attrs.frozen
class SubsequenceCreated:
    """A new subsequence: a campaign of its own (``id``) below ``parent_campaign_id``."""

    id: int = attrs.field(metadata=wire("id", "subsequence_id"))
    name: str | None = None
    parent_campaign_id: int | None = None
    created_at: dt.datetime | None = None
    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))


@attrs.frozen
class CampaignDuplicated:
    """A copy was made: ``campaign_id`` is the new campaign's, which is DRAFTED and has no leads."""

    campaign_id: int = attrs.field(metadata=wire("newCampaignId"))
    ok: bool = True
