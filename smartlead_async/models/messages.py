"""Mails of a campaign: what went out to a lead, what came back, and what happened to it."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import attrs

from ._fields import single_or_list, wire


@attrs.frozen
class Attachment:
    """A file to send along. SmartLead fetches it, so ``file_url`` must open without a login.

    ``file_size`` is in bytes, ``file_type`` a MIME type. Example::

        Attachment("https://files.example/offer.pdf", file_name="offer.pdf", file_type="application/pdf")
    """

    file_url: str
    file_name: str | None = None
    file_type: str | None = None
    file_size: int | None = None


class MessageType(enum.StrEnum):
    """Whether a mail went out or came in."""

    SENT = "SENT"
    REPLY = "REPLY"


@attrs.frozen
class Message:
    """One mail between a mailbox and a lead.

    ``stats_id`` is what Reply wants as ``email_stats_id``; ``message_id`` is the Message-ID of the mail.
    """

    type: MessageType | str
    time: dt.datetime | None = None
    message_id: str | None = None
    stats_id: str | None = None
    subject: str | None = None
    email_body: str | None = None
    email_seq_number: int | None = None
    open_count: int | None = None
    click_count: int | None = None
    click_details: dict[str, Any] | None = None
    from_email: str | None = attrs.field(default=None, metadata=wire("from"))
    to_email: str | None = attrs.field(default=None, metadata=wire("to"))
    cc: list[str] = attrs.field(factory=list, metadata=single_or_list())
    bcc: list[str] = attrs.field(factory=list, metadata=single_or_list())
    attachments: list[dict[str, Any]] = attrs.field(factory=list)
    reply_details: dict[str, Any] | None = None


@attrs.frozen
class MessageHistory:
    """All mails between a campaign's mailbox and a lead, oldest first as SmartLead gives them."""

    history: list[Message]
    from_email: str | None = attrs.field(default=None, metadata=wire("from"))
    to_email: str | None = attrs.field(default=None, metadata=wire("to"))


@attrs.frozen
class ReplyDetails:
    """The reply to a mail."""

    time: dt.datetime | None = None
    reply_email_body: str | None = None
    message_id: str | None = None


@attrs.frozen
class ActivityMessage:
    """A mail that was sent, with what its receiver did."""

    stats_id: str | None = None
    message_id: str | None = None
    subject: str | None = None
    email_body: str | None = None
    sent_time: dt.datetime | None = None
    from_email: str | None = None
    to_email: str | None = None
    email_seq_number: int | None = None
    open_count: int | None = None
    click_count: int | None = None
    click_details: dict[str, Any] | None = None
    reply_details: ReplyDetails | None = None
    thread_replies: list[dict[str, Any]] = attrs.field(factory=list)


@attrs.frozen
class LeadActivity:
    """A lead in a campaign, with the mails it got."""

    lead_id: int | None = None
    email_lead_map_id: int | None = None
    campaign_id: int | None = None
    campaign_name: str | None = None
    campaign_status: str | None = None
    status: str | None = None
    current_seq_num: int | None = None
    created_at: dt.datetime | None = None
    activities: list[ActivityMessage] = attrs.field(factory=list)


@attrs.frozen
class LeadActivities:
    """One page of activities."""

    data: list[LeadActivity]
    has_more: bool | None = attrs.field(default=None, metadata=wire("pagination.has_more", "hasMore"))
    offset: int | None = attrs.field(default=None, metadata=wire("pagination.offset"))
    limit: int | None = attrs.field(default=None, metadata=wire("pagination.limit"))
    total: int | None = None


@attrs.frozen
class EmailForwarded:
    """The mail is on its way to its new receivers."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message_id: str | None = attrs.field(default=None, metadata=wire("messageId"))
    status: str | None = None
