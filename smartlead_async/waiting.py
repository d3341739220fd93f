"""Waiting for tasks that must have ended before their caller goes on."""

from __future__ import annotations

import asyncio
from typing import Any


async def until_done(*tasks: asyncio.Future[Any]) -> None:
    """Wait until tasks have ended, with a result or not. A cancellation is raised only then.

    Somebody may cancel more than once: a second Ctrl-C, a timeout within another one, or a cancel scope of
    anyio, which cancels at every await.
    """
    cancelled = None
    while running := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(running)
        except asyncio.CancelledError as error:
            cancelled = error
    for task in tasks:
        if not task.cancelled():
            # Retrieved, so that asyncio does not log it.
            task.exception()
    if cancelled is not None:
        raise cancelled
