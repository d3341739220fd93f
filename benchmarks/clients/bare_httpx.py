"""A single httpx client without any wrapper."""

from __future__ import annotations

import httpx


class Client:
    """See :class:`benchmarks.clients.Contender`."""

    def __init__(self, base_url: str, api_key: str, connections: int) -> None:
        self._url = f"{base_url}/campaigns/create"
        self._key = {"api_key": api_key}
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"User-Agent": "bare/1.0"},
            trust_env=False,
        )

    async def create(self, name: str) -> int:
        response = await self._client.post(self._url, params=self._key, json={"name": name})
        response.raise_for_status()
        campaign_id: int = response.json()["id"]
        return campaign_id

    async def aclose(self) -> None:
        await self._client.aclose()
