"""The parts of a client that provisioning uses, as protocols: provisioning is a layer below the client."""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

from ...limits import Lane
from ...pipeline.events import Listener, Observer, Response
from ...pipeline.rate_limiter import RateLimiter
from ...pipeline.retry import RetryPolicy
from ...request import Request

T = TypeVar("T")


class RequestSender(Protocol):
    """Something that sends requests: a client, or a job's :class:`GuardedSender`."""

    async def send(self, request: Request[T], /) -> T:
        """Send a request and return its result."""
        ...

    async def send_raw(self, request: Request[T], /) -> Response[T]:
        """Send a request and return its result with the response around it."""
        ...


class ProvisioningClient(RequestSender, Protocol):
    """The part of :class:`SmartleadClient` that a job uses."""

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        lane: Lane | None = None,
        on_attempt: Observer | None = None,
        limiter: RateLimiter | None = None,
    ) -> Self:
        """Return a copy with other options."""
        ...

    @property
    def limiter(self) -> RateLimiter:
        """The limiter that paces the client."""
        ...

    @property
    def listener(self) -> Listener | None:
        """The function that is called with each event."""
        ...
