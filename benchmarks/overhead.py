"""Driver of ``overhead``: creates over loopback HTTP by one client."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs

from .clients import Contender, contender
from .loopback import API_KEY
from .measurement import Stopwatch


def drive(
    name: str, base_url: str, number: int, concurrency: int, adapter: str | None = None
) -> dict[str, Any]:
    """Run ``number`` creates by one contender; return CPU and wall time without the warm-up."""
    return asyncio.run(_drive(contender(name, adapter), base_url, number, concurrency))


async def _drive(kind: type[Contender], base_url: str, number: int, concurrency: int) -> dict[str, Any]:
    client = kind(base_url, API_KEY, concurrency)
    try:
        # Open the connections, load modules and compile hooks before measuring.
        await _create_all(client, concurrency * 4, concurrency)
        with Stopwatch() as watch:
            ids = await _create_all(client, number, concurrency)
    finally:
        await client.aclose()
    if len(ids) != number:
        raise RuntimeError(f"created {len(ids)} campaigns instead of {number}")
    return attrs.asdict(watch.cost)


async def _create_all(client: Contender, number: int, concurrency: int) -> set[int]:
    names = iter([f"SaaS founders wave {n}" for n in range(number)])
    ids: set[int] = set()

    async def work() -> None:
        for name in names:
            ids.add(await client.create(name))

    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(work())
    return ids
