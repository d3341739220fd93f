"""The requests that list the leads of the inbox, one for each view of the app."""

from __future__ import annotations

import attrs

from ...fields import Between, OneOf, wire
from ...paging import OffsetPaged
from ...request import Effect, query
from ...resource import Resource, endpoint, pages
from .filters import (
    InboxFilters,
    ReminderSort,
    ReplyFilters,
    ReplySort,
    ScheduledSort,
    SentFilters,
    SingleFilters,
    ViewFilters,
)
from .models import InboxLead, ReminderLead, ScheduledLead, SnoozedLead

MAX_LIMIT = 20
"""The largest page of a view."""


@attrs.frozen(kw_only=True)
class ViewPage:
    """The page of a view."""

    offset: int | None = attrs.field(default=None, validator=Between(minimum=0))
    limit: int = attrs.field(default=MAX_LIMIT, validator=Between(1, MAX_LIMIT))


@attrs.frozen(kw_only=True)
class ConversationsPage(ViewPage):
    """The page of a view of conversations, and whether their emails are wanted."""

    sort_by: ReplySort | str | None = attrs.field(
        default=None, metadata=wire("sortBy"), validator=OneOf(ReplySort)
    )
    fetch_message_history: bool | None = attrs.field(default=None, metadata=query())


@attrs.frozen
class ListReplies(
    ConversationsPage,
    OffsetPaged[InboxLead],
    method="POST",
    path="/master-inbox/inbox-replies",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-messages",
    items=("data", "messages"),
):
    """List leads that replied, up to 20 a page.

    ``list_replies`` returns one page for one request; ``iter_replies`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_replies(filters=ReplyFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: ReplyFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListUnreadReplies(
    ConversationsPage,
    OffsetPaged[InboxLead],
    method="POST",
    path="/master-inbox/unread-replies",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-unread",
    items=("data", "messages"),
):
    """List leads with replies that nobody has read, up to 20 a page.

    ``list_unread`` returns one page for one request; ``iter_unread`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_unread(filters=InboxFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: InboxFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListSent(
    ConversationsPage,
    OffsetPaged[InboxLead],
    method="POST",
    path="/master-inbox/sent",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-sent",
    items=("data", "messages"),
):
    """List leads to whom emails were sent, up to 20 a page.

    ``list_sent`` returns one page for one request; ``iter_sent`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_sent(filters=SentFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: SentFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListArchived(
    ConversationsPage,
    OffsetPaged[InboxLead],
    method="POST",
    path="/master-inbox/archived",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-archived",
    items=("data", "messages"),
):
    """List archived leads, up to 20 a page.

    ``list_archived`` returns one page for one request; ``iter_archived`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_archived(filters=InboxFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: InboxFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListImportant(
    ConversationsPage,
    OffsetPaged[InboxLead],
    method="POST",
    path="/master-inbox/important",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-important",
    items=("data", "messages"),
):
    """List leads that are marked as important, up to 20 a page.

    ``list_important`` returns one page for one request; ``iter_important`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_important(filters=InboxFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: InboxFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListSnoozed(
    ConversationsPage,
    OffsetPaged[SnoozedLead],
    method="POST",
    path="/master-inbox/snoozed",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-snoozed",
    items=("data", "messages"),
):
    """List snoozed leads, up to 20 a page.

    ``list_snoozed`` returns one page for one request; ``iter_snoozed`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_snoozed(filters=InboxFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: InboxFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListAssignedToMe(
    ConversationsPage,
    OffsetPaged[InboxLead],
    method="POST",
    path="/master-inbox/assigned-me",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-assigned",
    items=("data", "messages"),
):
    """List leads that are assigned to the owner of the API key, up to 20 a page.

    ``list_assigned_to_me`` returns one page for one request; ``iter_assigned_to_me`` sends one request for
    each page. With ``fetch_message_history=True``, each lead has its emails.
    SmartLead has been seen to fail here for some keys, with an error about a missing column.
    Example::

        async for lead in client.inbox.iter_assigned_to_me(filters=SingleFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: SingleFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListView(
    ConversationsPage,
    OffsetPaged[InboxLead],
    method="POST",
    path="/master-inbox/views",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-views",
    items=("data", "messages"),
):
    """List leads of any kind, also those of a subsequence, up to 20 a page.

    ``list_view`` returns one page for one request; ``iter_view`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_view(filters=ViewFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: ViewFilters | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListScheduled(
    ViewPage,
    OffsetPaged[ScheduledLead],
    method="POST",
    path="/master-inbox/scheduled",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-scheduled",
    items=("data", "messages"),
):
    """List leads to whom emails are scheduled, up to 20 a page.

    ``list_scheduled`` returns one page for one request; ``iter_scheduled`` sends one request for each page.
    With ``fetch_message_history=True``, each lead has its emails. Example::

        async for lead in client.inbox.iter_scheduled(filters=InboxFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: InboxFilters | None = attrs.field(default=None, kw_only=True)
    sort_by: ScheduledSort | str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("sortBy"), validator=OneOf(ScheduledSort)
    )
    fetch_message_history: bool | None = attrs.field(default=None, kw_only=True, metadata=query())


@attrs.frozen
class ListReminders(
    ViewPage,
    OffsetPaged[ReminderLead],
    method="POST",
    path="/master-inbox/reminders",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-reminders",
    items=("data", "messages"),
):
    """List leads with reminders, up to 20 a page.

    ``list_reminders`` returns one page for one request; ``iter_reminders`` sends one request for each page.
    Example::

        async for lead in client.inbox.iter_reminders(filters=InboxFilters(search="northwind")):
            print(lead.lead_email, lead.last_reply_time)
    """

    filters: InboxFilters | None = attrs.field(default=None, kw_only=True)
    sort_by: ReminderSort | str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("sortBy"), validator=OneOf(ReminderSort)
    )


class ViewsMethods(Resource):
    """The methods of ``client.inbox`` that list leads."""

    list_replies = endpoint(ListReplies)
    iter_replies = pages(ListReplies)
    list_unread = endpoint(ListUnreadReplies)
    iter_unread = pages(ListUnreadReplies)
    list_sent = endpoint(ListSent)
    iter_sent = pages(ListSent)
    list_archived = endpoint(ListArchived)
    iter_archived = pages(ListArchived)
    list_important = endpoint(ListImportant)
    iter_important = pages(ListImportant)
    list_snoozed = endpoint(ListSnoozed)
    iter_snoozed = pages(ListSnoozed)
    list_assigned_to_me = endpoint(ListAssignedToMe)
    iter_assigned_to_me = pages(ListAssignedToMe)
    list_view = endpoint(ListView)
    iter_view = pages(ListView)
    list_scheduled = endpoint(ListScheduled)
    iter_scheduled = pages(ListScheduled)
    list_reminders = endpoint(ListReminders)
    iter_reminders = pages(ListReminders)
