"""Requests that unsubscribe leads, put them on lead lists and delete them."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import attrs

from ...fields import OneOf, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ...typed import Typed
from ..acknowledgement import Acknowledgement
from ..campaigns.leads import UpdateLead


class ListAction(enum.StrEnum):
    """The action that puts a lead on a list: copy it, or move it from where it is."""

    COPY = "copy"
    MOVE = "move"


@attrs.frozen
class LeadListFilters(Typed):
    """Filters that select leads for a list, in place of their ids."""

    campaign_id: int | None = attrs.field(default=None, metadata=wire("campaignId"))
    status: str | None = None
    lead_category_ids: Sequence[int] | None = attrs.field(default=None, metadata=wire("leadCategoryIds"))
    email_status: str | None = attrs.field(default=None, metadata=wire("emailStatus"))


@attrs.frozen
class UnsubscribeLead(
    Request[Acknowledgement],
    method="POST",
    path="/leads/{lead_id}/unsubscribe",
    effect=Effect.WRITE,
    repeatable=True,
    page="leads/unsubscribe",
    ok_false_is_result=True,
):
    """Unsubscribe a lead from every campaign.

    One request. ``ok`` is false if nothing changed because the lead was already unsubscribed; that is not an
    error. The API cannot undo it. Example::

        changed = (await client.leads.unsubscribe(9001)).ok
    """

    lead_id: int


@attrs.frozen
class PushToList(
    Request[Acknowledgement],
    method="POST",
    path="/leads/push-to-list",
    effect=Effect.WRITE,
    repeatable=False,
):
    """Put leads on a lead list: those in ``lead_ids``, or with ``all_leads`` all that match ``filters``.

    One request. ``action`` is ``copy`` or ``move``, and a lead that is moved gets no more emails. A lost
    response raises :class:`OutcomeUnknown`. SmartLead does not document it; its own command-line tool uses
    it. Example::

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
    """Put leads of a campaign on a lead list: those in ``lead_map_ids``, or all with ``all_leads``.

    One request. The ids are ``campaign_lead_map_id``. A lost response raises :class:`OutcomeUnknown`.
    SmartLead does not document it; its own command-line tool uses it. Example::

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

    One request. Not verified: only one third-party source documents it. To remove a lead from one campaign
    only, use ``client.campaigns.delete_lead``. Example::

        await client.leads.delete(9001)
    """

    lead_id: int


class UpdateMethods(Resource):
    """The update methods of ``client.leads``."""

    update = endpoint(UpdateLead)
    unsubscribe = endpoint(UnsubscribeLead)
    push_to_list = endpoint(PushToList)
    push_campaign_leads_to_list = endpoint(PushCampaignLeadsToList)
    delete = endpoint(DeleteLead)
