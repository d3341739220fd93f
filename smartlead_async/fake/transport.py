"""The fake without a network: a transport that hands requests over in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import Interrupted, NotSent, RequestTimeout
from ..transport import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from .smartlead import FakeSmartlead


class FakeTransport:
    """Gives requests to a :class:`FakeSmartlead`; losses raise what a real transport raises.

    ``latency`` in seconds, or a function that gives them, is spent half on the way there and half on the
    way back, so that a request cancelled on the way back has been carried out. Zero never sleeps. Example::

        client = SmartleadClient("test-key", transport=fake.transport(latency=0.2))
    """

    def __init__(self, fake: FakeSmartlead, latency: float | Callable[[], float] = 0.0) -> None:
        self._fake = fake
        self._latency = latency
        self.in_flight = 0
        self.most_in_flight = 0
        """The most requests that were under way at once."""
        self.closed = False

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Carry out one request."""
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._send(request)
        finally:
            self.in_flight -= 1

    async def _send(self, request: HttpRequest) -> HttpResponse:
        one_way = (self._latency() if callable(self._latency) else self._latency) / 2
        if one_way > 0:
            await asyncio.sleep(one_way)
        url = urlsplit(request.url)
        exchange = self._fake.receive(request.method, url.path, url.query, request.headers, request.body)
        if exchange.ending == "too slow":
            # Whoever waits longer than the request's own timeout is told as a socket would tell.
            await asyncio.sleep(request.timeout)
            raise RequestTimeout(f"no answer within {request.timeout:g} s")
        if exchange.delay + one_way > 0:
            await asyncio.sleep(exchange.delay + one_way)
        match exchange.ending:
            case "refused":
                raise NotSent("the connection was refused")
            case "lost":
                raise Interrupted("the connection was lost before an answer came")
            case "broken off":
                raise Interrupted("the connection was lost in the middle of the answer")
        reply = exchange.reply
        assert reply is not None  # noqa: S101 - every other ending has one
        headers = {name.lower(): value for name, value in reply.headers.items()}
        headers["content-type"] = reply.content_type
        headers["content-length"] = str(len(reply.body))
        return HttpResponse(reply.status, headers, reply.body)

    async def aclose(self) -> None:
        """Nothing to give back; only noted."""
        self.closed = True
