"""What the pipeline reports: an attempt to its observer, and a response with its headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import attrs

from ..errors import (
    SmartleadError,
)
from ..request import Effect
from .headers import RateLimitState

T = TypeVar("T")


@attrs.frozen
class Attempt:
    """One request that was sent, with its result: the argument of an ``on_attempt`` observer.

    ``waited`` is the time in the limiter and ``took`` the time on the wire, in seconds; ``status`` is None
    if no response arrived, and ``error`` is then the reason. Example::

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


@attrs.frozen
class Response(Generic[T]):
    """A response with its status and headers. ``value`` is what the plain method returns.

    ``headers`` has lower-case names, ``attempts`` counts the requests that were sent for it, and
    ``rate_limit`` is what the headers say is left. Example::

        response = await client.send_raw(GetCampaign(4101))
        print(response.status, response.rate_limit.remaining, response.value.name)
    """

    value: T
    status: int
    headers: Mapping[str, str]
    attempts: int

    @property
    def rate_limit(self) -> RateLimitState:
        """The rate-limit headers as numbers."""
        return RateLimitState.of(self.headers)
