"""Campaigns: create, copy, delete, read; and the resource that lists all there is to do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ..models._fields import Length, wire
from ..models.campaigns import (
    Campaign,
    CampaignAnalytics,
    CampaignCreated,
    CampaignDuplicated,
    SubsequenceCreated,
)
from ..models.common import Acknowledgement
from ..models.email_accounts import EmailAccount
from ..naming import review
from ..request import Effect, Request
from ._campaign_setup import (
    AddEmailAccounts,
    GetSequences,
    RemoveEmailAccounts,
    SaveSequences,
    UpdateSchedule,
    UpdateSettings,
    UpdateStatus,
)
from ._resource import Resource, endpoint, pages
from .campaign_leads import (
    AddLeads,
    DeleteCampaignLead,
    ExportLeads,
    ListCampaignLeads,
    ListLeadActivities,
    MarkLeadComplete,
    PauseLead,
    ResumeLead,
    UnsubscribeCampaignLead,
    UpdateLead,
    UpdateLeadCategory,
    UpdateLeadEmailAccount,
)
from .campaign_messages import (
    ForwardEmail,
    GetMessageHistories,
    GetMessageHistory,
    ReplyEmailThread,
    SendTestEmail,
)
from .campaign_webhooks import (
    DeleteCampaignWebhook,
    GetWebhookSummary,
    ListCampaignWebhooks,
    RetriggerFailedWebhooks,
    SaveCampaignWebhook,
)

__all__ = [
    "AddEmailAccounts",
    "Campaigns",
    "CreateCampaign",
    "CreateSubsequence",
    "DeleteCampaign",
    "DuplicateCampaign",
    "GetCampaign",
    "GetCampaignAnalytics",
    "GetSequences",
    "ListCampaignEmailAccounts",
    "ListCampaigns",
    "RemoveEmailAccounts",
    "SaveSequences",
    "UpdateSchedule",
    "UpdateSettings",
    "UpdateStatus",
    "UpdateTeamMember",
]


@attrs.frozen
class ListCampaigns(
    Request[list[Campaign]],
    method="GET",
    path="/campaigns/",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-all",
    unwrap=("campaigns", "data"),
):
    """Every campaign of the account in one list, newest id first.

    One request: SmartLead has no pages here, so a big account is a big answer. ``client_id`` keeps to one
    client; ``include_tags`` fills ``Campaign.tags``. Example::

        for campaign in await client.campaigns.list(client_id=7):
            print(campaign.id, campaign.name, campaign.status)
    """

    client_id: int | None = attrs.field(default=None, kw_only=True)
    include_tags: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class CreateCampaign(
    Request[CampaignCreated],
    method="POST",
    path="/campaigns/create",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/create",
):
    """Create a campaign. It is DRAFTED: nothing is sent before it has been set up and started.

    One request. ``name`` (up to 255 characters) defaults to "Untitled Campaign" on the server; a good one
    says purpose, audience and period, and ``smartlead_async.naming.review`` tells what is missing.
    ``client_id`` files it under a client of yours. A lost answer raises :class:`OutcomeUnknown`, because a
    second create would make a second campaign. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027", client_id=7)
    """

    name: str | None = attrs.field(default=None, validator=Length(maximum=255))
    client_id: int | None = attrs.field(default=None, kw_only=True)

    def advice(self) -> tuple[str, ...]:
        """What the name lacks, by SmartLead's naming advice."""
        return tuple(advice.message for advice in review(self.name or "").advice)


@attrs.frozen
class CreateSubsequence(
    Request[SubsequenceCreated],
    method="POST",
    path="/campaigns/create-subsequence",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/create-subsequence",
):
    """Create a subsequence: a campaign below another one, which leads enter when something happened.

    One request. SmartLead does not document what an item of ``condition_events`` holds, so each is passed on
    as it is given. A lost answer raises :class:`OutcomeUnknown`. Example::

        created = await client.campaigns.create_subsequence(4101, "After a reply")
    """

    parent_campaign_id: int
    subsequence_name: str | None = None
    condition_events: Sequence[Mapping[str, Any]] | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class DeleteCampaign(
    Request[Acknowledgement],
    method="DELETE",
    path="/campaigns/{campaign_id}",
    effect=Effect.DELETE,
    repeatable=True,
    page="campaigns/delete",
):
    """Delete a campaign for good.

    One request. An ACTIVE campaign is refused (``CAMPAIGN_ACTIVE``, usually :class:`OperationRefused`): stop
    it first. :class:`NotFound` means that it is gone already. Example::

        await client.campaigns.delete(4101)
    """

    campaign_id: int


