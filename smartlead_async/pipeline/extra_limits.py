"""Limits of a host or an operation, which are kept in addition to those of the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..limits import Lane, RateLimits
from ..request import Host, Operation, Request
from .limiter import Limiter
from .rate_limiter import Permit, RateLimiter

_NO_BOUND: Final = 2**31


class _Permits(Permit):
    """A permit of the key with those of the narrower limits."""

    __slots__ = ("key", "narrower")

    def __init__(self, key: Permit, narrower: tuple[Permit, ...]) -> None:
        super().__init__(key.taken_at, key.returned, key.lane)
        self.key = key
        self.narrower = narrower


class LayeredLimiter:
    """The :class:`RateLimiter` of a key, behind limiters that only some of its requests pass.

    The permit of the key is taken last, so that a request waiting for a narrower limit keeps nobody else
    waiting.
    """

    def __init__(self, key: RateLimiter, narrower: tuple[Limiter, ...]) -> None:
        self._key = key
        self._narrower = narrower

    @property
    def limits(self) -> RateLimits:
        """The windows of the key."""
        return self._key.limits

    @property
    def in_flight(self) -> int:
        """The number of permits of the key that have not been returned."""
        return self._key.in_flight

    @property
    def waiting(self) -> int:
        """The number of callers in the queues."""
        return self._key.waiting + sum(limiter.waiting for limiter in self._narrower)

    @property
    def max_in_flight(self) -> int:
        """The number of requests that may be in flight at once."""
        return self._key.max_in_flight

    @property
    def closed_until(self) -> float:
        """The loop time until which no request may be sent; minus infinity if the gate is open."""
        return self._key.closed_until

    def available(self) -> int:
        """Return how many requests could be sent right now."""
        return min(limiter.available() for limiter in (self._key, *self._narrower))

    def acquire_now(self, lane: Lane = Lane.INTERACTIVE) -> Permit | None:
        """Return a permit, or None if the caller has to wait for one in :meth:`acquire`."""
        taken: list[Permit] = []
        for limiter in self._narrower:
            permit = limiter.acquire_now(lane)
            if permit is None:
                break
            taken.append(permit)
        else:
            key = self._key.acquire_now(lane)
            if key is not None:
                return _Permits(key, tuple(taken))
        self._refund(taken)
        return None

    async def acquire(self, lane: Lane = Lane.INTERACTIVE) -> Permit:
        """Wait for a permit. On cancellation, what has been granted so far is given up."""
        taken: list[Permit] = []
        try:
            for limiter in self._narrower:
                taken.append(await limiter.acquire(lane))  # noqa: PERF401 - kept if a later one fails
            return _Permits(await self._key.acquire(lane), tuple(taken))
        except BaseException:
            self._refund(taken)
            raise

    def release(self, permit: Permit) -> None:
        """Return the permit of a request that was sent, whatever its outcome."""
        assert isinstance(permit, _Permits)  # noqa: S101 - one of its own
        self._key.release(permit.key)
        for limiter, narrower in zip(self._narrower, permit.narrower, strict=True):
            limiter.release(narrower)

    def refund(self, permit: Permit) -> None:
        """Return the permit of a request that certainly did not reach the server."""
        assert isinstance(permit, _Permits)  # noqa: S101 - one of its own
        self._key.refund(permit.key)
        self._refund(permit.narrower)

    def _refund(self, permits: list[Permit] | tuple[Permit, ...]) -> None:
        # Fewer than there are limiters, if some were not asked.
        for limiter, permit in zip(self._narrower, permits, strict=False):
            limiter.refund(permit)

    def close_until(self, when: float) -> None:
        """Close the gate for everyone until this loop time. A time before the current one is ignored."""
        self._key.close_until(when)

    def foreign_requests(self, permit: Permit, *, limit: int, remaining: int) -> int:
        """Return how many requests of other senders the rate-limit headers of a response imply."""
        assert isinstance(permit, _Permits)  # noqa: S101 - one of its own
        return self._key.foreign_requests(permit.key, limit=limit, remaining=remaining)

    def observe(self, permit: Permit, *, limit: int, remaining: int, reset_in: float) -> int:
        """Take requests of other senders into account; return how many were not known before."""
        assert isinstance(permit, _Permits)  # noqa: S101 - one of its own
        return self._key.observe(permit.key, limit=limit, remaining=remaining, reset_in=reset_in)


class ExtraLimits:
    """The limiters of hosts and operations: the declared ones, or what the user gives instead."""

    def __init__(self, limits: Mapping[Host | type[Request[Any]], RateLimits]) -> None:
        self._hosts = {
            host: Limiter(given, max_in_flight=_NO_BOUND)
            for host, given in limits.items()
            if isinstance(host, Host) and given.windows
        }
        self._given = {
            request.operation: given for request, given in limits.items() if not isinstance(request, Host)
        }
        self._narrower: dict[Operation, tuple[Limiter, ...]] = {}

    def over(self, key: RateLimiter, operation: Operation) -> RateLimiter:
        """Return the limiter for the requests of an operation: that of the key if there are no others."""
        narrower = self._narrower.get(operation)
        if narrower is None:
            narrower = self._narrower[operation] = self._limiters_of(operation)
        return LayeredLimiter(key, narrower) if narrower else key

    def _limiters_of(self, operation: Operation) -> tuple[Limiter, ...]:
        limits = self._given.get(operation, operation.limits)
        own = [Limiter(limits, max_in_flight=_NO_BOUND)] if limits is not None and limits.windows else []
        return (*own, *(limiter for host, limiter in self._hosts.items() if host is operation.host))
