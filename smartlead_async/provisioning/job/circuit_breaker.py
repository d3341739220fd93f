"""When the service is down: stop sending, probe, and go on when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import attrs

from ...errors import (
    AuthenticationError,
    RateLimited,
    ResponseDecodeError,
    ServerError,
    SmartleadError,
    TransportError,
)

T = TypeVar("T")


OUTAGE: Final = (TransportError, ServerError, RateLimited)
"""What is left when every retry of a request has failed for reasons that are not the request's own."""


@attrs.define
class CircuitBreaker:
    """A breaker for a whole job. While it is open one caller probes and all others wait.

    ``probe`` is one cheap request that works whenever the service does. ``failures`` bounds how often one
    operation may fail although the probe says that the service is there: then the fault is its own. An
    outage is no strike, however long it takes and however often it comes back.
    """

    probe: Callable[[], Awaitable[object]]
    first_pause: float = 5.0
    longest_pause: float = 60.0
    max_failures: int = 3
    open_since: float | None = None
    """The loop time since when the service has been away; None while it is there."""
    _returns: int = 0
    """How often it has come back."""
    _probing: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    async def call(self, operation: Callable[[], Awaitable[T]], *, repeatable: bool = True) -> T:
        """Run an operation, waiting out every outage; its own error is raised as it is.

        A maintenance page where JSON should be is an outage too, but only of what is ``repeatable``: the
        service said yes to it.
        """
        failures = 0
        while True:
            if self.open_since is not None:
                await self._was_away(self._returns)
            returns = self._returns
            try:
                return await operation()
            except SmartleadError as error:
                if not _is_outage(error, repeatable=repeatable):
                    raise
                failures += not await self._was_away(returns)
                if failures >= self.max_failures:
                    raise

    async def _was_away(self, returns: int) -> bool:
        """Wait until the service is there; whether it was away. ``returns``: as it was before the failure."""
        # Whoever holds the lock probes. If it is cancelled, the next in line goes on probing.
        async with self._probing:
            if self._returns != returns:
                return True
            pause = self.first_pause
            while not await self._is_there():
                if self.open_since is None:
                    self.open_since = asyncio.get_running_loop().time()
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.longest_pause)
            was_away = self.open_since is not None
            self.open_since = None
            self._returns += was_away
            return was_away

    async def _is_there(self) -> bool:
        try:
            await self.probe()
        except SmartleadError as error:
            if isinstance(error, AuthenticationError):
                raise
            # Whoever refuses is there.
            return not _is_outage(error, repeatable=True)
        return True


def _is_outage(error: SmartleadError, *, repeatable: bool) -> bool:
    if isinstance(error, ResponseDecodeError):
        return error.malformed and repeatable
    return isinstance(error, OUTAGE)
