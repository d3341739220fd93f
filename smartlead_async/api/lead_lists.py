"""Lead lists: leads that are stored outside of campaigns."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ..fields import NOT_GIVEN, Between, Length, NotGiven, OneOf, wire
from ..paging import OffsetPaged
from ..request import Effect, Request
from ..resource import Resource, endpoint, pages
from ..typed import Typed
from .acknowledgement import Acknowledgement
from .leads.models import LeadInput


@attrs.frozen
class LeadList:
    """A list of leads. ``active_leads_count`` counts those that are in campaigns."""

    id: int
    name: str | None = attrs.field(default=None, metadata=wire("list_name", "name", "listName"))
    leads_count: int | None = attrs.field(default=None, metadata=wire("leads_count", "lead_count"))
    active_leads_count: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    tags: list[dict[str, Any]] = attrs.field(factory=list)


@attrs.frozen
class ListLeadLists(
    OffsetPaged[LeadList],
    method="GET",
    path="/lead-list/",
    effect=Effect.READ,
    repeatable=True,
    page="lead-lists/get-all",
    items=("data.lists", "data", "lists"),
):
    """List the lead lists, up to 1,000 a page.

    ``list`` returns one page for one request; ``iter_all`` sends one request for each page. ``name`` finds
    parts of names. Example::

        names = [lead_list.name async for lead_list in client.lead_lists.iter_all()]
    """

    name: str | None = attrs.field(default=None, kw_only=True, metadata=wire("listName"))
    tag_ids: Sequence[int] | None = attrs.field(default=None, kw_only=True, metadata=wire("tagIds"))
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 1000))


@attrs.frozen
class GetLeadList(
    Request[LeadList],
    method="GET",
    path="/lead-list/{id}",
    effect=Effect.READ,
    repeatable=True,
    page="lead-lists/get-by-id",
):
    """Return a lead list, without its leads.

    One request. Example::

        spring = await client.lead_lists.get(601)
    """

    list_id: int = attrs.field(metadata=wire("id"))


@attrs.frozen
class CreateLeadList(
    Request[LeadList],
    method="POST",
    path="/lead-list/",
    effect=Effect.WRITE,
    repeatable=False,
    page="lead-lists/create",
):
    """Create an empty lead list.

    One request. A lost response raises :class:`OutcomeUnknown`: look for it with ``iter_all``. Example::

        spring = await client.lead_lists.create("Spring")
    """

    name: str = attrs.field(metadata=wire("listName"))


@attrs.frozen
class UpdateLeadList(
    Request[LeadList],
    method="PUT",
    path="/lead-list/{id}",
    effect=Effect.WRITE,
    repeatable=True,
    page="lead-lists/update",
):
    """Rename a lead list.

    One request. Example::

        await client.lead_lists.update(601, "Summer")
    """

    list_id: int = attrs.field(metadata=wire("id"))
    name: str = attrs.field(metadata=wire("listName"))


@attrs.frozen
class DeleteLeadList(
    Request[Acknowledgement],
    method="DELETE",
    path="/lead-list/{id}",
    effect=Effect.DELETE,
    repeatable=True,
    page="lead-lists/delete",
):
    """Delete a lead list. Its leads stay in the account.

    One request. Example::

        await client.lead_lists.delete(601)
    """

    list_id: int = attrs.field(metadata=wire("id"))


@attrs.frozen
class AssignListTags(
    Request[Acknowledgement],
    method="POST",
    path="/lead-list/assign-tags",
    effect=Effect.WRITE,
    repeatable=True,
    page="lead-lists/assign-tags",
):
    """Add tags to up to 10 lead lists, remove others from them, or both.

    One request. Example::

        await client.lead_lists.assign_tags([601, 602], tag_ids=[9], remove_tag_ids=[10])
    """

    list_ids: Sequence[int] = attrs.field(metadata=wire("listIds"), validator=Length(1, 10))
    tag_ids: Sequence[int] | None = attrs.field(
        default=None, kw_only=True, metadata=wire("tagIds"), validator=Length(1, 10)
    )
    remove_tag_ids: Sequence[int] | None = attrs.field(
        default=None, kw_only=True, metadata=wire("removeTagIds"), validator=Length(1, 10)
    )


@attrs.frozen
class ListImportSettings(Typed):
    """The options of an import into a lead list. Blocked leads are left out unless the option is set."""

    ignore_global_block_list: bool | None = attrs.field(default=None, metadata=wire("ignoreGlobalBlockList"))


@attrs.frozen
class ListLeadsImported:
    """The counts of an import into a lead list. A count that SmartLead did not return is ``None``."""

    total_leads: int | None = None
    imported: int | None = attrs.field(default=None, metadata=wire("imported", "imported_count"))
    duplicates: int | None = None
    blocked: int | None = None
    invalid: int | None = None


@attrs.frozen
class ImportListLeads(
    Request[ListLeadsImported],
    method="POST",
    path="/lead-list/{id}/import",
    effect=Effect.WRITE,
    repeatable=False,
    page="lead-lists/import-leads",
):
    """Import leads into a lead list. No limit is documented; 400 at a time, as for campaigns, is safe.

    One request, which counts against the lead quota of the plan. ``file_name`` is the name under which
    SmartLead shows the import. A lost response raises :class:`OutcomeUnknown`. Example::

        done = await client.lead_lists.import_leads(601, [LeadInput("lin@prospect.example")], "spring.csv")
        print(done.imported, done.duplicates)
    """

    list_id: int = attrs.field(metadata=wire("id"))
    leads: Sequence[LeadInput] = attrs.field(metadata=wire("leadList"), validator=Length(minimum=1))
    file_name: str = attrs.field(metadata=wire("fileName"))
    email_fields_added: Mapping[str, Any] | None = attrs.field(
        default=None, kw_only=True, metadata=wire("emailFieldsAdded")
    )
    custom_fields: Mapping[str, Any] | NotGiven | None = attrs.field(
        default=NOT_GIVEN, kw_only=True, metadata=wire("customFields")
    )
    settings: ListImportSettings | None = attrs.field(
        default=None, kw_only=True, metadata=wire("csvSettings")
    )


class PushAction(enum.StrEnum):
    """The treatment of leads that are pushed: they stay in their list as well, or leave it."""

    COPY = "copy"
    MOVE = "move"


@attrs.frozen
class LeadsPushedBetweenLists:
    """The number of leads that were copied or moved."""

    total_leads_moved: int | None = None


@attrs.frozen
class PushBetweenLists(
    Request[LeadsPushedBetweenLists],
    method="POST",
    path="/leads/leads/push-between-lists",
    effect=Effect.WRITE,
    repeatable=False,
    page="lead-lists/push-between-lists",
):
    """Copy or move leads to a lead list: up to 10,000 by their ids, or all of another list.

    One request. Pass either ``lead_ids`` or ``from_list_id``. A lost response raises
    :class:`OutcomeUnknown`. Example::

        pushed = await client.lead_lists.push_between_lists("copy", 602, from_list_id=601)
        print(pushed.total_leads_moved)
    """

    action: PushAction | str = attrs.field(validator=OneOf(PushAction))
    to_list_id: int = attrs.field(metadata=wire("toListId"))
    lead_ids: Sequence[int] | None = attrs.field(
        default=None, kw_only=True, metadata=wire("leadIds"), validator=Length(1, 10_000)
    )
    from_list_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("fromListId"))

    def __attrs_post_init__(self) -> None:
        if (self.lead_ids is None) is (self.from_list_id is None):
            raise ValueError("the leads come from one place: pass lead_ids or from_list_id")


@attrs.frozen
class LeadSelection(Typed):
    """Leads of a list: those with certain ids, or all of them.

    Example::

        LeadSelection(list_id=601, all_leads=True)
    """

    list_id: int | None = attrs.field(default=None, metadata=wire("listId"))
    lead_ids: Sequence[int] | None = attrs.field(
        default=None, metadata=wire("leadIds"), validator=Length(1, 10_000)
    )
    all_leads: bool | None = attrs.field(default=None, metadata=wire("allLeads"))


@attrs.frozen
class LeadsPushedToCampaign:
    """The counts of leads that were pushed to a campaign."""

    total_leads: int | None = None
    pushed: int | None = None
    duplicates: int | None = None


@attrs.frozen
class PushToCampaign(
    Request[LeadsPushedToCampaign],
    method="POST",
    path="/leads/push-to-campaign",
    effect=Effect.WRITE,
    repeatable=False,
    page="lead-lists/push-to-campaign",
):
    """Copy or move leads of a list to a campaign, which sends emails to them if it is ACTIVE.

    One request, which counts against the lead quota of the plan. Pass ``campaign_id``; a ``campaign_name``
    that does not exist creates a campaign. ``settings`` and ``filters`` are not documented further. A lost
    response raises :class:`OutcomeUnknown`. Example::

        pushed = await client.lead_lists.push_to_campaign(
            "copy", campaign_id=4101, leads=LeadSelection(list_id=601, all_leads=True)
        )
        print(pushed.pushed, pushed.duplicates)
    """

    action: PushAction | str = attrs.field(validator=OneOf(PushAction))
    campaign_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("campaignId"))
    campaign_name: str | None = attrs.field(default=None, kw_only=True, metadata=wire("campaignName"))
    leads: LeadSelection | None = attrs.field(default=None, kw_only=True, metadata=wire("leadList"))
    settings: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True, metadata=wire("csvSettings"))
    filters: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.campaign_id is None and self.campaign_name is None:
            raise ValueError("pass the campaign that the leads go to: campaign_id or campaign_name")


class LeadLists(Resource):
    """``client.lead_lists``: leads that are stored outside of campaigns."""

    list = endpoint(ListLeadLists)
    iter_all = pages(ListLeadLists)
    get = endpoint(GetLeadList)
    create = endpoint(CreateLeadList)
    update = endpoint(UpdateLeadList)
    delete = endpoint(DeleteLeadList)
    assign_tags = endpoint(AssignListTags)
    import_leads = endpoint(ImportListLeads)
    push_between_lists = endpoint(PushBetweenLists)
    push_to_campaign = endpoint(PushToCampaign)
