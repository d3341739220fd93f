"""The protocol of rate limiters, which the pipeline relies on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from ..limits import Lane, RateLimits


class Permit:
    """The right to send one request. Return it once, with ``release`` or ``refund``.

    A limiter may grant permits of a subclass that carry more, such as the identifier of a lease.
    """

    __slots__ = ("lane", "returned", "taken_at")

    def __init__(
        self, taken_at: float, returned: tuple[int, ...] = (), lane: Lane = Lane.INTERACTIVE
    ) -> None:
        self.taken_at = taken_at
        self.returned = returned  # for each window, how many tokens had come back by then
        self.lane = lane


class RateLimiter(Protocol):
    """Paces the requests of an API key.

    :class:`Limiter` does it for one process. A limiter that several processes share can take its place: pass
    it as ``SmartleadClient(limiter=…)``. Times are loop times of the calling process, so a shared limiter
    converts them at its boundary.

    The pipeline calls ``acquire_now`` or ``acquire`` before each attempt and afterwards, on the same limiter,
    exactly one of ``release`` and ``refund``. These two, ``close_until`` and ``observe`` are synchronous and
    must not block: a shared limiter sends such updates in the background. A permit whose holder has died must
    return by itself, for example when its lease expires.
    """

    @property
    def limits(self) -> RateLimits:
        """The windows that are kept."""
        ...

    @property
    def in_flight(self) -> int:
        """The number of permits that have not been returned."""
        ...

    @property
    def waiting(self) -> int:
        """The number of callers in the queue."""
        ...

    @property
    def max_in_flight(self) -> int:
        """The number of requests that may be in flight at once."""
        ...

    @property
    def closed_until(self) -> float:
        """The loop time until which no request may be sent; minus infinity if the gate is open."""
        ...

    def available(self) -> int:
        """Return how many requests could be sent right now."""
        ...

    def acquire_now(self, lane: Lane = Lane.INTERACTIVE) -> Permit | None:
        """Return a permit, or None if the caller has to wait for one in :meth:`acquire`.

        A limiter that has to ask another process always returns None.
        """
        ...

    async def acquire(self, lane: Lane = Lane.INTERACTIVE) -> Permit:
        """Wait for a permit. On cancellation, the place in the queue or a permit just granted is given up."""
        ...

    def release(self, permit: Permit) -> None:
        """Return the permit of a request that was sent, whatever its outcome."""
        ...

    def refund(self, permit: Permit) -> None:
        """Return the permit of a request that certainly did not reach the server."""
        ...

    def close_until(self, when: float) -> None:
        """Close the gate for everyone until this loop time. A time before the current one is ignored."""
        ...

    def foreign_requests(self, permit: Permit, *, limit: int, remaining: int) -> int:
        """Return how many requests of other senders the rate-limit headers of a response imply.

        It is called for every response, so it must be cheap; :meth:`observe` follows only if it is positive.
        """
        ...

    def observe(self, permit: Permit, *, limit: int, remaining: int, reset_in: float) -> int:
        """Take requests of other senders into account; return how many were not known before.

        ``reset_in`` is the number of seconds until the window resets.
        """
        ...


@runtime_checkable
class RecallsRequests(Protocol):
    """A limiter that can be told of requests sent before it existed.

    Optional: a limiter that outlives the process knows of them anyway.
    """

    def recall(self, ages: Iterable[float]) -> None:
        """Count requests that were sent so many seconds ago, as if this limiter had granted them."""
        ...


def recall(limiter: RateLimiter, ages: Iterable[float]) -> None:
    """Tell a limiter of requests sent earlier, by another process, if it wants to know of them."""
    if isinstance(limiter, RecallsRequests):
        limiter.recall(ages)
