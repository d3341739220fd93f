"""Retries: the policy, the budget, and the decision whether a failed request is sent again.

The decision is a pure function; ``backoff`` runs the loop. This module knows nothing about the API, and no
other module imports ``backoff``.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Awaitable, Callable, Generator
from typing import Any, ClassVar, TypeVar

import attrs

from ..typed import Typed

C = TypeVar("C")


R = TypeVar("R")


class Failure(enum.Enum):
    """The kinds of failure, by what they say about whether the request took effect."""

    NOT_SENT = "not sent"
    """The request did not reach the server."""
    RATE_LIMITED = "rate limited"
    """The server rejected the request with a 429, without processing it."""
    INTERRUPTED = "interrupted"
    """The request may have taken effect: a timeout, a broken connection or a 5xx."""
    UNRECOGNIZED = "unrecognized"
    """An error response that is not known to come from the API: the request may have taken effect."""
    UNREADABLE = "unreadable"
    """The server returned a 2xx status with a body that is truncated or not JSON."""
    REFUSED = "refused"
    """The server processed the request and refused it, and would do so again."""


class Decision(enum.Enum):
    """The reaction to a failure."""

    RETRY = "retry"
    """Send the request again."""
    GIVE_UP = "give up"
    """Raise the error."""
    UNKNOWN = "unknown"
    """Raise :class:`OutcomeUnknown`: the request must not be repeated, and may have taken effect."""


@attrs.frozen(kw_only=True)
class RetryPolicy(Typed):
    """The rules for when and how often a failed request is retried. All times are in seconds.

    ``max_attempts`` limits the attempts of a call, not counting those that end in a 429. These have their own
    limit, ``max_rate_limited``, because each waits as long as the server asks. ``deadline`` limits the total
    time of a call: waiting for the limiter, all attempts and all pauses. A pause that would end after the
    deadline is not started.

    The pause after failure n is ``first_wait × 2^(n-1)``, at most ``longest_wait``, and randomly shortened by
    up to half so that concurrent callers do not retry at the same time. A wait that the server asks for
    (Retry-After) is not shortened, unless it is longer than ``longest_retry_after``: it is cut then, and a
    warning is logged. Whether a request may be repeated at all depends on the operation.

    ``budget_ratio`` and ``budget_reserve`` limit the retries of all calls together. Each call adds
    ``budget_ratio`` to the budget, up to ``budget_reserve``, and each retry takes one. When the budget is
    used up, errors are raised immediately, so that an outage does not cause a retry storm. Example::

        SmartleadClient(key, retry=RetryPolicy(max_attempts=3, deadline=60))
        client.with_options(retry=RetryPolicy.NEVER)
    """

    max_attempts: int = attrs.field(default=5, validator=attrs.validators.ge(1))
    max_rate_limited: int = attrs.field(default=20, validator=attrs.validators.ge(0))
    deadline: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.gt(0))
    )
    first_wait: float = attrs.field(default=0.5, validator=attrs.validators.ge(0))
    longest_wait: float = attrs.field(default=30.0, validator=attrs.validators.ge(0))
    longest_retry_after: float = attrs.field(default=3600.0, validator=attrs.validators.ge(0))
    budget_ratio: float = attrs.field(default=0.5, validator=attrs.validators.ge(0))
    budget_reserve: float = attrs.field(default=20.0, validator=attrs.validators.ge(0))

    NEVER: ClassVar[RetryPolicy]
    """Raise every failure immediately."""

    def pause(self, failures: int, rng: random.Random) -> float:
        """Return the seconds to wait after this number of consecutive failures."""
        full: float = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 60))
        return full * rng.uniform(0.5, 1.0)


RetryPolicy.NEVER = RetryPolicy(max_attempts=1, max_rate_limited=0)


class RetryBudget:
    """The number of retries available to all calls of a client, refilled by each call."""

    __slots__ = ("_available", "_ratio", "_reserve")

    def __init__(self, policy: RetryPolicy) -> None:
        self._ratio = policy.budget_ratio
        self._reserve = policy.budget_reserve
        self._available = policy.budget_reserve

    @property
    def available(self) -> float:
        """The number of retries available now."""
        return self._available

    def deposit(self) -> None:
        """Refill the budget at the beginning of a call."""
        if self._available < self._reserve:
            self._available = min(self._reserve, self._available + self._ratio)

    def withdraw(self) -> bool:
        """Take one retry from the budget; return False if there is none left."""
        if self._available < 1:
            return False
        self._available -= 1
        return True


def decide(
    policy: RetryPolicy, failure: Failure, *, repeatable: bool, failures: int, rate_limited: int
) -> Decision:
    """Decide how to react to a failure; ``failures`` and ``rate_limited`` include the current one.

    ===============  ===========  ==============
    failure          repeatable   not repeatable
    ===============  ===========  ==============
    not sent         retry        retry
    rate limited     retry        retry
    interrupted      retry        unknown
    unrecognized     give up      unknown
    unreadable       retry        give up
    refused          give up      give up
    ===============  ===========  ==============
    """
    if failure is Failure.REFUSED:
        return Decision.GIVE_UP
    if not repeatable and failure in (Failure.INTERRUPTED, Failure.UNRECOGNIZED):
        return Decision.UNKNOWN
    if failure is Failure.UNRECOGNIZED:
        return Decision.GIVE_UP
    if not repeatable and failure is Failure.UNREADABLE:
        return Decision.GIVE_UP
    if failure is Failure.RATE_LIMITED:
        return Decision.RETRY if rate_limited <= policy.max_rate_limited else Decision.GIVE_UP
    return Decision.RETRY if failures < policy.max_attempts else Decision.GIVE_UP


class RetryRequested(Exception):
    """Control flow: raised by an attempt that should be repeated after ``pause`` seconds."""

    def __init__(self, pause: float) -> None:
        super().__init__(pause)
        self.pause = pause


def _pauses() -> Generator[Any, Any, None]:
    # Not backoff.runtime, which calls its value function once without an exception.
    requested = yield
    while True:
        requested = yield requested.pause


def with_retries(attempt: Callable[[C], Awaitable[R]]) -> Callable[[C, RetryRequested], Awaitable[R]]:
    """Return a function that continues a call after its first attempt has raised :class:`RetryRequested`.

    It waits for the pause and repeats the attempt until one succeeds or raises another exception. Most calls
    never need a second attempt, so the loop is created, and ``backoff`` imported, only when it is needed.
    Jitter and limits are part of the decision already. backoff's own logging is disabled because it prints
    exceptions.
    """

    async def repeat(call: C, first: RetryRequested) -> R:
        import backoff  # noqa: PLC0415

        failed = [first]

        @backoff.on_exception(_pauses, RetryRequested, jitter=None, logger=None)
        async def next_attempt() -> R:
            if failed:
                # backoff pauses only after a failed attempt, so replay the one that has already been made.
                raise failed.pop()
            return await attempt(call)

        result: R = await next_attempt()
        return result

    return repeat
