"""The leads of a campaign: list, add, change, pause, export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ...fields import NOT_GIVEN, Between, Length, NotGiven, OneOf, wire
from ...paging import OffsetPaged
from ...request import Effect, Request
from ...resource import Resource, endpoint, pages
from ..acknowledgement import Acknowledgement
from ..leads.models import EmailStatusFilter, ImportSettings, Lead, LeadInput, LeadStatus, LeadStatusFilter
from .messages import LeadActivity


@attrs.frozen
class CampaignLead:
    """A lead in a campaign: the person is ``lead``.

    ``campaign_lead_map_id`` is what Mark Lead Complete and the inbox want; the other operations of a
    campaign want ``lead.id``.
    """

    campaign_lead_map_id: int
    lead: Lead
    status: LeadStatus | str
    lead_category_id: int | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class LeadIds:
    """Addresses and the ids of their leads, after an import with ``return_lead_ids``."""

    newly_added: dict[str, int] = attrs.field(factory=dict, metadata=wire("newlyAddedLeads"))
    existing: dict[str, int] = attrs.field(factory=dict, metadata=wire("existingLeads"))
    in_other_campaigns: dict[str, int] = attrs.field(
        factory=dict, metadata=wire("existingLeadsInOtherCampaigns")
    )


@attrs.frozen
class LeadsAdded:
    """What became of a batch of leads. A counter that SmartLead did not send is ``None``.

    ``total_leads`` has been seen to mean the leads that are new as well as those that were sent: set
    ``return_lead_ids`` and count ``lead_ids.newly_added`` to be sure. ``unsubscribed_leads`` is a list or a
    count. ``is_lead_limit_exhausted`` with ``lead_import_stopped_count`` tells that the quota ran out on the
    way. Example::

        added = await client.campaigns.add_leads(4101, leads)
        print(added.upload_count, added.duplicate_count, added.invalid_emails)
    """

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    upload_count: int | None = attrs.field(
        default=None, metadata=wire("upload_count", "added_count", "inserted_count")
    )
    total_leads: int | None = None
    already_added_to_campaign: int | None = None
    duplicate_count: int | None = None
    skipped_count: int | None = None
    invalid_email_count: int | None = None
    invalid_emails: list[str] = attrs.field(factory=list)
    unsubscribed_leads: list[Any] | int | None = None
    block_count: int | None = attrs.field(default=None, metadata=wire("block_count", "blocked_count"))
    bounce_count: int | None = None
    is_lead_limit_exhausted: bool | None = None
    lead_import_stopped_count: int | None = None
    error: str | None = None
    message: str | None = None
    lead_ids: LeadIds | None = attrs.field(default=None, metadata=wire("emailToLeadIdMap"))
    added_lead_ids: list[int] = attrs.field(factory=list, metadata=wire("lead_ids"))
    skipped_leads: list[dict[str, Any]] = attrs.field(factory=list)


@attrs.frozen
class LeadResumed:
    """The lead's mails go on. ``will_resume_at`` says when, where SmartLead says so."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = None
    will_resume_at: dt.datetime | None = None


@attrs.frozen
class NextSequence:
    """The step that comes next."""

    id: int | None = None
    delay_in_days: int | None = attrs.field(default=None, metadata=wire("delayInDays"))


@attrs.frozen
class StepCompletion:
    """What is left for a lead once a step has been marked as done."""

    is_last_sequence: bool | None = attrs.field(default=None, metadata=wire("isLastSequence"))
    next_sequence: NextSequence | None = attrs.field(default=None, metadata=wire("nextSequence"))


