"""Requests that add mailboxes and change their settings."""

from __future__ import annotations

import enum
from typing import Any

import attrs

from ...fields import NOT_GIVEN, Between, NotGiven, OneOf, mask, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ...typed import Typed
from ..acknowledgement import Acknowledgement
from .models import EmailAccountType, EmailProvider


class OAuthProvider(enum.StrEnum):
    """A provider whose mailboxes can be connected by OAuth."""

    GMAIL = "GMAIL"
    OUTLOOK = "OUTLOOK"


class TokenType(enum.StrEnum):
    """The type of an OAuth token."""

    BEARER = "Bearer"


@attrs.frozen
class MailboxToken(Typed):
    """The OAuth token of a mailbox that is saved with its servers; its secrets are masked in reprs.

    ``expiry_date`` is Unix time in milliseconds.
    """

    scope: str
    expiry_date: int
    access_token: str | None = attrs.field(default=None, repr=mask)
    refresh_token: str | None = attrs.field(default=None, repr=mask)
    id_token: str | None = attrs.field(default=None, repr=mask)


@attrs.frozen
class OAuthToken(Typed):
    """The token that Google or Microsoft issued for a mailbox; its secrets are masked in reprs.

    ``expiry_date`` is Unix time in milliseconds, ``expires_in`` and ``ext_expires_in`` are seconds. Example::

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
class EmailAccountSaved:
    """The result of adding or changing a mailbox; ``id`` is that of the mailbox.

    ``warmup_key`` is the word that marks its warmup emails. Attributes that SmartLead did not return are
    ``None``.
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
class SaveEmailAccount(
    Request[EmailAccountSaved],
    method="POST",
    path="/email-accounts/save",
    effect=Effect.WRITE,
    repeatable=False,
    page="email-accounts/add-smtp",
    min_timeout=120.0,
):
    """Add a mailbox by its SMTP and IMAP servers, or change the one with the given ``id``.

    With ``warmup_enabled``, SmartLead sends warmup emails from it every day.

    One request; SmartLead logs in to both servers before it responds, so it may take up to two minutes. An
    address that exists already is refused (``ACCOUNT_ALREADY_EXIST``), and so is a failed login
    (``ACCOUNT_VERIFICATION_FAILED``), both usually as :class:`BadRequest`. Without an ``id`` a lost response
    raises :class:`OutcomeUnknown`: look the address up before you try again. ``time_to_wait_in_mins`` is the
    time between two emails. Passwords and tokens are masked in the repr. Example::

        saved = await client.email_accounts.save(
            from_name="Ada Example", from_email="ada@sender.example", user_name="ada@sender.example",
            password=password, smtp_host="smtp.sender.example", smtp_port=587,
            imap_host="imap.sender.example", imap_port=993, warmup_enabled=True,
        )
    """

    from_name: str = attrs.field(kw_only=True)
    from_email: str = attrs.field(kw_only=True)
    user_name: str = attrs.field(kw_only=True)
    password: str = attrs.field(kw_only=True, repr=mask)
    smtp_host: str = attrs.field(kw_only=True)
    smtp_port: int = attrs.field(kw_only=True)
    imap_host: str = attrs.field(kw_only=True)
    imap_port: int = attrs.field(kw_only=True)
    warmup_enabled: bool = attrs.field(kw_only=True)
    id: int | None = attrs.field(default=None, kw_only=True)
    smtp_port_type: str | None = attrs.field(default=None, kw_only=True)
    imap_user_name: str | None = attrs.field(default=None, kw_only=True)
    imap_password: str | None = attrs.field(default=None, kw_only=True, repr=mask)
    type: EmailProvider | str | None = attrs.field(default=None, kw_only=True, validator=OneOf(EmailProvider))
    token: MailboxToken | None = attrs.field(default=None, kw_only=True, repr=mask)
    different_reply_to_address: str | None = attrs.field(default=None, kw_only=True)
    is_suspended: bool | None = attrs.field(default=None, kw_only=True)
    max_email_per_day: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    custom_tracking_url: str | None = attrs.field(default=None, kw_only=True)
    bcc: str | None = attrs.field(default=None, kw_only=True)
    time_to_wait_in_mins: int | None = attrs.field(default=None, kw_only=True)
    signature: str | None = attrs.field(default=None, kw_only=True)
    total_warmup_per_day: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 50))
    daily_rampup: int | None = attrs.field(default=None, kw_only=True)
    reply_rate_percentage: int | None = attrs.field(default=None, kw_only=True, validator=Between(0, 100))
    client_id: int | NotGiven | None = attrs.field(default=NOT_GIVEN, kw_only=True)

    @property
    def effect(self) -> Effect:
        """Sending if the warmup is turned on, writing otherwise."""
        return Effect.SEND if self.warmup_enabled else Effect.WRITE

    @property
    def is_repeatable(self) -> bool:
        """True if a mailbox is changed, false if one is added."""
        return self.id is not None


