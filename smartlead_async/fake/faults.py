"""Faults between a client and the server, drawn at random by seed or scripted."""

from __future__ import annotations

import enum
import math
import random
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import attrs

from ..request import Request
from .replies import Reply, given_reply, server_error


class FaultKind(enum.Enum):
    """The kinds of faults. A change is *committed* once it has been made on the server."""

    REFUSED = "connection refused"
    STATUS_BEFORE = "error status, nothing committed"
    STATUS_AFTER = "committed, then an error status"
    LOST_BEFORE = "connection lost, nothing committed"
    LOST_AFTER = "committed, then the connection was lost"
    LATE_COMMIT = "connection lost, committed some seconds later"
    UNLISTED = "committed, then the connection was lost, and lists show the new campaign only later"
    TOO_SLOW = "committed, but the response is later than the client waits"
    SLOW = "committed, and the response is slow"
    TRUNCATED = "committed, and half of the response body is missing"
    BROKEN_OFF = "committed, and the connection was lost in the middle of the response"
    NOT_JSON = "committed, and the response is an HTML page"
    EDITED = "committed, and the response is changed"
    RATE_LIMITED = "a 429 that no window explains"

    @property
    def commits(self) -> bool:
        """Whether the change is made, now or later."""
        return self not in _WITHOUT_COMMIT


_WITHOUT_COMMIT: Final = frozenset(
    {FaultKind.REFUSED, FaultKind.STATUS_BEFORE, FaultKind.LOST_BEFORE, FaultKind.RATE_LIMITED}
)


@attrs.frozen
class Fault:
    """A fault. ``seconds`` is a delay, or the Retry-After of a 429; ``status`` is an HTTP status.

    Example::

        fake.fail_next(Fault.lost_after(), CreateCampaign)
    """

    kind: FaultKind
    status: int = 200
    seconds: float = 0.0
    reply: Reply | None = None
    """The response of a status fault, if it is not the usual one of that status."""
    edit: Callable[[Any], Any] | None = None

    @classmethod
    def refused(cls) -> Self:
        """Refuse the connection: the request never reaches the server."""
        return cls(FaultKind.REFUSED)

    @classmethod
    def status_before(cls, status: int = 503, body: Any = None, **headers: str) -> Self:
        """Send this status and commit nothing. Body and headers are as in :meth:`status_after`."""
        return cls(FaultKind.STATUS_BEFORE, status, reply=_given_reply(status, body, headers))

    @classmethod
    def status_after(cls, status: int = 500, body: Any = None, **headers: str) -> Self:
        """Commit the change, then send this status.

        By default the body is that of SmartLead or its gateway. Another is sent as JSON, or as it is if it is
        a string or bytes. Example::

            Fault.status_after(302, "", location="https://login.example/")
            Fault.status_after(404, "<h1>Not found</h1>")
        """
        return cls(FaultKind.STATUS_AFTER, status, reply=_given_reply(status, body, headers))

    @classmethod
    def lost_before(cls) -> Self:
        """Lose the connection and commit nothing; a client cannot tell it from :meth:`lost_after`."""
        return cls(FaultKind.LOST_BEFORE)

    @classmethod
    def lost_after(cls) -> Self:
        """Commit the change, then lose the connection without a response."""
        return cls(FaultKind.LOST_AFTER)

    @classmethod
    def late_commit(cls, seconds: float = 5.0) -> Self:
        """Lose the connection at once and commit the change after this number of seconds."""
        return cls(FaultKind.LATE_COMMIT, seconds=seconds)

    @classmethod
    def unlisted(cls, seconds: float = 10.0) -> Self:
        """Lose the response; lists show a campaign that was created only after this number of seconds."""
        return cls(FaultKind.UNLISTED, seconds=seconds)

    @classmethod
    def too_slow(cls, seconds: float = 120.0) -> Self:
        """Commit the change; respond after the client's timeout (over HTTP: after ``seconds``)."""
        return cls(FaultKind.TOO_SLOW, seconds=seconds)

    @classmethod
    def slow(cls, seconds: float = 2.0) -> Self:
        """Respond correctly, this number of seconds late."""
        return cls(FaultKind.SLOW, seconds=seconds)

    @classmethod
    def truncated(cls) -> Self:
        """Commit the change and send half of the body as if it were complete."""
        return cls(FaultKind.TRUNCATED)

    @classmethod
    def broken_off(cls) -> Self:
        """Commit the change and lose the connection in the middle of the response."""
        return cls(FaultKind.BROKEN_OFF)

    @classmethod
    def not_json(cls, status: int = 200) -> Self:
        """Commit the change and send an HTML page with this status."""
        return cls(FaultKind.NOT_JSON, status)

    @classmethod
    def edited(cls, edit: Callable[[Any], Any]) -> Self:
        """Commit the change and send what the function makes of the JSON of the response.

        Example: ``Fault.edited(lambda body: body | {"id": 4101})``.
        """
        return cls(FaultKind.EDITED, edit=edit)

    @classmethod
    def rate_limited(cls, retry_after: float = 1.0) -> Self:
        """Send a 429 that no window explains, with this Retry-After in seconds."""
        return cls(FaultKind.RATE_LIMITED, 429, retry_after)


