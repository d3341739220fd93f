"""Requests that read leads, their campaigns and their categories."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

import attrs

from ...fields import Between, OneOf, wire
from ...paging import KeysetPaged, OffsetPaged
from ...request import Effect, Request
from ...resource import Resource, endpoint, pages
from .models import Lead, LeadCampaign, LeadStatus, LeadType


@attrs.frozen
class LeadMembership:
    """A lead's membership in a campaign."""

    campaign_lead_map_id: int
    campaign_id: int
    campaign_name: str | None = None
    client_id: int | None = None
    client_email: str | None = None
    lead_category_id: int | None = None
    last_sent_at: dt.datetime | None = None
    last_reply_at: dt.datetime | None = None
    last_activity_at: dt.datetime | None = None


@attrs.frozen
class LeadRecord(Lead):
    """A lead found by its address, with its campaign memberships."""

    created_at: dt.datetime | None = None
    lead_campaign_data: list[LeadMembership] = attrs.field(factory=list)


@attrs.frozen
class LeadDetails(Lead):
    """A lead found by its id.

    ``esp_domain_type`` is the provider that hosts the lead's mailbox: 0 another one, 1 Google, 2 Microsoft.
    """

    linkedin_profile_data: dict[str, Any] | None = None
    timezone: str | None = None
    source: str | None = None
    seg_type: str | None = None
    year: str | None = None
    email_domain: str | None = None
    esp_domain_type: int | None = None
    created_at: dt.datetime | None = None
    message_id: str | None = None
    user_id: int | None = None
    unsubscribed_from_campaign_id: int | None = None
    webhook_logs: Any = None
    status: LeadStatus | str | None = None
    category_id: int | None = None
    category_name: str | None = None
    email_stats: dict[str, bool] = attrs.field(factory=dict)


@attrs.frozen
class GlobalLeadCampaign:
    """A lead's membership in a campaign, as :class:`ListGlobalLeads` returns it."""

    campaign_id: int
    campaign_name: str | None = None
    campaign_status: str | None = None
    lead_status: LeadStatus | str | None = None
    lead_added_at: dt.datetime | None = None
    email_lead_map_id: int | None = None
    lead_last_seq_number: int | None = None


@attrs.frozen
class GlobalLead:
    """A lead with all its campaigns."""

    id: int
    email: str | None = None
    user_id: int | None = None
    campaigns: list[GlobalLeadCampaign] = attrs.field(factory=list)


@attrs.frozen
class LeadCategory:
    """A category of leads. Look it up by name: the ids differ between accounts."""

    id: int
    name: str
    sentiment_type: str | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class GetLead(
    Request[LeadDetails],
    method="GET",
    path="/leads/{lead_id}",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-lead-by-id",
):
    """Return a lead by its id.

    One request. An unknown id raises :class:`NotFound`. Example::

        lead = await client.leads.get(9001)
    """

    lead_id: int


@attrs.frozen
class GetLeadByEmail(
    Request[LeadRecord | None],
    method="GET",
    path="/leads/",
    effect=Effect.READ,
    repeatable=True,
    page="leads/get-by-email",
):
    """Return the lead with an address and the campaigns it is in, or ``None``.

    One request. Example::

        lead = await client.leads.get_by_email("lin@prospect.example")
        if lead is not None:
            print([membership.campaign_name for membership in lead.lead_campaign_data])
    """

    email: str


@attrs.frozen
class ListLeadCategories(
    Request[list[LeadCategory]],
    method="GET",
    path="/leads/fetch-categories",
    effect=Effect.READ,
    repeatable=True,
    page="leads/categories",
):
    """List the lead categories, SmartLead's own and yours, with their ids.

    One request. Look categories up by name: their ids differ between accounts. Example::

        by_name = {category.name: category.id for category in await client.leads.categories()}
    """


