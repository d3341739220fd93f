"""The resource that lists all there is to do with campaigns; the requests are in the modules beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._resource import Later, Resource, endpoint, pages

if TYPE_CHECKING:
    from . import (
        campaign_analytics,
        campaign_creation,
        campaign_leads,
        campaign_messages,
        campaign_reading,
        campaign_setup,
        campaign_webhooks,
    )
else:
    campaign_analytics = Later("campaign_analytics")
    campaign_creation = Later("campaign_creation")
    campaign_leads = Later("campaign_leads")
    campaign_messages = Later("campaign_messages")
    campaign_reading = Later("campaign_reading")
    campaign_setup = Later("campaign_setup")
    campaign_webhooks = Later("campaign_webhooks")


class Campaigns(Resource):
    """``client.campaigns``: everything about one campaign, its leads, mails and webhooks.

    Methods give a coroutine; those that begin with ``iter_`` give an async iterator over all pages.
    """

    list = endpoint(campaign_reading.ListCampaigns)
    get = endpoint(campaign_reading.GetCampaign)
    analytics = endpoint(campaign_analytics.GetCampaignAnalytics)
    create = endpoint(campaign_creation.CreateCampaign)
    create_subsequence = endpoint(campaign_creation.CreateSubsequence)
    duplicate = endpoint(campaign_creation.DuplicateCampaign)
    delete = endpoint(campaign_creation.DeleteCampaign)

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
