"""One validated request, as a handler gets it."""

from __future__ import annotations

from typing import Any

from .accounts import Access, Account
from .clock import timestamp
from .mail_log import MailLog
from .replies import Refusal, campaign_not_found
from .state import Campaign, EmailAccount
from .world import World


def as_number(given: Any) -> int:
    """Return an id that may be given as a string; 0, which no object has, if it is no number."""
    return int(given) if str(given).isdigit() else 0


class Call:
    """A parsed and validated request, with the account of its API key.

    ``ids`` are the path parameters in their order; ``query`` and ``body`` contain only the fields that were
    sent, under their names on the wire.
    """

    __slots__ = ("access", "account", "body", "ids", "now", "query", "world")

    def __init__(
        self, world: World, access: Access, ids: tuple[Any, ...], query: dict[str, Any], body: Any
    ) -> None:
        self.world = world
        self.access = access
        self.account: Account = access.account
        self.ids = ids
        self.query = query
        self.body = body
        self.now = world.clock.wall()

    @property
    def campaign(self) -> Campaign:
        """The campaign named by the first id of the path; raises a 404 if there is none."""
        campaign = self.access.campaign(self.ids[0])
        if campaign is None:
            raise campaign_not_found()
        return campaign

    def email_account(self, not_found: Any, status: int = 404) -> EmailAccount:
        """Return the mailbox named by the first id of the path, or raise a refusal with that body."""
        mailbox = self.access.email_account(self.ids[0])
        if mailbox is None:
            raise Refusal(status, not_found)
        return mailbox

    def number(self, field: str, default: int) -> int:
        """Return a number of the body; the default if it is missing or null."""
        value = self.body.get(field)
        return default if value is None else value

    @property
    def log(self) -> MailLog:
        """The log of mails of the account."""
        return MailLog(self.world, self.account)

    @property
    def timestamp(self) -> str:
        """The present time as SmartLead formats it."""
        return timestamp(self.now)
