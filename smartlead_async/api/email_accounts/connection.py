"""api.email_accounts.connection."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ...fields import Length, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ..acknowledgement import Acknowledgement


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


class ConnectionMethods(Resource):
    """The connection part of ``client.email_accounts``."""

    suspend = endpoint(SuspendEmailAccount)
    unsuspend = endpoint(UnsuspendEmailAccount)
    delete = endpoint(DeleteEmailAccount)
    bulk_delete = endpoint(BulkDeleteEmailAccounts)
    reconnect_failed = endpoint(ReconnectFailedEmailAccounts)
    disconnect_google = endpoint(DisconnectGoogle)
    disconnect_microsoft = endpoint(DisconnectMicrosoft)
