"""A transport that keeps the last response and what all responses say about limits and the clock."""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Callable

from ..pipeline.headers import RateLimitState
from ..transport import HttpRequest, HttpResponse, Transport


class RecordingTransport:
    """Passes requests on to another transport and records their responses.

    It is meant for requests that are sent one after the other.
    """

    def __init__(self, transport: Transport, wall_clock: Callable[[], float] = time.time) -> None:
        self._transport = transport
        self._wall_clock = wall_clock
        self.enforces_timeout = getattr(transport, "enforces_timeout", False)
        self.last: HttpResponse | None = None
        self.seconds = 0.0
        """The time that the last response took."""
        self.requests = 0
        self.too_many = 0
        self.limits: set[int] = set()
        self.skews: list[float] = []
        """Seconds by which the server's clock was ahead, for each response."""

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send one request and record its response."""
        self.last = None
        self.requests += 1
        loop = asyncio.get_running_loop()
        began, wall = loop.time(), self._wall_clock()
        try:
            response = await self._transport.send(request)
        finally:
            self.seconds = loop.time() - began
        self._record(response, wall + self.seconds / 2)
        return response

    def _record(self, response: HttpResponse, wall: float) -> None:
        self.last = response
        self.too_many += response.status == 429
        limit = RateLimitState.from_headers(response.headers).limit
        if limit is not None:
            self.limits.add(limit)
        if (date := _timestamp(response.headers.get("date"))) is not None:
            # The header has whole seconds: on average, the server's clock is half a second further.
            self.skews.append(date + 0.5 - wall)

    async def aclose(self) -> None:
        """Close the other transport."""
        await self._transport.aclose()


def _timestamp(date: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, OverflowError):
        return None