@attrs.frozen
class GetCampaign(
    Request[Campaign],
    method="GET",
    path="/campaigns/{campaign_id}",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-by-id",
):
    """One campaign with its settings and schedule.

    One request. An unknown id is :class:`NotFound`, also when SmartLead says so with an empty answer.
    ``include_tags`` fills ``Campaign.tags``. Example::

        campaign = await client.campaigns.get(4101)
    """

    campaign_id: int
    include_tags: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetCampaignAnalytics(
    Request[CampaignAnalytics],
    method="GET",
    path="/campaigns/{campaign_id}/analytics",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-analytics",
):
    """The counters of a campaign since its start: mails, replies, leads by state.

    One request. Example::

        analytics = await client.campaigns.analytics(4101)
        print(analytics.campaign_lead_stats.in_progress)
    """

    campaign_id: int


@attrs.frozen
class DuplicateCampaign(
    Request[CampaignDuplicated],
    method="POST",
    path="/campaigns/{campaign_id}/duplicate",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/duplicate",
):
    """Copy a campaign: sequence, variants, settings, schedule and mailboxes, never its leads.

    One request. The copy is DRAFTED and its name ends in " - copy". ``duplicate_sub_sequence`` copies the
    subsequences too, ``duplicate_client_label`` the client. An unknown id is a :class:`ServerError` here
    (SmartLead answers 500), and a lost answer raises :class:`OutcomeUnknown`. Example::

        copy = await client.campaigns.duplicate(4101)
        await client.campaigns.update_settings(copy.campaign_id, name="SaaS founders Q2 2027")
    """

    campaign_id: int
    duplicate_sub_sequence: bool | None = attrs.field(default=None, kw_only=True)
    duplicate_client_label: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class UpdateTeamMember(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/team-member",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-team-member",
):
    """Give a campaign to a member of the team; ``None`` takes it away from whoever has it.

    One request. Example::

        await client.campaigns.update_team_member(4101, 12)
    """

    campaign_id: int
    team_member_id: int | None = attrs.field(metadata=wire("teamMemberId"))


@attrs.frozen
class ListCampaignEmailAccounts(
    Request[list[EmailAccount]],
    method="GET",
    path="/campaigns/{campaign_id}/email-accounts",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-email-accounts",
):
    """The mailboxes that a campaign sends from, in one list.

    One request. ``include_tags`` fills ``EmailAccount.tags``. SmartLead sends the mailbox passwords along;
    no repr shows them. Example::

        accounts = await client.campaigns.list_email_accounts(4101)
    """

    campaign_id: int
    include_tags: bool | None = attrs.field(default=None, kw_only=True)


class Campaigns(Resource):
    """``client.campaigns``: everything about one campaign, its leads, mails and webhooks.

    Methods give a coroutine; those that begin with ``iter_`` give an async iterator over all pages.
    """

    list = endpoint(ListCampaigns)
    get = endpoint(GetCampaign)
    analytics = endpoint(GetCampaignAnalytics)
    create = endpoint(CreateCampaign)
    create_subsequence = endpoint(CreateSubsequence)
    duplicate = endpoint(DuplicateCampaign)
    delete = endpoint(DeleteCampaign)

    get_sequences = endpoint(GetSequences)
    save_sequences = endpoint(SaveSequences)
    update_schedule = endpoint(UpdateSchedule)
    update_settings = endpoint(UpdateSettings)
    update_status = endpoint(UpdateStatus)
    update_team_member = endpoint(UpdateTeamMember)

    list_email_accounts = endpoint(ListCampaignEmailAccounts)
    add_email_accounts = endpoint(AddEmailAccounts)
    remove_email_accounts = endpoint(RemoveEmailAccounts)

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

    lead_message_history = endpoint(GetMessageHistory)
    leads_message_history_bulk = endpoint(GetMessageHistories)
    reply_email_thread = endpoint(ReplyEmailThread)
    forward_email = endpoint(ForwardEmail)
    send_test_email = endpoint(SendTestEmail)

    list_webhooks = endpoint(ListCampaignWebhooks)
    save_webhook = endpoint(SaveCampaignWebhook)
    delete_webhook = endpoint(DeleteCampaignWebhook)
    webhook_summary = endpoint(GetWebhookSummary)
    retrigger_failed_webhooks = endpoint(RetriggerFailedWebhooks)
