"""The requests that read one lead of the inbox, and what became of a reply."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from ...fields import wire
from ...polling import poll
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
    """The state of a reply that was sent with ``client.campaigns.reply_email_thread``.

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


_POLL_REPLY_STATUS: Final = """Wait until a reply was sent, and return its status.

One request every 30 seconds at first, growing to 150, for an hour unless ``within`` says otherwise: give a
scheduled reply the time until it is due. SmartLead documents no status but ``COMPLETED``, so a reply that
failed is waited for until :class:`StillRunning`, which has its last status. Example::

    reply = await client.inbox.poll_reply_status("<m9@mail.example>").within(24 * 3600)
"""


class ReadMethods(Resource):
    """The methods of ``client.inbox`` that read one lead or reply."""

    get = endpoint(GetInboxLead)
    reply_status = endpoint(GetReplyStatus)
    poll_reply_status = poll(
        GetReplyStatus,
        until=lambda reply: reply.status.upper() == "COMPLETED",
        every=30,
        timeout=3600,
        doc=_POLL_REPLY_STATUS,
    )
