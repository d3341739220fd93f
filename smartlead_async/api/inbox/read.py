"""The requests that read one lead of the inbox, and what became of a reply."""

from __future__ import annotations

import datetime as dt

import attrs

from ...fields import wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from .models import InboxLead


@attrs.frozen
class GetInboxLead(
    Request[InboxLead],
    method="GET",
    path="/master-inbox/{id}",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-by-id",
):
    """Return a lead of the inbox with its whole conversation.

    One request. A lead that does not exist raises :class:`NotFound`. Example::

        lead = await client.inbox.get(2500000017)
        print([message.subject for message in lead.email_history])
    """

    email_lead_map_id: int = attrs.field(metadata=wire("id"))


@attrs.frozen(kw_only=True)
class ReplyStatus:
    """What became of a reply that was sent with ``client.campaigns.reply_email_thread``.

    ``status`` is a string such as ``"COMPLETED"``; the other ones are not documented.
    """

    status: str
    message_id: str | None = None
    status_message: str | None = None
    event_time: dt.datetime | None = None
    scheduled_time: dt.datetime | None = None
    email_stats_id: str | None = None


@attrs.frozen
class GetReplyStatus(
    Request[ReplyStatus],
    method="GET",
    path="/master-inbox/reply-status",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/reply-status",
):
    """Return whether a reply was sent, by the Message-ID of the email.

    One request. An unknown Message-ID raises :class:`NotFound`. Example::

        reply = await client.inbox.reply_status("<m9@mail.example>")
        print(reply.status, reply.event_time)
    """

    message_id: str


class ReadMethods(Resource):
    """The methods of ``client.inbox`` that read one lead or reply."""

    get = endpoint(GetInboxLead)
    reply_status = endpoint(GetReplyStatus)
