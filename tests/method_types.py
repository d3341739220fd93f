"""The response type of every method, which mypy and pyright check.

Written by ``python -m tests.write_generated``: change the request classes instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar, assert_type

import smartlead_async.api.account
import smartlead_async.api.acknowledgement
import smartlead_async.api.analytics.campaigns
import smartlead_async.api.analytics.clients
import smartlead_async.api.analytics.days
import smartlead_async.api.analytics.leads
import smartlead_async.api.analytics.mailboxes
import smartlead_async.api.analytics.overall
import smartlead_async.api.block_list
import smartlead_async.api.campaign_statistics
import smartlead_async.api.campaigns.create
import smartlead_async.api.campaigns.leads
import smartlead_async.api.campaigns.messages
import smartlead_async.api.campaigns.models
import smartlead_async.api.campaigns.sequences
import smartlead_async.api.campaigns.setup
import smartlead_async.api.campaigns.statistics
import smartlead_async.api.campaigns.webhooks
import smartlead_async.api.clients
import smartlead_async.api.email_account_tags
import smartlead_async.api.email_accounts.connection
import smartlead_async.api.email_accounts.models
import smartlead_async.api.email_accounts.save
import smartlead_async.api.email_accounts.warmup
import smartlead_async.api.emails
import smartlead_async.api.inbox.models
import smartlead_async.api.inbox.read
import smartlead_async.api.inbox.untracked
import smartlead_async.api.inbox.update
import smartlead_async.api.lead_lists
import smartlead_async.api.lead_notes
import smartlead_async.api.lead_tags
import smartlead_async.api.lead_tasks
import smartlead_async.api.leads.models
import smartlead_async.api.leads.read
import smartlead_async.api.smart_delivery.authentication
import smartlead_async.api.smart_delivery.folders
import smartlead_async.api.smart_delivery.models
import smartlead_async.api.smart_delivery.placement
import smartlead_async.api.smart_delivery.senders
import smartlead_async.api.smart_delivery.spam_tests
import smartlead_async.api.smart_prospect.analytics
import smartlead_async.api.smart_prospect.contacts
import smartlead_async.api.smart_prospect.lookups
import smartlead_async.api.smart_prospect.models
import smartlead_async.api.smart_prospect.search
import smartlead_async.api.smart_prospect.searches
import smartlead_async.api.smart_senders
import smartlead_async.api.webhooks
import smartlead_async.paging
from smartlead_async import SmartleadClient

T = TypeVar("T")


def result(method: Callable[..., Coroutine[Any, Any, T]]) -> T:
    """Return the type of the response of a method."""
    raise NotImplementedError(method)


def item(method: Callable[..., AsyncIterator[T]]) -> T:
    """Return the type of the items of an iterator."""
    raise NotImplementedError(method)


def check_campaigns(client: SmartleadClient) -> None:
    """Check the methods of ``client.campaigns``."""
    assert_type(
        result(client.campaigns.add_email_accounts), smartlead_async.api.campaigns.setup.EmailAccountsAdded
    )
    assert_type(result(client.campaigns.add_leads), smartlead_async.api.campaigns.leads.LeadsAdded)
    assert_type(
        result(client.campaigns.all_leads_activities),
        smartlead_async.paging.Page[smartlead_async.api.campaigns.messages.LeadActivity],
    )
    assert_type(
        result(client.campaigns.analytics), smartlead_async.api.campaigns.statistics.CampaignAnalytics
    )
    assert_type(result(client.campaigns.create), smartlead_async.api.campaigns.create.CampaignCreated)
    assert_type(
        result(client.campaigns.create_subsequence), smartlead_async.api.campaigns.create.SubsequenceCreated
    )
    assert_type(result(client.campaigns.delete), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.campaigns.delete_lead), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.campaigns.delete_webhook), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.campaigns.duplicate), smartlead_async.api.campaigns.create.CampaignDuplicated)
    assert_type(result(client.campaigns.export_leads), str)
    assert_type(result(client.campaigns.forward_email), smartlead_async.api.campaigns.messages.EmailForwarded)
    assert_type(result(client.campaigns.get), smartlead_async.api.campaigns.models.Campaign)
    assert_type(
        result(client.campaigns.get_sequences), list[smartlead_async.api.campaigns.sequences.SequenceStep]
    )
    assert_type(item(client.campaigns.iter_activities), smartlead_async.api.campaigns.messages.LeadActivity)
    assert_type(item(client.campaigns.iter_leads), smartlead_async.api.campaigns.leads.CampaignLead)
    assert_type(
        result(client.campaigns.lead_message_history), smartlead_async.api.campaigns.messages.MessageHistory
    )
    assert_type(
        result(client.campaigns.leads_message_history_bulk),
        dict[int, smartlead_async.api.campaigns.messages.MessageHistory],
    )
    assert_type(result(client.campaigns.list), list[smartlead_async.api.campaigns.models.Campaign])
    assert_type(
        result(client.campaigns.list_email_accounts),
        list[smartlead_async.api.email_accounts.models.EmailAccount],
    )
    assert_type(
        result(client.campaigns.list_leads),
        smartlead_async.paging.Page[smartlead_async.api.campaigns.leads.CampaignLead],
    )
    assert_type(result(client.campaigns.list_webhooks), list[smartlead_async.api.campaigns.webhooks.Webhook])
    assert_type(
        result(client.campaigns.mark_lead_complete), smartlead_async.api.campaigns.leads.LeadMarkedComplete
    )
    assert_type(result(client.campaigns.pause_lead), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(
        result(client.campaigns.remove_email_accounts),
        smartlead_async.api.campaigns.setup.EmailAccountsRemoved,
    )
    assert_type(
        result(client.campaigns.reply_email_thread), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(result(client.campaigns.resume_lead), smartlead_async.api.campaigns.leads.LeadResumed)
    assert_type(
        result(client.campaigns.retrigger_failed_webhooks),
        smartlead_async.api.campaigns.webhooks.WebhooksRetriggered,
    )
    assert_type(
        result(client.campaigns.save_sequences), smartlead_async.api.campaigns.sequences.SequencesSaved
    )
    assert_type(result(client.campaigns.save_webhook), smartlead_async.api.campaigns.webhooks.WebhookSaved)
    assert_type(result(client.campaigns.send_test_email), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(
        result(client.campaigns.unsubscribe_lead), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(result(client.campaigns.update_lead), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(
        result(client.campaigns.update_lead_category), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(
        result(client.campaigns.update_lead_email_account),
        smartlead_async.api.acknowledgement.Acknowledgement,
    )
    assert_type(result(client.campaigns.update_schedule), smartlead_async.api.campaigns.setup.ScheduleUpdated)
    assert_type(result(client.campaigns.update_settings), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.campaigns.update_status), smartlead_async.api.campaigns.setup.StatusUpdated)
    assert_type(
        result(client.campaigns.update_team_member), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(result(client.campaigns.webhook_summary), dict[str, Any])


def check_leads(client: SmartleadClient) -> None:
    """Check the methods of ``client.leads``."""
    assert_type(result(client.leads.campaign_overview), dict[str, Any])
    assert_type(result(client.leads.categories), list[smartlead_async.api.leads.read.LeadCategory])
    assert_type(result(client.leads.delete), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.leads.get), smartlead_async.api.leads.read.LeadDetails)
    assert_type(result(client.leads.get_by_email), smartlead_async.api.leads.read.LeadRecord | None)
    assert_type(item(client.leads.iter_all), smartlead_async.api.leads.models.Lead)
    assert_type(item(client.leads.iter_global), smartlead_async.api.leads.read.GlobalLead)
    assert_type(
        result(client.leads.list_all), smartlead_async.paging.Page[smartlead_async.api.leads.models.Lead]
    )
    assert_type(result(client.leads.list_campaigns), list[smartlead_async.api.leads.models.LeadCampaign])
    assert_type(
        result(client.leads.list_global),
        smartlead_async.paging.Page[smartlead_async.api.leads.read.GlobalLead],
    )
    assert_type(
        result(client.leads.push_campaign_leads_to_list), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(result(client.leads.push_to_list), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.leads.sequence_details), dict[str, Any])
    assert_type(result(client.leads.unsubscribe), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.leads.update), smartlead_async.api.acknowledgement.Acknowledgement)


def check_email_accounts(client: SmartleadClient) -> None:
    """Check the methods of ``client.email_accounts``."""
    assert_type(
        result(client.email_accounts.bulk_delete), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(
        result(client.email_accounts.delete),
        smartlead_async.api.email_accounts.connection.EmailAccountDeleted,
    )
    assert_type(
        result(client.email_accounts.disconnect_google), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(
        result(client.email_accounts.disconnect_microsoft),
        smartlead_async.api.acknowledgement.Acknowledgement,
    )
    assert_type(result(client.email_accounts.fetch_messages), dict[str, Any])
    assert_type(result(client.email_accounts.fetch_messages_bulk), Any)
    assert_type(result(client.email_accounts.get), smartlead_async.api.email_accounts.models.EmailAccount)
    assert_type(item(client.email_accounts.iter_all), smartlead_async.api.email_accounts.models.EmailAccount)
    assert_type(
        result(client.email_accounts.list),
        smartlead_async.paging.Page[smartlead_async.api.email_accounts.models.EmailAccount],
    )
    assert_type(
        result(client.email_accounts.reconnect_failed), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(result(client.email_accounts.save), smartlead_async.api.email_accounts.save.EmailAccountSaved)
    assert_type(
        result(client.email_accounts.save_oauth), smartlead_async.api.email_accounts.save.EmailAccountSaved
    )
    assert_type(
        result(client.email_accounts.suspend),
        smartlead_async.api.email_accounts.connection.EmailAccountSuspension,
    )
    assert_type(
        result(client.email_accounts.tags), list[smartlead_async.api.email_accounts.models.EmailAccountTag]
    )
    assert_type(
        result(client.email_accounts.unsuspend),
        smartlead_async.api.email_accounts.connection.EmailAccountSuspension,
    )
    assert_type(result(client.email_accounts.update), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(
        result(client.email_accounts.update_warmup), smartlead_async.api.email_accounts.warmup.WarmupUpdated
    )
    assert_type(
        result(client.email_accounts.warmup_stats), smartlead_async.api.email_accounts.warmup.WarmupStats
    )


def check_analytics(client: SmartleadClient) -> None:
    """Check the methods of ``client.analytics``."""
    assert_type(
        result(client.analytics.campaign_performance),
        smartlead_async.paging.Page[smartlead_async.api.analytics.campaigns.CampaignPerformance],
    )
    assert_type(
        result(client.analytics.campaign_response_stats),
        list[smartlead_async.api.analytics.campaigns.CampaignResponseStats],
    )
    assert_type(
        result(client.analytics.campaign_status_stats),
        list[smartlead_async.api.analytics.campaigns.CampaignStatusCount],
    )
    assert_type(
        result(client.analytics.client_month_wise_count),
        list[smartlead_async.api.analytics.clients.MonthlyClientCount],
    )
    assert_type(
        result(client.analytics.client_performance),
        smartlead_async.paging.Page[smartlead_async.api.analytics.clients.ClientPerformance],
    )
    assert_type(
        result(client.analytics.day_wise_positive_reply_stats),
        list[smartlead_async.api.analytics.days.PositiveReplies],
    )
    assert_type(
        result(client.analytics.day_wise_positive_reply_stats_by_sent_time),
        list[smartlead_async.api.analytics.days.PositiveReplies],
    )
    assert_type(result(client.analytics.day_wise_stats), list[smartlead_async.api.analytics.days.DayStats])
    assert_type(
        result(client.analytics.day_wise_stats_by_sent_time),
        list[smartlead_async.api.analytics.days.SentDayStats],
    )
    assert_type(
        result(client.analytics.domain_wise_health),
        smartlead_async.paging.Page[smartlead_async.api.analytics.mailboxes.DomainHealth],
    )
    assert_type(
        result(client.analytics.email_wise_health),
        smartlead_async.paging.Page[smartlead_async.api.analytics.mailboxes.EmailHealth],
    )
    assert_type(
        result(client.analytics.followup_reply_rate),
        smartlead_async.api.analytics.campaigns.FollowupReplyRate,
    )
    assert_type(
        item(client.analytics.iter_campaign_performance),
        smartlead_async.api.analytics.campaigns.CampaignPerformance,
    )
    assert_type(
        item(client.analytics.iter_client_performance),
        smartlead_async.api.analytics.clients.ClientPerformance,
    )
    assert_type(
        item(client.analytics.iter_domain_wise_health), smartlead_async.api.analytics.mailboxes.DomainHealth
    )
    assert_type(
        item(client.analytics.iter_email_wise_health), smartlead_async.api.analytics.mailboxes.EmailHealth
    )
    assert_type(
        result(client.analytics.lead_category_response),
        smartlead_async.api.analytics.leads.LeadCategoryResponse,
    )
    assert_type(result(client.analytics.lead_stats), smartlead_async.api.analytics.leads.LeadStats)
    assert_type(
        result(client.analytics.lead_to_reply_time), smartlead_async.api.analytics.campaigns.LeadToReplyTime
    )
    assert_type(
        result(client.analytics.leads_for_first_reply),
        smartlead_async.api.analytics.campaigns.LeadsForFirstReply,
    )
    assert_type(
        result(client.analytics.list_campaigns),
        list[smartlead_async.api.analytics.campaigns.AnalyticsCampaign],
    )
    assert_type(
        result(client.analytics.list_clients), list[smartlead_async.api.analytics.clients.AnalyticsClient]
    )
    assert_type(
        result(client.analytics.mailbox_health), smartlead_async.api.analytics.mailboxes.MailboxHealth
    )
    assert_type(result(client.analytics.overall), smartlead_async.api.analytics.overall.OverallStats)
    assert_type(
        result(client.analytics.provider_performance),
        smartlead_async.api.analytics.mailboxes.ProviderPerformance,
    )
    assert_type(
        result(client.analytics.team_board_stats), list[smartlead_async.api.analytics.overall.TeamMemberStats]
    )


def check_inbox(client: SmartleadClient) -> None:
    """Check the methods of ``client.inbox``."""
    assert_type(result(client.inbox.block_domains), smartlead_async.api.inbox.update.DomainsBlocked)
    assert_type(result(client.inbox.change_read_status), smartlead_async.api.inbox.update.ReadStatusChanged)
    assert_type(result(client.inbox.get), smartlead_async.api.inbox.models.InboxLead)
    assert_type(item(client.inbox.iter_archived), smartlead_async.api.inbox.models.InboxLead)
    assert_type(item(client.inbox.iter_assigned_to_me), smartlead_async.api.inbox.models.InboxLead)
    assert_type(item(client.inbox.iter_important), smartlead_async.api.inbox.models.InboxLead)
    assert_type(item(client.inbox.iter_reminders), smartlead_async.api.inbox.models.ReminderLead)
    assert_type(item(client.inbox.iter_replies), smartlead_async.api.inbox.models.InboxLead)
    assert_type(item(client.inbox.iter_scheduled), smartlead_async.api.inbox.models.ScheduledLead)
    assert_type(item(client.inbox.iter_sent), smartlead_async.api.inbox.models.InboxLead)
    assert_type(item(client.inbox.iter_snoozed), smartlead_async.api.inbox.models.SnoozedLead)
    assert_type(item(client.inbox.iter_unread), smartlead_async.api.inbox.models.InboxLead)
    assert_type(item(client.inbox.iter_untracked), smartlead_async.api.inbox.untracked.UntrackedReply)
    assert_type(item(client.inbox.iter_view), smartlead_async.api.inbox.models.InboxLead)
    assert_type(
        result(client.inbox.list_archived),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.InboxLead],
    )
    assert_type(
        result(client.inbox.list_assigned_to_me),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.InboxLead],
    )
    assert_type(
        result(client.inbox.list_important),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.InboxLead],
    )
    assert_type(
        result(client.inbox.list_reminders),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.ReminderLead],
    )
    assert_type(
        result(client.inbox.list_replies),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.InboxLead],
    )
    assert_type(
        result(client.inbox.list_scheduled),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.ScheduledLead],
    )
    assert_type(
        result(client.inbox.list_sent),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.InboxLead],
    )
    assert_type(
        result(client.inbox.list_snoozed),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.SnoozedLead],
    )
    assert_type(
        result(client.inbox.list_unread),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.InboxLead],
    )
    assert_type(
        result(client.inbox.list_untracked),
        smartlead_async.paging.Page[smartlead_async.api.inbox.untracked.UntrackedReply],
    )
    assert_type(
        result(client.inbox.list_view),
        smartlead_async.paging.Page[smartlead_async.api.inbox.models.InboxLead],
    )
    assert_type(
        result(client.inbox.push_to_subsequence), smartlead_async.api.inbox.update.PushedToSubsequence
    )
    assert_type(result(client.inbox.reply_status), smartlead_async.api.inbox.read.ReplyStatus)
    assert_type(result(client.inbox.resume_lead), smartlead_async.api.inbox.update.InboxLeadResumed)
    assert_type(result(client.inbox.set_reminder), smartlead_async.api.inbox.update.ReminderSet)
    assert_type(result(client.inbox.update_category), smartlead_async.api.inbox.update.CategoryUpdated)
    assert_type(result(client.inbox.update_revenue), smartlead_async.api.inbox.update.RevenueUpdated)
    assert_type(
        result(client.inbox.update_team_member), smartlead_async.api.inbox.update.InboxTeamMemberUpdated
    )


def check_smart_delivery(client: SmartleadClient) -> None:
    """Check the methods of ``client.smart_delivery``."""
    assert_type(
        result(client.smart_delivery.create_automated_test),
        smartlead_async.api.smart_delivery.models.SpamTest,
    )
    assert_type(
        result(client.smart_delivery.create_folder), smartlead_async.api.smart_delivery.folders.SpamTestFolder
    )
    assert_type(
        result(client.smart_delivery.create_manual_test), smartlead_async.api.smart_delivery.models.SpamTest
    )
    assert_type(
        result(client.smart_delivery.delete_folder), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(
        result(client.smart_delivery.delete_tests), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(
        result(client.smart_delivery.dkim_details),
        list[smartlead_async.api.smart_delivery.authentication.AuthenticationReport],
    )
    assert_type(
        result(client.smart_delivery.domain_blacklist),
        list[smartlead_async.api.smart_delivery.authentication.DomainBlacklist],
    )
    assert_type(
        result(client.smart_delivery.email_content),
        smartlead_async.api.smart_delivery.spam_tests.EmailContent,
    )
    assert_type(
        result(client.smart_delivery.get_folder), smartlead_async.api.smart_delivery.folders.SpamTestFolder
    )
    assert_type(result(client.smart_delivery.get_test), smartlead_async.api.smart_delivery.models.SpamTest)
    assert_type(
        result(client.smart_delivery.groupwise_report),
        smartlead_async.api.smart_delivery.placement.GroupReport,
    )
    assert_type(
        result(client.smart_delivery.ip_analytics),
        list[smartlead_async.api.smart_delivery.authentication.IpAnalytics],
    )
    assert_type(
        result(client.smart_delivery.ip_blacklist),
        list[smartlead_async.api.smart_delivery.authentication.IpBlacklist],
    )
    assert_type(
        item(client.smart_delivery.iter_folders), smartlead_async.api.smart_delivery.folders.SpamTestFolder
    )
    assert_type(
        item(client.smart_delivery.iter_mailboxes_summary),
        smartlead_async.api.smart_delivery.placement.MailboxSummary,
    )
    assert_type(
        item(client.smart_delivery.iter_tests), smartlead_async.api.smart_delivery.spam_tests.SpamTestSummary
    )
    assert_type(
        result(client.smart_delivery.list_folders),
        smartlead_async.paging.Page[smartlead_async.api.smart_delivery.folders.SpamTestFolder],
    )
    assert_type(
        result(client.smart_delivery.list_tests),
        smartlead_async.paging.Page[smartlead_async.api.smart_delivery.spam_tests.SpamTestSummary],
    )
    assert_type(
        result(client.smart_delivery.mailboxes_count),
        smartlead_async.api.smart_delivery.placement.MailboxesCount,
    )
    assert_type(
        result(client.smart_delivery.mailboxes_summary),
        smartlead_async.paging.Page[smartlead_async.api.smart_delivery.placement.MailboxSummary],
    )
    assert_type(
        result(client.smart_delivery.providerwise_report),
        smartlead_async.api.smart_delivery.placement.ProviderReport,
    )
    assert_type(
        result(client.smart_delivery.rdns_details),
        list[smartlead_async.api.smart_delivery.authentication.AuthenticationReport],
    )
    assert_type(result(client.smart_delivery.reply_email_headers), dict[str, str | list[str]])
    assert_type(
        result(client.smart_delivery.reply_ip_details),
        smartlead_async.api.smart_delivery.models.BlacklistTotals,
    )
    assert_type(
        result(client.smart_delivery.schedule_history),
        list[smartlead_async.api.smart_delivery.spam_tests.ScheduledRun],
    )
    assert_type(
        result(client.smart_delivery.seed_providers),
        list[smartlead_async.api.smart_delivery.spam_tests.SeedRegion],
    )
    assert_type(
        result(client.smart_delivery.sender_account_wise_report),
        list[smartlead_async.api.smart_delivery.senders.SenderReport],
    )
    assert_type(
        result(client.smart_delivery.sender_accounts),
        list[smartlead_async.api.smart_delivery.senders.SpamTestSender],
    )
    assert_type(
        result(client.smart_delivery.spam_filter_details),
        list[smartlead_async.api.smart_delivery.authentication.SpamFilterReport],
    )
    assert_type(
        result(client.smart_delivery.spf_details),
        list[smartlead_async.api.smart_delivery.authentication.AuthenticationReport],
    )
    assert_type(result(client.smart_delivery.stop_test), smartlead_async.api.acknowledgement.Acknowledgement)


def check_smart_prospect(client: SmartleadClient) -> None:
    """Check the methods of ``client.smart_prospect``."""
    assert_type(
        result(client.smart_prospect.cities),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.City],
    )
    assert_type(
        result(client.smart_prospect.companies),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.Company],
    )
    assert_type(
        result(client.smart_prospect.countries),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.Country],
    )
    assert_type(
        result(client.smart_prospect.departments),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.Department],
    )
    assert_type(
        result(client.smart_prospect.domains),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.CompanyDomain],
    )
    assert_type(
        result(client.smart_prospect.fetch_contacts),
        smartlead_async.api.smart_prospect.contacts.ContactsFetched,
    )
    assert_type(
        result(client.smart_prospect.find_emails),
        list[smartlead_async.api.smart_prospect.contacts.FoundEmail],
    )
    assert_type(
        result(client.smart_prospect.head_counts),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.HeadCount],
    )
    assert_type(
        result(client.smart_prospect.industries),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.Industry],
    )
    assert_type(item(client.smart_prospect.iter_cities), smartlead_async.api.smart_prospect.lookups.City)
    assert_type(
        item(client.smart_prospect.iter_companies), smartlead_async.api.smart_prospect.lookups.Company
    )
    assert_type(item(client.smart_prospect.iter_contacts), smartlead_async.api.smart_prospect.models.Contact)
    assert_type(
        item(client.smart_prospect.iter_countries), smartlead_async.api.smart_prospect.lookups.Country
    )
    assert_type(
        item(client.smart_prospect.iter_departments), smartlead_async.api.smart_prospect.lookups.Department
    )
    assert_type(
        item(client.smart_prospect.iter_domains), smartlead_async.api.smart_prospect.lookups.CompanyDomain
    )
    assert_type(
        item(client.smart_prospect.iter_fetched_searches),
        smartlead_async.api.smart_prospect.searches.FetchedSearch,
    )
    assert_type(
        item(client.smart_prospect.iter_head_counts), smartlead_async.api.smart_prospect.lookups.HeadCount
    )
    assert_type(
        item(client.smart_prospect.iter_industries), smartlead_async.api.smart_prospect.lookups.Industry
    )
    assert_type(
        item(client.smart_prospect.iter_job_titles), smartlead_async.api.smart_prospect.lookups.JobTitle
    )
    assert_type(item(client.smart_prospect.iter_keywords), smartlead_async.api.smart_prospect.lookups.Keyword)
    assert_type(item(client.smart_prospect.iter_levels), smartlead_async.api.smart_prospect.lookups.Level)
    assert_type(
        item(client.smart_prospect.iter_recent_searches), smartlead_async.api.smart_prospect.searches.Search
    )
    assert_type(
        item(client.smart_prospect.iter_saved_searches), smartlead_async.api.smart_prospect.searches.Search
    )
    assert_type(
        item(client.smart_prospect.iter_search_contacts),
        smartlead_async.api.smart_prospect.search.FoundContact,
    )
    assert_type(item(client.smart_prospect.iter_states), smartlead_async.api.smart_prospect.lookups.State)
    assert_type(
        item(client.smart_prospect.iter_sub_industries),
        smartlead_async.api.smart_prospect.lookups.SubIndustry,
    )
    assert_type(
        result(client.smart_prospect.job_titles),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.JobTitle],
    )
    assert_type(
        result(client.smart_prospect.keywords),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.Keyword],
    )
    assert_type(
        result(client.smart_prospect.levels),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.Level],
    )
    assert_type(
        result(client.smart_prospect.list_contacts),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.models.Contact],
    )
    assert_type(
        result(client.smart_prospect.list_fetched_searches),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.searches.FetchedSearch],
    )
    assert_type(
        result(client.smart_prospect.list_recent_searches),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.searches.Search],
    )
    assert_type(
        result(client.smart_prospect.list_saved_searches),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.searches.Search],
    )
    assert_type(
        result(client.smart_prospect.reply_analytics),
        smartlead_async.api.smart_prospect.analytics.ReplyAnalytics,
    )
    assert_type(
        result(client.smart_prospect.revenue_ranges),
        list[smartlead_async.api.smart_prospect.lookups.RevenueRange],
    )
    assert_type(
        result(client.smart_prospect.review_contacts),
        smartlead_async.api.smart_prospect.contacts.ContactsReviewed,
    )
    assert_type(
        result(client.smart_prospect.save_search), smartlead_async.api.acknowledgement.Acknowledgement
    )
    assert_type(
        result(client.smart_prospect.search_analytics),
        smartlead_async.api.smart_prospect.analytics.SearchAnalytics,
    )
    assert_type(
        result(client.smart_prospect.search_contacts),
        smartlead_async.api.smart_prospect.search.SearchPage[
            smartlead_async.api.smart_prospect.search.FoundContact
        ],
    )
    assert_type(
        result(client.smart_prospect.states),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.State],
    )
    assert_type(
        result(client.smart_prospect.sub_industries),
        smartlead_async.paging.Page[smartlead_async.api.smart_prospect.lookups.SubIndustry],
    )
    assert_type(
        result(client.smart_prospect.update_fetched_search),
        smartlead_async.api.acknowledgement.Acknowledgement,
    )
    assert_type(
        result(client.smart_prospect.update_saved_search), smartlead_async.api.acknowledgement.Acknowledgement
    )


def check_smart_senders(client: SmartleadClient) -> None:
    """Check the methods of ``client.smart_senders``."""
    assert_type(
        result(client.smart_senders.auto_generate_mailboxes),
        list[smartlead_async.api.smart_senders.SuggestedMailboxes],
    )
    assert_type(result(client.smart_senders.get_order), smartlead_async.api.smart_senders.Order)
    assert_type(result(client.smart_senders.get_otp), smartlead_async.api.smart_senders.OneTimePassword)
    assert_type(
        result(client.smart_senders.list_domains), list[smartlead_async.api.smart_senders.SenderDomain]
    )
    assert_type(result(client.smart_senders.list_vendors), list[smartlead_async.api.smart_senders.Vendor])
    assert_type(result(client.smart_senders.place_order), smartlead_async.api.smart_senders.OrderPlaced)
    assert_type(result(client.smart_senders.search_domain), smartlead_async.api.smart_senders.DomainSearch)


def check_account(client: SmartleadClient) -> None:
    """Check the methods of ``client.account``."""
    assert_type(result(client.account.credits), smartlead_async.api.account.Credits)
    assert_type(result(client.account.get_user), smartlead_async.api.account.User)


def check_block_list(client: SmartleadClient) -> None:
    """Check the methods of ``client.block_list``."""
    assert_type(result(client.block_list.add), smartlead_async.api.block_list.BlockListExtended)
    assert_type(result(client.block_list.delete), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(item(client.block_list.iter_all), smartlead_async.api.block_list.BlockedEntry)
    assert_type(
        result(client.block_list.list),
        smartlead_async.paging.Page[smartlead_async.api.block_list.BlockedEntry],
    )


def check_clients(client: SmartleadClient) -> None:
    """Check the methods of ``client.clients``."""
    assert_type(result(client.clients.create), smartlead_async.api.clients.ClientCreated)
    assert_type(result(client.clients.create_api_key), smartlead_async.api.clients.ClientApiKey)
    assert_type(result(client.clients.delete_api_key), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.clients.list), list[smartlead_async.api.clients.ClientAccount])
    assert_type(result(client.clients.list_api_keys), list[smartlead_async.api.clients.ClientApiKey])
    assert_type(result(client.clients.reset_api_key), smartlead_async.api.clients.ClientKeyReset)
    assert_type(result(client.clients.update), smartlead_async.api.clients.ClientSaved)


def check_email_account_tags(client: SmartleadClient) -> None:
    """Check the methods of ``client.email_account_tags``."""
    assert_type(result(client.email_account_tags.assign), smartlead_async.api.email_account_tags.TagsChanged)
    assert_type(
        result(client.email_account_tags.create), smartlead_async.api.email_accounts.models.EmailAccountTag
    )
    assert_type(
        result(client.email_account_tags.list_for_emails),
        list[smartlead_async.api.email_account_tags.MailboxTags],
    )
    assert_type(result(client.email_account_tags.remove), smartlead_async.api.email_account_tags.TagsChanged)
    assert_type(result(client.email_account_tags.update), smartlead_async.api.email_account_tags.TagUpdated)


def check_emails(client: SmartleadClient) -> None:
    """Check the methods of ``client.emails``."""
    assert_type(result(client.emails.send), smartlead_async.api.emails.EmailSent)


def check_lead_notes(client: SmartleadClient) -> None:
    """Check the methods of ``client.lead_notes``."""
    assert_type(result(client.lead_notes.create), smartlead_async.api.lead_notes.NoteCreated)
    assert_type(result(client.lead_notes.list), list[smartlead_async.api.lead_notes.LeadNote])


def check_lead_tags(client: SmartleadClient) -> None:
    """Check the methods of ``client.lead_tags``."""
    assert_type(result(client.lead_tags.assign), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.lead_tags.list), list[smartlead_async.api.lead_tags.LeadTag])
    assert_type(result(client.lead_tags.remove), smartlead_async.api.acknowledgement.Acknowledgement)


def check_lead_tasks(client: SmartleadClient) -> None:
    """Check the methods of ``client.lead_tasks``."""
    assert_type(result(client.lead_tasks.create), smartlead_async.api.lead_tasks.TaskCreated)
    assert_type(result(client.lead_tasks.list), list[smartlead_async.api.lead_tasks.LeadTask])


def check_webhooks(client: SmartleadClient) -> None:
    """Check the methods of ``client.webhooks``."""
    assert_type(result(client.webhooks.create), smartlead_async.api.webhooks.WebhookCreated)
    assert_type(result(client.webhooks.delete), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.webhooks.get), smartlead_async.api.webhooks.AccountWebhook)
    assert_type(result(client.webhooks.update), smartlead_async.api.webhooks.WebhookUpdated)


def check_campaign_statistics(client: SmartleadClient) -> None:
    """Check the methods of ``client.campaign_statistics``."""
    assert_type(
        result(client.campaign_statistics.analytics_by_date),
        smartlead_async.api.campaign_statistics.CampaignPeriod,
    )
    assert_type(
        item(client.campaign_statistics.iter_all), smartlead_async.api.campaign_statistics.EmailStatistics
    )
    assert_type(
        item(client.campaign_statistics.iter_leads), smartlead_async.api.campaign_statistics.LeadStatistics
    )
    assert_type(
        item(client.campaign_statistics.iter_mailboxes),
        smartlead_async.api.campaign_statistics.MailboxStatistics,
    )
    assert_type(
        result(client.campaign_statistics.leads),
        smartlead_async.paging.Page[smartlead_async.api.campaign_statistics.LeadStatistics],
    )
    assert_type(
        result(client.campaign_statistics.list),
        smartlead_async.paging.Page[smartlead_async.api.campaign_statistics.EmailStatistics],
    )
    assert_type(
        result(client.campaign_statistics.mailboxes),
        smartlead_async.paging.Page[smartlead_async.api.campaign_statistics.MailboxStatistics],
    )
    assert_type(
        result(client.campaign_statistics.sequence_analytics),
        list[smartlead_async.api.campaign_statistics.StepStatistics],
    )
    assert_type(
        result(client.campaign_statistics.top_level_by_date),
        smartlead_async.api.campaign_statistics.TopLevelCounts,
    )
    assert_type(result(client.campaign_statistics.variant_statistics), Any)


def check_lead_lists(client: SmartleadClient) -> None:
    """Check the methods of ``client.lead_lists``."""
    assert_type(result(client.lead_lists.assign_tags), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.lead_lists.create), smartlead_async.api.lead_lists.LeadList)
    assert_type(result(client.lead_lists.delete), smartlead_async.api.acknowledgement.Acknowledgement)
    assert_type(result(client.lead_lists.get), smartlead_async.api.lead_lists.LeadList)
    assert_type(result(client.lead_lists.import_leads), smartlead_async.api.lead_lists.ListLeadsImported)
    assert_type(item(client.lead_lists.iter_all), smartlead_async.api.lead_lists.LeadList)
    assert_type(
        result(client.lead_lists.list), smartlead_async.paging.Page[smartlead_async.api.lead_lists.LeadList]
    )
    assert_type(
        result(client.lead_lists.push_between_lists), smartlead_async.api.lead_lists.LeadsPushedBetweenLists
    )
    assert_type(
        result(client.lead_lists.push_to_campaign), smartlead_async.api.lead_lists.LeadsPushedToCampaign
    )
    assert_type(result(client.lead_lists.update), smartlead_async.api.lead_lists.LeadList)
