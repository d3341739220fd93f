"""api.leads.update."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import attrs

from ...fields import OneOf, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ..acknowledgement import Acknowledgement
from ..campaigns.leads import UpdateLead


class ListAction(enum.StrEnum):
    """Whether a lead that goes to a list stays where it was."""

    COPY = "copy"
    MOVE = "move"


@attrs.frozen
class LeadListFilters:
    """Which leads go to a list, when they are not named one by one."""

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

    One request. ``ok`` is false when nothing changed because it was unsubscribed before; that is no error.
    The API cannot undo it. Example::

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


class UpdateMethods(Resource):
    """The update part of ``client.leads``."""

    update = endpoint(UpdateLead)
    unsubscribe = endpoint(UnsubscribeLead)
    push_to_list = endpoint(PushToList)
    push_campaign_leads_to_list = endpoint(PushCampaignLeadsToList)
    delete = endpoint(DeleteLead)
