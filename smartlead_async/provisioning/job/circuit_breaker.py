"""A circuit breaker: stops sending while the service is down, probes it, and resumes when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import attrs

from ...errors import (
    APIError,
    AuthenticationError,
    RateLimited,
    ResponseDecodeError,
    ServerError,
    SmartleadError,
    TransportError,
)
from ...events import Event, ServiceDown, ServiceUp

T = TypeVar("T")


OUTAGE: Final = (TransportError, ServerError, RateLimited)
"""Errors that remain when every retry has failed for reasons other than the request itself."""

_NOT_TRANSIENT: Final = frozenset({400, 401, 407, 411, 413, 414, 415, 422, 431, *range(300, 400)})
"""Statuses of a proxy or gateway that no wait changes: the request, credentials or the URL are wrong."""


@attrs.define
class CircuitBreaker:
    """The circuit breaker of a job. While it is open, one caller probes and all others wait.

    ``probe`` sends one cheap request that succeeds whenever the service is up. ``max_failures`` bounds how
    often one operation may fail although the probe succeeds: then the operation itself is at fault. Outages
    do not count, however long and frequent they are.
    """

    probe: Callable[[], Awaitable[object]]
    emit: Callable[[Event], None] = lambda _event: None
    job: int = 0
    """The number of the job in events."""
    first_pause: float = 5.0
    longest_pause: float = 60.0
    max_failures: int = 3
    open_since: float | None = None
    """The loop time at which the service went down; None while it is up."""
    outage: str | None = None
    """The reason for which the last probe failed; None while the service is up."""
    _recoveries: int = 0
    """The number of times that the service has recovered."""
    _probing: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    async def call(self, operation: Callable[[], Awaitable[T]], *, repeatable: bool = True) -> T:
        """Run an operation, waiting out every outage; other errors are raised unchanged.

        A maintenance page in place of JSON counts as an outage only if the operation is ``repeatable``, since
        its status was 2xx.
        """
        failures = 0
        while True:
            if self.open_since is not None:
                await self._was_down(self._recoveries)
            recoveries = self._recoveries
            try:
                return await operation()
            except SmartleadError as error:
                if not _is_outage(error, repeatable=repeatable):
                    raise
                failures += not await self._was_down(recoveries)
                if failures >= self.max_failures:
                    raise

    async def _was_down(self, recoveries: int) -> bool:
        """Wait until the service is up; return whether it was down.

        ``recoveries`` is their number before the operation failed.
        """
        # The holder of the lock probes. If it is cancelled, the next one in line continues.
        async with self._probing:
            if self._recoveries != recoveries:
                return True
            pause = self.first_pause
            while not await self._is_up():
                if self.open_since is None:
                    self.open_since = asyncio.get_running_loop().time()
                    self.emit(ServiceDown(self.job))
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.longest_pause)
            if self.open_since is None:
                return False
            self.emit(ServiceUp(self.job, asyncio.get_running_loop().time() - self.open_since))
            self.open_since = None
            self._recoveries += 1
            return True

    async def _is_up(self) -> bool:
        try:
            await self.probe()
        except SmartleadError as error:
            if isinstance(error, AuthenticationError):
                raise
            # A service that refuses the request is up.
            self.outage = str(error) if _is_outage(error, repeatable=True) else None
        else:
            self.outage = None
        return self.outage is None


def _is_outage(error: SmartleadError, *, repeatable: bool) -> bool:
    if isinstance(error, ResponseDecodeError):
        return error.malformed and repeatable
    if isinstance(error, APIError) and not error.refused and error.status not in _NOT_TRANSIENT:
        # The API itself did not respond: an HTML 403 or 404 comes from the network edge or a gateway.
        return True
    return isinstance(error, OUTAGE)
