"""aiohttp and orjson without any wrapper: the lower bound for a client built on aiohttp."""

from __future__ import annotations

import aiohttp
import orjson


class Client:
    """See :class:`benchmarks.clients.Contender`."""

    def __init__(self, base_url: str, api_key: str, connections: int) -> None:
        self._url = f"{base_url}/campaigns/create?api_key={api_key}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections),
            headers={"User-Agent": "bare/1.0", "Content-Type": "application/json"},
        )

    async def create(self, name: str) -> int:
        async with self._session.post(self._url, data=orjson.dumps({"name": name})) as response:
            body = orjson.loads(await response.read())
            if response.status != 200:
                raise RuntimeError(f"status {response.status}")
            campaign_id: int = body["id"]
            return campaign_id

    async def aclose(self) -> None:
        await self._session.close()
