"""The sender of a job: its client, behind a circuit breaker and the job's own limiter."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import Self, TypeVar

import attrs

from ...api.email_accounts.read import ListEmailAccounts
from ...errors import SmartleadError
from ...limits import Lane
from ...pipeline.events import Event, Observer, Response, emit, numbers
from ...pipeline.retry import RetryPolicy
from ...request import Request
from .circuit_breaker import CircuitBreaker
from .client import ProvisioningClient
from .job_limiter import JobLimiter, Stopped

T = TypeVar("T")


class GuardedSender:
    """Sends the requests of one job: waits out outages, and sends nothing once the job is stopped.

    After :meth:`stop`, ``send`` raises :class:`Stopped`. Other users of the client are not affected.
    """

    def __init__(
        self,
        client: ProvisioningClient,
        *,
        on_attempt: Observer | None = None,
        before_send: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.limiter = JobLimiter(client.limiter, before_send=before_send)
        self.job = next(numbers)
        """The number of the job in its events."""
        self._listener = client.listener
        self._client = client.with_options(lane=Lane.BULK, on_attempt=on_attempt, limiter=self.limiter)
        self._breaker = CircuitBreaker(probe=self._probe, emit=self.emit, job=self.job)

    @property
    def is_stopped(self) -> bool:
        """Whether the job was stopped."""
        return self.limiter.is_stopped

    @property
    def down_since(self) -> float | None:
        """The loop time at which the service went down; None while it is up."""
        return self._breaker.open_since

    @property
    def outage(self) -> str | None:
        """The reason for which the service is down; None while it is up."""
        return self._breaker.outage

    def stop(self) -> None:
        """Send nothing more; requests in flight get their responses."""
        self.limiter.stop()

    def emit(self, event: Event) -> None:
        """Log an event of the job and pass it to the listener of the client."""
        emit(event, self._listener)

    def observed_by(self, on_attempt: Observer) -> Self:
        """Return this sender with another observer added. Both share the limiter and the circuit breaker."""
        observed = copy.copy(self)
        observed._client = self._client.with_options(on_attempt=on_attempt)  # noqa: SLF001 - our own
        return observed

    async def send(self, request: Request[T], /) -> T:
        """Send a request and return its result."""
        return (await self.send_raw(request)).value

    async def send_raw(self, request: Request[T], /) -> Response[T]:
        """Send a request and return its response, whose ``attempts`` include those before an outage."""
        spent = 0

        async def once() -> Response[T]:
            nonlocal spent
            try:
                response = await self._client.send_raw(request)
            except SmartleadError as error:
                spent = error.attempts = spent + error.attempts
                raise
            return attrs.evolve(response, attempts=spent + response.attempts)

        if self.is_stopped:
            raise Stopped
        return await self._breaker.call(once, repeatable=request.is_repeatable)

    async def _probe(self) -> object:
        return await self._client.with_options(retry=RetryPolicy.NEVER).send(ListEmailAccounts(limit=1))
