"""Email accounts: the mailboxes that campaigns send from, and their warmup."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import attrs

from ._fields import Between, OneOf, mask, wire

# --- what is sent ------------------------------------------------------------------------------------


class EmailProvider(enum.StrEnum):
    """Who hosts a mailbox."""

    GMAIL = "GMAIL"
    OUTLOOK = "OUTLOOK"
    SMTP = "SMTP"


class OAuthProvider(enum.StrEnum):
    """With whom a mailbox can be connected by OAuth."""

    GMAIL = "GMAIL"
    OUTLOOK = "OUTLOOK"


class WarmupFilter(enum.StrEnum):
    """By which state of their warmup the mailboxes can be listed."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class TokenType(enum.StrEnum):
    """The kind of an OAuth token."""

    BEARER = "Bearer"


@attrs.frozen
class MailboxToken:
    """The OAuth token of a mailbox that is saved with its hosts; never shown in a repr.

    ``expiry_date`` is unix time in milliseconds.
    """

    scope: str
    expiry_date: int
    access_token: str | None = attrs.field(default=None, repr=mask)
    refresh_token: str | None = attrs.field(default=None, repr=mask)
    id_token: str | None = attrs.field(default=None, repr=mask)


@attrs.frozen
class OAuthToken:
    """The token that Google or Microsoft gave you for a mailbox; never shown in a repr.

    ``expiry_date`` is unix time in milliseconds, ``expires_in`` and ``ext_expires_in`` are seconds.
    Example::

        OAuthToken("https://mail.google.com/", "Bearer", 1798761600000, refresh_token=token)
    """

    scope: str
    token_type: TokenType | str = attrs.field(validator=OneOf(TokenType))
    expiry_date: int
    access_token: str | None = attrs.field(default=None, repr=mask)
    refresh_token: str | None = attrs.field(default=None, repr=mask)
    id_token: str | None = attrs.field(default=None, repr=mask)
    expiry: str | None = None
    expires_on: str | int | None = None
    expires_in: int | None = None
    ext_expires_in: int | None = None


@attrs.frozen
class FetchMessagesInput:
    """Which messages of one mailbox to fetch: the newest ``limit`` (1 to 500) between two instants."""

    account_id: int
    limit: int | None = attrs.field(default=None, validator=Between(1, 500))
    folder: str | None = None
    include_body: bool | None = attrs.field(default=None, metadata=wire("includeBody"))
    from_time: dt.datetime | None = attrs.field(default=None, metadata=wire("from"))
    to_time: dt.datetime | None = attrs.field(default=None, metadata=wire("to"))


# --- what comes back ---------------------------------------------------------------------------------


class EmailAccountType(enum.StrEnum):
    """How SmartLead reaches a mailbox."""

    SMTP = "SMTP"
    GMAIL = "GMAIL"
    ZOHO = "ZOHO"
    OUTLOOK = "OUTLOOK"


class WarmupStatus(enum.StrEnum):
    """Whether a mailbox is being warmed up."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    PAUSED = "PAUSED"


@attrs.frozen
class EmailAccountTag:
    """A tag on email accounts."""

    id: int
    name: str
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
    """A mailbox as SmartLead keeps it.

    SmartLead sends the passwords along; they are here and never in a repr. ``message_per_day`` is what Update
    calls ``max_email_per_day``, and ``min_time_to_wait_in_mins`` what it calls ``time_to_wait_in_mins``.
    ``campaign_ids`` and ``tags`` are filled only when asked for. Example::

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
    password: str | None = attrs.field(default=None, repr=mask)
    smtp_host: str | None = None
    smtp_port: int | None = None
    smtp_port_type: str | None = None
    is_different_imap_account: bool | None = None
    imap_username: str | None = None
    imap_password: str | None = attrs.field(default=None, repr=mask)
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


@attrs.frozen
class EmailAccountSuspension:
    """Whether a mailbox is suspended now. The two facts are ``None`` where SmartLead only said yes."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = None
    account_id: int | None = attrs.field(default=None, metadata=wire("data.accountId"))
    is_suspended: bool | None = attrs.field(default=None, metadata=wire("data.isSuspended"))


@attrs.frozen
class EmailAccountDeleted:
    """The mailbox has left SmartLead and all its campaigns."""

    ok: bool = True
    message: str | None = None
    email_account_id: int | None = attrs.field(default=None, metadata=wire("emailAccountId"))


@attrs.frozen
class EmailAccountSaved:
    """The mailbox is in SmartLead, under this ``id``.

    ``warmup_key`` is the word that marks its warmup mails. The rest is ``None`` where SmartLead does not
    tell it.
    """

    id: int = attrs.field(metadata=wire("emailAccountId", "data.id", "id"))
    ok: bool = True
    message: str | None = None
    warmup_key: str | None = attrs.field(default=None, metadata=wire("warmupKey"))
    from_email: str | None = attrs.field(default=None, metadata=wire("data.from_email"))
    type: EmailAccountType | str | None = attrs.field(default=None, metadata=wire("data.type"))
    is_smtp_success: bool | None = attrs.field(default=None, metadata=wire("data.is_smtp_success"))
    is_imap_success: bool | None = attrs.field(default=None, metadata=wire("data.is_imap_success"))
    warmup_details: dict[str, Any] | None = attrs.field(default=None, metadata=wire("data.warmup_details"))


@attrs.frozen
class WarmupUpdated:
    """The warmup settings are saved."""

    ok: bool = True
    message: str | None = None
    email_account_id: int | None = attrs.field(default=None, metadata=wire("emailAccountId"))
    warmup_key: str | None = attrs.field(default=None, metadata=wire("warmupKey"))


@attrs.frozen
class WarmupDay:
    """The warmup mails of one day."""

    date: dt.date | None = None
    id: int | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "sent"))
    reply_count: int | None = attrs.field(default=None, metadata=wire("reply_count", "replied"))
    save_from_spam_count: int | None = None
    spam_count: int | None = attrs.field(default=None, metadata=wire("spam_count", "spam"))
    delivered_count: int | None = attrs.field(default=None, metadata=wire("delivered_count", "delivered"))
    opened_count: int | None = attrs.field(default=None, metadata=wire("opened_count", "opened"))


@attrs.frozen
class WarmupStats:
    """The warmup of a mailbox over the last seven days.

    ``reputation_score`` is in percent. A counter that SmartLead did not send is ``None``. Example::

        stats = await client.email_accounts.warmup_stats(501)
        print(stats.inbox_count, "of", stats.sent_count, "reached the inbox")
    """

    id: int | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "total_sent"))
    spam_count: int | None = None
    inbox_count: int | None = None
    warmup_email_received_count: int | None = None
    reputation_score: float | None = None
    stats_by_date: list[WarmupDay] = attrs.field(factory=list, metadata=wire("stats_by_date", "daily_stats"))
