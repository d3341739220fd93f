"""The exception hierarchy, the attributes and messages of the exceptions, and pickling."""

from __future__ import annotations

import concurrent.futures
import copy
import pickle
from typing import Any

import pytest

from smartlead_async import errors
from smartlead_async.errors import (
    APIError,
    BadRequest,
    ConfigurationError,
    Interrupted,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ResponseDecodeError,
    ServerError,
    SmartleadError,
    TransportError,
)

TREE = {
    "SmartleadError": "Exception",
    "ConfigurationError": "SmartleadError",
    "TransportError": "SmartleadError",
    "NotSent": "TransportError",
    "Interrupted": "TransportError",
    "RequestTimeout": "TransportError",
    "ResponseTooLarge": "TransportError",
    "APIError": "SmartleadError",
    "BadRequest": "APIError",
    "AuthenticationError": "APIError",
    "PermissionDenied": "APIError",
    "NotFound": "APIError",
    "Conflict": "APIError",
    "ValidationFailed": "APIError",
    "RateLimited": "APIError",
    "ServerError": "APIError",
    "ServiceUnavailable": "ServerError",
    "OperationRefused": "APIError",
    "OutcomeUnknown": "SmartleadError",
    "ResponseDecodeError": "SmartleadError",
    "PaginationStalled": "SmartleadError",
    "StillRunning": "SmartleadError",
}


def _classes() -> list[type[SmartleadError]]:
    return [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, SmartleadError)
    ]


def _example(kind: type[SmartleadError]) -> SmartleadError:
    """Return an error of this class with every attribute set."""
    error: SmartleadError
    if issubclass(kind, APIError):
        error = kind(
            "refused",
            status=418,
            code="TEAPOT",
            field="leads[2].email",
            body={"error": {"code": "TEAPOT", "details": [1, None]}},
            headers={"x-request-id": "a1"},
            retry_after=2.5,
        )
    elif issubclass(kind, OutcomeUnknown):
        error = kind("outcome unknown", failure=_example(ServerError))
    elif issubclass(kind, ResponseDecodeError):
        error = kind(("required field missing @ $.id",), malformed=True, status=201, excerpt="{")
    else:
        error = kind("something failed")
    error.operation = "CreateCampaign"
    error.attempts = 3
    error.add_note("seen on a Monday")
    return error


def _contents(error: BaseException) -> dict[str, Any]:
    return {
        name: _contents(value) if isinstance(value, BaseException) else value
        for name, value in vars(error).items()
    } | {"type": type(error), "args": error.args, "text": str(error), "repr": repr(error)}


def test_the_hierarchy_is_as_documented() -> None:
    assert {c.__name__: c.__mro__[1].__name__ for c in _classes()} == TREE


def test_the_drawing_at_the_top_of_the_module_names_every_class() -> None:
    assert errors.__doc__ is not None
    assert [name for name in TREE if name != "Exception" and name not in errors.__doc__] == []


@pytest.mark.parametrize("kind", _classes())
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_error_survives_pickling_with_all_attributes(kind: type[SmartleadError], protocol: int) -> None:
    error = _example(kind)
    assert _contents(pickle.loads(pickle.dumps(error, protocol))) == _contents(error)


@pytest.mark.parametrize("kind", _classes())
def test_every_error_can_be_copied(kind: type[SmartleadError]) -> None:
    error = _example(kind)
    assert _contents(copy.copy(error)) == _contents(copy.deepcopy(error)) == _contents(error)


def _raise(kind: type[SmartleadError]) -> None:
    raise _example(kind)


def test_errors_can_be_returned_from_another_process() -> None:
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        for kind in (RateLimited, OutcomeUnknown, ResponseDecodeError):
            with pytest.raises(kind) as raised:
                pool.submit(_raise, kind).result()
            assert _contents(raised.value)["text"] == str(_example(kind))


def test_the_message_includes_the_field_operation_and_attempts() -> None:
    plain = NotSent("no connection")
    assert (str(plain), plain.message) == ("no connection", "no connection")
    plain.operation, plain.attempts = "GetCampaign", 1
    assert str(plain) == "no connection (GetCampaign)"
    plain.attempts = 4
    assert str(plain) == "no connection (GetCampaign, 4 attempts)"
    assert plain.message == "no connection"
    refusal = BadRequest("is not allowed", status=400, field="settings.name")
    assert str(refusal) == "is not allowed at settings.name (HTTP 400)"
    refusal.operation, refusal.attempts = "CreateCampaign", 2
    assert str(refusal) == "is not allowed at settings.name (HTTP 400, CreateCampaign, 2 attempts)"
    assert str(BadRequest("name is too long", status=400, field="name")) == "name is too long (HTTP 400)"


def test_outcome_unknown_is_neither_a_transport_error_nor_an_api_error() -> None:
    # An "except TransportError" handler that resends the request must not create a second campaign.
    assert not issubclass(OutcomeUnknown, (TransportError, APIError))


def test_malformed_json_and_an_unexpected_shape_have_different_messages() -> None:
    assert "is not JSON" in str(ResponseDecodeError(("x @ $",), malformed=True))
    assert "unexpected shape: a @ $; b @ $" in str(ResponseDecodeError(("a @ $", "b @ $")))


def test_an_error_copies_the_headers() -> None:
    headers = {"x-request-id": "a1"}
    error = BadRequest("no", status=400, headers=headers)
    headers.clear()
    assert error.headers == {"x-request-id": "a1"}


def test_a_user_defined_subclass_survives_pickling() -> None:
    error = OwnError("mine", shelf=4)
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), copied.shelf, str(copied)) == (OwnError, 4, "mine")


class OwnError(Interrupted):
    """A subclass that a user might define, with its own keyword argument."""

    def __init__(self, message: str, *, shelf: int) -> None:
        super().__init__(message)
        self.shelf = shelf


def test_attributes_are_not_shared_between_instances() -> None:
    first, second = ConfigurationError("a"), ConfigurationError("b")
    first.operation, first.attempts = "X", 9
    assert (second.operation, second.attempts) == (None, 0)
