"""Requests that list, add, change, pause and export the leads of a campaign."""

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


@attrs.frozen
class CampaignLead:
    """A lead in a campaign; ``lead`` is the person.

    ``campaign_lead_map_id`` is the id for ``mark_lead_complete`` and the inbox; the other operations of a
    campaign take ``lead.id``.
    """

    campaign_lead_map_id: int
    lead: Lead
    status: LeadStatus | str
    lead_category_id: int | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class LeadIds:
    """The lead ids by address, after an import with ``return_lead_ids``."""

    newly_added: dict[str, int] = attrs.field(factory=dict, metadata=wire("newlyAddedLeads"))
    existing: dict[str, int] = attrs.field(factory=dict, metadata=wire("existingLeads"))
    in_other_campaigns: dict[str, int] = attrs.field(
        factory=dict, metadata=wire("existingLeadsInOtherCampaigns")
    )


@attrs.frozen
class LeadsAdded:
    """The result of adding a batch of leads. A counter that SmartLead did not return is ``None``.

    SmartLead has returned ``total_leads`` both as the number of new leads and as the number that was sent.
    ``unsubscribed_leads`` is a list or a count. ``is_lead_limit_exhausted`` and ``lead_import_stopped_count``
    show that the quota ran out during the import. Example::

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
    """The result of resuming a lead. ``will_resume_at`` is set if SmartLead returned it."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = None
    will_resume_at: dt.datetime | None = None


@attrs.frozen
class NextSequence:
    """The next step of a sequence."""

    id: int | None = None
    delay_in_days: int | None = attrs.field(default=None, metadata=wire("delayInDays"))


@attrs.frozen
class StepCompletion:
    """The position of a lead in its sequence after a step has been marked complete."""

    is_last_sequence: bool | None = attrs.field(default=None, metadata=wire("isLastSequence"))
    next_sequence: NextSequence | None = attrs.field(default=None, metadata=wire("nextSequence"))


@attrs.frozen
class LeadMarkedComplete:
    """The result of marking a manual step complete."""

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
    """List the leads of a campaign, up to 100 a page.

    ``list_leads`` returns one page for one request; ``iter_leads`` iterates over all pages, one request for
    each page. The ``*_gt`` filters are aware datetimes; ``email_status`` selects leads by what happened to
    their emails. Example::

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
    """Add 1 to 400 leads to a campaign, which sends emails to them if it is ACTIVE.

    An address that the campaign already has is counted, not added. One request; send more than 400 in
    batches. An exhausted lead quota raises :class:`OperationRefused`. ``lead_list_ids`` and ``type``
    appear on one page of SmartLead's reference, and nobody has confirmed what they do. Example::

        added = await client.campaigns.add_leads(
            4101, [LeadInput("lin@prospect.example", first_name="Lin")],
            settings=ImportSettings(ignore_duplicate_leads_in_other_campaign=True),
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
    """Export all leads of a campaign as a CSV string with a header row.

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
    """Remove a lead from a campaign. If no other campaign has it, the lead itself may be deleted too.

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
    """Change a lead's data. ``email`` is required even if it does not change.

    One request. The change shows in every campaign that has the lead. ``custom_fields`` are reported to be
    merged into the existing ones. Example::

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
    custom_fields: Mapping[str, Any] | None = attrs.field(
        default=None, kw_only=True, validator=Length(maximum=200)
    )


@attrs.frozen
class UpdateLeadCategory(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/leads/{lead_id}/category",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-lead-category",
):
    """Set a lead's category. Emails may be sent: a subsequence that waits for the category starts.

    One request. ``client.leads.categories()`` lists the categories; ``None`` removes it. ``pause_lead``
    pauses the lead at the same time. Example::

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
    """Pause a lead: it gets no more emails of this campaign until it is resumed.

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
    repeatable=False,
    page="campaigns/resume-lead",
):
    """Send emails to a paused lead again, the next one possibly at once.

    One request. ``resume_lead_with_delay_days`` counts from the last email; a lead that has not been sent one
    gets it at once. SmartLead responds with 500 if the lead is past the last step. A lost response raises
    :class:`OutcomeUnknown`, since nothing shows that a repeat does not send twice. Example::

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
    """Unsubscribe a lead from this campaign; ``client.leads.unsubscribe`` does so for all campaigns.

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
    """Mark a lead's manual step complete. ``lead_map_id`` is the ``campaign_lead_map_id``.

    One request. A second request may complete the following step, so a lost response raises
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
    """Set the mailbox from which a lead gets a campaign's emails.

    One request. ``override_lead_email_account`` replaces the one that is already set. Example::

        await client.campaigns.update_lead_email_account(
            email_account_id=501, email_campaign_id=4101, email_lead_id=9001,
        )
    """

    email_account_id: int = attrs.field(kw_only=True)
    email_campaign_id: int = attrs.field(kw_only=True)
    email_lead_id: int = attrs.field(kw_only=True)
    override_lead_email_account: bool | None = attrs.field(default=None, kw_only=True)


class LeadsMethods(Resource):
    """The lead methods of ``client.campaigns``."""

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
