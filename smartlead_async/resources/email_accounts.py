"""Email accounts: the mailboxes that campaigns send from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from ..models._fields import NOT_GIVEN, Between, Length, NotGiven, OneOf, mask, wire
from ..models.common import Acknowledgement
from ..models.email_accounts import (
    EmailAccount,
    EmailAccountDeleted,
    EmailAccountSaved,
    EmailAccountSuspension,
    EmailAccountTag,
    EmailProvider,
    FetchMessagesInput,
    MailboxToken,
    OAuthProvider,
    OAuthToken,
    WarmupFilter,
    WarmupStats,
    WarmupUpdated,
)
from ..request import Effect, OffsetPaged, Request, whole_body
from ._resource import Resource, endpoint, pages


@attrs.frozen
class ListEmailAccounts(
    OffsetPaged[list[EmailAccount], EmailAccount],
    method="GET",
    path="/email-accounts/",
    effect=Effect.READ,
    repeatable=True,
    page="email-accounts/get-all",
):
    """The mailboxes of the account, up to 100 a page.

    ``list`` gives one page for one request; ``iter_all`` walks them all, one request for each page, and ends
    at the first page that is not full. ``username`` finds parts of addresses; ``fetch_campaigns`` fills
    ``EmailAccount.campaign_ids``. SmartLead sends the passwords along; no repr shows them. Example::

        async for account in client.email_accounts.iter_all(is_smtp_success=False):
            print(account.from_email, account.smtp_failure_error)
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 100))
    is_in_use: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("isInUse"))
    email_warmup_status: WarmupFilter | str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("emailWarmupStatus"), validator=OneOf(WarmupFilter)
    )
    is_smtp_success: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("isSmtpSuccess"))
    is_warmup_blocked: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("isWarmupBlocked"))
    esp: EmailProvider | str | None = attrs.field(default=None, kw_only=True, validator=OneOf(EmailProvider))
    username: str | None = attrs.field(default=None, kw_only=True)
    client_id: int | None = attrs.field(default=None, kw_only=True)
    fetch_campaigns: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetEmailAccount(
    Request[EmailAccount],
    method="GET",
    path="/email-accounts/{email_account_id}/",
    effect=Effect.READ,
    repeatable=True,
    page="email-accounts/get-by-id",
):
    """One mailbox, with its warmup.

    One request. ``fetch_campaigns`` fills ``campaign_ids``, ``fetch_tags`` the tags. Passwords come in clear
    text; no repr shows them. Example::

        account = await client.email_accounts.get(501)
    """

    email_account_id: int
    fetch_campaigns: bool | None = attrs.field(default=None, kw_only=True)
    fetch_tags: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class ListEmailAccountTags(
    Request[list[EmailAccountTag]],
    method="GET",
    path="/email-accounts/tags",
    effect=Effect.READ,
    repeatable=True,
    page="email-accounts/tags",
):
    """The tags that mailboxes can have, in one list.

    One request. Example::

        tags = await client.email_accounts.tags()
    """


