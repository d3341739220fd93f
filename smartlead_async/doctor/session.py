"""The client of the checks, one request at a time, and the raw response beside the decoded one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

import attrs

from ..client import SmartleadClient
from ..errors import ResponseDecodeError, SmartleadError
from ..limits import RateLimits
from ..pipeline.decode import parse
from ..pipeline.retry import RetryPolicy
from ..request import Host, Request
from ..transport import Transport
from .recording import RecordingTransport

T = TypeVar("T")

_RETRY = RetryPolicy(max_attempts=2, max_rate_limited=1)
MOST_ATTEMPTS = 3
"""The number of requests that one operation may take with this policy."""


@attrs.frozen
class Answer:
    """The result of one call: a value or an error, and the last response."""

    value: Any
    error: SmartleadError | None
    status: int | None
    seconds: float
    body: bytes | None = attrs.field(repr=False)

    def parsed(self) -> Any:
        """Return the JSON of the body; None if it is not JSON."""
        try:
            return None if self.body is None else parse(self.body)
        except ResponseDecodeError:
            return None


class Session:
    """A client whose responses are recorded. Requests are sent one after the other.

    Example::

        async with Session("test-key", transport=fake.transport()) as session:
            answer = await session.ask(ListCampaigns())
    """

    def __init__(
        self,
        api_key: str,
        *,
        transport: Transport,
        base_url: str | Mapping[Host, str] | None = None,
        limits: RateLimits = RateLimits.STANDARD,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.limits = limits
        self.wall_clock = wall_clock
        self.recording = RecordingTransport(transport, wall_clock)
        self.client = SmartleadClient(
            api_key,
            base_url=base_url,
            transport=self.recording,
            limits=limits,
            retry=_RETRY,
            wall_clock=wall_clock,
        )

    async def ask(self, request: Request[Any]) -> Answer:
        """Send a request and return its result, whatever it is."""
        self.recording.last = None
        value, failure = None, None
        try:
            value = await self.client.send(request)
        except SmartleadError as error:
            failure = error
        last = self.recording.last
        status, body = (None, None) if last is None else (last.status, last.body)
        return Answer(value, failure, status, self.recording.seconds, body)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
