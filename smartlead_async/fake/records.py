"""Records of an account beside its campaigns: inbox, notes, tasks, tags, lists, blocked domains, keys."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import attrs

from .state import Mail


@attrs.define(eq=False)
class ScheduledReply:
    """A reply from the inbox: the mail, and when it is sent."""

    mail: Mail
    at: float
    answered_message_id: str | None = None
    """The message that it answers, if the request named it."""


@attrs.define(eq=False)
class InboxEntry:
    """The data of the inbox on a lead of a campaign, beside its mails."""

    is_important: bool = False
    is_archived: bool = False
    snoozed_until: float | None = None
    reminder_time: float | None = None
    reminder_message: str | None = None
    team_member_id: int | None = None
    revenue: float = 0.0
    sub_sequence_id: int | None = None
    scheduled: list[ScheduledReply] = attrs.field(factory=list)


@attrs.define(eq=False)
class Note:
    """A note about a lead."""

    id: int
    lead_id: int
    message: str
    created_at: float


@attrs.define(eq=False)
class Task:
    """A task about a lead."""

    id: int
    lead_id: int
    name: str
    created_at: float
    description: str | None = None
    priority: str = "MEDIUM"
    due_date: str | None = None


@attrs.define(eq=False)
class Tag:
    """A tag of mailboxes, leads and lists."""

    id: int
    name: str
    color: str = "#B1FCCF"


@attrs.define(eq=False)
class LeadList:
    """A list of leads."""

    id: int
    name: str
    created_at: float
    updated_at: float
    lead_ids: dict[int, None] = attrs.field(factory=dict)
    tag_ids: dict[int, None] = attrs.field(factory=dict)


@attrs.define(eq=False)
class ClientKey:
    """An API key of a client."""

    id: int
    client_id: int
    name: str
    api_key: str = attrs.field(repr=False)
    created_at: float
    resets: int = 0


@attrs.define(eq=False)
class BlockedEntry:
    """An address or a domain that gets no mail."""

    id: int
    email_or_domain: str
    created_at: float
    source: str = "manual"
    client_id: int | None = None


class BlockList:
    """The global block list of an account: addresses and domains, in lower case."""

    def __init__(self) -> None:
        self._ids = itertools.count(228)
        self._by_name: dict[str, BlockedEntry] = {}

    def add(
        self, name: str, *, at: float = 0.0, source: str = "manual", client_id: int | None = None
    ) -> bool:
        """Add an address or a domain, and return whether it is new."""
        name = name.strip().lower().lstrip("@")
        if name in self._by_name:
            return False
        self._by_name[name] = BlockedEntry(next(self._ids), name, at, source, client_id)
        return True

    def discard(self, entry: BlockedEntry) -> None:
        """Remove an entry."""
        del self._by_name[entry.email_or_domain]

    def blocks(self, email: str, client_id: int | None) -> bool:
        """Return whether campaigns of a client may not write to an address."""
        if not self._by_name:
            return False
        email = email.lower()
        entries = (self._by_name.get(name) for name in (email, email.partition("@")[2]))
        return any(entry is not None and entry.client_id in {None, client_id} for entry in entries)

    def __iter__(self) -> Iterator[BlockedEntry]:
        return iter(self._by_name.values())
