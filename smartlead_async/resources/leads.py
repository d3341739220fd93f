"""Leads beyond a single campaign: find, categorise, unsubscribe, move to lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Self

import attrs

from ..models._fields import Between, OneOf, wire
from ..models.common import Acknowledgement
from ..models.leads import (
    AllLeads,
    GlobalLead,
    GlobalLeads,
    Lead,
    LeadCampaign,
    LeadCategory,
    LeadDetails,
    LeadListFilters,
    LeadRecord,
    LeadStatus,
    LeadType,
    ListAction,
)
from ..request import Effect, OffsetPaged, Paged, Request
from ._resource import Resource, endpoint, pages
from .campaign_leads import UpdateLead


@attrs.frozen
class GetLead(
    Request[LeadDetails],
    method="GET",
    path="/leads/{lead_id}",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-lead-by-id",
):
    """One lead by its id.

    One request. An unknown id is :class:`NotFound`. Example::

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
    """The lead with this address and the campaigns it is in, or ``None``.

    One request. Example::

        lead = await client.leads.get_by_email("lin@prospect.example")
        if lead is not None:
            print([place.campaign_name for place in lead.lead_campaign_data])
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
    """The categories that leads are filed under, SmartLead's own and yours, by id.

    One request. Look categories up by name: their numbers are not the same everywhere. Example::

        by_name = {category.name: category.id for category in await client.leads.categories()}
    """


@attrs.frozen
class UnsubscribeLead(
    Request[Acknowledgement],
    method="POST",
    path="/leads/{lead_id}/unsubscribe",
    effect=Effect.WRITE,
    repeatable=True,
    page="leads/unsubscribe",
    false_is_answer=True,
):
    """Unsubscribe a lead from every campaign.

    One request. ``ok`` is false when nothing changed because it was unsubscribed before; that is no error.
    The API cannot undo it. Example::

        changed = (await client.leads.unsubscribe(9001)).ok
    """

    lead_id: int


@attrs.frozen
class ListLeadCampaigns(
    Request[list[LeadCampaign]],
    method="GET",
    path="/leads/{lead_id}/campaigns",
    effect=Effect.READ,
    repeatable=True,
):
    """The campaigns that a lead is in, in one list.

    One request. SmartLead has no page about it any more. Example::

        for campaign in await client.leads.list_campaigns(9001):
            print(campaign.id, campaign.name)
    """

    lead_id: int


@attrs.frozen
class ListAllLeads(
    Paged[AllLeads, Lead],
    method="GET",
    path="/leads/all",
    effect=Effect.READ,
    repeatable=True,
):
    """The leads of the account, up to 1,000 a page, each page after the last lead of the one before.

    ``list_all`` gives one page for one request; ``iter_all`` walks them all, one request for each page.
    SmartLead has no page about it; its own command line uses it. Example::

        async for lead in client.leads.iter_all(campaign_id=4101):
            print(lead.email)
    """

    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 1000))
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

    def following(self, page: AllLeads) -> Self | None:
        """The same request, after the last lead of this page; a page that is not full is the last."""
        if len(page.data) < (self.limit or 100):
            return None
        return attrs.evolve(self, last_seen_lead_id=page.data[-1].id)


@attrs.frozen
class ListGlobalLeads(
    OffsetPaged[GlobalLeads, GlobalLead],
    method="GET",
    path="/leads/global-leads",
    effect=Effect.READ,
    repeatable=True,
):
    """The leads of all campaigns with their campaigns, 100 a page unless ``limit`` says otherwise.

    ``list_global`` gives one page for one request; ``iter_global`` walks them all, one request for each page.
    SmartLead's current reference has no page about it, and ``list_all`` does nearly the same. Example::

        async for lead in client.leads.iter_global():
            print(lead.email, [place.campaign_name for place in lead.campaigns])
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int | None = attrs.field(default=None, kw_only=True)
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
    """What a lead's campaigns did to it, as SmartLead answers it: the fields are not documented.

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
    """Where a lead is in a campaign's sequence, as SmartLead answers it: the fields are not documented.

    One request. ``lead_map_id`` is the ``campaign_lead_map_id``. Example::

        details = await client.leads.sequence_details(7001, campaign_id=4101)
    """

    lead_map_id: int
    campaign_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("campaignId"))


@attrs.frozen
class PushToList(
    Request[Acknowledgement],
    method="POST",
    path="/leads/push-to-list",
    effect=Effect.WRITE,
    repeatable=False,
):
    """Put leads on a lead list: those of ``lead_ids``, or with ``all_leads`` all that ``filters`` fit.

    One request. ``action`` is ``copy`` or ``move``, and a lead that is moved gets no more mails. A lost
    answer raises :class:`OutcomeUnknown`. SmartLead has no page about it; its own command line uses it.
    Example::

        await client.leads.push_to_list(55, lead_ids=[9001, 9002], action="copy")
    """

    list_id: int = attrs.field(metadata=wire("listId"))
    lead_ids: Sequence[int] | None = attrs.field(default=None, kw_only=True, metadata=wire("leadIds"))
    all_leads: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("allLeads"))
    filters: LeadListFilters | None = attrs.field(default=None, kw_only=True)
    action: ListAction | str | None = attrs.field(default=None, kw_only=True, validator=OneOf(ListAction))


@attrs.frozen
class PushCampaignLeadsToList(
    Request[Acknowledgement],
    method="POST",
    path="/leads/campaign/push-to-list",
    effect=Effect.WRITE,
    repeatable=False,
):
    """Put leads of a campaign on a lead list: those of ``lead_map_ids``, or with ``all_leads`` all of them.

    One request. The ids are ``campaign_lead_map_id``. A lost answer raises :class:`OutcomeUnknown`. SmartLead
    has no page about it; its own command line uses it. Example::

        await client.leads.push_campaign_leads_to_list(4101, 55, lead_map_ids=[7001])
    """

    campaign_id: int = attrs.field(metadata=wire("campaignId"))
    list_id: int = attrs.field(metadata=wire("listId"))
    lead_map_ids: Sequence[int] | None = attrs.field(default=None, kw_only=True, metadata=wire("leadMapIds"))
    all_leads: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("allLeads"))


@attrs.frozen
class DeleteLead(
    Request[Acknowledgement],
    method="DELETE",
    path="/leads/{lead_id}",
    effect=Effect.DELETE,
    repeatable=True,
    verified=False,
):
    """Delete a lead from the account.

    One request. Not verified: a single third party shows it. To take a lead out of one campaign there is
    ``client.campaigns.delete_lead``. Example::

        await client.leads.delete(9001)
    """

    lead_id: int


class Leads(Resource):
    """``client.leads``: leads over all campaigns.

    Methods give a coroutine; those that begin with ``iter_`` give an async iterator over all pages.
    """

    get = endpoint(GetLead)
    get_by_email = endpoint(GetLeadByEmail)
    update = endpoint(UpdateLead)
    categories = endpoint(ListLeadCategories)
    unsubscribe = endpoint(UnsubscribeLead)
    list_campaigns = endpoint(ListLeadCampaigns)
    list_all = endpoint(ListAllLeads)
    iter_all = pages(ListAllLeads)
    list_global = endpoint(ListGlobalLeads)
    iter_global = pages(ListGlobalLeads)
    campaign_overview = endpoint(GetCampaignOverview)
    sequence_details = endpoint(GetSequenceDetails)
    push_to_list = endpoint(PushToList)
    push_campaign_leads_to_list = endpoint(PushCampaignLeadsToList)
    delete = endpoint(DeleteLead)
