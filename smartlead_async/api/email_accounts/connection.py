"""Requests that suspend, delete, reconnect and disconnect mailboxes."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ...fields import Length, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ..acknowledgement import Acknowledgement


@attrs.frozen
class EmailAccountSuspension:
    """The suspension state of a mailbox after it was suspended or unsuspended.

    ``account_id`` and ``is_suspended`` are ``None`` if SmartLead returned a bare acknowledgement.
    """

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = None
    account_id: int | None = attrs.field(default=None, metadata=wire("data.accountId"))
    is_suspended: bool | None = attrs.field(default=None, metadata=wire("data.isSuspended"))


@attrs.frozen
class EmailAccountDeleted:
    """The result of deleting a mailbox."""

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
    """Suspend a mailbox: nothing is sent from it until it is unsuspended.

    One request. An unknown mailbox raises :class:`BadRequest`. Example::

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
    """Unsuspend a mailbox, so that it sends again. The HTTP method is DELETE, but nothing is deleted.

    One request. An unknown mailbox raises :class:`BadRequest`. Example::

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
    """Delete a mailbox from SmartLead and from all its campaigns; its warmup ends.

    One request. :class:`NotFound` (``ACCOUNT_NOT_FOUND``) means that it is already deleted. Example::

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
    """Delete several mailboxes from SmartLead and from all their campaigns.

    One request. Not verified: only one third-party source documents it. Example::

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
    """Reconnect every mailbox that lost its connection.

    One request, allowed three times in 24 hours: the fourth raises :class:`APIError` with status 406.
    :class:`NotFound` means that no mailbox had lost its connection. A lost response raises
    :class:`OutcomeUnknown`, since the request may have counted. Example::

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
    """Disconnect a mailbox from Google. No operation of the API connects it again without a new token.

    One request. Not verified: only one third-party source documents it. Example::

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
    """Disconnect a mailbox from Microsoft. No operation of the API connects it again without a new token.

    One request. Not verified: only one third-party source documents it. Example::

        await client.email_accounts.disconnect_microsoft(501)
    """

    email_account_id: int


class ConnectionMethods(Resource):
    """The connection methods of ``client.email_accounts``."""

    suspend = endpoint(SuspendEmailAccount)
    unsuspend = endpoint(UnsuspendEmailAccount)
    delete = endpoint(DeleteEmailAccount)
    bulk_delete = endpoint(BulkDeleteEmailAccounts)
    reconnect_failed = endpoint(ReconnectFailedEmailAccounts)
    disconnect_google = endpoint(DisconnectGoogle)
    disconnect_microsoft = endpoint(DisconnectMicrosoft)
