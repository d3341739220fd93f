"""One client for an application: opened with it, closed with it, and injected into its routes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from starlette.requests import HTTPConnection

from ...client import SmartleadClient
from ...errors import ConfigurationError

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, Any]]]
"""A callable that FastAPI takes as ``lifespan``."""


def smartlead_lifespan(
    own: Callable[[FastAPI], AbstractAsyncContextManager[Any]] | None = None,
    *,
    client: Callable[[], SmartleadClient] = SmartleadClient.from_env,
) -> Lifespan:
    """Return a lifespan that keeps one client open for an application.

    ``client`` creates it, by default from the environment. It is opened before the application's ``own``
    lifespan and closed after it, and is in ``app.state.smartlead`` for work outside of requests. What the own
    lifespan yields becomes request state, as without this. Sends nothing. Example::

        app = FastAPI(lifespan=smartlead_lifespan())
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with client() as opened:
            app.state.smartlead = opened
            try:
                if own is None:
                    yield {"smartlead": opened}
                else:
                    async with own(app) as state:
                        yield {"smartlead": opened, **(state or {})}
            finally:
                del app.state.smartlead

    return lifespan


async def get_client(connection: HTTPConnection) -> SmartleadClient:
    """Return the client of the application; tests override this dependency.

    Example::

        app.dependency_overrides[get_client] = lambda: client_of_the_fake
    """
    client = getattr(connection.state, "smartlead", None)
    if not isinstance(client, SmartleadClient):
        raise ConfigurationError(
            "the application has no client: create it with lifespan=smartlead_lifespan()"
        )
    return client


Smartlead = Annotated[SmartleadClient, Depends(get_client)]
"""The client of the application, as the annotation of a parameter."""
