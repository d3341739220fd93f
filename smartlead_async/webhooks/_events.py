"""The events that SmartLead posts to webhooks, as classes."""

from __future__ import annotations

import datetime as dt
from email.utils import parseaddr
from typing import Any

import attrs

from ..api.campaigns.webhooks import WebhookEvent
from ..fields import Secret, single_or_list, wire

EventType = WebhookEvent
"""The events that a webhook can subscribe to."""


def _body(*names: str) -> Any:
    """Return a field for the text of an e-mail, which reprs leave out."""
    return attrs.field(default=None, repr=False, metadata=wire(*names) if names else {})


@attrs.frozen(kw_only=True)
class Message:
    """An e-mail within an event: the sent one, a reply or a bounce."""

    message_id: str | None = None
    html: str | None = _body("html", "email_body")
    text: str | None = _body()
    time: dt.datetime | None = None
    type: str | None = None
    subject: str | None = _body()
    stats_id: str | None = None


@attrs.frozen(kw_only=True)
class Event:
    """A webhook event. The classes derived from it have the fields of their events.

    ``type`` is a member of :class:`EventType`, or a string if the event is not known. ``time`` is when it
    happened. ``payload`` is the whole body, with the fields that no class has; the secret key and the URL of
    the webhook, which may contain a token, are redacted in it. ``key`` is the deduplication key of an event
    that comes from an :class:`EventQueue`. Example::

        event = webhooks.parse(raw)
        if isinstance(event, webhooks.EmailReplied):
            print(event.lead_email, event.reply_message.text)
        else:
            print(event.type, event.payload.get("description"))
    """

    type: EventType | str = attrs.field(metadata=wire("event_type"))
    time: dt.datetime | None = attrs.field(
        default=None, metadata=wire("event_timestamp", "timestamp", "created_at")
    )
    campaign_id: int | None = attrs.field(
        default=None, metadata=wire("campaign_id", "campaignId", "data.campaign_id")
    )
    campaign_name: str | None = None
    campaign_status: str | None = None
    client_id: int | None = None
    description: str | None = attrs.field(default=None, repr=False)
    app_url: str | None = attrs.field(
        default=None, repr=False, metadata=wire("app_url", "appUrl", "ui_master_inbox_link", "links.app")
    )
    webhook_id: int | None = None
    webhook_name: str | None = None
    webhook_url: Secret | None = attrs.field(default=None, repr=False)
    secret_key: Secret | None = attrs.field(default=None, repr=False)
    key: str | None = attrs.field(default=None, metadata=wire("deduplication_key"))
    payload: dict[str, Any] = attrs.field(factory=dict, repr=False)


@attrs.frozen(kw_only=True)
class LeadEvent(Event):
    """An event of a lead in a campaign.

    ``lead_email`` is the lead's address, wherever the payload has it, or None if it cannot be told from the
    mailbox's. The ids are missing in some events: unsubscribes have none, and bounces not always.
    ``from_email`` and ``to_email`` are as SmartLead sends them; in a reply, ``to_email`` may be your mailbox.
    """

    lead_email: str | None = None
    lead_name: str | None = attrs.field(default=None, metadata=wire("lead_name", "to_name"))
    lead_id: int | None = attrs.field(default=None, metadata=wire("sl_email_lead_id", "lead_id"))
    lead_map_id: int | None = attrs.field(default=None, metadata=wire("sl_email_lead_map_id"))
    stats_id: str | None = None
    sequence_number: int | None = attrs.field(
        default=None, metadata=wire("sequence_number", "current_sequence")
    )
    from_email: str | None = attrs.field(default=None, metadata=wire("from_email", "from"))
    to_email: str | None = attrs.field(default=None, metadata=wire("to_email", "to"))
    subject: str | None = attrs.field(
        default=None, repr=False, metadata=wire("subject", "custom_subject", "email.subject")
    )
    sent_message: Message = attrs.field(factory=Message)


@attrs.frozen(kw_only=True)
class EmailSent(LeadEvent):
    """An e-mail of a campaign was sent (EMAIL_SENT, FIRST_EMAIL_SENT)."""

    time: dt.datetime | None = attrs.field(
        default=None, metadata=wire("event_timestamp", "time_sent", "timestamp", "created_at")
    )


@attrs.frozen(kw_only=True)
class EmailOpened(LeadEvent):
    """A lead opened an e-mail (EMAIL_OPEN)."""

    time: dt.datetime | None = attrs.field(
        default=None, metadata=wire("event_timestamp", "time_opened", "timestamp", "created_at")
    )


@attrs.frozen(kw_only=True)
class LinkClicked(LeadEvent):
    """A lead clicked links of an e-mail (EMAIL_LINK_CLICK). The shape of ``link_details`` is not known."""

    time: dt.datetime | None = attrs.field(
        default=None, metadata=wire("event_timestamp", "time_clicked", "timestamp", "created_at")
    )
    links: list[str] = attrs.field(factory=list, metadata=single_or_list("link_clicked"))
    link_details: Any = None