def _given_reply(status: int, body: Any, headers: Mapping[str, str]) -> Reply | None:
    if body is None and not headers:
        return None
    reply = server_error(status) if body is None else given_reply(body, status)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    content_type = names.pop("content-type", reply.content_type)
    return attrs.evolve(reply, content_type=content_type, headers=names)


Match = type[Request[Any]] | str | Callable[[str], bool] | None
"""The operations that a script is for: a request class, a name, a predicate on the name, or None for all."""


@attrs.define(eq=False)
class Script:
    """A scripted fault for the next ``remaining`` requests that match; ``stop()`` ends it early.

    As a context manager it ends with the block. Example::

        with fake.script(None, Fault.status_before(503), times=None):
            ...  # an outage: every request is a 503
    """

    match: Match
    fault: Fault
    remaining: float
    used: int = 0

    def matches(self, operation: str) -> bool:
        """Return whether the script has a fault for this operation."""
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
        """Return the fault for one request."""
        self.remaining -= 1
        self.used += 1
        return self.fault

    def stop(self) -> None:
        """End the script."""
        self.remaining = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def create_script(match: Match, fault: Fault, times: int | None) -> Script:
    """Create a script for this number of requests; None for all that follow."""
    return Script(match, fault, math.inf if times is None else times)


DEFAULT_WEIGHTS: Final[Mapping[FaultKind, float]] = {
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
"""The relative frequency of each kind of fault; half of the weight is on those that commit."""


_STATUSES: Final[Mapping[FaultKind, tuple[int, ...]]] = {
    FaultKind.STATUS_BEFORE: (500, 502, 503, 503, 504),
    FaultKind.STATUS_AFTER: (500, 502, 504),
    FaultKind.NOT_JSON: (200, 502),
    FaultKind.RATE_LIMITED: (429,),
}


class Faults:
    """Random faults, the same ones for the same seed and order of requests.

    ``rate`` is the share of requests that meet a fault (0 to 1). ``kinds`` are the weights of the kinds; by
    default all of them occur, half of them after the commit. Delays (slow responses, late commits, lagging
    lists, Retry-After) are at most ``longest`` seconds; responses later than the client waits take
    ``too_slow`` seconds. Example::

        FakeSmartlead(faults=Faults(0.2, seed=7))
    """

    def __init__(
        self,
        rate: float,
        *,
        seed: int = 0,
        kinds: Mapping[FaultKind, float] = DEFAULT_WEIGHTS,
        longest: float = 5.0,
        too_slow: float = 120.0,
    ) -> None:
        if not 0 <= rate <= 1:
            raise ValueError(f"The fault rate must be between 0 and 1, not {rate!r}.")
        self.rate = rate
        self._random = random.Random(seed)  # noqa: S311 - reproducible on purpose
        self._kinds = list(kinds)
        self._weights = list(kinds.values())
        self._longest = longest
        self._too_slow = too_slow

    def draw(self) -> Fault | None:
        """Draw the fault of the next request; None if it has none."""
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
