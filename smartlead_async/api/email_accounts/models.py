"""Models of email accounts: the mailboxes that campaigns send from, and their warmup."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from ...fields import Secret, wire


class EmailProvider(enum.StrEnum):
    """The provider that hosts a mailbox."""

    GMAIL = "GMAIL"
    OUTLOOK = "OUTLOOK"
    SMTP = "SMTP"


class WarmupFilter(enum.StrEnum):
    """A warmup state to filter mailboxes by."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class EmailAccountType(enum.StrEnum):
    """The way SmartLead connects to a mailbox."""

    SMTP = "SMTP"
    GMAIL = "GMAIL"
    ZOHO = "ZOHO"
    OUTLOOK = "OUTLOOK"


class WarmupStatus(enum.StrEnum):
    """The warmup state of a mailbox."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    PAUSED = "PAUSED"


@attrs.frozen
class EmailAccountTag:
    """A tag of mailboxes."""

    id: int = attrs.field(metadata=wire("id", "tag_id"))
    name: str | None = attrs.field(default=None, metadata=wire("name", "tag_name"))
    color: str | None = None


@attrs.frozen
class WarmupDetails:
    """The warmup of a mailbox. ``warmup_reputation`` is in percent."""

    id: int | None = None
    status: WarmupStatus | str | None = None
    total_sent_count: int | None = None
    total_spam_count: int | None = None
    warmup_reputation: float | None = None
    warmup_key_id: str | None = None
    warmup_created_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
    reply_rate: float | None = None
    blocked_reason: str | None = None
    warmup_max_count: int | None = None
    warmup_min_count: int | None = None
    is_warmup_blocked: bool | None = None
    max_email_per_day: int | None = None


@attrs.frozen
class EmailAccount:
    """A mailbox as SmartLead stores it.

    SmartLead returns the passwords, which only ``password.reveal()`` shows. ``message_per_day`` and
    ``min_time_to_wait_in_mins`` are the values that ``email_accounts.update`` calls ``max_email_per_day`` and
    ``time_to_wait_in_mins``. ``campaign_ids`` and ``tags`` are filled only on request. Example::

        async for account in client.email_accounts.iter_all(is_smtp_success=False):
            print(account.from_email, account.smtp_failure_error)
    """

    id: int
    from_email: str
    from_name: str | None = None
    type: EmailAccountType | str | None = None
    user_id: int | None = None
    client_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    username: str | None = None
    password: Secret | None = None
    smtp_host: str | None = None
    smtp_port: int | None = None
    smtp_port_type: str | None = None
    is_different_imap_account: bool | None = None
    imap_username: str | None = None
    imap_password: Secret | None = None
    imap_host: str | None = None
    imap_port: int | None = None
    imap_port_type: str | None = None
    is_smtp_success: bool | None = None
    is_imap_success: bool | None = None
    smtp_failure_error: str | None = None
    imap_failure_error: str | None = None
    message_per_day: int | None = None
    daily_sent_count: int | None = None
    min_time_to_wait_in_mins: int | None = attrs.field(default=None, metadata=wire("minTimeToWaitInMins"))
    different_reply_to_address: str | None = None
    signature: str | None = None
    custom_tracking_domain: str | None = None
    bcc_email: str | None = None
    campaign_count: int | None = None
    campaign_ids: list[int] = attrs.field(factory=list)
    is_suspended: bool | None = None
    tags: list[EmailAccountTag] = attrs.field(factory=list)
    warmup_details: WarmupDetails | None = None
    warmup_enabled: bool | None = None
    warmup_reputation: str | None = None
