"""Figures about prospect searches: contacts found, addresses fetched, credits and replies."""

from __future__ import annotations

import attrs

from ...fields import wire
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint


@attrs.frozen
class SearchFigure:
    """A figure of this month and of the month before.

    ``percentage_change`` is in percent, 20.0 for 20 % more; ``percentage_change_text`` the same as shown in
    the app. ``total`` is over all months.
    """

    current: float | None = None
    previous_month: float | None = attrs.field(default=None, metadata=wire("previousMonth"))
    percentage_change: float | None = attrs.field(default=None, metadata=wire("percentageChange"))
    percentage_change_text: str | None = attrs.field(default=None, metadata=wire("percentageChangeText"))
    trend: str | None = None
    total: float | None = None


@attrs.frozen
class LeadCredits:
    """The credits for fetching contacts."""

    available: float | None = None
    total: float | None = None
    used: float | None = None


@attrs.frozen
class FilterFigures:
    """The figures of one search."""

    leads_found: float | None = attrs.field(default=None, metadata=wire("leadsFound"))
    emails_fetched: float | None = attrs.field(default=None, metadata=wire("emailsFetched"))


@attrs.frozen
class SearchAnalytics:
    """Figures about searches and fetches, with the credits that are left and the limits of a fetch.

    ``filter_data`` is about the search that was asked for, if one was.
    """

    leads_found: SearchFigure | None = attrs.field(default=None, metadata=wire("leadsFound"))
    emails_fetched: SearchFigure | None = attrs.field(default=None, metadata=wire("emailsFetched"))
    available_credits: LeadCredits | None = attrs.field(default=None, metadata=wire("availableCredits"))
    leads_found_today: float | None = attrs.field(default=None, metadata=wire("leadsFoundToday"))
    filter_data: FilterFigures | None = attrs.field(default=None, metadata=wire("filterData"))
    max_daily_fetch_limit: float | None = attrs.field(default=None, metadata=wire("maxDailyFetchLimit"))
    max_single_fetch_limit: float | None = attrs.field(default=None, metadata=wire("maxSingleFetchLimit"))


@attrs.frozen
class GetSearchAnalytics(
    Request[SearchAnalytics],
    method="GET",
    path="/search-analytics",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/search-analytics",
):
    """Return figures about searches and fetches, the credits that are left, and the limits of a fetch.

    One request. ``filter_id`` adds the figures of one search. Example::

        figures = await client.smart_prospect.search_analytics()
        print(figures.available_credits, figures.max_single_fetch_limit)
    """

    filter_id: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ReplyAnalytics:
    """The replies of contacts in this month and in the month before.

    ``percentage_change`` is a string such as ``+25%``.
    """

    replied: int | None = attrs.field(default=None, metadata=wire("currentMonth.replied"))
    replied_previous_month: int | None = attrs.field(default=None, metadata=wire("previousMonth.replied"))
    percentage_change: str | None = None
    trend: str | None = None


@attrs.frozen
class GetReplyAnalytics(
    Request[ReplyAnalytics],
    method="GET",
    path="/reply-analytics",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/reply-analytics",
):
    """Return how many contacts replied in this month and in the month before.

    One request. Example::

        replies = await client.smart_prospect.reply_analytics()
        print(replies.replied, replies.percentage_change)
    """


class AnalyticsMethods(Resource):
    """Figures about prospect searches."""

    search_analytics = endpoint(GetSearchAnalytics)
    reply_analytics = endpoint(GetReplyAnalytics)
