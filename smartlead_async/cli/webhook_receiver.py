"""A receiver of webhooks on this machine, which prints what it gets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from aiohttp import web

from ..errors import SmartleadError
from ..fields import Secret
from ..webhooks import (
    Event,
    EventQueue,
    WebhookPayloadError,
    WebhookRefused,
    deduplication_key,
    has_own_headers,
    parse,
    verify,
)

_MAX_BODY: Final = 10 * 2**20


class EventPrinter(Protocol):
    """The messages of the receiver about deliveries."""

    def received(self, event: Event, key: str, *, is_repeated: bool) -> None:
        """Show an event."""

    def refused(self, error: SmartleadError) -> None:
        """Show why a delivery was refused."""


class WebhookReceiver:
    """Takes deliveries, verifies them if there is something to verify them by, and shows them."""

    def __init__(
        self, printer: EventPrinter, *, url_token: Secret | None, signing_secret: Secret | None
    ) -> None:
        self._printer = printer
        self._url_token = url_token
        self._signing_secret = signing_secret
        self._queue = EventQueue()
        self.events = 0

    async def receive(self, body: bytes, headers: Mapping[str, str], token: str | None) -> int:
        """Return the HTTP status for a delivery."""
        try:
            if self._url_token or self._signing_secret:
                verify(
                    body,
                    headers,
                    received_token=token,
                    url_token=self._url_token,
                    signing_secret=self._signing_secret,
                )
            event = parse(body)
        except WebhookRefused as refused:
            self._printer.refused(refused)
            return 401
        except WebhookPayloadError as error:
            self._printer.refused(error)
            return 400
        key = deduplication_key(event, headers, trust_request_id=has_own_headers(headers))
        is_new = await self._queue.put(key, event)
        self.events += is_new
        self._printer.received(event, key, is_repeated=not is_new)
        return 200

    async def serve(self, port: int, on_ready: Callable[[str], None]) -> None:
        """Listen on 127.0.0.1 until this is cancelled."""

        async def handle(request: web.Request) -> web.Response:
            if request.method != "POST":
                return web.Response(text="smartlead-async webhooks listen: POST events here\n")
            status = await self.receive(await request.read(), request.headers, request.query.get("token"))
            return web.Response(status=status)

        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.5)
        async with self._queue:
            await runner.setup()
            try:
                site = web.TCPSite(runner, "127.0.0.1", port)
                await site.start()
                on_ready(f"http://127.0.0.1:{runner.addresses[0][1]}/")
                await asyncio.Event().wait()
            finally:
                await runner.cleanup()
