"""Post the deliveries of a served fake to the URLs of its webhooks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import aiohttp

from ..waiting import until_done
from .deliveries import Deliveries, Delivery

_LONGEST_WAIT: Final = 30.0
_TIMEOUT: Final = aiohttp.ClientTimeout(total=30)


@contextlib.asynccontextmanager
async def posting(deliveries: Deliveries) -> AsyncIterator[None]:
    """Let a fake post its deliveries over HTTP, one after another, while the block runs."""
    outbox: asyncio.Queue[Delivery] = asyncio.Queue()
    deliveries.outbox = outbox
    worker = asyncio.create_task(_post_all(deliveries, outbox))
    try:
        yield
    finally:
        deliveries.outbox = None
        worker.cancel()
        await until_done(worker)


async def _post_all(deliveries: Deliveries, outbox: asyncio.Queue[Delivery]) -> None:
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        while True:
            delivery = await outbox.get()
            deliveries.settle(delivery, await _post(session, delivery))
            outbox.task_done()


async def _post(session: aiohttp.ClientSession, delivery: Delivery) -> int | None:
    try:
        async with session.post(
            delivery.url, data=delivery.body, headers=delivery.headers, allow_redirects=False
        ) as response:
            return response.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None


async def wait_until_posted(deliveries: Deliveries) -> None:
    """Wait until every receiver has responded, for half a minute at most."""
    if deliveries.outbox is not None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(deliveries.outbox.join(), _LONGEST_WAIT)
