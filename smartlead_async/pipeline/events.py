"""Data about requests: one record per attempt for observers, and the raw response for callers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import attrs
import orjson

from ..errors import SmartleadError
from ..request import Effect
from .headers import RateLimitState

T = TypeVar("T")


@attrs.frozen
class Attempt:
    """One request that was sent and its result, as passed to an ``on_attempt`` observer.

    ``waited`` is the time spent in the limiter and ``took`` the time until the response, both in seconds. If
    no response arrived, ``status`` is None and ``error`` says why. Example::

        def note(attempt: Attempt) -> None:
            print(attempt.operation, attempt.status, f"{attempt.took:.1f} s")

        client = SmartleadClient(key, on_attempt=note)
    """

    operation: str
    effect: Effect
    number: int
    status: int | None
    error: SmartleadError | None
    waited: float
    took: float


Observer = Callable[[Attempt], None]


def both(first: Observer | None, second: Observer | None) -> Observer | None:
    """Return an observer that calls two observers."""
    if first is None or second is None:
        return first or second

    def observe(attempt: Attempt) -> None:
        first(attempt)
        second(attempt)

    return observe


@attrs.frozen
class Response(Generic[T]):
    """A decoded response with its HTTP status and headers.

    ``value`` is what ``client.send`` returns. ``headers`` has lowercase names, ``attempts`` is the number of
    requests sent, and ``rate_limit`` holds the rate-limit headers. ``json()`` returns the body as SmartLead
    sent it, with the fields that no class declares. Example::

        response = await client.send_raw(GetCampaign(4101))
        print(response.status, response.rate_limit.remaining, response.value.name)
    """

    value: T
    status: int
    headers: Mapping[str, str]
    attempts: int
    body: bytes = attrs.field(default=b"", repr=False)

    def json(self) -> Any:
        """Return the parsed body, which also has the fields that the class of ``value`` does not declare."""
        return orjson.loads(self.body)

    @property
    def rate_limit(self) -> RateLimitState:
        """The parsed rate-limit headers."""
        return RateLimitState.from_headers(self.headers)