@attrs.frozen
class SaveEmailAccount(
    Request[EmailAccountSaved],
    method="POST",
    path="/email-accounts/save",
    effect=Effect.WRITE,
    repeatable=False,
    page="email-accounts/add-smtp",
    patience=120.0,
):
    """Add a mailbox by its SMTP and IMAP servers, or change the one with this ``id``.

    One request; SmartLead logs in to both servers meanwhile, so it may take up to two minutes. An address
    that is there already is refused (``ACCOUNT_ALREADY_EXIST``), and so is a failed login
    (``ACCOUNT_VERIFICATION_FAILED``), both usually as :class:`BadRequest`. Without an ``id`` a lost answer
    raises :class:`OutcomeUnknown`: look the address up before you try again. ``time_to_wait_in_mins`` is
    between two mails. Passwords and tokens are in no repr. Example::

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
    def is_repeatable(self) -> bool:
        """True for a change, false for a new mailbox."""
        return self.id is not None


@attrs.frozen
class SaveOAuthEmailAccount(
    Request[EmailAccountSaved],
    method="POST",
    path="/email-accounts/save-oauth",
    effect=Effect.WRITE,
    repeatable=False,
    page="email-accounts/add-oauth",
    patience=120.0,
):
    """Add a Google or Microsoft mailbox by its OAuth token, or change the one with this ``id``.

    One request; SmartLead logs in meanwhile, so it may take up to two minutes. A token that has run out is a
    :class:`BadRequest`. Without an ``id`` a lost answer raises :class:`OutcomeUnknown`. Example::

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
    def is_repeatable(self) -> bool:
        """True for a change, false for a new mailbox."""
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
    """Change a mailbox. What is left out stays as it is; passwords and servers change through ``save``.

    One request. ``max_email_per_day=0`` stops its sending; ``time_to_wait_in_mins`` is between two mails;
    ``client_id=None`` takes it from its client. Example::

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


@attrs.frozen
class UpdateWarmup(
    Request[WarmupUpdated],
    method="POST",
    path="/email-accounts/{email_account_id}/warmup",
    effect=Effect.WRITE,
    repeatable=True,
    page="email-accounts/warmup-settings",
):
    """Turn a mailbox's warmup on or off, and set its pace. While it is on, SmartLead sends warmup mails.

    One request. 1 to 50 mails a day, ``daily_rampup`` 5 to 20 more each day, 20 to 100 percent answered.
    Example::

        await client.email_accounts.update_warmup(501, True, total_warmup_per_day=20, daily_rampup=5)
    """

    email_account_id: int
    warmup_enabled: bool
    total_warmup_per_day: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 50))
    daily_rampup: int | None = attrs.field(default=None, kw_only=True, validator=Between(5, 20))
    reply_rate_percentage: int | None = attrs.field(default=None, kw_only=True, validator=Between(20, 100))
    warmup_key_id: str | None = attrs.field(default=None, kw_only=True)
    auto_adjust_warmup: bool | None = attrs.field(default=None, kw_only=True)
    is_rampup_enabled: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetWarmupStats(
    Request[WarmupStats],
    method="GET",
    path="/email-accounts/{email_account_id}/warmup-stats",
    effect=Effect.READ,
    repeatable=True,
    page="email-accounts/warmup-stats",
):
    """How a mailbox's warmup went over the last seven days.

    One request. Example::

        stats = await client.email_accounts.warmup_stats(501)
    """

    email_account_id: int


@attrs.frozen
class SuspendEmailAccount(
    Request[EmailAccountSuspension],
    method="PUT",
    path="/email-accounts/suspend/{email_account_id}",
    effect=Effect.WRITE,
    repeatable=True,
    page="email-accounts/suspend",
):
    """Send nothing from a mailbox until it is unsuspended.

    One request. An unknown mailbox is a :class:`BadRequest` here. Example::

        await client.email_accounts.suspend(501)
    """

    email_account_id: int


@attrs.frozen
class UnsuspendEmailAccount(
    Request[EmailAccountSuspension],
    method="DELETE",
    path="/email-accounts/unsuspend/{email_account_id}",
    effect=Effect.WRITE,
    repeatable=True,
    page="email-accounts/unsuspend",
):
    """Let a suspended mailbox send again. It travels as DELETE, and deletes nothing.

    One request. An unknown mailbox is a :class:`BadRequest` here. Example::

        await client.email_accounts.unsuspend(501)
    """

    email_account_id: int


@attrs.frozen
class DeleteEmailAccount(
    Request[EmailAccountDeleted],
    method="DELETE",
    path="/email-accounts/{email_account_id}",
    effect=Effect.DELETE,
    repeatable=True,
    page="email-accounts/delete",
):
    """Remove a mailbox from SmartLead and from all its campaigns; its warmup ends.

    One request. :class:`NotFound` (``ACCOUNT_NOT_FOUND``) means that it is gone already. Example::

        await client.email_accounts.delete(501)
    """

    email_account_id: int


@attrs.frozen
class BulkDeleteEmailAccounts(
    Request[Acknowledgement],
    method="POST",
    path="/email-accounts/bulk-delete",
    effect=Effect.DELETE,
    repeatable=True,
    verified=False,
):
    """Remove several mailboxes at once.

    One request. Not verified: a single third party shows it. Example::

        await client.email_accounts.bulk_delete([501, 502])
    """

    ids: Sequence[int] = attrs.field(validator=Length(minimum=1))


@attrs.frozen
class ReconnectFailedEmailAccounts(
    Request[Acknowledgement],
    method="POST",
    path="/email-accounts/reconnect-failed-email-accounts",
    effect=Effect.WRITE,
    repeatable=False,
):
    """Try to connect again every mailbox that lost its connection.

    One request, and one of three in 24 hours: the fourth is an :class:`APIError` with status 406.
    :class:`NotFound` means that none had failed. Example::

        await client.email_accounts.reconnect_failed()
    """


@attrs.frozen
class FetchMessages(
    Request[dict[str, Any]],
    method="POST",
    path="/email-accounts/{email_account_id}/fetch-messages",
    effect=Effect.READ,
    repeatable=True,
):
    """The newest messages of a mailbox, as SmartLead answers them: the fields are not documented.

    One request. ``limit`` is 1 to 500, and there are no further pages: narrow the two instants (aware
    datetimes) instead. Example::

        messages = await client.email_accounts.fetch_messages(501, limit=50, include_body=True)
    """

    email_account_id: int
    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 500))
    folder: str | None = attrs.field(default=None, kw_only=True)
    include_body: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("includeBody"))
    from_time: dt.datetime | None = attrs.field(default=None, kw_only=True, metadata=wire("from"))
    to_time: dt.datetime | None = attrs.field(default=None, kw_only=True, metadata=wire("to"))


@attrs.frozen
class FetchMessagesBulk(
    Request[Any],
    method="POST",
    path="/email-accounts/multi/fetch-messages",
    effect=Effect.READ,
    repeatable=True,
):
    """The newest messages of several mailboxes, as SmartLead answers them (a list or an object).

    One request. Example::

        await client.email_accounts.fetch_messages_bulk([FetchMessagesInput(501, limit=50)])
    """

    accounts: Sequence[FetchMessagesInput] = attrs.field(metadata=whole_body())


@attrs.frozen
class DisconnectGoogle(
    Request[Acknowledgement],
    method="POST",
    path="/email-accounts/{email_account_id}/disconnect-google",
    effect=Effect.WRITE,
    repeatable=True,
    verified=False,
):
    """Cut a mailbox's connection with Google.

    One request. Not verified: a single third party shows it. Example::

        await client.email_accounts.disconnect_google(501)
    """

    email_account_id: int


@attrs.frozen
class DisconnectMicrosoft(
    Request[Acknowledgement],
    method="POST",
    path="/email-accounts/{email_account_id}/disconnect-microsoft",
    effect=Effect.WRITE,
    repeatable=True,
    verified=False,
):
    """Cut a mailbox's connection with Microsoft.

    One request. Not verified: a single third party shows it. Example::

        await client.email_accounts.disconnect_microsoft(501)
    """

    email_account_id: int


class EmailAccounts(Resource):
    """``client.email_accounts``: the mailboxes and their warmup.

    Methods give a coroutine; ``iter_all`` gives an async iterator over all pages.
    """

    list = endpoint(ListEmailAccounts)
    iter_all = pages(ListEmailAccounts)
    get = endpoint(GetEmailAccount)
    tags = endpoint(ListEmailAccountTags)
    save = endpoint(SaveEmailAccount)
    save_oauth = endpoint(SaveOAuthEmailAccount)
    update = endpoint(UpdateEmailAccount)
    update_warmup = endpoint(UpdateWarmup)
    warmup_stats = endpoint(GetWarmupStats)
    suspend = endpoint(SuspendEmailAccount)
    unsuspend = endpoint(UnsuspendEmailAccount)
    delete = endpoint(DeleteEmailAccount)
    bulk_delete = endpoint(BulkDeleteEmailAccounts)
    reconnect_failed = endpoint(ReconnectFailedEmailAccounts)
    fetch_messages = endpoint(FetchMessages)
    fetch_messages_bulk = endpoint(FetchMessagesBulk)
    disconnect_google = endpoint(DisconnectGoogle)
    disconnect_microsoft = endpoint(DisconnectMicrosoft)
