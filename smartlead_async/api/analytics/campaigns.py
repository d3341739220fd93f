"""The reports on campaigns."""

from __future__ import annotations

import datetime as dt

import attrs

from ...fields import Between, bare_list, wire
from ...paging import OffsetPaged
from ...request import Effect, Request
from ...resource import Resource, endpoint, pages
from ..campaigns.models import CampaignStatus
from .models import CampaignFilter, ClientFilter, Engagement


@attrs.frozen
class AnalyticsCampaign:
    """A campaign as the list of the analytics shows it."""

    id: int
    name: str | None = None
    status: CampaignStatus | str | None = None
    user_id: int | None = None
    client_id: int | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class ListAnalyticsCampaigns(
    ClientFilter,
    Request[list[AnalyticsCampaign]],
    method="GET",
    path="/analytics/campaign/list",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/campaign-list",
    unwrap=("data.campaign_list", "campaign_list", "data"),
):
    """Return the id and name of every campaign, of all clients or of some.

    One request. Example::

        names = {each.id: each.name for each in await client.analytics.list_campaigns(client_ids=[12])}
    """


@attrs.frozen(kw_only=True)
class CampaignPerformance(Engagement):
    """The figures of a campaign in a period."""

    id: int
    campaign_name: str | None = None


@attrs.frozen
class ListCampaignPerformance(
    CampaignFilter,
    OffsetPaged[CampaignPerformance],
    method="GET",
    path="/analytics/campaign/overall-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/campaign-performance",
    items=("data.campaign_wise_performance", "campaign_wise_performance", "data"),
):
    """List how many emails of each campaign were sent, opened, answered and bounced in a period.

    ``campaign_performance`` returns one page for one request; ``iter_campaign_performance`` sends one request
    for each page. ``full_data`` is passed on; SmartLead does not document its meaning. Example::

        week = dt.date(2027, 1, 4), dt.date(2027, 1, 10)
        async for campaign in client.analytics.iter_campaign_performance(*week, client_ids=[12]):
            print(campaign.campaign_name, campaign.sent, campaign.replied)
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(minimum=1))
    full_data: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(kw_only=True)
class CampaignResponseStats:
    """The responses to a campaign in a period, by sentiment. They count responses, not leads."""

    campaign_id: int | None = attrs.field(default=None, metadata=wire("email_campaign_id", "campaign_id"))
    campaign_name: str | None = attrs.field(
        default=None, metadata=wire("email_campaign_name", "campaign_name")
    )
    leads_contacted: int | None = None
    not_replied: int | None = None
    total_response: int | None = None
    total_unique_response: int | None = None
    unrecognised_response: int | None = None
    positive: int | None = attrs.field(
        default=None, metadata=wire("total_positive_response", "positive_reply")
    )
    neutral: int | None = attrs.field(default=None, metadata=wire("total_neutral_response", "neutral_reply"))
    negative: int | None = attrs.field(
        default=None, metadata=wire("total_negative_response", "negative_reply")
    )


@attrs.frozen
class GetCampaignResponseStats(
    CampaignFilter,
    Request[list[CampaignResponseStats]],
    method="GET",
    path="/analytics/campaign/response-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/campaign-response-stats",
    unwrap=("data.campaign_wise_response_stats", "campaign_wise_response_stats", "data"),
):
    """Return the positive, neutral and negative responses to each campaign in a period.

    One request. It counts responses; ``day_wise_positive_reply_stats`` counts leads. ``full_data`` is passed
    on; SmartLead does not document its meaning. Example::

        for each in await client.analytics.campaign_response_stats(dt.date(2027, 1, 4), dt.date(2027, 1, 10)):
            print(each.campaign_name, each.positive, each.negative)
    """

    full_data: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(kw_only=True)
class CampaignStatusCount:
    """The number of campaigns with a status, in SmartLead's wording: ``"Active"`` or ``"STARTED"``."""

    status: str | None = None
    count: int | None = attrs.field(default=None, metadata=wire("total_count", "count"))


