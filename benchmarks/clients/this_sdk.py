"""smartlead-async with its defaults and a rate limit that is never reached."""

from __future__ import annotations

from smartlead_async import RateLimits, SmartleadClient

LIMITS = RateLimits.of((100_000, 1.0), (1_000_000, 60.0), (10_000_000, 3600.0))
"""Three windows, like those of SmartLead, but too large for any benchmark to fill."""


class Client:
    """See :class:`benchmarks.clients.Contender`."""

    def __init__(self, base_url: str, api_key: str, connections: int) -> None:
        self._client = SmartleadClient(api_key, base_url=base_url, limits=LIMITS, max_in_flight=connections)

    async def create(self, name: str) -> int:
        created = await self._client.campaigns.create(name)
        return created.id

    async def aclose(self) -> None:
        await self._client.aclose()