@attrs.frozen
class LeadMarkedComplete:
    """A manual step is done."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    status: StepCompletion | None = None
    message: str | None = None


@attrs.frozen
class ListCampaignLeads(
    OffsetPaged[CampaignLead],
    method="GET",
    path="/campaigns/{campaign_id}/leads",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-leads",
    items=("data", "leads"),
):
    """The leads of a campaign, up to 100 a page.

    ``list_leads`` gives one page for one request; ``iter_leads`` walks them all, one request for each page.
    The ``*_gt`` filters are aware datetimes; ``email_status`` is what happened to the lead's mails.
    Example::

        async for lead in client.campaigns.iter_leads(4101, status="INPROGRESS"):
            print(lead.campaign_lead_map_id, lead.lead.email)
    """

    campaign_id: int
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 100))
    created_at_gt: dt.datetime | None = attrs.field(default=None, kw_only=True)
    last_sent_time_gt: dt.datetime | None = attrs.field(default=None, kw_only=True)
    event_time_gt: dt.datetime | None = attrs.field(default=None, kw_only=True)
    status: LeadStatusFilter | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(LeadStatusFilter)
    )
    lead_category_id: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=1))
    email_status: EmailStatusFilter | str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("emailStatus"), validator=OneOf(EmailStatusFilter)
    )


@attrs.frozen
class AddLeads(
    Request[LeadsAdded],
    method="POST",
    path="/campaigns/{campaign_id}/leads",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/add-leads",
):
    """Add 1 to 400 leads to a campaign. An address that the campaign has already is counted, not added.

    One request; send more than 400 in batches. In an ACTIVE campaign the new leads get mail by its schedule.
    A spent lead quota is :class:`OperationRefused`. The counters of the answer do not always tell which leads
    went in: set ``return_lead_ids`` to be sure. ``lead_list_ids`` and ``type`` stand on one page of SmartLead
    and nobody has confirmed what they do. Example::

        added = await client.campaigns.add_leads(
            4101, [LeadInput("lin@prospect.example", first_name="Lin")],
            settings=ImportSettings(return_lead_ids=True),
        )
    """

    campaign_id: int
    lead_list: Sequence[LeadInput] = attrs.field(validator=Length(1, 400))
    settings: ImportSettings | None = attrs.field(default=None, kw_only=True)
    lead_list_ids: Sequence[int] | None = attrs.field(default=None, kw_only=True)
    type: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ExportLeads(
    Request[str],
    method="GET",
    path="/campaigns/{campaign_id}/leads-export",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/export-leads",
    min_timeout=120.0,
):
    """All leads of a campaign as the text of a CSV file, with a header row.

    One request, whatever the size; tens of megabytes have been seen. Find columns by their header, since
    their number varies; ``custom_fields`` is JSON. Example::

        rows = csv.DictReader(io.StringIO(await client.campaigns.export_leads(4101)))
    """

    campaign_id: int


@attrs.frozen
class DeleteCampaignLead(
    Request[Acknowledgement],
    method="DELETE",
    path="/campaigns/{campaign_id}/leads/{lead_id}",
    effect=Effect.DELETE,
    repeatable=True,
    page="campaigns/delete-lead",
    plain_text_response=True,
):
    """Take a lead out of a campaign. When no other campaign has it, the lead itself may go too.

    One request. Example::

        await client.campaigns.delete_lead(4101, 9001)
    """

    campaign_id: int
    lead_id: int


@attrs.frozen
class UpdateLead(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/leads/{lead_id}/",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-lead",
):
    """Change a lead's data. ``email`` must be given even when it stays the same.

    One request. Every campaign that has the lead sees the change. ``custom_fields`` are said to be merged
    into those that are there. Example::

        await client.campaigns.update_lead(4101, 9001, "lin@prospect.example", company_name="Prospect Co")
    """

    campaign_id: int
    lead_id: int
    email: str
    first_name: str | None = attrs.field(default=None, kw_only=True)
    last_name: str | None = attrs.field(default=None, kw_only=True)
    company_name: str | None = attrs.field(default=None, kw_only=True)
    phone_number: str | None = attrs.field(default=None, kw_only=True)
    website: str | None = attrs.field(default=None, kw_only=True)
    location: str | None = attrs.field(default=None, kw_only=True)
    linkedin_profile: str | None = attrs.field(default=None, kw_only=True)
    company_url: str | None = attrs.field(default=None, kw_only=True)
    custom_fields: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class UpdateLeadCategory(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/leads/{lead_id}/category",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-lead-category",
):
    """File a lead under a category (``client.leads.categories()`` lists them); ``None`` takes it out.

    One request. ``pause_lead`` pauses it at the same time. Example::

        await client.campaigns.update_lead_category(4101, 9001, 1, pause_lead=True)
    """

    campaign_id: int
    lead_id: int
    category_id: int | None
    pause_lead: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class PauseLead(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/leads/{lead_id}/pause",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/pause-lead",
):
    """Send a lead no further mails of this campaign until it is resumed.

    One request. Example::

        await client.campaigns.pause_lead(4101, 9001)
    """

    campaign_id: int
    lead_id: int


@attrs.frozen
class ResumeLead(
    Request[LeadResumed],
    method="POST",
    path="/campaigns/{campaign_id}/leads/{lead_id}/resume",
    effect=Effect.SEND,
    repeatable=True,
    page="campaigns/resume-lead",
):
    """Go on mailing a paused lead.

    One request. ``resume_lead_with_delay_days`` counts from the last mail; a lead that got none is mailed at
    once. SmartLead answers 500 (:class:`ServerError`) when the last step is behind it. Example::

        await client.campaigns.resume_lead(4101, 9001, resume_lead_with_delay_days=3)
    """

    campaign_id: int
    lead_id: int
    resume_lead_with_delay_days: int | NotGiven | None = attrs.field(
        default=NOT_GIVEN, kw_only=True, validator=Between(minimum=0)
    )


@attrs.frozen
class UnsubscribeCampaignLead(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/leads/{lead_id}/unsubscribe",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/unsubscribe-lead",
):
    """Unsubscribe a lead from this campaign; ``client.leads.unsubscribe`` does it for all of them.

    One request. The API cannot undo it. Example::

        await client.campaigns.unsubscribe_lead(4101, 9001)
    """

    campaign_id: int
    lead_id: int


@attrs.frozen
class MarkLeadComplete(
    Request[LeadMarkedComplete],
    method="POST",
    path="/campaigns/{campaign_id}/leads/{lead_map_id}/manual-complete",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/mark-lead-complete",
):
    """Say that a lead's manual step is done. ``lead_map_id`` is the ``campaign_lead_map_id``.

    One request. A second one may complete the step after it, so a lost answer raises
    :class:`OutcomeUnknown`. Example::

        done = await client.campaigns.mark_lead_complete(4101, 7001)
    """

    campaign_id: int
    lead_map_id: int


@attrs.frozen
class UpdateLeadEmailAccount(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/update-lead-email-account",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-lead-email-account",
):
    """Choose the mailbox from which a lead gets a campaign's mails.

    One request. ``override_lead_email_account`` replaces the one that it has. Example::

        await client.campaigns.update_lead_email_account(
            email_account_id=501, email_campaign_id=4101, email_lead_id=9001,
        )
    """

    email_account_id: int = attrs.field(kw_only=True)
    email_campaign_id: int = attrs.field(kw_only=True)
    email_lead_id: int = attrs.field(kw_only=True)
    override_lead_email_account: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListLeadActivities(
    OffsetPaged[LeadActivity],
    method="GET",
    path="/campaigns/all-leads-activities",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/all-leads-activities",
):
    """What happened to leads over all campaigns, up to 1,000 a page.

    ``all_leads_activities`` gives one page for one request; ``iter_activities`` walks them all, one request
    for each page. Times are aware datetimes or dates; ``event_time_to`` needs ``event_time_from``. Example::

        async for activity in client.campaigns.iter_activities(event_time_from=dt.date(2027, 1, 1)):
            print(activity.lead_id, len(activity.activities))
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 1000))
    event_time_from: dt.datetime | dt.date | None = attrs.field(default=None, kw_only=True)
    event_time_to: dt.datetime | dt.date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.event_time_to is not None and self.event_time_from is None:
            raise ValueError("event_time_to needs event_time_from as well")


class LeadsMethods(Resource):
    """The leads part of ``client.campaigns``."""

    list_leads = endpoint(ListCampaignLeads)
    iter_leads = pages(ListCampaignLeads)
    add_leads = endpoint(AddLeads)
    export_leads = endpoint(ExportLeads)
    update_lead = endpoint(UpdateLead)
    update_lead_category = endpoint(UpdateLeadCategory)
    update_lead_email_account = endpoint(UpdateLeadEmailAccount)
    pause_lead = endpoint(PauseLead)
    resume_lead = endpoint(ResumeLead)
    unsubscribe_lead = endpoint(UnsubscribeCampaignLead)
    mark_lead_complete = endpoint(MarkLeadComplete)
    delete_lead = endpoint(DeleteCampaignLead)
    all_leads_activities = endpoint(ListLeadActivities)
    iter_activities = pages(ListLeadActivities)
