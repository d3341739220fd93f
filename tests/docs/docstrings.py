"""The docstrings of the package, and the examples in them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import smartlead_async

_COMMAND_LINE = ("smartlead_async", "cli")


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return all modules except the command line, whose functions are documented by ``--help``."""
    found = pkgutil.walk_packages(smartlead_async.__path__, "smartlead_async.")
    names = [each.name for each in found if tuple(each.name.split(".")[:2]) != _COMMAND_LINE]
    return tuple(importlib.import_module(name) for name in sorted(names))


def documented() -> Iterator[tuple[str, str]]:
    """Yield the name and docstring of each public class, function and method of the package."""
    for module in modules():
        yield module.__name__, inspect.getdoc(module) or ""
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            if inspect.isclass(value) or inspect.isfunction(value):
                yield f"{module.__name__}.{name}", own_docstring(value)
            if inspect.isclass(value):
                for inner, member in vars(value).items():
                    function = getattr(member, "__func__", member)
                    if not inner.startswith("_") and inspect.isfunction(function):
                        yield f"{module.__name__}.{name}.{inner}", own_docstring(function)


def own_docstring(value: Any) -> str:
    """Return the docstring of an object, ignoring inherited ones."""
    return inspect.cleandoc(value.__doc__ or "")


def example_in(docstring: str) -> str | None:
    """Return the code that follows ``Example::``, or None."""
    _, found, after = docstring.partition("Example::")
    if not found:
        return None
    lines = after.splitlines()[1:]
    while lines and not lines[0].strip():
        lines.pop(0)
    if lines and not lines[0].startswith(" "):
        return "\n".join(lines)
    block: list[str] = []
    for line in lines:
        if line.strip() and not line.startswith(" "):
            break
        block.append(line)
    return textwrap.dedent("\n".join(block)).strip() or None
