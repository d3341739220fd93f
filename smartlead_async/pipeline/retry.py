"""What happens after a failure: again, give up, or "nobody knows".

The decision is a pure function of what is known; ``backoff`` turns it into the loop. Nothing here knows the
API, and no other module imports ``backoff``.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Awaitable, Callable, Generator
from typing import Any, ClassVar, TypeVar

import attrs

C = TypeVar("C")


R = TypeVar("R")


class Failure(enum.Enum):
    """What is known of a request that did not come to a good end."""

    NOT_SENT = "not sent"
    """It never reached the server."""
    RATE_LIMITED = "rate limited"
    """The server turned it away unread (429)."""
    INTERRUPTED = "interrupted"
    """It may have worked: a timeout, a broken connection, a 5xx."""
    UNREADABLE = "unreadable"
    """The server said yes in a body that is cut off or no JSON."""
    REFUSED = "refused"
    """The server read it and said no; the same request would be refused again."""


class Verdict(enum.Enum):
    """What to do about a failure."""

    AGAIN = "again"
    GIVE_UP = "give up"
    UNKNOWN = "unknown"
    """It must not be sent again, and nobody knows whether it worked."""


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """When a failed request is sent again. Times are seconds.

    ``max_attempts`` counts requests that failed for any reason but a 429. Those have a count of their own,
    ``max_rate_limited``, because each of them waits as long as the server asks. ``deadline`` bounds one call
    in all: its turn in the limiter, every attempt and every pause; a pause that would end after it is not
    begun. The pause after failure n is ``first_wait × 2^(n-1)``, at most ``longest_wait``, and shortened by
    up to half at random so that many callers do not come back at once. What the server asks for
    (Retry-After) is never shortened. Which requests may be repeated at all, the operation says.

    ``budget_ratio`` and ``budget_reserve`` bound the retries of all calls together: each call pays in the
    ratio, each retry takes one out. When nothing is left, the error is raised at once, so that an outage does
    not turn into a storm. Example::

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
    budget_ratio: float = attrs.field(default=0.5, validator=attrs.validators.ge(0))
    budget_reserve: float = attrs.field(default=20.0, validator=attrs.validators.ge(0))

    NEVER: ClassVar[RetryPolicy]
    """Every failure is raised as it comes."""

    def pause(self, failures: int, rng: random.Random) -> float:
        """Seconds to wait after this many failures in a row."""
        full: float = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 60))
        return full * rng.uniform(0.5, 1.0)


RetryPolicy.NEVER = RetryPolicy(max_attempts=1, max_rate_limited=0)


class RetryBudget:
    """How many retries all calls of a client may still make, refilled by the calls themselves."""

    __slots__ = ("_left", "_ratio", "_reserve")

    def __init__(self, policy: RetryPolicy) -> None:
        self._ratio = policy.budget_ratio
        self._reserve = policy.budget_reserve
        self._left = policy.budget_reserve

    @property
    def left(self) -> float:
        """Retries that may be made right now."""
        return self._left

    def pay_in(self) -> None:
        """A call begins."""
        if self._left < self._reserve:
            self._left = min(self._reserve, self._left + self._ratio)

    def take(self) -> bool:
        """A retry is wanted; False when the budget is spent."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


def decide(
    policy: RetryPolicy, failure: Failure, *, repeatable: bool, failures: int, rate_limited: int
) -> Verdict:
    """The table of what may be repeated. ``failures`` and ``rate_limited`` include the one at hand.

    ===============  ===========  ==============
    failure          repeatable   not repeatable
    ===============  ===========  ==============
    not sent         again        again
    rate limited     again        again
    interrupted      again        unknown
    unreadable       again        give up
    refused          give up      give up
    ===============  ===========  ==============
    """
    if failure is Failure.REFUSED:
        return Verdict.GIVE_UP
    if not repeatable and failure is Failure.INTERRUPTED:
        return Verdict.UNKNOWN
    if not repeatable and failure is Failure.UNREADABLE:
        return Verdict.GIVE_UP
    if failure is Failure.RATE_LIMITED:
        return Verdict.AGAIN if rate_limited <= policy.max_rate_limited else Verdict.GIVE_UP
    return Verdict.AGAIN if failures < policy.max_attempts else Verdict.GIVE_UP


class Again(Exception):
    """Control flow, not an error: raised by an attempt that is to be repeated after ``pause`` seconds."""

    def __init__(self, pause: float) -> None:
        super().__init__(pause)
        self.pause = pause


def _pauses() -> Generator[Any, Any, None]:
    # Of our own instead of backoff.runtime, which calls its value function once without an argument.
    again = yield
    while True:
        again = yield again.pause


def repeating(attempt: Callable[[C], Awaitable[R]]) -> Callable[[C, Again], Awaitable[R]]:
    """What to do once an attempt has raised :class:`Again`: its pause, another attempt, and so on.

    The loop is made when it is needed, and ``backoff`` loaded then: most calls need no second attempt. Jitter
    and the bounds are in the decision already; backoff's own logger prints exceptions, so it is off.
    """

    async def repeat(call: C, first: Again) -> R:
        import backoff  # noqa: PLC0415

        failed = [first]

        @backoff.on_exception(_pauses, Again, jitter=None, logger=None)
        async def carry_on() -> R:
            if failed:
                # For backoff the first attempt is the one that was made before.
                raise failed.pop()
            return await attempt(call)

        result: R = await carry_on()
        return result

    return repeat