@attrs.frozen(kw_only=True)
class LeadCorrespondence:
    """The lead whom a reply belongs to, and the address that it came from: a colleague's, for example."""

    target_lead_email: str | None = attrs.field(default=None, metadata=wire("targetLeadEmail"))
    reply_received_from: str | None = attrs.field(default=None, metadata=wire("replyReceivedFrom"))
    company: str | None = attrs.field(default=None, metadata=wire("repliedCompanyDomain"))


@attrs.frozen(kw_only=True)
class EmailReplied(LeadEvent):
    """A lead replied (EMAIL_REPLY).

    ``stats_id`` and ``reply_message.message_id`` are what ``campaigns.reply_email_thread`` needs to respond.
    """

    time: dt.datetime | None = attrs.field(
        default=None, metadata=wire("event_timestamp", "time_replied", "timestamp", "created_at")
    )
    reply_message: Message = attrs.field(factory=Message)
    cc_emails: list[str] = attrs.field(factory=list, metadata=single_or_list())
    reply_category: int | None = None
    reply_source: str | None = None
    stats_thread_id: str | None = None
    correspondence: LeadCorrespondence = attrs.field(
        factory=LeadCorrespondence, metadata=wire("leadCorrespondence")
    )


@attrs.frozen(kw_only=True)
class EmailBounced(LeadEvent):
    """An e-mail bounced (EMAIL_BOUNCE).

    ``time`` is the time of the bounce and ``time_sent`` that of the e-mail. No field tells a hard bounce from
    a soft one: read ``bounce_message.text``.
    """

    time: dt.datetime | None = attrs.field(default=None, metadata=wire("bounce_message.time"))
    time_sent: dt.datetime | None = attrs.field(default=None, metadata=wire("time_sent", "event_timestamp"))
    bounce_message: Message = attrs.field(factory=Message)
    is_sender_originated: bool | None = attrs.field(
        default=None, metadata=wire("is_sender_originated_bounce")
    )


@attrs.frozen(kw_only=True)
class LeadUnsubscribed(LeadEvent):
    """A lead unsubscribed, or was unsubscribed in the inbox (LEAD_UNSUBSCRIBED). It has no ids."""


@attrs.frozen(kw_only=True)
class CategoryChange:
    """The category of a lead before and after a change."""

    old_id: int | None = None
    old_name: str | None = None
    new_id: int | None = None
    new_name: str | None = None


@attrs.frozen(kw_only=True)
class LeadCategoryUpdated(LeadEvent):
    """The category of a lead changed (LEAD_CATEGORY_UPDATED).

    ``history`` is the correspondence so far, ``last_reply`` its last reply.
    """

    category: CategoryChange = attrs.field(factory=CategoryChange, metadata=wire("lead_category"))
    last_reply: Message | None = attrs.field(default=None, metadata=wire("last_reply", "lastReply"))
    history: list[Message] = attrs.field(factory=list, repr=False)
    lead_data: dict[str, Any] = attrs.field(factory=dict, repr=False)


@attrs.frozen(kw_only=True)
class UntrackedReply(Event):
    """A reply that belongs to no lead of a campaign (UNTRACKED_REPLIES)."""

    sender: str | None = attrs.field(default=None, metadata=wire("sender_detail"))
    reply_message: Message = attrs.field(factory=Message)
    visible_text: str | None = attrs.field(default=None, repr=False)

    @property
    def sender_email(self) -> str | None:
        """The address in ``sender``, such as ``leo@other.example`` in ``Leo Park <leo@other.example>``."""
        return parseaddr(self.sender or "")[1] or None


@attrs.frozen(kw_only=True)
class Alert(Event):
    """An alert of the account: EMAIL_ACCOUNT_DISCONNECTED, CAMPAIGN_BOUNCE_BREACH and their like.

    It has no time, so a repeated delivery looks like a second alert.
    """

    account_id: int | None = attrs.field(
        default=None, metadata=wire("accountId", "account_id", "data.account_id", "email_account_id")
    )
    email: str | None = attrs.field(default=None, metadata=wire("email", "data.email"))
    error: str | None = attrs.field(default=None, metadata=wire("error", "data.reason"))
    title: str | None = None
    message: str | None = None


LEAD_EVENTS: dict[str, type[LeadEvent]] = {
    "EMAIL_SENT": EmailSent,
    "FIRST_EMAIL_SENT": EmailSent,
    "EMAIL_OPEN": EmailOpened,
    "EMAIL_LINK_CLICK": LinkClicked,
    "EMAIL_REPLY": EmailReplied,
    "EMAIL_BOUNCE": EmailBounced,
    "LEAD_UNSUBSCRIBED": LeadUnsubscribed,
    "LEAD_CATEGORY_UPDATED": LeadCategoryUpdated,
}

OTHER_EVENTS: dict[str, type[Event]] = {
    "UNTRACKED_REPLIES": UntrackedReply,
    "EMAIL_ACCOUNT_DISCONNECTED": Alert,
    "LINKEDIN_DISCONNECTED": Alert,
    "CAMPAIGN_BOUNCE_BREACH": Alert,
}
