"""Whom we are compared with: small clients as people write them, and any installed one by an adapter file.

A contender is a class with this face; ``docs/performance.md`` shows an adapter file.
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
    """A client under test. It is made inside a running event loop, and used by many tasks at once.

    ``base_url`` ends in ``/api/v1``; ``connections`` is how many requests will be under way at once.
    """

    def __init__(self, base_url: str, api_key: str, connections: int) -> None: ...

    async def create(self, name: str) -> int:
        """Create a campaign and give its id; an exception when there was no good answer."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class AdapterUnusable(Exception):
    """The adapter file cannot be used; the text says why."""


def load_adapter(file: str) -> tuple[str, type[Contender]]:
    """The name and the class out of an adapter file: ``NAME`` and ``Client``."""
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
        raise AdapterUnusable(f"{path.name} needs NAME, a text, and Client, a class")
    if name in _MODULES:
        raise AdapterUnusable(f"{path.name}: the name {name!r} is taken")
    missing = [method for method in ("create", "aclose") if not callable(getattr(client, method, None))]
    if missing:
        raise AdapterUnusable(f"{path.name}: Client has no {' and no '.join(missing)}")
    return name, client


def contender(name: str, adapter: str | None = None) -> type[Contender]:
    """The class of a contender by its name, or the one of an adapter file."""
    if adapter is not None:
        return load_adapter(adapter)[1]
    found: Any = import_module(_MODULES[name]).Client
    client: type[Contender] = found
    return client
