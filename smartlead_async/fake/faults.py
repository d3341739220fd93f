"""What can go wrong between a client and the server, drawn by seed or placed by hand."""

from __future__ import annotations

import enum
import math
import random
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import attrs

from ..request import Request


class FaultKind(enum.Enum):
    """The kinds of faults. *Commit* is the moment at which the change stands on the server."""

    REFUSED = "no connection came about"
    STATUS_BEFORE = "an error status, nothing was done"
    STATUS_AFTER = "an error status although the change was made"
    LOST_BEFORE = "the connection broke before anything was done"
    LOST_AFTER = "the connection broke after the commit"
    LATE_COMMIT = "the connection broke, and the change takes effect some seconds later"
    UNLISTED = "the connection broke after the commit, and lists show the new campaign only later"
    TOO_SLOW = "committed, but the answer comes later than the client waits"
    SLOW = "committed, and the answer takes its time"
    TRUNCATED = "committed, and the body of the answer ends half way"
    BROKEN_OFF = "committed, and the connection broke in the middle of the answer"
    NOT_JSON = "committed, and the answer is an HTML page"
    RATE_LIMITED = "a 429 out of the blue"

    @property
    def commits(self) -> bool:
        """Whether the change is made, now or later."""
        return self not in _WITHOUT_COMMIT


_WITHOUT_COMMIT: Final = frozenset(
    {FaultKind.REFUSED, FaultKind.STATUS_BEFORE, FaultKind.LOST_BEFORE, FaultKind.RATE_LIMITED}
)


@attrs.frozen
class Fault:
    """One fault. ``seconds`` is a delay, or the Retry-After of a 429; ``status`` an HTTP status.

    Example::

        fake.fail_next(Fault.lost_after(), CreateCampaign)
    """

    kind: FaultKind
    status: int = 200
    seconds: float = 0.0

    @classmethod
    def refused(cls) -> Self:
        """No connection: the request never reached the server."""
        return cls(FaultKind.REFUSED)

    @classmethod
    def status_before(cls, status: int = 503) -> Self:
        """This status, and nothing was done."""
        return cls(FaultKind.STATUS_BEFORE, status)

    @classmethod
    def status_after(cls, status: int = 500) -> Self:
        """This status, although the change was made."""
        return cls(FaultKind.STATUS_AFTER, status)

    @classmethod
    def lost_before(cls) -> Self:
        """The connection breaks, nothing was done; the client cannot tell it from ``lost_after``."""
        return cls(FaultKind.LOST_BEFORE)

    @classmethod
    def lost_after(cls) -> Self:
        """The change is made, then the connection breaks without an answer."""
        return cls(FaultKind.LOST_AFTER)

    @classmethod
    def late_commit(cls, seconds: float = 5.0) -> Self:
        """The connection breaks at once; the change takes effect that many seconds later."""
        return cls(FaultKind.LATE_COMMIT, seconds=seconds)

    @classmethod
    def unlisted(cls, seconds: float = 10.0) -> Self:
        """The answer is lost, and lists show a campaign made by it only that many seconds later."""
        return cls(FaultKind.UNLISTED, seconds=seconds)

    @classmethod
    def too_slow(cls, seconds: float = 120.0) -> Self:
        """The change is made; the answer comes after the client's timeout (over HTTP: after ``seconds``)."""
        return cls(FaultKind.TOO_SLOW, seconds=seconds)

    @classmethod
    def slow(cls, seconds: float = 2.0) -> Self:
        """The answer is right and comes that many seconds late."""
        return cls(FaultKind.SLOW, seconds=seconds)

    @classmethod
    def truncated(cls) -> Self:
        """The change is made; half of the body arrives, as if it were all of it."""
        return cls(FaultKind.TRUNCATED)

    @classmethod
    def broken_off(cls) -> Self:
        """The change is made; the connection breaks in the middle of the answer."""
        return cls(FaultKind.BROKEN_OFF)

    @classmethod
    def not_json(cls, status: int = 200) -> Self:
        """The change is made; the answer is an HTML page with this status."""
        return cls(FaultKind.NOT_JSON, status)

    @classmethod
    def rate_limited(cls, retry_after: float = 1.0) -> Self:
        """A 429 that no window explains, with this Retry-After in seconds."""
        return cls(FaultKind.RATE_LIMITED, 429, retry_after)


