"""Requests that read, reply to, forward and test the emails of a campaign, and their models."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Any

import attrs

from ...fields import Between, bare_list, single_or_list, wire
from ...limits import RateLimits
from ...paging import OffsetPaged
from ...request import Effect, Request, query
from ...resource import Resource, endpoint, pages
from ...typed import Typed
from ..acknowledgement import Acknowledgement


@attrs.frozen
class Attachment(Typed):
    """A file to attach. SmartLead fetches it, so ``file_url`` must be readable without a login.

    ``file_size`` is in bytes, ``file_type`` a MIME type. Example::

        Attachment("https://files.example/offer.pdf", file_name="offer.pdf", file_type="application/pdf")
    """

    file_url: str
    file_name: str | None = None
    file_type: str | None = None
    file_size: int | None = None


class MessageType(enum.StrEnum):
    """The direction of an email."""

    SENT = "SENT"
    REPLY = "REPLY"


@attrs.frozen
class Message:
    """An email between a mailbox and a lead.

    ``stats_id`` is the ``email_stats_id`` of :class:`ReplyEmailThread`; ``message_id`` is the Message-ID of
    the email. ``id`` and ``opened_at`` are in one form of the responses only, which calls the types
    ``outbound`` and ``inbound``.
    """

    type: MessageType | str | None = attrs.field(default=None, metadata=wire("type", "direction"))
    time: dt.datetime | None = attrs.field(default=None, metadata=wire("time", "sent_at"))
    id: str | None = None
    opened_at: dt.datetime | None = None
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
    """All emails between a campaign's mailbox and a lead, oldest first as SmartLead returns them."""

    history: list[Message] = attrs.field(metadata=bare_list("history", "messages"))
    from_email: str | None = attrs.field(default=None, metadata=wire("from"))
    to_email: str | None = attrs.field(default=None, metadata=wire("to"))


@attrs.frozen
class ReplyDetails:
    """The reply to an email."""

    time: dt.datetime | None = None
    reply_email_body: str | None = None
    message_id: str | None = None


@attrs.frozen
class ActivityMessage:
    """An email that was sent, with the recipient's opens, clicks and replies."""

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
    """A lead in a campaign, with the emails it was sent.

    Some accounts return single events instead: ``activity_type``, ``event_time`` and ``lead_email``.
    """

    lead_id: int | None = None
    email_lead_map_id: int | None = None
    campaign_id: int | None = None
    campaign_name: str | None = None
    campaign_status: str | None = None
    status: str | None = None
    current_seq_num: int | None = None
    created_at: dt.datetime | None = None
    activities: list[ActivityMessage] = attrs.field(factory=list)
    lead_email: str | None = None
    activity_type: str | None = None
    event_time: dt.datetime | None = None


@attrs.frozen
class EmailForwarded:
    """The result of forwarding an email."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message_id: str | None = attrs.field(default=None, metadata=wire("messageId"))
    status: str | None = None


@attrs.frozen
class GetMessageHistory(
    Request[MessageHistory],
    method="GET",
    path="/campaigns/{campaign_id}/leads/{lead_id}/message-history",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-lead-history",
):
    """Return all emails between a campaign and a lead.

    One request. ``event_time_gt`` (an aware datetime) leaves out older emails; ``show_plain_text_response``
    asks for replies without HTML. Example::

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
    """Return the emails of several leads of a campaign, by lead id.

    One request. ``lead_ids=None`` has to be passed explicitly and means every lead of the campaign, which can
    be a big response. Example::

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
    plain_text_response=True,
):
    """Reply to a lead within its thread. An email is sent.

    One request. ``email_stats_id`` is the ``stats_id`` of the email to reply to. Set ``to_email`` if somebody
    other than the imported address had replied. ``cc`` and ``bcc`` are comma-separated addresses;
    ``scheduled_time`` is an aware datetime. A lost response raises :class:`OutcomeUnknown`, since a second
    request would send a second email. Example::

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
    """Forward an email of a lead's thread to somebody else. An email is sent.

    One request. ``message_id`` and ``stats_id`` come from the message history; the address fields take
    several addresses, comma-separated. A lost response raises :class:`OutcomeUnknown`. Example::

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
    """Send one step of a campaign as a test email, filled with a lead's data.

    One request. Always set ``custom_email_address``: without it the test goes to the lead's own address. A
    lost response raises :class:`OutcomeUnknown`. Example::

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


@attrs.frozen
class ListLeadActivities(
    OffsetPaged[LeadActivity],
    method="GET",
    path="/campaigns/all-leads-activities",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/all-leads-activities",
    limits=RateLimits.of((10, 60.0)),
):
    """List the activities of leads across all campaigns, up to 1,000 a page.

    ``all_leads_activities`` returns one page for one request; ``iter_activities`` iterates over all pages,
    one request for each page. Times are aware datetimes or dates; ``event_time_to`` needs
    ``event_time_from``. Example::

        async for activity in client.campaigns.iter_activities(event_time_from=dt.date(2027, 1, 1)):
            print(activity.lead_id, len(activity.activities))
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 1000))
    event_time_from: dt.datetime | dt.date | None = attrs.field(default=None, kw_only=True)
    event_time_to: dt.datetime | dt.date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.event_time_to is not None and self.event_time_from is None:
            raise ValueError("event_time_to needs event_time_from as well")


class MessagesMethods(Resource):
    """The message methods of ``client.campaigns``."""

    lead_message_history = endpoint(GetMessageHistory)
    leads_message_history_bulk = endpoint(GetMessageHistories)
    reply_email_thread = endpoint(ReplyEmailThread)
    forward_email = endpoint(ForwardEmail)
    send_test_email = endpoint(SendTestEmail)
    all_leads_activities = endpoint(ListLeadActivities)
    iter_activities = pages(ListLeadActivities)
