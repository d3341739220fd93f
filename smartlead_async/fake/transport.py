"""A transport that passes requests to the fake in memory, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from ..errors import Interrupted, NotSent, RequestTimeout
from ..request import Host
from ..transport import HttpRequest, HttpResponse
from .exchange import Ending, Receiver

_HOSTS: Final = {urlsplit(host.value).netloc: host for host in Host}


class FakeTransport:
    """A transport to a :class:`FakeSmartlead`; faults raise the errors of a real transport.

    Half of the ``latency`` (seconds, or a function that returns them) passes before the request is carried
    out and half after it, so that a request cancelled in the second half has been carried out. With zero it
    never sleeps. Example::

        client = SmartleadClient("test-key", transport=fake.transport(latency=0.2))
    """

    def __init__(self, fake: Receiver, latency: float | Callable[[], float] = 0.0) -> None:
        self._fake = fake
        self._latency = latency
        self.in_flight = 0
        self.most_in_flight = 0
        """The greatest number of requests that were in flight at once."""
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
        # A URL of a different server, as with the client's base_url, stands for all hosts.
        host = _HOSTS.get(url.netloc)
        exchange = self._fake.receive(
            request.method, url.path, url.query, request.headers, request.body, host=host
        )
        if exchange.ending is Ending.TIMED_OUT:
            await asyncio.sleep(request.timeout)
            raise RequestTimeout(f"no response within {request.timeout:g} s")
        if exchange.delay + one_way > 0:
            await asyncio.sleep(exchange.delay + one_way)
        match exchange.ending:
            case Ending.REFUSED:
                raise NotSent("the connection was refused")
            case Ending.LOST:
                raise Interrupted("the connection was lost before the response")
            case Ending.CUT_OFF:
                raise Interrupted("the connection was lost in the middle of the response")
        reply = exchange.reply
        assert reply is not None  # noqa: S101 - every other ending has one
        headers = {name.lower(): value for name, value in reply.headers.items()}
        headers.setdefault("date", self._fake.clock.http_date())
        headers["content-type"] = reply.content_type
        headers["content-length"] = str(len(reply.body))
        return HttpResponse(reply.status, headers, b"" if request.method == "HEAD" else reply.body)

    async def aclose(self) -> None:
        """Set ``closed``; there is nothing to release."""
        self.closed = True
