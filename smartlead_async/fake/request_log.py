"""The log of the requests that arrived at the fake."""

from __future__ import annotations

import collections

import attrs

from .faults import FaultKind


@attrs.define
class LoggedRequest:
    """One request in :attr:`FakeSmartlead.requests`. ``time`` is the fake's clock in seconds."""

    method: str
    path: str
    operation: str
    status: int | None
    """None if there was no response."""
    time: float
    fault: FaultKind | None
    reason: str | None = None
    """The reason of a refusal that the response does not give: a User-Agent, or an error in the fake."""


class RequestLog:
    """Counts of all requests, and the newest ``keep`` of them (None: all of them).

    Example::

        assert fake.requests.by_operation["CreateCampaign"] == 1
    """

    def __init__(self, keep: int | None) -> None:
        self.entries: collections.deque[LoggedRequest] = collections.deque(maxlen=keep)
        self.by_operation: collections.Counter[str] = collections.Counter()
        self.by_status: collections.Counter[int | None] = collections.Counter()
        self.by_fault: collections.Counter[FaultKind] = collections.Counter()
        self.total = 0

    def add(self, entry: LoggedRequest) -> None:
        """Count and keep a request."""
        self.total += 1
        self.by_operation[entry.operation] += 1
        self.by_status[entry.status] += 1
        if entry.fault is not None:
            self.by_fault[entry.fault] += 1
        self.entries.append(entry)

    def clear(self) -> None:
        """Reset all counts and entries."""
        for counted in (self.entries, self.by_operation, self.by_status, self.by_fault):
            counted.clear()
        self.total = 0

    def __len__(self) -> int:
        return self.total
