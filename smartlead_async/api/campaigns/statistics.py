"""The request that reads the statistics of a campaign."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from ...fields import wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from .models import CampaignStatus


@attrs.frozen
class LeadCounts:
    """The number of leads of a campaign by state. ``revenue`` is in the account's currency."""

    total: int | None = None
    not_started: int | None = attrs.field(default=None, metadata=wire("notStarted"))
    in_progress: int | None = attrs.field(default=None, metadata=wire("inprogress"))
    completed: int | None = None
    paused: int | None = None
    stopped: int | None = None
    blocked: int | None = None
    interested: int | None = None
    revenue: float | None = None


@attrs.frozen
class CampaignAnalytics:
    """The counters of a campaign since its start. Rates are percentages, ``8.3`` for 8.3 %.

    ``reply_count`` counts leads that replied; the statistics of single emails count replies, so the two
    differ. Example::

        analytics = await client.campaigns.analytics(4101)
        print(analytics.sent_count, analytics.reply_count)
    """

    id: int = attrs.field(metadata=wire("id", "campaign_id"))
    name: str | None = attrs.field(default=None, metadata=wire("name", "campaign_name"))
    status: CampaignStatus | str | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "total_sent"))
    unique_sent_count: int | None = None
    open_count: int | None = attrs.field(default=None, metadata=wire("open_count", "total_opened"))
    unique_open_count: int | None = None
    click_count: int | None = attrs.field(default=None, metadata=wire("click_count", "total_clicked"))
    unique_click_count: int | None = None
    reply_count: int | None = attrs.field(default=None, metadata=wire("reply_count", "total_replied"))
    bounce_count: int | None = None
    block_count: int | None = None
    unsubscribed_count: int | None = None
    total_count: int | None = None
    drafted_count: int | None = None
    sequence_count: int | None = None
    campaign_lead_stats: LeadCounts | None = None
    client_id: int | None = None
    client_name: str | None = None
    client_email: str | None = None
    client_company_name: str | None = None
    parent_campaign_id: int | None = None
    send_as_plain_text: bool | None = None
    tags: list[dict[str, Any]] = attrs.field(factory=list)
    open_rate: float | None = None
    click_rate: float | None = None
    reply_rate: float | None = None
    bounce_rate: float | None = None
    unsubscribe_rate: float | None = None


@attrs.frozen
class GetCampaignAnalytics(
    Request[CampaignAnalytics],
    method="GET",
    path="/campaigns/{campaign_id}/analytics",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-analytics",
):
    """Return the counters of a campaign since its start: emails, replies, leads by state.

    One request. Example::

        analytics = await client.campaigns.analytics(4101)
        print(analytics.campaign_lead_stats.in_progress)
    """

    campaign_id: int


class StatisticsMethods(Resource):
    """The statistics methods of ``client.campaigns``."""

    analytics = endpoint(GetCampaignAnalytics)
