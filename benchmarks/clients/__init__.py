"""The clients that are compared: this SDK, typical small clients, and any other through an adapter file.

Each implements :class:`Contender`; ``docs/performance.md`` shows an adapter file.
"""

from __future__ import annotations

import importlib.util
import re
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

THIS_SDK: Final = "smartlead-async"
BARE: Final = "aiohttp + orjson"
BARE_HTTPX: Final = "httpx"
TYPICAL: Final = "httpx + pydantic"

_MODULES: Final = {
    THIS_SDK: "benchmarks.clients.this_sdk",
    BARE: "benchmarks.clients.bare_aiohttp",
    BARE_HTTPX: "benchmarks.clients.bare_httpx",
    TYPICAL: "benchmarks.clients.typical_client",
}


class Contender(Protocol):
    """A client under test. It is created inside a running event loop and used by many tasks concurrently.

    ``base_url`` ends in ``/api/v1``; ``connections`` is the number of requests in flight at once.
    """

    def __init__(self, base_url: str, api_key: str, connections: int) -> None: ...

    async def create(self, name: str) -> int:
        """Create a campaign and return its id; raise an exception if that fails."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class AdapterUnusable(Exception):
    """Raised when an adapter file is invalid; the message says why."""


def load_adapter(file: str) -> tuple[str, type[Contender]]:
    """Return ``NAME`` and ``Client`` of an adapter file."""
    path = Path(file)
    spec = importlib.util.spec_from_file_location(f"adapter_{re.sub(r'[^0-9a-zA-Z]', '_', path.stem)}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise AdapterUnusable(f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as problem:
        raise AdapterUnusable(f"{path.name}: {problem}") from None
    name, client = getattr(module, "NAME", None), getattr(module, "Client", None)
    if not isinstance(name, str) or not isinstance(client, type):
        raise AdapterUnusable(f"{path.name} must define NAME, a string, and Client, a class")
    if name in _MODULES:
        raise AdapterUnusable(f"{path.name}: the name {name!r} is already in use")
    missing = [method for method in ("create", "aclose") if not callable(getattr(client, method, None))]
    if missing:
        raise AdapterUnusable(f"{path.name}: Client has no {' and no '.join(missing)}")
    return name, client


def contender(name: str, adapter: str | None = None) -> type[Contender]:
    """Return the class of a contender by name, or the class of the adapter file."""
    if adapter is not None:
        return load_adapter(adapter)[1]
    found: Any = import_module(_MODULES[name]).Client
    client: type[Contender] = found
    return client
