"""Clients of many API keys that share connections and keep one limiter for each key."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any, Self
from weakref import WeakValueDictionary

from fastapi import Depends, HTTPException

from ...client import SmartleadClient
from ...fields import Secret
from ...limits import RateLimits
from ...pipeline.limiter import Limiter
from ...pipeline.rate_limiter import Permit
from ...transport import HttpRequest, HttpResponse, Transport
from ...transport.aiohttp import AiohttpTransport

_CHECKED_AT_ONCE = 8


class TenantClients:
    """Clients for the API keys of your customers, created when they are needed.

    All share the connections of one transport. Each key has one limiter with the windows of ``limits``. At
    most ``max_clients`` clients are kept; one that was evicted is created again when it is needed, with the
    same limiter, which is forgotten only after its longest window has passed without a request and nobody
    has a client with it. ``options`` are those of :class:`SmartleadClient`. Sends nothing itself. Example::

        tenants = TenantClients(limits=RateLimits.PRO)

        async def key_of_tenant(request: Request) -> str: ...

        TenantClient = Annotated[SmartleadClient, Depends(tenants.client_of(key_of_tenant))]

        @asynccontextmanager
        async def lifespan(app: FastAPI):
            async with tenants:
                yield
    """

    def __init__(
        self,
        *,
        limits: RateLimits = RateLimits.STANDARD,
        max_in_flight: int = 20,
        max_clients: int = 1000,
        max_connections: int = 100,
        transport: Transport | None = None,
        **options: Any,
    ) -> None:
        if max_clients < 1:
            raise ValueError(f"max_clients must be at least 1, not {max_clients}")
        self._limits = limits
        self._max_in_flight = max_in_flight
        self._max_clients = max_clients
        self._max_connections = max_connections
        self._transport = transport
        self._options = options
        self._shared: _SharedTransport | None = None
        self._clients: OrderedDict[bytes, SmartleadClient] = OrderedDict()
        self._limiters: OrderedDict[bytes, _TenantLimiter] = OrderedDict()
        # Also those that only a client in somebody's hands still has.
        self._in_use: WeakValueDictionary[bytes, _TenantLimiter] = WeakValueDictionary()
        self._salt = secrets.token_bytes(16)

    def __repr__(self) -> str:
        return f"<TenantClients, {len(self._clients)} of at most {self._max_clients}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections of all clients."""
        self._clients.clear()
        shared, self._shared = self._shared, None
        if shared is not None:
            await shared.transport.aclose()

    def get(self, api_key: str | Secret) -> SmartleadClient:
        """Return the client for an API key, which closing does not affect.

        Example::

            created = await tenants.get(key).campaigns.create("SaaS founders Q1 2027")
        """
        value = api_key.reveal() if isinstance(api_key, Secret) else api_key
        digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=self._salt).digest()
        client = self._clients.get(digest)
        if client is None:
            client = SmartleadClient(
                value, transport=self._connections(), limiter=self._limiter(digest), **self._options
            )
            self._clients[digest] = client
            self._evict()
        self._clients.move_to_end(digest)
        self._limiters.move_to_end(digest)
        return client

    def client_of(
        self, key: Callable[..., str | Secret | Awaitable[str | Secret | None] | None]
    ) -> Callable[..., Awaitable[SmartleadClient]]:
        """Return a dependency that injects the client for the key that ``key``, a dependency, returns.

        Without a key, the response is a 401.
        """

        async def tenant_client(found: Any = Depends(key)) -> SmartleadClient:  # noqa: B008 - FastAPI's way
            if found is None:
                raise HTTPException(401, "There is no SmartLead key for this request.")
            return self.get(found)

        return tenant_client

    def _connections(self) -> _SharedTransport:
        if self._shared is None:
            transport = self._transport or AiohttpTransport(max_connections=self._max_connections)
            self._shared = _SharedTransport(transport)
        return self._shared

    def _limiter(self, digest: bytes) -> _TenantLimiter:
        limiter = self._in_use.get(digest)
        if limiter is None:
            limiter = _TenantLimiter(self._limits, max_in_flight=self._max_in_flight)
            self._in_use[digest] = limiter
        self._limiters[digest] = limiter
        return limiter

    def _evict(self) -> None:
        while len(self._clients) > self._max_clients:
            self._clients.popitem(last=False)
        now = asyncio.get_running_loop().time()
        # A few at a time, from those that were not asked for the longest.
        for digest in list(islice(self._limiters, _CHECKED_AT_ONCE)):
            if digest not in self._clients and self._limiters[digest].is_at_rest(now):
                del self._limiters[digest]


class _TenantLimiter(Limiter):
    """A limiter that knows whether it could be replaced by a new one."""

    _last_use = float("-inf")

    def release(self, permit: Permit) -> None:
        """Return a permit, and note when."""
        super().release(permit)
        self._last_use = asyncio.get_running_loop().time()

    def is_at_rest(self, now: float) -> bool:
        """Return whether no request is in flight or queued, and none counts against a window."""
        is_idle = not (self.in_flight or self.waiting) and self.closed_until <= now
        return is_idle and now - self._last_use > self.limits.longest_period + self.limits.margin


class _SharedTransport:
    """A transport that stays open when one of its clients is closed."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.enforces_timeout = getattr(transport, "enforces_timeout", False)

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send a request over the shared connections."""
        return await self.transport.send(request)

    async def aclose(self) -> None:
        """Close nothing."""
