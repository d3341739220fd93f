"""Requests that read mailboxes and their tags."""

from __future__ import annotations

import attrs

from ...fields import Between, OneOf, wire
from ...paging import OffsetPaged
from ...request import Effect, Request
from ...resource import Resource, endpoint, pages
from .models import EmailAccount, EmailAccountTag, EmailProvider, WarmupFilter


@attrs.frozen
class ListEmailAccounts(
    OffsetPaged[EmailAccount],
    method="GET",
    path="/email-accounts/",
    effect=Effect.READ,
    repeatable=True,
    page="email-accounts/get-all",
):
    """List the mailboxes of the account, up to 100 a page.

    ``list`` returns one page for one request; ``iter_all`` iterates over all pages, one request for each
    page, and ends at the first page that is not full. ``username`` matches parts of addresses;
    ``fetch_campaigns`` fills ``EmailAccount.campaign_ids``. SmartLead returns the passwords; reprs mask them.
    Example::

        async for account in client.email_accounts.iter_all(is_smtp_success=False):
            print(account.from_email, account.smtp_failure_error)
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 100))
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
    """Return a mailbox with its warmup.

    One request. ``fetch_campaigns`` fills ``campaign_ids``, ``fetch_tags`` fills ``tags``. SmartLead returns
    passwords in clear text; reprs mask them. Example::

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
    """List all tags that mailboxes can have.

    One request. Example::

        tags = await client.email_accounts.tags()
    """


class ReadMethods(Resource):
    """The read methods of ``client.email_accounts``."""

    list = endpoint(ListEmailAccounts)
    iter_all = pages(ListEmailAccounts)
    get = endpoint(GetEmailAccount)
    tags = endpoint(ListEmailAccountTags)
