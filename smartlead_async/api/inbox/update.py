"""The requests that change leads of the inbox."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence

import attrs

from ...fields import Between, Length, OneOf, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint


class BlockSource(enum.StrEnum):
    """The reason for blocking a domain."""

    MANUAL = "manual"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    INVALID = "invalid"


@attrs.frozen(kw_only=True)
class InboxUpdated:
    """The result of a change. ``ok`` is false if SmartLead accepted the request and changed nothing."""

    ok: bool = attrs.field(default=True, metadata=wire("data.success", "ok", "success"))
    message: str | None = None
    email_lead_map_id: int | None = attrs.field(default=None, metadata=wire("data.email_lead_map_id"))


@attrs.frozen(kw_only=True)
class ReadStatusChanged(InboxUpdated):
    """The result of marking a conversation; ``updated`` is the number of conversations."""

    updated: int | None = attrs.field(default=None, metadata=wire("data.updated"))
    is_read: bool | None = attrs.field(default=None, metadata=wire("data.is_read"))
    updated_at: dt.datetime | None = attrs.field(default=None, metadata=wire("data.updated_at"))


@attrs.frozen
class ChangeReadStatus(
    Request[ReadStatusChanged],
    method="PATCH",
    path="/master-inbox/change-read-status",
    effect=Effect.WRITE,
    repeatable=True,
    page="inbox/mark-read",
):
    """Mark a conversation as read (``True``) or unread (``False``).

    One request. Example::

        await client.inbox.change_read_status(lead.email_lead_map_id, True)
    """

    email_lead_map_id: int
    read_status: bool


@attrs.frozen(kw_only=True)
class CategoryUpdated(InboxUpdated):
    """The result of giving a lead a category; ``updated`` is the number of leads."""

    updated: int | None = attrs.field(default=None, metadata=wire("data.updated"))


@attrs.frozen
class UpdateInboxCategory(
    Request[CategoryUpdated],
    method="PATCH",
    path="/master-inbox/update-category",
    effect=Effect.WRITE,
    repeatable=True,
    page="inbox/update-category",
):
    """Give a lead a category. Emails may be sent: a subsequence that waits for the category starts.

    One request. ``client.leads.categories()`` returns the ids; ``None`` takes the category away. Example::

        await client.inbox.update_category(lead.email_lead_map_id, 1)
    """

    email_lead_map_id: int
    category_id: int | None


@attrs.frozen(kw_only=True)
class RevenueUpdated(InboxUpdated):
    """The result of setting the revenue of a lead; ``updated`` is the number of leads."""

    updated: int | None = attrs.field(default=None, metadata=wire("data.updated"))
    revenue: float | None = attrs.field(default=None, metadata=wire("data.revenue"))
    updated_at: dt.datetime | None = attrs.field(default=None, metadata=wire("data.updated_at"))


@attrs.frozen
class UpdateInboxRevenue(
    Request[RevenueUpdated],
    method="PATCH",
    path="/master-inbox/update-revenue",
    effect=Effect.WRITE,
    repeatable=True,
    page="inbox/update-revenue",
):
    """Set the revenue from a lead, in the account's currency.

    One request. Example::

        await client.inbox.update_revenue(lead.email_lead_map_id, 5000)
    """

    email_lead_map_id: int
    revenue: float = attrs.field(validator=Between(minimum=0))


@attrs.frozen(kw_only=True)
class InboxTeamMemberUpdated(InboxUpdated):
    """The result of assigning a lead to a team member."""

    team_member_id: int | None = attrs.field(default=None, metadata=wire("data.team_member_id"))
    assigned_at: dt.datetime | None = attrs.field(default=None, metadata=wire("data.assigned_at"))


@attrs.frozen
class UpdateInboxTeamMember(
    Request[InboxTeamMemberUpdated],
    method="POST",
    path="/master-inbox/update-team-member",
    effect=Effect.WRITE,
    repeatable=True,
    page="inbox/update-team-member",
):
    """Assign a lead to a team member.

    One request. Example::

        await client.inbox.update_team_member(lead.email_lead_map_id, 501)
    """

    email_lead_map_id: int
    team_member_id: int


@attrs.frozen(kw_only=True)
class ReminderSet:
    """A reminder that was set."""

    id: int | None = attrs.field(default=None, metadata=wire("reminder.id", "reminder_id"))
    success: bool | None = None
    created_at: dt.datetime | None = attrs.field(default=None, metadata=wire("reminder.created_at"))
    email_lead_map_id: int | None = None
    reminder_time: dt.datetime | None = None
    message: str | None = None


@attrs.frozen
class SetReminder(
    Request[ReminderSet],
    method="POST",
    path="/master-inbox/set-reminder",
    effect=Effect.WRITE,
    repeatable=False,
    page="inbox/set-reminder",
):
    """Set a reminder about an email of a lead.

    One request. ``email_stats_id`` is the ``stats_id`` of the email; ``reminder_time`` is an aware datetime.
    A lost response raises :class:`OutcomeUnknown`, since a second request would set a second reminder.
    Example::

        await client.inbox.set_reminder(
            lead.email_lead_map_id, lead.email_history[-1].stats_id, "Call back",
            dt.datetime(2027, 1, 20, 14, tzinfo=dt.UTC),
        )
    """

    email_lead_map_id: int
    email_stats_id: str
    message: str
    reminder_time: dt.datetime


@attrs.frozen(kw_only=True)
class PushedToSubsequence(InboxUpdated):
    """The result of moving a lead to a subsequence; ``delay_days`` is SmartLead's name for the delay."""

    sub_sequence_id: int | None = attrs.field(default=None, metadata=wire("data.sub_sequence_id"))
    delay_days: int | None = attrs.field(default=None, metadata=wire("data.delay_days"))
    parent_campaign_id: int | None = attrs.field(default=None, metadata=wire("data.parent_campaign_id"))
    will_start_at: dt.datetime | None = attrs.field(default=None, metadata=wire("data.will_start_at"))
    stop_on_parent_reply: bool | None = attrs.field(default=None, metadata=wire("data.stop_on_parent_reply"))


