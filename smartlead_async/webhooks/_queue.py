"""A durable queue of events that takes each event once, however often it is delivered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, Self

import attrs
import filelock

from ._deduplicate import BODY
from ._errors import WebhookPayloadError
from ._events import Event
from ._parse import parse, stored_body, stored_payload
from ._store import OWNER_ONLY, Store

EventHandler = Callable[[Event], Awaitable[object]]
"""A function that handles an event. If it raises, it is called again later."""

_log: Final = logging.getLogger("smartlead_async.webhooks")

_DAY: Final = 86_400.0
_LOCK_EVERY: Final = 1.0
_PRUNE_EVERY: Final = 1000

RETRY_AFTER: Final = (10.0, 60.0, 300.0, 1800.0, 7200.0)
"""Seconds until a handler that raised is called again."""

REPEATS_END_AFTER: Final = 8 * 3600.0
"""Seconds within which SmartLead repeats a delivery, by the longest schedule that it documents."""


@attrs.frozen(kw_only=True)
class FailedEvent:
    """An event whose handler failed each time, or a delivery that could not be read.

    ``body`` is its JSON without secrets, and ``error`` what went wrong. Example::

        for failed in await queue.failed():
            print(failed.key, failed.attempts, failed.error)
    """

    key: str
    received_at: float
    attempts: int
    body: bytes
    error: str


class EventQueue:
    """A queue of events in one SQLite file, in which each event is once.

    ``put`` returns after the event is on disk, so respond with 2xx then. ``process`` calls a handler for one
    event after the other, in order of arrival, also for those of an earlier process. A handler that raises is
    called again after ten seconds, then up to two hours; after that the event is kept as failed. An event is
    handled once, unless the process dies in its handler: then the handler is called again after the restart,
    and ``event.key`` is what it can recognize the event by. The key of an event is remembered for
    ``remember_for`` seconds and its payload until it is handled.

    Several processes can put events into one file; one of them at a time processes. Without a path the queue
    is in memory and lasts as long as its process. Needs the ``ledger`` extra. Example::

        async with EventQueue("webhooks.sqlite") as queue:
            await queue.put(webhooks.deduplication_key(event, headers), event)    # False if repeated
            await queue.process(handle)    # until it is cancelled
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        remember_for: float = 30 * _DAY,
        retry_after: Sequence[float] = RETRY_AFTER,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = None if path is None else Path(path)
        self._remember_for = remember_for
        self._retry_after = tuple(retry_after)
        self._clock = clock
        self._store = Store(self.path)
        self._arrived = asyncio.Event()
        self._puts = 0
        self.is_stopped = False
        """Whether :meth:`stop` was called since the queue was opened."""

    def __repr__(self) -> str:
        where = "in memory" if self.path is None else repr(str(self.path))
        return f"<EventQueue {where}, {'open' if self._store.is_open else 'closed'}>"

    async def open(self) -> Self:
        """Open or create the file. A file that is no queue raises :class:`ConfigurationError`."""
        if not self._store.is_open:
            await self._store.open()
            self.is_stopped = False
            await self._prune()
        return self

    async def aclose(self) -> None:
        """Close the file."""
        await self._store.aclose()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def put(self, key: str, event: Event) -> bool:
        """Store an event; return False if one with this key is stored or was handled before."""
        is_new = await self._insert(key, stored_payload(event))
        self._puts += 1
        if self._puts % _PRUNE_EVERY == 0:
            await self._prune()
        if is_new:
            self._arrived.set()
        return is_new

    async def park(self, key: str, body: bytes, error: WebhookPayloadError) -> bool:
        """Keep a delivery that could not be read, for a person to look at; return False if it is known."""
        return await self._insert(key, stored_body(body), error=str(error))

    async def process(self, handler: EventHandler) -> None:
        """Call a handler for each event, until :meth:`stop`; wait while another process does it.

        A cancellation cancels the handler as well, and it is called again for its event.
        """
        async with self._turn():
            while not self.is_stopped:
                self._arrived.clear()
                await self.process_waiting(handler)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._arrived.wait(), _LOCK_EVERY)

    def stop(self) -> None:
        """Let :meth:`process` return once the handler that is running has finished."""
        self.is_stopped = True
        self._arrived.set()

    async def process_waiting(self, handler: EventHandler) -> int:
        """Call a handler for each event that is due now, and return how many were handled."""
        handled = 0
        while not self.is_stopped and (found := await self._next()) is not None:
            handled += await self._handle(handler, *found)
        return handled

    async def counts(self) -> dict[str, int]:
        """Return the number of events that are ``waiting``, ``done`` and ``failed``."""
        rows = await self._store.all("SELECT state, COUNT(*) FROM events GROUP BY state")
        return {"waiting": 0, "done": 0, "failed": 0} | {str(state): count for state, count in rows}

    async def failed(self) -> list[FailedEvent]:
        """Return the events that were given up, oldest first."""
        rows = await self._store.all(
            "SELECT key, received_at, attempts, body, error FROM events WHERE state = 'failed' "
            "ORDER BY position"
        )
        return [
            FailedEvent(key=key, received_at=at, attempts=attempts, body=body, error=error)
            for key, at, attempts, body, error in rows
        ]

    async def retry_failed(self) -> int:
        """Let the events that were given up be handled again, and return how many they are."""
        count = await self._store.write(
            "UPDATE events SET state = 'waiting', attempts = 0, due_at = ? WHERE state = 'failed'",
            self._clock(),
        )
        self._arrived.set()
        return count

    # --- storing -------------------------------------------------------------------------------------

    async def _insert(self, key: str, body: bytes, *, error: str | None = None) -> bool:
        now = self._clock()
        if key.startswith(BODY):
            # An alert that comes again after SmartLead has stopped repeating it is another alert.
            await self._store.write(
                "DELETE FROM events WHERE key = ? AND state = 'done' AND received_at < ?",
                key,
                now - REPEATS_END_AFTER,
            )
        state = "waiting" if error is None else "failed"
        count = await self._store.write(
            "INSERT OR IGNORE INTO events (key, state, received_at, due_at, attempts, body, error) "
            "VALUES (?, ?, ?, ?, 0, ?, ?)",
            *(key, state, now, now, body, error),
        )
        return count == 1

    async def _prune(self) -> None:
        await self._store.write(
            "DELETE FROM events WHERE state = 'done' AND received_at < ?", self._clock() - self._remember_for
        )

    # --- handling ------------------------------------------------------------------------------------

    async def _next(self) -> tuple[str, int, bytes] | None:
        rows = await self._store.all(
            "SELECT key, attempts, body FROM events WHERE state = 'waiting' AND due_at <= ? "
            "ORDER BY position LIMIT 1",
            self._clock(),
        )
        return next(((key, attempts, body) for key, attempts, body in rows), None)

    async def _handle(self, handler: EventHandler, key: str, attempts: int, body: bytes) -> bool:
        try:
            await handler(attrs.evolve(parse(body), key=key))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the event is not lost
            await self._postpone(key, attempts + 1, problem)
            return False
        await self._store.write(
            "UPDATE events SET state = 'done', body = NULL, error = NULL WHERE key = ?", key
        )
        return True

    async def _postpone(self, key: str, attempts: int, problem: Exception) -> None:
        is_last = attempts > len(self._retry_after) or isinstance(problem, WebhookPayloadError)
        wait = 0.0 if is_last else self._retry_after[attempts - 1]
        then = "kept as failed" if is_last else f"again in {wait:g} s"
        _log.error("the handler of webhook event %s failed, %s", key, then, exc_info=problem)
        await self._store.write(
            "UPDATE events SET state = ?, attempts = ?, due_at = ?, error = ? WHERE key = ?",
            "failed" if is_last else "waiting",
            attempts,
            self._clock() + wait,
            f"{type(problem).__name__}: {problem}",
            key,
        )

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self.path is None:
            yield
            return
        lock = filelock.FileLock(f"{self.path}.lock", timeout=0, mode=OWNER_ONLY)
        while not self.is_stopped:
            try:
                lock.acquire()
                break
            except filelock.Timeout:
                await asyncio.sleep(_LOCK_EVERY)
        try:
            yield
        finally:
            lock.release()
