"""The public classes of an area package, loaded from its modules on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from ..resource import Resource


def lazy_exports(package: str, path: Iterable[str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package whose classes are defined in its modules.

    The modules are imported one by one until one of them defines the requested name. Example::

        __getattr__, __dir__ = lazy_exports(__name__, __path__)
    """

    def modules() -> Iterator[ModuleType]:
        return (import_module(f"{package}.{module.name}") for module in iter_modules(path))

    def get(name: str) -> Any:
        if not name.startswith("_"):
            for module in modules():
                if name in public_names(module):
                    return getattr(module, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted(name for module in modules() for name in public_names(module))

    return get, names


def public_names(module: ModuleType) -> list[str]:
    """Return the names of the public classes of a module, without the method classes of a resource."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and not name.startswith("_")
        and not (issubclass(value, Resource) and name.endswith("Methods"))
    ]