@attrs.frozen
class SaveOAuthEmailAccount(
    Request[EmailAccountSaved],
    method="POST",
    path="/email-accounts/save-oauth",
    effect=Effect.WRITE,
    repeatable=False,
    page="email-accounts/add-oauth",
    min_timeout=120.0,
):
    """Add a Google or Microsoft mailbox by its OAuth token, or change the one with the given ``id``.

    With ``warmup_enabled``, SmartLead sends warmup emails from it every day.

    One request; SmartLead logs in before it responds, so it may take up to two minutes. An expired token
    raises :class:`BadRequest`. Without an ``id`` a lost response raises :class:`OutcomeUnknown`. Example::

        saved = await client.email_accounts.save_oauth(
            from_name="Ada Example", from_email="ada@sender.example", username="ada@sender.example",
            type="GMAIL", token=OAuthToken(scope, "Bearer", 1798761600000, refresh_token=token),
            warmup_enabled=True, use_whitelabel_credentials=False,
        )
    """

    from_name: str = attrs.field(kw_only=True)
    from_email: str = attrs.field(kw_only=True)
    username: str = attrs.field(kw_only=True)
    type: OAuthProvider | str = attrs.field(kw_only=True, validator=OneOf(OAuthProvider))
    token: OAuthToken = attrs.field(kw_only=True, repr=mask)
    warmup_enabled: bool = attrs.field(kw_only=True)
    use_whitelabel_credentials: bool = attrs.field(kw_only=True)
    id: int | None = attrs.field(default=None, kw_only=True)
    max_email_per_day: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    custom_tracking_url: str | None = attrs.field(default=None, kw_only=True)
    bcc: str | None = attrs.field(default=None, kw_only=True)
    time_to_wait_in_mins: int | None = attrs.field(default=None, kw_only=True)
    signature: str | None = attrs.field(default=None, kw_only=True)
    total_warmup_per_day: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 50))
    daily_rampup: int | None = attrs.field(default=None, kw_only=True)
    reply_rate_percentage: int | None = attrs.field(default=None, kw_only=True, validator=Between(0, 100))
    client_id: int | NotGiven | None = attrs.field(default=NOT_GIVEN, kw_only=True)

    @property
    def effect(self) -> Effect:
        """Sending if the warmup is turned on, writing otherwise."""
        return Effect.SEND if self.warmup_enabled else Effect.WRITE

    @property
    def is_repeatable(self) -> bool:
        """True if a mailbox is changed, false if one is added."""
        return self.id is not None


@attrs.frozen
class UpdateEmailAccount(
    Request[Acknowledgement],
    method="POST",
    path="/email-accounts/{email_account_id}",
    effect=Effect.WRITE,
    repeatable=True,
    page="email-accounts/update",
):
    """Change the settings of a mailbox, which sends emails again with ``is_suspended=False``.

    Fields that are left out keep their values. One request. Passwords and servers are changed through
    ``save``. ``max_email_per_day=0`` stops its sending; ``time_to_wait_in_mins`` is the time between two
    emails; ``client_id=None`` removes it from its client. Example::

        await client.email_accounts.update(501, max_email_per_day=40)
    """

    email_account_id: int
    max_email_per_day: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    from_name: str | None = attrs.field(default=None, kw_only=True)
    custom_tracking_url: str | None = attrs.field(default=None, kw_only=True)
    bcc: str | None = attrs.field(default=None, kw_only=True)
    signature: str | None = attrs.field(default=None, kw_only=True)
    client_id: int | NotGiven | None = attrs.field(default=NOT_GIVEN, kw_only=True)
    time_to_wait_in_mins: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    is_suspended: bool | None = attrs.field(default=None, kw_only=True)


class SaveMethods(Resource):
    """The save methods of ``client.email_accounts``."""

    save = endpoint(SaveEmailAccount)
    save_oauth = endpoint(SaveOAuthEmailAccount)
    update = endpoint(UpdateEmailAccount)
