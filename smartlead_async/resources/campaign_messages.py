"""The mails of a campaign: read them, reply, forward, send a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from ..models._fields import Between, wire
from ..models.common import Acknowledgement
from ..models.messages import Attachment, EmailForwarded, MessageHistory
from ..request import Effect, Request, query


@attrs.frozen
class GetMessageHistory(
    Request[MessageHistory],
    method="GET",
    path="/campaigns/{campaign_id}/leads/{lead_id}/message-history",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-lead-history",
):
    """All mails between a campaign and a lead.

    One request. ``event_time_gt`` (an aware datetime) leaves out what is older;
    ``show_plain_text_response`` asks for replies without HTML. Example::

        history = await client.campaigns.lead_message_history(4101, 9001)
        replies = [m for m in history.history if m.type == MessageType.REPLY]
    """

    campaign_id: int
    lead_id: int
    event_time_gt: dt.datetime | None = attrs.field(default=None, kw_only=True)
    show_plain_text_response: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetMessageHistories(
    Request[dict[int, MessageHistory]],
    method="POST",
    path="/campaigns/{campaign_id}/message-history-for-leads/bbfbdsFGHlBr76ruhjvh6fhHL",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-leads-history-bulk",
):
    """The mails of several leads of a campaign, by lead id.

    One request. ``lead_ids=None`` has to be said and means every lead of the campaign, which can be a big
    answer. Example::

        histories = await client.campaigns.leads_message_history_bulk(4101, [9001, 9002])
        print(len(histories[9001].history))
    """

    campaign_id: int
    lead_ids: Sequence[int] | None
    event_time_gt: dt.datetime | None = attrs.field(default=None, kw_only=True, metadata=query())


@attrs.frozen
class ReplyEmailThread(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/reply-email-thread",
    effect=Effect.SEND,
    repeatable=False,
    page="campaigns/reply-email-thread",
    text_answer=True,
):
    """Reply to a lead within its thread. A mail goes out.

    One request. ``email_stats_id`` is the ``stats_id`` of the mail that is answered. Set ``to_email`` when
    somebody else than the imported address had replied. ``cc`` and ``bcc`` are addresses with commas between
    them; ``scheduled_time`` is an aware datetime. A lost answer raises :class:`OutcomeUnknown`, since a
    second request would send a second mail. Example::

        await client.campaigns.reply_email_thread(
            4101, message.stats_id, "<p>Thursday suits me.</p>", to_email="lin@prospect.example",
        )
    """

    campaign_id: int
    email_stats_id: str
    email_body: str
    to_email: str | None = attrs.field(default=None, kw_only=True)
    to_first_name: str | None = attrs.field(default=None, kw_only=True)
    to_last_name: str | None = attrs.field(default=None, kw_only=True)
    scheduled_time: dt.datetime | None = attrs.field(default=None, kw_only=True)
    reply_message_id: str | None = attrs.field(default=None, kw_only=True)
    reply_email_body: str | None = attrs.field(default=None, kw_only=True)
    reply_email_time: str | None = attrs.field(default=None, kw_only=True)
    cc: str | None = attrs.field(default=None, kw_only=True)
    bcc: str | None = attrs.field(default=None, kw_only=True)
    schedule_condition: str | None = attrs.field(default=None, kw_only=True)
    add_signature: bool | None = attrs.field(default=None, kw_only=True)
    seq_type: str | None = attrs.field(default=None, kw_only=True)
    attachments: Sequence[Attachment] | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ForwardEmail(
    Request[EmailForwarded],
    method="POST",
    path="/campaigns/{campaign_id}/forward-email",
    effect=Effect.SEND,
    repeatable=False,
    page="campaigns/forward-email",
):
    """Forward a mail of a lead's thread to somebody else. A mail goes out.

    One request. ``message_id`` and ``stats_id`` come from the message history; the address fields take
    several with commas between them. A lost answer raises :class:`OutcomeUnknown`. Example::

        await client.campaigns.forward_email(
            4101, message.message_id, message.stats_id, "sales@agency.example",
        )
    """

    campaign_id: int
    message_id: str
    stats_id: str
    to_emails: str
    cc_emails: str | None = attrs.field(default=None, kw_only=True)
    bcc_emails: str | None = attrs.field(default=None, kw_only=True)
    forward_email_subject: str | None = attrs.field(default=None, kw_only=True)
    forward_email_body: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class SendTestEmail(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/send-test-email",
    effect=Effect.SEND,
    repeatable=False,
    page="campaigns/send-test-email",
):
    """Send one step of a campaign as a test, filled with a lead's data.

    One request. Always set ``custom_email_address``: without it the test goes to the lead's own address. A
    lost answer raises :class:`OutcomeUnknown`. Example::

        await client.campaigns.send_test_email(
            4101, lead_id=9001, sequence_number=1, custom_email_address="me@agency.example",
        )
    """

    campaign_id: int
    lead_id: int = attrs.field(kw_only=True, metadata=wire("leadId"))
    sequence_number: int = attrs.field(
        kw_only=True, metadata=wire("sequenceNumber"), validator=Between(minimum=1)
    )
    selected_email_account_id: int | None = attrs.field(
        default=None, kw_only=True, metadata=wire("selectedEmailAccountId")
    )
    custom_email_address: str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("customEmailAddress")
    )
