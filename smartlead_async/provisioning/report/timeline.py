"""The requests of a job over time, in memory that does not grow with the job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Self

import attrs

MOST_SLICES: Final = 600


# Each width divides the next one, and up to an hour each divides the periods of the usual windows, so that
# what a window let through is a sum of whole slices.
_WIDTHS: Final = (1, 2, 4, 12, 60, 120, 240, 720, 3600)


@attrs.define
class Timeline:
    """A job's requests by slice of time: how many, what went wrong, where the time went.

    ``unanswered`` are those whose answer never came, ``not_connected`` those among them that never left: they
    use nothing of a rate limit.

    A slice is a second at first. When a job outgrows :data:`MOST_SLICES` of them, neighbours are joined into
    wider ones. ``waited`` and ``on_the_wire`` are seconds, spread over the slices in which they passed and
    added up over all requests: 30 in a slice of 10 s means that three requests were waiting throughout.
    Instants are seconds since the job began. Example::

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
        """Take in one request that was sent at this instant."""
        sent_at = max(sent_at, 0.0)
        self._reach(sent_at + took)
        at = int(sent_at // self.slice_seconds)
        self.sent[at] += 1
        self.not_connected[at] += not_connected
        self.rate_limited[at] += rate_limited
        self.unanswered[at] += unanswered
        self._spread(self.waited, max(sent_at - waited, 0.0), sent_at)
        self._spread(self.on_the_wire, sent_at, sent_at + took)

    def take_in(self, other: Timeline, *, offset: float) -> None:
        """Add another run of the same job, which began ``offset`` seconds after this one did."""
        for at in range(len(other)):
            begin = offset + at * other.slice_seconds
            # To the slice in which the other one begins: half a slice is as exact as it gets.
            self._reach(begin)
            place = int(begin // self.slice_seconds)
            for mine, theirs in zip(self._counts(), other._counts(), strict=True):
                mine[place] += theirs[at]
            for mine_s, theirs_s in zip(self._seconds(), other._seconds(), strict=True):
                mine_s[place] += theirs_s[at]

    def as_json(self) -> dict[str, Any]:
        """One list for each column, of the same length."""
        return {
            "slice_seconds": self.slice_seconds,
            "sent": self.sent,
            "not_connected": self.not_connected,
            "rate_limited": self.rate_limited,
            "unanswered": self.unanswered,
            "waited_seconds": [round(value, 3) for value in self.waited],
            "on_the_wire_seconds": [round(value, 3) for value in self.on_the_wire],
        }

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        """What :meth:`as_json` gave."""
        columns = (
            "sent",
            "not_connected",
            "rate_limited",
            "unanswered",
            "waited_seconds",
            "on_the_wire_seconds",
        )
        lists = [list(given[name]) for name in columns]
        if len({len(column) for column in lists}) != 1:
            raise ValueError("the columns of a timeline have the same length")
        return cls(int(given["slice_seconds"]), *lists)

    def _counts(self) -> Iterator[list[int]]:
        yield from (self.sent, self.not_connected, self.rate_limited, self.unanswered)

    def _seconds(self) -> Iterator[list[float]]:
        yield from (self.waited, self.on_the_wire)

    def _reach(self, instant: float) -> None:
        """Make sure that there is a slice for this instant."""
        while instant // self.slice_seconds >= MOST_SLICES:
            self._widen()
        missing = int(instant // self.slice_seconds) + 1 - len(self.sent)
        if missing > 0:
            for counts in self._counts():
                counts.extend([0] * missing)
            for seconds in self._seconds():
                seconds.extend([0.0] * missing)

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
