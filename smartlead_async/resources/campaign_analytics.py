"""Reading what a campaign has done so far."""

from __future__ import annotations

import attrs

from ..models.campaign_analytics import CampaignAnalytics
from ..request import Effect, Request


@attrs.frozen
class GetCampaignAnalytics(
    Request[CampaignAnalytics],
    method="GET",
    path="/campaigns/{campaign_id}/analytics",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-analytics",
):
    """The counters of a campaign since its start: mails, replies, leads by state.

    One request. Example::

        analytics = await client.campaigns.analytics(4101)
        print(analytics.campaign_lead_stats.in_progress)
    """

    campaign_id: int
