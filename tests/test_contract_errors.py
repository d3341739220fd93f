"""Every recorded error of the API, mapped to its class."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import pytest

from smartlead_async.errors import (
    APIError,
    AuthenticationError,
    BadRequest,
    Conflict,
    NotFound,
    OperationRefused,
    PermissionDenied,
    RateLimited,
    ServerError,
    ServiceUnavailable,
    ValidationFailed,
)
from smartlead_async.pipeline.classify import read_response

from .contract import CONTRACT, request_of

CLASSES: Final[dict[int, type[APIError]]] = {
    200: OperationRefused,
    400: BadRequest,
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    422: ValidationFailed,
    429: RateLimited,
    500: ServerError,
    503: ServiceUnavailable,
}


def error_examples() -> Iterator[Any]:
    for operation_id, operation in sorted(CONTRACT.items()):
        for number, example in enumerate(operation["error_examples"]):
            yield pytest.param(operation_id, example, id=f"{operation_id}-{number}-{example['status']}")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)


@pytest.mark.parametrize(("operation_id", "example"), list(error_examples()))
def test_a_recorded_error_has_its_class_and_its_message(operation_id: str, example: dict[str, Any]) -> None:
    status, body = example["status"], example["body"]
    raw = (body if isinstance(body, str) else json.dumps(body)).encode()
    with pytest.raises(CLASSES.get(status, APIError)) as caught:
        read_response(request_of(operation_id).operation, status, {}, raw, redact=str)
    error = caught.value
    assert error.status == status
    assert not isinstance(error, OperationRefused) or status == HTTPStatus.OK
    said = [text for text in strings(body) if len(text) > 3]
    assert not said or any(text in f"{error} {error.code}" for text in said)
