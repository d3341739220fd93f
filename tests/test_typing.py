"""The types that type checkers infer for requests and methods.

mypy and pyright check this file; pytest runs it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar, assert_type

import pytest

from smartlead_async import Secret
from smartlead_async.api.analytics import DomainHealth, OverallStats, SentDayStats
from smartlead_async.api.analytics.resource import Analytics
from smartlead_async.api.campaigns.create import CampaignCreated, CreateCampaign
from smartlead_async.api.campaigns.leads import CampaignLead
from smartlead_async.api.campaigns.messages import LeadActivity, MessageHistory
from smartlead_async.api.campaigns.models import Campaign, CampaignAction
from smartlead_async.api.campaigns.resource import Campaigns
from smartlead_async.api.campaigns.setup import StatusUpdated, UpdateStatus
from smartlead_async.api.email_accounts.models import EmailAccount
from smartlead_async.api.email_accounts.resource import EmailAccounts
from smartlead_async.api.inbox import InboxLead, ReminderLead, ReplyFilters
from smartlead_async.api.inbox.resource import Inbox
from smartlead_async.api.leads.models import Lead
from smartlead_async.api.leads.read import GlobalLead, LeadRecord
from smartlead_async.api.leads.resource import Leads
from smartlead_async.api.smart_senders import SmartSenders
from smartlead_async.paging import Page
from smartlead_async.request import Request

T = TypeVar("T")


async def no_send(request: Request[T], /) -> T:
    raise LookupError(request.operation.name)


async def test_requests_and_methods_have_the_declared_response_type() -> None:
    campaigns, leads, accounts = Campaigns(no_send), Leads(no_send), EmailAccounts(no_send)
    with pytest.raises(LookupError, match="CreateCampaign"):
        assert_type(await no_send(CreateCampaign("SaaS founders Q1 2027")), CampaignCreated)
    with pytest.raises(LookupError, match="CreateCampaign"):
        assert_type(await campaigns.create("SaaS founders Q1 2027", client_id=7), CampaignCreated)
    with pytest.raises(LookupError, match="ListCampaigns"):
        assert_type(await campaigns.list(), list[Campaign])
    with pytest.raises(LookupError, match="UpdateStatus"):
        assert_type(await campaigns.update_status(1, "START"), StatusUpdated)
    with pytest.raises(LookupError, match="ListCampaignLeads"):
        assert_type(await campaigns.list_leads(1), Page[CampaignLead])
    with pytest.raises(LookupError, match="GetMessageHistories"):
        assert_type(await campaigns.leads_message_history_bulk(1, None), dict[int, MessageHistory])
    with pytest.raises(LookupError, match="ExportLeads"):
        assert_type(await campaigns.export_leads(1), str)
    with pytest.raises(LookupError, match="GetLeadByEmail"):
        assert_type(await leads.get_by_email("lin@prospect.example"), LeadRecord | None)
    with pytest.raises(LookupError, match="ListEmailAccounts"):
        assert_type(await accounts.list(is_in_use=True), Page[EmailAccount])


def test_iterators_have_the_declared_item_type() -> None:
    campaigns, leads, accounts = Campaigns(no_send), Leads(no_send), EmailAccounts(no_send)
    iterators: list[AsyncIterator[Any]] = [
        assert_type(campaigns.iter_leads(1, limit=50), AsyncIterator[CampaignLead]),
        assert_type(campaigns.iter_activities(), AsyncIterator[LeadActivity]),
        assert_type(leads.iter_all(), AsyncIterator[Lead]),
        assert_type(leads.iter_global(), AsyncIterator[GlobalLead]),
        assert_type(accounts.iter_all(), AsyncIterator[EmailAccount]),
    ]
    assert all(hasattr(iterator, "__anext__") for iterator in iterators)


async def test_methods_of_reports_and_of_the_inbox_have_the_declared_types() -> None:
    analytics, inbox, senders = Analytics(no_send), Inbox(no_send), SmartSenders(no_send)
    day = dt.date(2027, 1, 4)
    with pytest.raises(LookupError, match="GetOverallStats"):
        assert_type(await analytics.overall(day, day, client_ids=[12]), OverallStats)
    with pytest.raises(LookupError, match="GetDayWiseStatsBySentTime"):
        assert_type(await analytics.day_wise_stats_by_sent_time(day, day, "UTC"), list[SentDayStats])
    with pytest.raises(LookupError, match="ListReplies"):
        assert_type(await inbox.list_replies(filters=ReplyFilters(campaign_ids=[1])), Page[InboxLead])
    with pytest.raises(LookupError, match="GetOtp"):
        assert_type((await senders.get_otp("ana@mail.example")).otp, Secret)
    assert_type(analytics.iter_domain_wise_health(day, day), AsyncIterator[DomainHealth])
    assert_type(inbox.iter_reminders(limit=5), AsyncIterator[ReminderLead])
    with pytest.raises(TypeError, match="end_date"):
        analytics.overall(day).close()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_calling_a_method_has_the_type_of_a_coroutine() -> None:
    call = assert_type(Campaigns(no_send).get(1), Coroutine[Any, Any, Campaign])
    call.close()
    assert call.cr_code is no_send.__code__  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]


def test_invalid_calls_are_rejected_by_type_checkers_and_at_run_time() -> None:
    with pytest.raises(TypeError, match="clinet_id"):
        CreateCampaign("a", clinet_id=7)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match="campaign_id"):
        Campaigns(no_send).get().close()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_enum_fields_accept_members_and_strings() -> None:
    assert_type(UpdateStatus(1, "START").status, CampaignAction | str)
    assert UpdateStatus(1, "START") == UpdateStatus(1, CampaignAction.START)