@attrs.frozen
class ListLeadCampaigns(
    Request[list[LeadCampaign]],
    method="GET",
    path="/leads/{lead_id}/campaigns",
    effect=Effect.READ,
    repeatable=True,
):
    """List all campaigns that a lead is in.

    One request. SmartLead no longer documents it. Example::

        for campaign in await client.leads.list_campaigns(9001):
            print(campaign.id, campaign.name)
    """

    lead_id: int


@attrs.frozen
class ListAllLeads(
    KeysetPaged[Lead],
    method="GET",
    path="/leads/all",
    effect=Effect.READ,
    repeatable=True,
    items=("data.leads", "leads", "data"),
):
    """List the leads of the account, up to 1,000 a page, each page after the last lead of the one before.

    ``list_all`` returns one page for one request; ``iter_all`` iterates over all pages, one request for each
    page. SmartLead does not document it; its own command-line tool uses it. Example::

        async for lead in client.leads.iter_all(campaign_id=4101):
            print(lead.email)
    """

    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 1000))
    last_seen_lead_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("lastSeenLeadId"))
    campaign_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("campaignId"))
    status: LeadStatus | str | None = attrs.field(default=None, kw_only=True, validator=OneOf(LeadStatus))
    email_status: str | None = attrs.field(default=None, kw_only=True, metadata=wire("emailStatus"))
    lead_type: LeadType | str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("leadType"), validator=OneOf(LeadType)
    )
    list_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("listId"))
    client_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("clientId"))
    lead_email: str | None = attrs.field(default=None, kw_only=True, metadata=wire("leadEmail"))

    def after(self, item: Lead) -> Self:
        """Return the same request for the leads after this one."""
        return attrs.evolve(self, last_seen_lead_id=item.id)


@attrs.frozen
class ListGlobalLeads(
    OffsetPaged[GlobalLead],
    method="GET",
    path="/leads/global-leads",
    effect=Effect.READ,
    repeatable=True,
):
    """List the leads of all campaigns with their campaigns, 100 a page unless ``limit`` is set.

    ``list_global`` returns one page for one request; ``iter_global`` iterates over all pages, one request for
    each page. SmartLead's current reference does not document it, and ``list_all`` does nearly the same.
    Example::

        async for lead in client.leads.iter_global():
            print(lead.email, [membership.campaign_name for membership in lead.campaigns])
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True)
    created_at_gt: dt.datetime | None = attrs.field(default=None, kw_only=True)
    email: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetCampaignOverview(
    Request[dict[str, Any]],
    method="GET",
    path="/leads/{lead_id}/campaign-overview",
    effect=Effect.READ,
    repeatable=True,
):
    """Return an overview of a lead's campaigns as SmartLead sends it: the fields are not documented.

    One request. Example::

        overview = await client.leads.campaign_overview(9001)
    """

    lead_id: int


@attrs.frozen
class GetSequenceDetails(
    Request[dict[str, Any]],
    method="GET",
    path="/leads/{lead_map_id}/sequence-details",
    effect=Effect.READ,
    repeatable=True,
):
    """Return a lead's position in a sequence as SmartLead sends it: the fields are not documented.

    One request. ``lead_map_id`` is the ``campaign_lead_map_id``. Example::

        details = await client.leads.sequence_details(7001, campaign_id=4101)
    """

    lead_map_id: int
    campaign_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("campaignId"))


class ReadMethods(Resource):
    """The read methods of ``client.leads``."""

    get = endpoint(GetLead)
    get_by_email = endpoint(GetLeadByEmail)
    categories = endpoint(ListLeadCategories)
    list_campaigns = endpoint(ListLeadCampaigns)
    list_all = endpoint(ListAllLeads)
    iter_all = pages(ListAllLeads)
    list_global = endpoint(ListGlobalLeads)
    iter_global = pages(ListGlobalLeads)
    campaign_overview = endpoint(GetCampaignOverview)
    sequence_details = endpoint(GetSequenceDetails)
