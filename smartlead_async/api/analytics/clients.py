"""The reports on clients."""

from __future__ import annotations

import datetime as dt

import attrs

from ...fields import Between
from ...paging import OffsetPaged
from ...request import Effect, Request
from ...resource import Resource, endpoint, pages
from .models import ClientFilter, ReportFilter


@attrs.frozen
class AnalyticsClient:
    """A client as the list of the analytics shows it. The logos are URLs."""

    id: int
    name: str | None = None
    email: str | None = None
    uuid: str | None = None
    created_at: dt.datetime | None = None
    user_id: int | None = None
    logo: str | None = None
    logo_url: str | None = None


@attrs.frozen
class ListAnalyticsClients(
    ClientFilter,
    Request[list[AnalyticsClient]],
    method="GET",
    path="/analytics/client/list",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/client-list",
    unwrap=("data.client_list", "client_list", "data"),
):
    """Return the id and name of every client, or of some.

    One request. Example::

        names = {each.id: each.name for each in await client.analytics.list_clients()}
    """


@attrs.frozen(kw_only=True)
class MonthlyClientCount:
    """The clients of a month. ``month`` is SmartLead's wording: ``"June"`` or ``"2026-01"``."""

    month: str | None = None
    count: int | None = None


@attrs.frozen
class GetClientMonthWiseCount(
    ClientFilter,
    Request[list[MonthlyClientCount]],
    method="GET",
    path="/analytics/client/month-wise-count",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/month-wise-client-count",
    unwrap=("data.monthly_stats", "monthly_stats", "data"),
):
    """Return the number of clients by month.

    One request. Example::

        for each in await client.analytics.client_month_wise_count():
            print(each.month, each.count)
    """


@attrs.frozen(kw_only=True)
class ClientCampaignStats:
    """The figures of all campaigns of a client. Rates and ``client_health`` are percentages."""

    sent: int | None = None
    opened: int | None = None
    replied: int | None = None
    positive_replied: int | None = None
    client_health: float | None = None
    open_rate: float | None = None
    reply_rate: float | None = None
    positive_reply_rate: float | None = None
    unique_open_count: int | None = None
    unique_lead_count: int | None = None


@attrs.frozen(kw_only=True)
class ClientPerformance:
    """A client with the figures of its campaigns in a period."""

    client_id: int | None = None
    client_name: str | None = None
    total_campaigns_count: int | None = None
    campaign_stats: ClientCampaignStats | None = None


@attrs.frozen
class ListClientPerformance(
    ReportFilter,
    OffsetPaged[ClientPerformance],
    method="GET",
    path="/analytics/client/overall-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/client-performance",
    items=("data.client_wise_performance", "client_wise_performance", "data"),
):
    """List how many emails were sent, opened and answered for each client in a period.

    ``client_performance`` returns one page for one request; ``iter_client_performance`` sends one request for
    each page. ``filter`` and ``full_data`` are passed on; SmartLead does not document their meaning.
    Example::

        week = dt.date(2027, 1, 4), dt.date(2027, 1, 10)
        async for each in client.analytics.iter_client_performance(*week):
            print(each.client_name, each.campaign_stats)
    """

    filter: str | None = attrs.field(default=None, kw_only=True)
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(minimum=1))
    full_data: bool | None = attrs.field(default=None, kw_only=True)


class ClientsMethods(Resource):
    """The methods of ``client.analytics`` for clients."""

    list_clients = endpoint(ListAnalyticsClients)
    client_month_wise_count = endpoint(GetClientMonthWiseCount)
    client_performance = endpoint(ListClientPerformance)
    iter_client_performance = pages(ListClientPerformance)
