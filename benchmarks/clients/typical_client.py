"""A typical hand-written client for such an API: httpx for transport, pydantic for requests and responses.

It has one shared connection pool and one retry loop, but no rate limiter.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict

_ATTEMPTS: Final = 3
_RETRYABLE: Final = frozenset({429, 500, 502, 503, 504})

ModelT = TypeVar("ModelT", bound=BaseModel)


class CreateCampaignRequest(BaseModel):
    name: str | None = None
    client_id: int | None = None


class CampaignCreated(BaseModel):
    model_config = ConfigDict(extra="ignore")

    ok: bool = True
    id: int
    name: str | None = None
    created_at: dt.datetime | None = None


class APIError(Exception):
    """Raised for an error response."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Client:
    """See :class:`benchmarks.clients.Contender`."""

    def __init__(self, base_url: str, api_key: str, connections: int) -> None:
        self._api_key = api_key
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(30.0),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"User-Agent": "typical/1.0", "Accept": "application/json"},
            trust_env=False,
        )

    async def create(self, name: str) -> int:
        body = CreateCampaignRequest(name=name).model_dump(exclude_none=True)
        created = await self._request("POST", "/campaigns/create", CampaignCreated, json=body)
        return created.id

    async def _request(self, method: str, path: str, model: type[ModelT], **options: Any) -> ModelT:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                response = await self._http.request(
                    method, path, params={"api_key": self._api_key}, **options
                )
            except httpx.TransportError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                if response.is_success:
                    return model.model_validate(response.json())
                if response.status_code not in _RETRYABLE or attempt == _ATTEMPTS:
                    raise APIError(response.status_code, response.text)
            await asyncio.sleep(0.1 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    async def aclose(self) -> None:
        await self._http.aclose()