@attrs.frozen
class PushToSubsequence(
    Request[PushedToSubsequence],
    method="POST",
    path="/master-inbox/push-to-subsequence",
    effect=Effect.SEND,
    repeatable=False,
    page="inbox/push-to-subsequence",
):
    """Send a lead the emails of a subsequence.

    One request. ``sub_sequence_delay_time`` is passed on as it is, because SmartLead documents it in seconds
    and in days: leave it out to start at once, and compare ``will_start_at``. A lost response raises
    :class:`OutcomeUnknown`. Example::

        pushed = await client.inbox.push_to_subsequence(lead.email_lead_map_id, 4200)
        print(pushed.will_start_at)
    """

    email_lead_map_id: int
    sub_sequence_id: int
    sub_sequence_delay_time: int | None = attrs.field(
        default=None, kw_only=True, validator=Between(minimum=0)
    )
    stop_lead_on_parent_campaign_reply: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(kw_only=True)
class InboxLeadResumed(InboxUpdated):
    """The result of resuming a lead; ``next_seq_id`` is the id of the step that is sent next."""

    status: str | None = attrs.field(default=None, metadata=wire("data.status"))
    next_seq_id: int | None = attrs.field(default=None, metadata=wire("data.nextSeqId"))
    campaign_id: int | None = attrs.field(default=None, metadata=wire("data.campaign_id"))
    resume_delay_days: int | None = attrs.field(default=None, metadata=wire("data.resume_delay_days"))
    will_resume_at: dt.datetime | None = attrs.field(default=None, metadata=wire("data.will_resume_at"))


@attrs.frozen
class ResumeInboxLead(
    Request[InboxLeadResumed],
    method="PATCH",
    path="/master-inbox/resume-lead",
    effect=Effect.SEND,
    repeatable=False,
    page="inbox/resume-lead",
):
    """Send a lead the remaining emails of its campaign, from now on or after some days.

    One request. Set ``resume_delay_days``, since SmartLead documents both "at once" and 1 for leaving it out.
    A lead that has had the last step is refused. A lost response raises :class:`OutcomeUnknown`. Example::

        await client.inbox.resume_lead(4101, lead.email_lead_map_id, resume_delay_days=7)
    """

    campaign_id: int
    email_lead_map_id: int
    resume_delay_days: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))


@attrs.frozen(kw_only=True)
class DomainsBlocked:
    """The result of blocking domains. ``blocked_domains`` is their number, or the domains themselves."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = None
    blocked_domains: list[str] | int | None = attrs.field(default=None, metadata=wire("data.blocked_domains"))
    source: BlockSource | str | None = attrs.field(default=None, metadata=wire("data.source"))
    blocked_at: dt.datetime | None = attrs.field(default=None, metadata=wire("data.blocked_at"))


@attrs.frozen
class BlockDomains(
    Request[DomainsBlocked],
    method="POST",
    path="/master-inbox/block-domains",
    effect=Effect.WRITE,
    repeatable=True,
    page="inbox/block-domains",
):
    """Block domains: their addresses get no more emails from any campaign.

    One request. Set ``source``, since older servers require it. Example::

        await client.inbox.block_domains(["prospect.example"], source="manual")
    """

    domains: Sequence[str] = attrs.field(validator=Length(1))
    source: BlockSource | str | None = attrs.field(default=None, kw_only=True, validator=OneOf(BlockSource))


class UpdateMethods(Resource):
    """The methods of ``client.inbox`` that change leads and conversations."""

    change_read_status = endpoint(ChangeReadStatus)
    update_category = endpoint(UpdateInboxCategory)
    update_revenue = endpoint(UpdateInboxRevenue)
    update_team_member = endpoint(UpdateInboxTeamMember)
    set_reminder = endpoint(SetReminder)
    push_to_subsequence = endpoint(PushToSubsequence)
    resume_lead = endpoint(ResumeInboxLead)
    block_domains = endpoint(BlockDomains)
