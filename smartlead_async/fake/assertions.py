"""Assertions on what the fake was asked for and what it has, for the tests of users."""

from __future__ import annotations

import collections
import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from ..request import Request
from .request_log import RequestLog
from .state import Campaign, EmailAccount

_LISTED = 5


class _Inspected(Protocol):
    """The parts of a fake that assertions read."""

    @property
    def campaigns(self) -> dict[int, Campaign]: ...

    @property
    def email_accounts(self) -> dict[int, EmailAccount]: ...

    @property
    def requests(self) -> RequestLog: ...

    @property
    def throttled(self) -> int: ...

    def campaigns_named(self, name: str) -> list[Campaign]: ...

    def assert_created_once(self, name: str) -> Campaign: ...


class Assertions:
    """The assertions of :class:`FakeSmartlead`.

    Each fails with an AssertionError that says what the fake has instead. Example::

        fake.assert_created_once("Dentists in Oslo Q1 2027")
        fake.assert_requests(AddLeads, 1)
    """

    def assert_created_once(self: _Inspected, name: str) -> Campaign:
        """Fail unless exactly one campaign has this name, and return it."""
        __tracebackhide__ = True
        found = self.campaigns_named(name)
        if len(found) > 1:
            ids = ", ".join(str(campaign.id) for campaign in found)
            raise AssertionError(f"{len(found)} campaigns are named {name!r}: {ids}")
        if not found:
            raise AssertionError(f"no campaign is named {name!r}; {_names_of(self.campaigns, name)}")
        return found[0]

    def assert_not_created(self: _Inspected, name: str) -> None:
        """Fail if a campaign has this name."""
        __tracebackhide__ = True
        if found := self.campaigns_named(name):
            raise AssertionError(f"campaign {found[0].id} is named {name!r}")

    def assert_each_created_once(self: _Inspected, names: Iterable[str]) -> None:
        """Fail unless the fake has one campaign for each of these names, and no others."""
        __tracebackhide__ = True
        expected = collections.Counter(names)
        found = collections.Counter(campaign.name for campaign in self.campaigns.values())
        missing, surplus = expected - found, found - expected
        if missing or surplus:
            parts = [f"missing: {_some(missing)}"] if missing else []
            parts += [f"not expected: {_some(surplus)}"] if surplus else []
            raise AssertionError("; ".join(parts))

    def assert_campaign(
        self: _Inspected,
        name: str,
        *,
        status: str | None = None,
        leads: int | Iterable[str] | None = None,
        mailboxes: Iterable[str] | None = None,
        steps: int | None = None,
        client_id: int | None = None,
    ) -> Campaign:
        """Fail unless one campaign has this name and these properties, and return it.

        ``leads`` are their number or all of their addresses, ``mailboxes`` the addresses of all mailboxes.
        What is None is not checked. Example::

            fake.assert_campaign("Dentists in Oslo Q1 2027", status="ACTIVE", leads=2, steps=3)
        """
        __tracebackhide__ = True
        campaign = self.assert_created_once(name)
        addresses = sorted(member.lead.email.lower() for member in campaign.leads.values())
        senders = sorted(self.email_accounts[number].from_email for number in campaign.email_account_ids)
        checks: list[tuple[str, object, object]] = [
            ("status", status, campaign.status.value),
            ("steps", steps, len(campaign.sequences)),
            ("client_id", client_id, campaign.client_id),
            ("leads", leads, len(addresses))
            if leads is None or isinstance(leads, int)
            else ("leads", sorted(map(str.lower, leads)), addresses),
            ("mailboxes", None if mailboxes is None else sorted(mailboxes), senders),
        ]
        wrong = [
            f"{what} is {actual!r}, not {expected!r}"
            for what, expected, actual in checks
            if expected is not None and expected != actual
        ]
        if wrong:
            raise AssertionError(f"campaign {campaign.id} {name!r}: {'; '.join(wrong)}")
        return campaign

    def assert_requests(self: _Inspected, operation: type[Request[Any]] | str, count: int) -> None:
        """Fail unless this number of requests of an operation (a class or its name) arrived."""
        __tracebackhide__ = True
        name = operation if isinstance(operation, str) else operation.operation.name
        found = self.requests.by_operation[name]
        if found != count:
            raise AssertionError(f"{found} requests of {name}, not {count}; {_counts_of(self.requests)}")

    def assert_no_requests(self: _Inspected) -> None:
        """Fail if any request arrived."""
        __tracebackhide__ = True
        if self.requests.total:
            raise AssertionError(f"{_counts_of(self.requests)}")

    def assert_never_throttled(self: _Inspected) -> None:
        """Fail if a request was refused because a rate-limit window was full."""
        __tracebackhide__ = True
        if self.throttled:
            raise AssertionError(f"{self.throttled} of {self.requests.total} requests were throttled (429)")


def _names_of(campaigns: Mapping[int, Campaign], name: str) -> str:
    """Return which names there are, those that are like ``name`` first."""
    names = [campaign.name for campaign in campaigns.values()]
    if not names:
        return "there are no campaigns"
    close = difflib.get_close_matches(name, names, n=_LISTED, cutoff=0.5)
    return f"there is {_some(dict.fromkeys([*close, *names]))}"


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(map(repr, listed[:_LISTED])) + more


def _counts_of(requests: RequestLog) -> str:
    if not requests.total:
        return "no request arrived"
    return "these arrived: " + ", ".join(f"{n} {name}" for name, n in requests.by_operation.most_common())
