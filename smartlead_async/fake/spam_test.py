"""Records of spam tests. All reports of a test are counted from the mails of its runs."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import attrs

SPAM_TEST_SECONDS: Final = 72 * 60
"""A test is COMPLETED after so long, whatever has arrived."""
PROVIDERS: Final = {27: "Gmail", 28: "Outlook"}
"""The providers of the contract's example. Each has the same number of seed accounts."""
REGION: Final = (4, "North America")
GROUP: Final = (14, "Personal")
"""The region and the group that both providers belong to."""
_SEEDS: Final = 8
_SPAM, _TAB = 20, 8
"""Every 20th mail of a run is in the spam folder, and every eighth of the others in a tab."""
_MOST_MAILS: Final = 1_000_000


@attrs.frozen
class SeedMail:
    """A mail of a run to a seed account. ``number`` counts the mails of the run in the order of arrival."""

    id: int
    number: int
    sender: str
    provider_id: int
    seed: int

    @property
    def seed_id(self) -> int:
        """The id of the seed account."""
        return 100 * self.provider_id + self.seed

    @property
    def to_email(self) -> str:
        """The address of the seed account."""
        return f"seed{self.seed}@{PROVIDERS[self.provider_id].lower()}.example"

    @property
    def domain(self) -> str:
        """The domain of the sender."""
        return self.sender.rpartition("@")[2]

    @property
    def placement(self) -> str:
        """The counter that it belongs to: ``spam_count``, ``tab_count`` or ``inbox_count``."""
        if self.number % _SPAM == 0:
            return "spam_count"
        return "tab_count" if self.number % _TAB == 0 else "inbox_count"


def placement_of(mails: Iterable[SeedMail]) -> dict[str, int]:
    """Return how many mails are where."""
    counts = collections.Counter(mail.placement for mail in mails)
    names = ("inbox_count", "tab_count", "spam_count")
    return {name: counts[name] for name in names} | {"adjusted_total_email_count": counts.total()}


@attrs.define(eq=False)
class SpamTest:
    """A spam test. ``runs`` are the times at which its runs began."""

    id: int
    body: dict[str, Any]
    is_automated: bool
    runs: list[float]
    created_at: float
    client_id: int | None = None
    """The client whose key created it."""
    ends_at: float | None = None
    """The last time at which a run of an automated test may begin."""
    stopped: bool = False

    def status(self, now: float) -> str:
        """Return the status at a moment."""
        if self.stopped:
            return "STOPPED"
        if self.is_automated:
            return "ACTIVE" if self.ends_at is None or now < self.ends_at else "COMPLETED"
        return "ACTIVE" if now < self.created_at + SPAM_TEST_SECONDS else "COMPLETED"

    @property
    def senders(self) -> list[str]:
        """The addresses that its mails are sent from, without repetitions."""
        senders: Iterable[str] = self.body["sender_accounts"]
        return list(dict.fromkeys(senders))

    @property
    def providers(self) -> list[int]:
        """The ids of the providers that its mails are sent to, without repetitions."""
        numbers: Iterable[int] = self.body["provider_ids"]
        return list(dict.fromkeys(numbers))

    @property
    def total(self) -> int:
        """The number of mails of a run."""
        return len(self.senders) * len(self.providers) * _SEEDS

    def arrived(self, now: float, run: int | None = None) -> list[SeedMail]:
        """Return the mails of a run (counted from 1; without it the newest one) that have arrived by now."""
        number = len(self.runs) if run is None else run
        if number == 0:
            return []
        progress = max(0.0, min(1.0, (now - self.runs[number - 1]) / SPAM_TEST_SECONDS))
        count = int(self.total * progress)
        return [mail for mail in self._mails(number) if mail.number <= count]

    def all_arrived(self, now: float) -> Iterator[SeedMail]:
        """Yield the mails of all runs that have arrived by now."""
        for run in range(1, len(self.runs) + 1):
            yield from self.arrived(now, run)

    def _mails(self, run: int) -> Iterator[SeedMail]:
        number, first_id = 0, _MOST_MAILS * self.id + (run - 1) * self.total
        for seed in range(1, _SEEDS + 1):
            for sender in self.senders:
                for provider in self.providers:
                    number += 1
                    yield SeedMail(first_id + number, number, sender, provider, seed)

    def by_sender(
        self, now: float, row: Callable[[SeedMail], dict[str, Any]]
    ) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield each sender with a row for each of its mails that arrived in the newest run."""
        mails = self.arrived(now)
        for sender in self.senders:
            yield sender, [row(mail) for mail in mails if mail.sender == sender]
