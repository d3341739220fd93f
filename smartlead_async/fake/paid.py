"""Records of what costs credits or money: spam tests, prospect searches, orders."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

import attrs

from .spam_test import SpamTest

FETCH_SECONDS: Final = 120
_UNLIMITED: Final = 1_000_000
ORDER_SECONDS: Final = 8 * 3600


@attrs.define(eq=False)
class Folder:
    """A folder of spam tests."""

    id: int
    name: str
    created_at: float


@attrs.define(eq=False)
class Search:
    """A search for contacts, with the contacts that were fetched and when."""

    id: int
    filters: dict[str, Any]
    created_at: float
    name: str
    is_saved: bool = False
    fetched: dict[str, float] = attrs.field(factory=dict)


@attrs.define(eq=False)
class Order:
    """An order of domains and mailboxes."""

    id: str
    body: dict[str, Any]
    created_at: float

    def status(self, now: float) -> str:
        """Return the status at a moment."""
        return "Completed" if now >= self.created_at + ORDER_SECONDS else "Payment Pending"


class PaidIds:
    """The counters of ids of what is bought."""

    def __init__(self) -> None:
        self.folder: Iterator[int] = itertools.count(31)
        self.spam_test: Iterator[int] = itertools.count(9101)
        self.search: Iterator[int] = itertools.count(327105)
        self.order: Iterator[int] = itertools.count(895001)


@attrs.define(eq=False)
class Purchases:
    """Purchases of an account, and the credits that are left; None is without a limit.

    A run of a spam test costs one of the ``test_credits``, and each address that is fetched or found one of
    the ``prospect_credits``. Example::

        fake.account.paid.prospect_credits = 25
    """

    test_credits: int | None = None
    prospect_credits: int | None = None
    prospect_credits_used: int = 0
    ids: PaidIds = attrs.field(factory=PaidIds, repr=False)
    folders: dict[int, Folder] = attrs.field(factory=dict)
    spam_tests: dict[int, SpamTest] = attrs.field(factory=dict)
    searches: dict[int, Search] = attrs.field(factory=dict)
    orders: dict[str, Order] = attrs.field(factory=dict)

    def prospect_figures(self) -> dict[str, int]:
        """Return the credits for addresses: in total, used and available; a million if they are unlimited."""
        left = _UNLIMITED if self.prospect_credits is None else self.prospect_credits
        used = self.prospect_credits_used
        return {"available": left, "total": left + used, "used": used}

    def take_test_credit(self) -> bool:
        """Take the credit for a run of a spam test, and return whether there was one."""
        if self.test_credits is None:
            return True
        if self.test_credits < 1:
            return False
        self.test_credits -= 1
        return True

    def take_prospect_credits(self, count: int) -> bool:
        """Take credits for addresses, and return whether there were so many."""
        if self.prospect_credits is not None:
            if self.prospect_credits < count:
                return False
            self.prospect_credits -= count
        self.prospect_credits_used += count
        return True
