"""The text of ``tests/method_types.py``, which ``python -m tests.write_generated`` writes."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin

from smartlead_async.api.areas import resources
from smartlead_async.resource import endpoint, methods, pages

FILE: Final = Path(__file__).with_name("method_types.py")

_BEGINNING: Final = '''\
"""The response type of every method, which mypy and pyright check.

Written by ``python -m tests.write_generated``: change the request classes instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar, assert_type

{imports}
from smartlead_async import SmartleadClient

T = TypeVar("T")


def result(method: Callable[..., Coroutine[Any, Any, T]]) -> T:
    """Return the type of the response of a method."""
    raise NotImplementedError(method)


def item(method: Callable[..., AsyncIterator[T]]) -> T:
    """Return the type of the items of an iterator."""
    raise NotImplementedError(method)

'''


def method_types() -> str:
    """Return the text of the module, from the classes."""
    modules: set[str] = set()
    functions = ["\n".join(_function(area, resource, modules)) for area, resource in resources().items()]
    imports = "\n".join(f"import {module}" for module in sorted(modules))
    text = _BEGINNING.format(imports=imports) + "\n\n".join(functions) + "\n"
    return _formatted(text)


def _function(area: str, resource: Any, modules: set[str]) -> Iterator[str]:
    yield f"def check_{area}(client: SmartleadClient) -> None:"
    yield f'    """Check the methods of ``client.{area}``."""'
    found = {name: m for name, m in methods(resource).items() if isinstance(m, (endpoint, pages))}
    for name, method in sorted(found.items()):
        response = method.request.operation.response_type
        is_iterator = isinstance(method, pages)
        kind = get_args(response)[0] if is_iterator else response
        call = "item" if is_iterator else "result"
        yield f"    assert_type({call}(client.{area}.{name}), {_source(kind, modules)})"


def _source(kind: Any, modules: set[str]) -> str:
    """Return an annotation as source code, and add the modules that it needs."""
    if kind is Any:
        return "Any"
    if kind is types.NoneType:
        return "None"
    arguments = [_source(argument, modules) for argument in get_args(kind)]
    origin = get_origin(kind) or kind
    if origin in (Union, types.UnionType):
        return " | ".join(arguments)
    name = origin.__qualname__
    if origin.__module__ != "builtins":
        modules.add(origin.__module__)
        name = f"{origin.__module__}.{name}"
    return f"{name}[{', '.join(arguments)}]" if arguments else name


def _formatted(text: str) -> str:
    for command in (["check", "--quiet", "--select=I", "--fix"], ["format", "--quiet"]):
        arguments = [sys.executable, "-m", "ruff", *command, f"--stdin-filename={FILE}", "-"]
        done = subprocess.run(arguments, input=text, capture_output=True, text=True, check=True)
        text = done.stdout
    return text
