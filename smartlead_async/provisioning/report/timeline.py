"""The requests of a job over time, in a bounded amount of memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, Self

import attrs

MAX_SLICES: Final = 600

# Each width divides the next one and, up to an hour, the periods of the usual rate-limit windows, so that the
# requests in a window are a sum of whole slices.
_WIDTHS: Final = (1, 2, 4, 12, 60, 120, 240, 720, 3600)

# The keys of the columns in JSON, in the order of the fields of a timeline.
_COLUMNS: Final = (
    "sent",
    "not_connected",
    "rate_limited",
    "unanswered",
    "waited_seconds",
    "on_the_wire_seconds",
)


@attrs.define
class Timeline:
    """The requests of a job by slice of time: counts, failures and time spent.

    ``unanswered`` requests got no response; ``not_connected`` are those among them that were never sent and
    so do not count against a rate limit.

    A slice is a second at first. When a job has more than :data:`MAX_SLICES` of them, neighbours are joined
    into wider ones. ``waited`` and ``on_the_wire`` are seconds, spread over the slices in which they passed
    and summed over all requests: 30 in a slice of 10 s means that three requests were waiting all the time.
    Times are seconds since the job began. Example::

        timeline.note(sent_at=12.4, waited=0.0, took=0.3)
        timeline.sent[12]  # 1
    """

    slice_seconds: int = _WIDTHS[0]
    sent: list[int] = attrs.field(factory=list)
    not_connected: list[int] = attrs.field(factory=list)
    rate_limited: list[int] = attrs.field(factory=list)
    unanswered: list[int] = attrs.field(factory=list)
    waited: list[float] = attrs.field(factory=list)
    on_the_wire: list[float] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    def note(
        self,
        *,
        sent_at: float,
        waited: float,
        took: float,
        not_connected: bool = False,
        rate_limited: bool = False,
        unanswered: bool = False,
    ) -> None:
        """Add one request."""
        sent_at = max(sent_at, 0.0)
        self._reach(sent_at + took)
        at = int(sent_at // self.slice_seconds)
        self.sent[at] += 1
        self.not_connected[at] += not_connected
        self.rate_limited[at] += rate_limited
        self.unanswered[at] += unanswered
        self._spread(self.waited, max(sent_at - waited, 0.0), sent_at)
        self._spread(self.on_the_wire, sent_at, sent_at + took)

    def cover(self, seconds: float) -> None:
        """Extend the timeline to this time: a job may end long after its last request."""
        while seconds > MAX_SLICES * self.slice_seconds:
            self._widen()
        self._grow(math.ceil(seconds / self.slice_seconds))

    def take_in(self, other: Timeline, *, offset: float) -> None:
        """Add another run of the same job, which began ``offset`` seconds after this one."""
        for at in range(len(other)):
            begin = offset + at * other.slice_seconds
            # Added as a whole to the slice in which the other one begins, which is exact to half a slice.
            self._reach(begin)
            place = int(begin // self.slice_seconds)
            for mine, theirs in zip(self._counts(), other._counts(), strict=True):
                mine[place] += theirs[at]
            for mine_s, theirs_s in zip(self._seconds(), other._seconds(), strict=True):
                mine_s[place] += theirs_s[at]

    def as_json(self) -> dict[str, Any]:
        """Return the columns as lists of the same length."""
        seconds = ([round(value, 3) for value in column] for column in self._seconds())
        columns = dict(zip(_COLUMNS, [*self._counts(), *seconds], strict=True))
        return {"slice_seconds": self.slice_seconds, **columns}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        """Create a timeline from the result of :meth:`as_json`."""
        lists = [list(given[name]) for name in _COLUMNS]
        if len({len(column) for column in lists}) != 1:
            raise ValueError("the columns of a timeline must have the same length")
        return cls(int(given["slice_seconds"]), *lists)

    def _counts(self) -> Iterator[list[int]]:
        yield from (self.sent, self.not_connected, self.rate_limited, self.unanswered)

    def _seconds(self) -> Iterator[list[float]]:
        yield from (self.waited, self.on_the_wire)

    def _reach(self, seconds: float) -> None:
        """Make sure that there is a slice for this time."""
        while seconds // self.slice_seconds >= MAX_SLICES:
            self._widen()
        self._grow(int(seconds // self.slice_seconds) + 1)

    def _grow(self, length: int) -> None:
        missing = max(length - len(self), 0)
        for counts in self._counts():
            counts.extend([0] * missing)
        for column in self._seconds():
            column.extend([0.0] * missing)

    def _widen(self) -> None:
        wider = next((w for w in _WIDTHS if w > self.slice_seconds), self.slice_seconds * 2)
        joined = wider // self.slice_seconds
        for counts in self._counts():
            counts[:] = [sum(counts[i : i + joined]) for i in range(0, len(counts), joined)]
        for seconds in self._seconds():
            seconds[:] = [sum(seconds[i : i + joined]) for i in range(0, len(seconds), joined)]
        self.slice_seconds = wider

    def _spread(self, column: list[float], begin: float, end: float) -> None:
        width = self.slice_seconds
        for at in range(int(begin // width), int(end // width) + 1):
            column[at] += max(min(end, (at + 1) * width) - max(begin, at * width), 0.0)
