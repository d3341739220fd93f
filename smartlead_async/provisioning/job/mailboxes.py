"""The mailboxes that a campaign sends from: resolves addresses and tags to ids, listed once for a job."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import attrs

from ...api.email_accounts.models import EmailAccount
from ...api.email_accounts.read import ListEmailAccounts
from ...errors import ConfigurationError
from ...plan.mailboxes import MailboxChoice
from .client import RequestSender


class NoSuchMailbox(ConfigurationError):
    """The account has no mailbox with this address or tag, or the mailbox cannot send."""


@attrs.define
class MailboxDirectory:
    """The mailboxes of the account, listed on the first lookup of an address or tag: one request per 100."""

    sender: RequestSender
    _by_address: dict[str, EmailAccount] | None = None
    _by_tag: dict[str, list[EmailAccount]] = attrs.field(factory=lambda: defaultdict(list))
    _lock: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    async def ids(self, choice: MailboxChoice) -> tuple[int, ...]:
        """Return the ids of a choice, each once; raise :class:`NoSuchMailbox` for what the account lacks."""
        if not choice.needs_lookup:
            return tuple(dict.fromkeys(choice.ids))
        by_address = await self._listed()
        missing = [a for a in choice.addresses if a.strip().lower() not in by_address]
        if missing:
            raise NoSuchMailbox(f"the account has no mailbox {', '.join(missing)}")
        accounts = [by_address[a.strip().lower()] for a in choice.addresses]
        unfit = [account.from_email for account in accounts if not _can_send(account)]
        if unfit:
            raise NoSuchMailbox(
                f"{', '.join(unfit)} cannot send: suspended, or SMTP or IMAP failed. Reconnect it, or leave "
                "it out of the plan"
            )
        if choice.tag:
            tagged = self._by_tag.get(choice.tag.strip().lower(), [])
            fit = [account for account in tagged if _can_send(account)]
            if not fit:
                why = "none of them can send" if tagged else "no mailbox of the account has it"
                raise NoSuchMailbox(f"the tag {choice.tag!r} gives no mailboxes: {why}")
            accounts += fit
        return tuple(dict.fromkeys([*choice.ids, *(account.id for account in accounts)]))

    async def _listed(self) -> dict[str, EmailAccount]:
        async with self._lock:
            if self._by_address is None:
                found: dict[str, EmailAccount] = {}
                request: ListEmailAccounts | None = ListEmailAccounts()
                while request is not None:
                    page = await self.sender.send(request)
                    for account in request.items(page):
                        found[account.from_email.lower()] = account
                        for tag in account.tags or ():
                            self._by_tag[(tag.name or "").strip().lower()].append(account)
                    request = request.following(page)
                self._by_address = found
            return self._by_address


def _can_send(account: EmailAccount) -> bool:
    return (
        account.is_smtp_success is not False
        and account.is_imap_success is not False
        and not account.is_suspended
    )
