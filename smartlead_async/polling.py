"""Waiting for work that SmartLead does by itself: orders, tests, scheduled replies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from .errors import (
    APIError,
    NotFinished,
    RateLimited,
    ResponseDecodeError,
    ServerError,
    SmartleadError,
    TransportError,
)

T = TypeVar("T")

SHORTEST_INTERVAL: Final = 1.0


async def poll(
    read: Callable[[], Awaitable[T]],
    finished: Callable[[T], bool],
    *,
    every: float = 60.0,
    deadline: float,
    on_update: Callable[[T], object] | None = None,
) -> T:
    """Read something until it is finished, and return what was read last.

    One request every ``every`` seconds (at least 1), through the client and within its rate limits.
    ``deadline`` is in seconds from now; when it has passed, after one more reading, :class:`NotFinished` is
    raised. Nothing is lost then: call this again with the same id to go on waiting. ``on_update`` gets each
    reading that differs from the one before it. Outages of the server do not end the wait; a refusal, such as
    :class:`NotFound`, does. Example::

        order = await poll(
            lambda: client.smart_senders.get_order("895001"),
            lambda order: order.status == "completed",
            every=300, deadline=12 * 3600, on_update=print,
        )
    """
    if not every >= SHORTEST_INTERVAL:
        raise ValueError(f"every must be at least {SHORTEST_INTERVAL:g} second, not {every!r}")
    if not deadline >= 0:
        raise ValueError(f"deadline must be at least 0 seconds, not {deadline!r}")
    loop = asyncio.get_running_loop()
    until = loop.time() + deadline
    last: T | None = None
    while True:
        overdue = loop.time() >= until
        failure: SmartleadError | None = None
        try:
            value = await read()
        except SmartleadError as error:
            if not _is_temporary(error):
                raise
            failure = error
        else:
            if on_update is not None and value != last:
                on_update(value)
            last = value
            if finished(value):
                return value
        if overdue:
            raise NotFinished(deadline, last=last) from failure
        await asyncio.sleep(min(every, max(until - loop.time(), 0.0)))


def _is_temporary(error: SmartleadError) -> bool:
    """Return whether the same request may succeed later: the client has given up on it after its retries."""
    if isinstance(error, ResponseDecodeError):
        return error.malformed
    if isinstance(error, APIError):
        return isinstance(error, (RateLimited, ServerError))
    return isinstance(error, TransportError)