Match = type[Request[Any]] | str | Callable[[str], bool] | None
"""For which operations: a request class, the name of one, a function of the name, or None for all."""


@attrs.define(eq=False)
class Script:
    """Faults placed by hand: the next ``remaining`` requests that match. ``stop()`` ends it early."""

    match: Match
    fault: Fault
    remaining: float
    used: int = 0

    def matches(self, operation: str) -> bool:
        """Whether the script has something for this operation."""
        match self.match:
            case _ if self.remaining < 1:
                return False
            case None:
                return True
            case str():
                return self.match == operation
            case type():
                return self.match.__name__ == operation
            case _:
                return self.match(operation)

    def take(self) -> Fault:
        """Use it once."""
        self.remaining -= 1
        self.used += 1
        return self.fault

    def stop(self) -> None:
        """No more of it."""
        self.remaining = 0


def create_script(match: Match, fault: Fault, times: int | None) -> Script:
    """A script for that many requests; None for all that follow."""
    return Script(match, fault, math.inf if times is None else times)


EVERY_KIND: Final[Mapping[FaultKind, float]] = {
    FaultKind.REFUSED: 2.0,
    FaultKind.STATUS_BEFORE: 3.0,
    FaultKind.LOST_BEFORE: 2.0,
    FaultKind.RATE_LIMITED: 1.0,
    FaultKind.STATUS_AFTER: 1.5,
    FaultKind.LOST_AFTER: 1.5,
    FaultKind.LATE_COMMIT: 1.0,
    FaultKind.UNLISTED: 1.0,
    FaultKind.TOO_SLOW: 0.5,
    FaultKind.SLOW: 1.0,
    FaultKind.TRUNCATED: 0.5,
    FaultKind.BROKEN_OFF: 0.5,
    FaultKind.NOT_JSON: 0.5,
}
"""How often each kind comes, relative to the others: half of the weight is on those that commit."""


_STATUSES: Final[Mapping[FaultKind, tuple[int, ...]]] = {
    FaultKind.STATUS_BEFORE: (500, 502, 503, 503, 504),
    FaultKind.STATUS_AFTER: (500, 502, 504),
    FaultKind.NOT_JSON: (200, 502),
    FaultKind.RATE_LIMITED: (429,),
}


class Faults:
    """Faults for a share of all requests, the same ones for the same seed and order of requests.

    ``rate`` is that share (0 to 1). ``kinds`` weights the kinds; the default has all of them, half of them
    after the commit. Delays are drawn up to ``longest`` seconds (slow answers, late commits, lists that
    lag, Retry-After); answers that are too slow take ``too_slow`` seconds. Example::

        FakeSmartlead(faults=Faults(0.2, seed=7))
    """

    def __init__(
        self,
        rate: float,
        *,
        seed: int = 0,
        kinds: Mapping[FaultKind, float] = EVERY_KIND,
        longest: float = 5.0,
        too_slow: float = 120.0,
    ) -> None:
        if not 0 <= rate <= 1:
            raise ValueError(f"a rate of faults is a share between 0 and 1, not {rate!r}")
        self.rate = rate
        self._random = random.Random(seed)  # noqa: S311 - reproducible on purpose
        self._kinds = list(kinds)
        self._weights = list(kinds.values())
        self._longest = longest
        self._too_slow = too_slow

    def draw(self) -> Fault | None:
        """The fault of the next request; None for most of them."""
        if self._random.random() >= self.rate:
            return None
        (kind,) = self._random.choices(self._kinds, self._weights)
        seconds = self._random.uniform(0.1, 1.0) * self._longest
        status = self._random.choice(_STATUSES.get(kind, (200,)))
        if kind is FaultKind.RATE_LIMITED:
            seconds = float(math.ceil(seconds))
        elif kind is FaultKind.TOO_SLOW:
            seconds = self._too_slow
        return Fault(kind, status, seconds)
