"""The leads of a campaign: list, add, change, pause, export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ..models._fields import NOT_GIVEN, Between, Length, NotGiven, OneOf, wire
from ..models.common import Acknowledgement
from ..models.leads import (
    CampaignLead,
    CampaignLeads,
    EmailStatusFilter,
    ImportSettings,
    LeadInput,
    LeadMarkedComplete,
    LeadResumed,
    LeadsAdded,
    LeadStatusFilter,
)
from ..models.messages import LeadActivities, LeadActivity
from ..request import Effect, OffsetPaged, Request


@attrs.frozen
class ListCampaignLeads(
    OffsetPaged[CampaignLeads, CampaignLead],
    method="GET",
    path="/campaigns/{campaign_id}/leads",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-leads",
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
    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 100))
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
    patience=120.0,
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
    text_answer=True,
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
    OffsetPaged[LeadActivities, LeadActivity],
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
    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 1000))
    event_time_from: dt.datetime | dt.date | None = attrs.field(default=None, kw_only=True)
    event_time_to: dt.datetime | dt.date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.event_time_to is not None and self.event_time_from is None:
            raise ValueError("event_time_to needs event_time_from as well")
