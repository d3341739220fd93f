"""Campaigns: create, copy, delete, read; and the resource that lists all there is to do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from ..models._fields import Length
from ..models.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDuplicated,
    SubsequenceCreated,
)
from ..models.common import Acknowledgement
from ..request import Effect, Request
from ._resource import Later, Resource, endpoint, pages

if TYPE_CHECKING:
    from . import campaign_analytics, campaign_leads, campaign_messages, campaign_setup, campaign_webhooks
else:
    campaign_analytics = Later("campaign_analytics")
    campaign_leads = Later("campaign_leads")
    campaign_messages = Later("campaign_messages")
    campaign_setup = Later("campaign_setup")
    campaign_webhooks = Later("campaign_webhooks")

__all__ = [
    "Campaigns",
    "CreateCampaign",
    "CreateSubsequence",
    "DeleteCampaign",
    "DuplicateCampaign",
    "GetCampaign",
    "ListCampaigns",
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
        from ..naming import review  # noqa: PLC0415 - for those who ask

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


class Campaigns(Resource):
    """``client.campaigns``: everything about one campaign, its leads, mails and webhooks.

    Methods give a coroutine; those that begin with ``iter_`` give an async iterator over all pages.
    """

    list = endpoint(ListCampaigns)
    get = endpoint(GetCampaign)
    analytics = endpoint(campaign_analytics.GetCampaignAnalytics)
    create = endpoint(CreateCampaign)
    create_subsequence = endpoint(CreateSubsequence)
    duplicate = endpoint(DuplicateCampaign)
    delete = endpoint(DeleteCampaign)

    get_sequences = endpoint(campaign_setup.GetSequences)
    save_sequences = endpoint(campaign_setup.SaveSequences)
    update_schedule = endpoint(campaign_setup.UpdateSchedule)
    update_settings = endpoint(campaign_setup.UpdateSettings)
    update_status = endpoint(campaign_setup.UpdateStatus)
    update_team_member = endpoint(campaign_setup.UpdateTeamMember)

    list_email_accounts = endpoint(campaign_setup.ListCampaignEmailAccounts)
    add_email_accounts = endpoint(campaign_setup.AddEmailAccounts)
    remove_email_accounts = endpoint(campaign_setup.RemoveEmailAccounts)

    list_leads = endpoint(campaign_leads.ListCampaignLeads)
    iter_leads = pages(campaign_leads.ListCampaignLeads)
    add_leads = endpoint(campaign_leads.AddLeads)
    export_leads = endpoint(campaign_leads.ExportLeads)
    update_lead = endpoint(campaign_leads.UpdateLead)
    update_lead_category = endpoint(campaign_leads.UpdateLeadCategory)
    update_lead_email_account = endpoint(campaign_leads.UpdateLeadEmailAccount)
    pause_lead = endpoint(campaign_leads.PauseLead)
    resume_lead = endpoint(campaign_leads.ResumeLead)
    unsubscribe_lead = endpoint(campaign_leads.UnsubscribeCampaignLead)
    mark_lead_complete = endpoint(campaign_leads.MarkLeadComplete)
    delete_lead = endpoint(campaign_leads.DeleteCampaignLead)
    all_leads_activities = endpoint(campaign_leads.ListLeadActivities)
    iter_activities = pages(campaign_leads.ListLeadActivities)

    lead_message_history = endpoint(campaign_messages.GetMessageHistory)
    leads_message_history_bulk = endpoint(campaign_messages.GetMessageHistories)
    reply_email_thread = endpoint(campaign_messages.ReplyEmailThread)
    forward_email = endpoint(campaign_messages.ForwardEmail)
    send_test_email = endpoint(campaign_messages.SendTestEmail)

    list_webhooks = endpoint(campaign_webhooks.ListCampaignWebhooks)
    save_webhook = endpoint(campaign_webhooks.SaveCampaignWebhook)
    delete_webhook = endpoint(campaign_webhooks.DeleteCampaignWebhook)
    webhook_summary = endpoint(campaign_webhooks.GetWebhookSummary)
    retrigger_failed_webhooks = endpoint(campaign_webhooks.RetriggerFailedWebhooks)
