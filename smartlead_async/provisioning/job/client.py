"""What provisioning needs of a client, so that it stands below it and takes any that fits."""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

from ...limits import Lane
from ...pipeline.events import Observer, Response
from ...pipeline.limiter import Limiter
from ...pipeline.retry import RetryPolicy
from ...request import Request

T = TypeVar("T")


class Stopped(Exception):
    """Control flow, not an error: the job was asked to stop, so this was not sent."""


class SendsRequests(Protocol):
    """The part of :class:`SmartleadClient` that a job uses."""

    async def send(self, request: Request[T], /) -> T:
        """Send a request and give its answer."""
        ...

    async def send_raw(self, request: Request[T], /) -> Response[T]:
        """The same, with what came around the answer."""
        ...

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        lane: Lane | None = None,
        on_attempt: Observer | None = None,
    ) -> Self:
        """A copy with other options."""
        ...

    @property
    def limiter(self) -> Limiter:
        """What paces it."""
        ...
