"""The contract of the API as data, and which of our classes stands for which operation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from smartlead_async.api import areas
from smartlead_async.request import Request

PUBLIC_NAMES: Final[dict[str, str]] = json.loads(
    Path(__file__).parent.with_name("public_names.json").read_text("utf-8")
)
"""The method of each operation of the contract; operations that share a route share a method."""

EVERYTHING: Final[dict[str, dict[str, Any]]] = {
    operation["id"]: operation
    for path in sorted(Path(__file__).parent.glob("*.json"))
    for operation in json.loads(path.read_text("utf-8"))
}
ALIASES: Final = {
    operation_id: PUBLIC_NAMES[operation_id]
    for operation_id in EVERYTHING
    if PUBLIC_NAMES[operation_id] != operation_id and PUBLIC_NAMES[operation_id] in PUBLIC_NAMES
}
"""The operations that are documented a second time, with the operation that has the method."""

CONTRACT: Final = {
    operation_id: operation
    for operation_id, operation in EVERYTHING.items()
    if operation_id not in ALIASES and PUBLIC_NAMES[operation_id] != "(not offered)"
}
OPERATIONS: Final = areas.operations()


def request_of(operation_id: str) -> type[Request[Any]]:
    """Return the request class of an operation of the contract."""
    name = PUBLIC_NAMES[operation_id]
    assert name in OPERATIONS, f"{name} ({operation_id}) is not an endpoint of any resource"
    return OPERATIONS[name]


every_operation = pytest.mark.parametrize("operation_id", sorted(CONTRACT))
