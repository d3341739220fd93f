"""The rate limiter of one job, which ends with the job and leaves the client's own limiter open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ...limits import Lane, RateLimits
from ...pipeline.limiter import Limiter
from ...pipeline.rate_limiter import Permit, RateLimiter


class Stopped(Exception):
    """Control flow, not an error: the job was stopped, so the request was not sent."""


class JobLimiter:
    """A :class:`RateLimiter` that takes its permits from another one until the job is stopped.

    ``before_send`` is awaited with each permit, before the request is sent.

    After :meth:`stop`, every request of the job raises :class:`Stopped`, including those in the queue. Other
    users of the underlying limiter are not affected. ``in_flight`` and ``waiting`` count this job's requests,
    and ``max_in_flight`` bounds these alone, so that a job that slows down slows nobody else down.
    """

    def __init__(
        self, limiter: RateLimiter, *, before_send: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._limiter = limiter
        self._before_send = before_send
        self._slots = Limiter(RateLimits.UNLIMITED, max_in_flight=limiter.max_in_flight)
        """Bounds the requests of this job, including those that wait for the underlying limiter."""
        self._held: list[Permit] = []
        """The slots of the requests in flight. Slots are all alike, so any of them can be returned."""
        self._waiters: dict[asyncio.Task[Any], None] = {}
        self._is_stopped = False
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    @property
    def limits(self) -> RateLimits:
        """The windows that are kept."""
        return self._limiter.limits

    @property
    def in_flight(self) -> int:
        """The number of requests of this job in flight."""
        return len(self._held)

    @property
    def waiting(self) -> int:
        """The number of requests of this job in the queue."""
        return len(self._waiters)

    @property
    def max_in_flight(self) -> int:
        """The number of requests of this job that may be in flight at once."""
        return min(self._slots.max_in_flight, self._limiter.max_in_flight)

    @max_in_flight.setter
    def max_in_flight(self, value: int) -> None:
        self._slots.max_in_flight = value

    @property
    def closed_until(self) -> float:
        """The loop time until which no request may be sent; minus infinity if the gate is open."""
        return self._limiter.closed_until

    @property
    def is_stopped(self) -> bool:
        """Whether the job was stopped."""
        return self._is_stopped

    def stop(self) -> None:
        """Refuse every further request, and remove those of this job from the queue."""
        self._is_stopped = True
        for waiter in tuple(self._waiters):
            waiter.cancel()

    async def idle(self) -> None:
        """Wait until no request of this job is in flight."""
        await self._is_idle.wait()

    def available(self) -> int:
        """Return how many requests could be sent right now."""
        return 0 if self._is_stopped else min(self._slots.available(), self._limiter.available())

    def acquire_now(self, lane: Lane = Lane.INTERACTIVE) -> Permit | None:
        """Return a permit, or None if the caller has to wait for one in :meth:`acquire`."""
        self._raise_if_stopped()
        if self._before_send is not None:
            return None
        slot = self._slots.acquire_now()
        if slot is None:
            return None
        permit = self._limiter.acquire_now(lane)
        if permit is None:
            self._slots.refund(slot)
            return None
        return self._granted(permit, slot)

    async def acquire(self, lane: Lane = Lane.INTERACTIVE) -> Permit:
        """Wait for a permit. :class:`Stopped` is raised if the job is stopped before there is one."""
        self._raise_if_stopped()
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that awaits runs in a task
        cancellations = task.cancelling()
        self._waiters[task] = None
        try:
            permit, slot = await self._acquire_both(lane)
        except asyncio.CancelledError:
            # Cancelled by stop(), as asyncio.timeout() cancels, unless somebody else cancelled it as well.
            if self._is_stopped and task.uncancel() <= cancellations:
                raise Stopped from None
            raise
        finally:
            self._waiters.pop(task, None)
        if self._before_send is not None:
            try:
                await self._before_send()
                self._raise_if_stopped()
            except BaseException:
                self._limiter.refund(permit)
                self._slots.refund(slot)
                raise
        return self._granted(permit, slot)

    async def _acquire_both(self, lane: Lane) -> tuple[Permit, Permit]:
        slot = await self._slots.acquire()
        try:
            return await self._limiter.acquire(lane), slot
        except BaseException:
            self._slots.refund(slot)
            raise

    def release(self, permit: Permit) -> None:
        """Return the permit of a request that was sent."""
        self._limiter.release(permit)
        self._returned()

    def refund(self, permit: Permit) -> None:
        """Return the permit of a request that certainly did not reach the server."""
        self._limiter.refund(permit)
        self._returned()

    def close_until(self, when: float) -> None:
        """Close the gate of the underlying limiter: a 429 concerns everyone who uses the key."""
        self._limiter.close_until(when)

    def foreign_requests(self, permit: Permit, *, limit: int, remaining: int) -> int:
        """Return how many requests of other senders the rate-limit headers of a response imply."""
        return self._limiter.foreign_requests(permit, limit=limit, remaining=remaining)

    def observe(self, permit: Permit, *, limit: int, remaining: int, reset_in: float) -> int:
        """Take requests of other senders into account; return how many were not known before."""
        return self._limiter.observe(permit, limit=limit, remaining=remaining, reset_in=reset_in)

    def _raise_if_stopped(self) -> None:
        if self._is_stopped:
            raise Stopped

    def _granted(self, permit: Permit, slot: Permit) -> Permit:
        self._held.append(slot)
        self._is_idle.clear()
        return permit

    def _returned(self) -> None:
        self._slots.refund(self._held.pop())
        if not self._held:
            self._is_idle.set()
