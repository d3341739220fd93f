"""The campaigns that a job works on at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import attrs

_MAX_WAITING: Final = 1000
"""Campaigns that may wait without a slot, since each holds its specification in memory."""


@attrs.define
class Slots:
    """A bounded number of slots, one for each campaign that a job works on."""

    number: int
    waiting: int = 0
    """The campaigns that have given up their slot for the time being."""
    _free: asyncio.Semaphore = attrs.field(
        default=attrs.Factory(lambda self: asyncio.Semaphore(self.number), takes_self=True)
    )

    async def acquire(self) -> Slot:
        """Wait for a slot. Those who gave one up and those who wait for their first queue in order."""
        await self._free.acquire()
        return Slot(self)

    def release(self) -> None:
        """Return a slot."""
        self._free.release()


@attrs.define
class Slot:
    """The slot of one campaign, which it can give up while it waits for something other than the limiter."""

    _slots: Slots | None = None
    """None for a campaign that is run on its own."""

    def release(self) -> None:
        """Return the slot for good."""
        if self._slots is not None:
            slots, self._slots = self._slots, None
            slots.release()

    @asynccontextmanager
    async def given_up(self) -> AsyncIterator[None]:
        """Let another campaign have the slot during the block; it ends with a slot again."""
        slots = self._slots
        if slots is None or slots.waiting >= _MAX_WAITING:
            yield
            return
        self.release()
        slots.waiting += 1
        try:
            yield
            await slots.acquire()
            self._slots = slots
        finally:
            slots.waiting -= 1
