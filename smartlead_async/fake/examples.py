"""Example responses of every operation in SmartLead's contract, from the package's ``examples.json``.

The file is written by ``python -m tests.fake.write_examples``. Its keys are routes such as
``GET prospect /countries``, with ``{}`` in the place of every path parameter.
"""

from __future__ import annotations

import base64
import functools
import importlib.resources
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from ..request import Effect, Host, Operation
from .replies import Reply, json_reply, text_reply

_PLACEHOLDER: Final = re.compile(r"\{\w+\}")
_PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG image of one pixel, in the place of binary examples, which JSON cannot hold."""


def route_key(method: str, host: Host, path: str) -> str:
    """Return the key of a route in ``examples.json``."""
    return f"{method} {host.name.lower()} {_PLACEHOLDER.sub('{}', path.rstrip('/'))}"


def example_reply(operation: Operation) -> Reply | None:
    """Return the example response of an operation; None if the contract has none."""
    entry = _examples().get(route_key(operation.method, operation.host, operation.path))
    if entry is None:
        return None
    example, content_type = entry["example"], entry.get("content_type")
    if content_type is None:
        return json_reply(example)
    if content_type.startswith("image/"):
        return Reply(200, _PIXEL, content_type)
    return text_reply(str(example), content_type=f"{content_type}; charset=utf-8")


def documented_operations() -> Iterator[Operation]:
    """Yield every operation of the contract, also those that this package does not declare."""
    for key, entry in _examples().items():
        method, host, path = key.split(" ", 2)
        is_read = method == "GET" or entry.get("effect") == "read"
        yield Operation(
            f"{method} {path}",
            method,
            path,
            Effect.READ if is_read else Effect.WRITE,
            repeatable=False,
            response_type=Any,
            host=Host[host.upper()],
        )


@functools.cache
def _examples() -> dict[str, dict[str, Any]]:
    # Loaded on first use: most tests need none of it.
    file = importlib.resources.files("smartlead_async.fake").joinpath("examples.json")
    examples: dict[str, dict[str, Any]] = orjson.loads(file.read_bytes())
    return examples
