"""The filters of the views, and the orders in which they can be read."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence

import attrs

from ...fields import Each, Length, OneOf, wire
from ...typed import Typed


class ReplySort(enum.StrEnum):
    """The order of a view of conversations: by the last reply or by the last email sent, latest first."""

    REPLY_TIME_DESC = "REPLY_TIME_DESC"
    SENT_TIME_DESC = "SENT_TIME_DESC"


class ReminderSort(enum.StrEnum):
    """The order of reminders, the earliest or the latest first."""

    REMINDER_TIME_ASC = "REMINDER_TIME_ASC"
    REMINDER_TIME_DESC = "REMINDER_TIME_DESC"


class ScheduledSort(enum.StrEnum):
    """The order of scheduled emails, the earliest or the latest first."""

    SCHEDULED_TIME_ASC = "SCHEDULED_TIME_ASC"
    SCHEDULED_TIME_DESC = "SCHEDULED_TIME_DESC"


class InboxEmailStatus(enum.StrEnum):
    """The state of the emails to a lead."""

    OPENED = "Opened"
    CLICKED = "Clicked"
    REPLIED = "Replied"
    UNSUBSCRIBED = "Unsubscribed"
    BOUNCED = "Bounced"
    ACCEPTED = "Accepted"
    NOT_REPLIED = "Not Replied"


@attrs.frozen(kw_only=True)
class LeadCategoryFilter(Typed):
    """Leads by category: up to 10 ids to include or leave out, or only leads with or without a category."""

    unassigned: bool | None = None
    is_assigned: bool | None = attrs.field(default=None, metadata=wire("isAssigned"))
    category_ids_not_in: Sequence[int] | None = attrs.field(
        default=None, metadata=wire("categoryIdsNotIn"), validator=Length(maximum=10)
    )
    category_ids_in: Sequence[int] | None = attrs.field(
        default=None, metadata=wire("categoryIdsIn"), validator=Length(maximum=10)
    )


@attrs.frozen(kw_only=True)
class LeadFilters(Typed):
    """The filters that all views have. ``search`` finds leads, in up to 30 characters.

    ``reply_time_between`` is two aware datetimes.
    """

    search: str | None = attrs.field(default=None, validator=Length(maximum=30))
    lead_categories: LeadCategoryFilter | None = attrs.field(default=None, metadata=wire("leadCategories"))
    reply_time_between: Sequence[dt.datetime] | None = attrs.field(
        default=None, metadata=wire("replyTimeBetween"), validator=Length(2, 2)
    )

    def __attrs_post_init__(self) -> None:
        if self.reply_time_between is not None and self.reply_time_between[1] < self.reply_time_between[0]:
            raise ValueError("reply_time_between must be an earlier and a later time")


def _ids(name: str, most: int | None = 10) -> Sequence[int] | None:
    """Return the field of a filter by ids, up to ``most`` of them."""
    validator = None if most is None else Length(maximum=most)
    ids: Sequence[int] | None = attrs.field(default=None, metadata=wire(name), validator=validator)
    return ids


@attrs.frozen(kw_only=True)
class CommonInboxFilters(LeadFilters):
    """The filters of views that take several values each. A lead passes that has any of the values."""

    email_statuses: Sequence[InboxEmailStatus | str] | None = attrs.field(
        default=None, metadata=wire("emailStatus"), validator=Each(OneOf(InboxEmailStatus))
    )
    team_member_ids: Sequence[int] | None = _ids("campaignTeamMemberId")
    tag_ids: Sequence[int] | None = _ids("campaignTagId")
    client_ids: Sequence[int] | None = _ids("campaignClientId")


@attrs.frozen(kw_only=True)
class InboxFilters(CommonInboxFilters):
    """The filters of most views: up to 5 campaigns, and up to 10 ids of every other kind.

    Example::

        InboxFilters(campaign_ids=[4101], email_statuses=["Replied"])
    """

    campaign_ids: Sequence[int] | None = _ids("campaignId", 5)
    email_account_ids: Sequence[int] | None = _ids("emailAccountId")


@attrs.frozen(kw_only=True)
class ReplyFilters(CommonInboxFilters):
    """The filters of ``list_replies``: up to 5 campaigns and 20 mailboxes."""

    campaign_ids: Sequence[int] | None = _ids("campaignId", 5)
    email_account_ids: Sequence[int] | None = _ids("emailAccountId", 20)


@attrs.frozen(kw_only=True)
class SentFilters(CommonInboxFilters):
    """The filters of ``list_sent``: up to 15 campaigns, and any number of mailboxes."""

    campaign_ids: Sequence[int] | None = _ids("campaignId", 15)
    email_account_ids: Sequence[int] | None = _ids("emailAccountId", None)


@attrs.frozen(kw_only=True)
class SingleFilters(LeadFilters):
    """The filters of ``list_assigned_to_me``, which takes one value of each kind."""

    email_status: InboxEmailStatus | str | None = attrs.field(
        default=None, metadata=wire("emailStatus"), validator=OneOf(InboxEmailStatus)
    )
    campaign_id: int | None = attrs.field(default=None, metadata=wire("campaignId"))
    email_account_id: int | None = attrs.field(default=None, metadata=wire("emailAccountId"))
    team_member_id: int | None = attrs.field(default=None, metadata=wire("campaignTeamMemberId"))
    tag_id: int | None = attrs.field(default=None, metadata=wire("campaignTagId"))
    client_id: int | None = attrs.field(default=None, metadata=wire("campaignClientId"))


@attrs.frozen(kw_only=True)
class ViewFilters(SingleFilters):
    """The filters of ``list_view``, which also finds the leads of a subsequence."""

    sub_sequence_id: int | None = attrs.field(default=None, metadata=wire("subSequenceId"))
