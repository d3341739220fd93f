"""When the service is down: stop sending, probe, and go on when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import attrs

from ..errors import RateLimited, ServerError, TransportError

T = TypeVar("T")

OUTAGE: Final = (TransportError, ServerError, RateLimited)
"""What is left when every retry of a request has failed for reasons that are not the request's own."""


@attrs.define
class Circuit:
    """A breaker for a whole job. While it is open one caller probes and all others wait.

    ``probe`` is one cheap request that works whenever the service does. ``strikes`` bounds how often one
    operation may fail although the probe says that the service is there: then the fault is its own.
    """

    probe: Callable[[], Awaitable[object]]
    first_pause: float = 5.0
    longest_pause: float = 60.0
    strikes: int = 3
    open_since: float | None = None
    """The loop time since when the service has been away; None while it is there."""
    _back: asyncio.Event | None = None

    async def call(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Run an operation, waiting out every outage; its own error is raised as it is."""
        strikes = 0
        while True:
            if self._back is not None:
                await self._back.wait()
            try:
                return await operation()
            except OUTAGE:
                strikes += 1
                if strikes >= self.strikes:
                    raise
            await self._wait_out()

    async def _wait_out(self) -> None:
        if self._back is not None:
            await self._back.wait()
            return
        self._back = back = asyncio.Event()
        self.open_since = asyncio.get_running_loop().time()
        pause = self.first_pause
        try:
            while not await self._is_there():
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.longest_pause)
        finally:
            # Also when this prober is cancelled: the next to fail probes on.
            self._back = self.open_since = None
            back.set()

    async def _is_there(self) -> bool:
        try:
            await self.probe()
        except OUTAGE:
            return False
        return True
