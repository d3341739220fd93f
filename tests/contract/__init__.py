"""The contract of the API as data, and which of our classes stands for which operation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from smartlead_async.api import areas
from smartlead_async.request import Request

CONTRACT: Final[dict[str, dict[str, Any]]] = {
    operation["id"]: operation
    for path in sorted(Path(__file__).parent.glob("*.json"))
    for operation in json.loads(path.read_text("utf-8"))
}
OPERATIONS: Final = areas.operations()


def request_of(operation_id: str) -> type[Request[Any]]:
    """Return the request class of an operation of the contract."""
    assert operation_id in OPERATIONS, f"{operation_id} is not an endpoint of any resource"
    return OPERATIONS[operation_id]


every_operation = pytest.mark.parametrize("operation_id", sorted(CONTRACT))