@attrs.frozen
class GetCampaignStatusStats(
    ClientFilter,
    Request[list[CampaignStatusCount]],
    method="GET",
    path="/analytics/campaign/status-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/campaign-status-stats",
    unwrap=("data.campaign_status_stats", "campaign_status_stats", "data"),
):
    """Return how many campaigns have each status, of all clients or of some.

    One request. Example::

        counts = {each.status: each.count for each in await client.analytics.campaign_status_stats()}
    """


@attrs.frozen(kw_only=True)
class FollowupStats:
    """The follow-ups of a period and the replies to them. The rate is a percentage."""

    total_followups: int | None = None
    followup_replies: int | None = None
    followup_reply_rate: float | None = None
    avg_followups_per_campaign: float | None = None


@attrs.frozen(kw_only=True)
class FollowupReplyRate:
    """The share of follow-ups that were answered, in percent: ``2.5`` for 2.5 %."""

    followup_reply_rate: float | None = None
    followup_stats: FollowupStats | None = None


@attrs.frozen
class GetFollowupReplyRate(
    CampaignFilter,
    Request[FollowupReplyRate],
    method="GET",
    path="/analytics/campaign/follow-up-reply-rate",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/followup-reply-rate",
):
    """Return the share of follow-ups that were answered in a period.

    One request. Example::

        rate = await client.analytics.followup_reply_rate(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        print(rate.followup_reply_rate)
    """


@attrs.frozen(kw_only=True)
class ReplyTimeRange:
    """The number of replies within a range of time, such as ``"0-1h"``."""

    time_range: str | None = None
    count: int | None = None


@attrs.frozen(kw_only=True)
class ReplyTimes:
    """The time until a lead replies: the average and the median, or counts by range.

    The times are strings such as ``"1d 4h 10m 5s"``. SmartLead returns either these or ``ranges``.
    """

    average_time_diff: str | None = None
    median_time_diff: str | None = None
    ranges: list[ReplyTimeRange] = attrs.field(factory=list, metadata=bare_list())


@attrs.frozen(kw_only=True)
class LeadToReplyTime:
    """The time between an email and the reply to it."""

    lead_to_reply_time: ReplyTimes | None = None


@attrs.frozen
class GetLeadToReplyTime(
    CampaignFilter,
    Request[LeadToReplyTime],
    method="GET",
    path="/analytics/campaign/lead-to-reply-time",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/lead-to-reply-time",
):
    """Return how long leads took to reply in a period.

    One request. Example::

        times = await client.analytics.lead_to_reply_time(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        print(times.lead_to_reply_time)
    """


@attrs.frozen(kw_only=True)
class LeadsForFirstReply:
    """The number of leads that were contacted for one reply."""

    leads_take_for_first_reply: float | None = None


@attrs.frozen
class GetLeadsForFirstReply(
    CampaignFilter,
    Request[LeadsForFirstReply],
    method="GET",
    path="/analytics/campaign/leads-take-for-first-reply",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/leads-for-first-reply",
):
    """Return how many leads had to be contacted for the first reply in a period.

    One request. Example::

        needed = await client.analytics.leads_for_first_reply(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        print(needed.leads_take_for_first_reply)
    """


class CampaignsMethods(Resource):
    """The methods of ``client.analytics`` for campaigns."""

    list_campaigns = endpoint(ListAnalyticsCampaigns)
    campaign_performance = endpoint(ListCampaignPerformance)
    iter_campaign_performance = pages(ListCampaignPerformance)
    campaign_response_stats = endpoint(GetCampaignResponseStats)
    campaign_status_stats = endpoint(GetCampaignStatusStats)
    followup_reply_rate = endpoint(GetFollowupReplyRate)
    lead_to_reply_time = endpoint(GetLeadToReplyTime)
    leads_for_first_reply = endpoint(GetLeadsForFirstReply)
