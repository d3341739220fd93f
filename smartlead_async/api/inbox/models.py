"""Models of the inbox: leads with their conversations."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from ...fields import bare_string, single_or_list, wire
from ..campaigns.messages import MessageType
from ..campaigns.models import CampaignSchedule


@attrs.frozen
class Correspondent:
    """The address of a sender or recipient, with a name if SmartLead knows one."""

    address: str | None = attrs.field(default=None, metadata=bare_string("address", "email"))
    name: str | None = None


@attrs.frozen(kw_only=True)
class InboxMessage:
    """An email of a conversation.

    ``stats_id`` is the ``email_stats_id`` with which the email is answered; ``message_id`` is the Message-ID
    of the email. ``email_seq_number`` is the step of the sequence, ``None`` for replies.
    """

    type: MessageType | str | None = None
    direction: str | None = None
    time: dt.datetime | None = attrs.field(default=None, metadata=wire("time", "sent_at", "received_at"))
    stats_id: str | None = None
    message_id: str | None = None
    from_email: str | None = attrs.field(default=None, metadata=wire("from"))
    to_email: str | None = attrs.field(default=None, metadata=wire("to"))
    cc: list[Correspondent] = attrs.field(factory=list, metadata=single_or_list())
    subject: str | None = None
    email_body: str | None = None
    email_seq_number: int | None = None
    open_count: int | None = None
    click_count: int | None = None
    click_details: dict[str, Any] | list[Any] | None = None


@attrs.frozen(kw_only=True)
class LastMessage:
    """The beginning of the last email of a conversation."""

    subject: str | None = None
    body: str | None = None
    received_at: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class ConversationStats:
    """The number of emails of a conversation, with opens, clicks and replies."""

    total_sent: int | None = None
    total_opened: int | None = None
    total_clicked: int | None = None
    total_replied: int | None = None
    last_activity: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class AssignedTo:
    """The team member to whom a lead is assigned."""

    id: int | None = None
    name: str | None = None
    email: str | None = None


@attrs.frozen(kw_only=True)
class InboxLead:
    """A lead of the inbox in one of its campaigns, which ``email_lead_map_id`` identifies.

    ``email_history`` is filled by ``inbox.get`` and with ``fetch_message_history=True``. The fields from
    ``id`` on are those of SmartLead's reference, which live responses lack. Example::

        async for lead in client.inbox.iter_unread():
            print(lead.lead_email, lead.email_campaign_name, lead.last_reply_time)
    """

    email_lead_map_id: int = attrs.field(metadata=wire("email_lead_map_id", "campaign_lead_map_id"))
    email_lead_id: int | None = None
    lead_first_name: str | None = attrs.field(
        default=None, metadata=wire("lead_first_name", "lead.first_name")
    )
    lead_last_name: str | None = attrs.field(default=None, metadata=wire("lead_last_name", "lead.last_name"))
    lead_email: str | None = attrs.field(default=None, metadata=wire("lead_email", "lead.email"))
    lead_company: str | None = attrs.field(default=None, metadata=wire("lead.company"))
    lead_status: str | None = None
    lead_category_id: int | None = attrs.field(default=None, metadata=wire("lead_category_id", "category.id"))
    lead_category_name: str | None = attrs.field(default=None, metadata=wire("category.name"))
    email_campaign_id: int | None = attrs.field(
        default=None, metadata=wire("email_campaign_id", "campaign.id")
    )
    email_campaign_name: str | None = attrs.field(
        default=None, metadata=wire("email_campaign_name", "campaign.name")
    )
    email_account_id: int | None = attrs.field(
        default=None, metadata=wire("email_account_id", "email_account.id")
    )
    email_account_address: str | None = attrs.field(default=None, metadata=wire("email_account.email"))
    email_account_name: str | None = attrs.field(default=None, metadata=wire("email_account.name"))
    sub_sequence_id: int | None = attrs.field(
        default=None, metadata=wire("sub_sequence_id", "subsequence.id")
    )
    sub_sequence_name: str | None = attrs.field(default=None, metadata=wire("subsequence.name"))
    last_sent_time: dt.datetime | None = None
    last_reply_time: dt.datetime | None = None
    has_new_unread_email: bool | None = None
    revenue: float | None = None
    is_pushed_to_sub_sequence: bool | None = None
    belongs_to_sub_sequence: bool | None = None
    current_sequence_number: int | None = None
    sequence_count: int | None = None
    email_campaign_seq_id: int | None = None
    lead_next_timestamp_to_send: dt.datetime | None = None
    campaign_sending_schedule: CampaignSchedule | None = None
    old_replaced_lead_data: dict[str, Any] | None = None
    is_important: bool | None = None
    is_archived: bool | None = None
    is_snoozed: bool | None = None
    is_ooo_automated_push_lead: bool | None = None
    team_member_id: int | None = None
    client_id: int | None = None
    email_history: list[InboxMessage] = attrs.field(
        factory=list, metadata=wire("email_history", "message_history")
    )
    id: str | None = None
    last_message: LastMessage | None = None
    email_status: str | None = None
    is_read: bool | None = None
    assigned_to: AssignedTo | None = None
    stats: ConversationStats | None = None
    importance_score: float | None = None
    tags: list[str] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class ReminderLead(InboxLead):
    """A lead with a reminder. Live responses may lack these fields."""

    reminder_time: dt.datetime | None = None
    reminder_message: str | None = None
    is_overdue: bool | None = None


@attrs.frozen(kw_only=True)
class ScheduledLead(InboxLead):
    """A lead to whom an email is scheduled. Live responses may lack the time."""

    scheduled_time: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class SnoozedLead(InboxLead):
    """A lead that is snoozed. Live responses may lack the time."""

    snoozed_until: dt.datetime | None = None
