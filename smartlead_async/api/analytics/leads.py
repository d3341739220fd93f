"""The reports on leads."""

from __future__ import annotations

import attrs

from ...fields import bare_list, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from .models import CampaignFilter


@attrs.frozen(kw_only=True)
class LeadCounts:
    """The leads of a period: those contacted for the first time, and those that got a follow-up."""

    total: int | None = None
    new: int | None = None
    follow_up: int | None = None


@attrs.frozen(kw_only=True)
class LeadPercentages:
    """The same as percentages: ``70.0`` for 70 %."""

    new: float | None = None
    follow_up: float | None = None


@attrs.frozen(kw_only=True)
class LeadStats:
    """The number of new leads and of follow-ups, with percentages."""

    count: LeadCounts | None = None
    percentage: LeadPercentages | None = None


@attrs.frozen
class GetLeadStats(
    CampaignFilter,
    Request[LeadStats],
    method="GET",
    path="/analytics/lead/overall-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/lead-stats",
    unwrap=("data.lead_stats", "lead_stats", "data"),
):
    """Return how many leads were contacted in a period, new ones and follow-ups.

    One request. Example::

        stats = await client.analytics.lead_stats(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        print(stats.count)
    """


@attrs.frozen(kw_only=True)
class CategoryResponses:
    """The responses of leads in a category, such as "Interested". ``percentage`` is of all responses."""

    name: str | None = attrs.field(default=None, metadata=wire("name", "category"))
    total_response: int | None = None
    sentiment_type: str | None = None
    percentage: float | None = None


@attrs.frozen(kw_only=True)
class SentimentFilter:
    """A sentiment that categories can have, such as "positive"."""

    sentiment_type: str | None = None


@attrs.frozen(kw_only=True)
class ResponsesByCategory:
    """The responses by category, and the sentiments that occur. Older responses are the list alone."""

    categories: list[CategoryResponses] = attrs.field(
        factory=list, metadata=bare_list("leadResponseGrouping")
    )
    filter: list[SentimentFilter] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class LeadCategoryResponse:
    """The responses of leads by category."""

    lead_responses_by_category: ResponsesByCategory | None = None


@attrs.frozen
class GetLeadCategoryResponse(
    CampaignFilter,
    Request[LeadCategoryResponse],
    method="GET",
    path="/analytics/lead/category-wise-response",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/lead-category-response",
):
    """Return how many leads of each category responded in a period.

    One request. Example::

        found = await client.analytics.lead_category_response(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        for each in found.lead_responses_by_category.categories:
            print(each.name, each.total_response)
    """


class LeadsMethods(Resource):
    """The methods of ``client.analytics`` for leads."""

    lead_stats = endpoint(GetLeadStats)
    lead_category_response = endpoint(GetLeadCategoryResponse)
