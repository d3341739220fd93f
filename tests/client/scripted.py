"""A scripted transport that replaces the server in tests of the pipeline."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from smartlead_async.client import SmartleadClient
from smartlead_async.transport import HttpRequest, HttpResponse

Step = HttpResponse | Exception | Callable[[HttpRequest], Awaitable[HttpResponse]]

KEY = "3f9c-test-key_77"


def reply(status: int = 200, body: Any = None, /, **headers: object) -> HttpResponse:
    """Return a response; JSON is encoded, and ``retry_after=3`` becomes ``retry-after: 3``."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return HttpResponse(status, {name.replace("_", "-"): str(value) for name, value in headers.items()}, raw)


async def never_respond(_: HttpRequest) -> HttpResponse:
    """Wait forever."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


def after(seconds: float, step: HttpResponse | Exception) -> Step:
    """Return a step that takes this many seconds."""

    async def delayed(_: HttpRequest) -> HttpResponse:
        await asyncio.sleep(seconds)
        if isinstance(step, Exception):
            raise step
        return step

    return delayed


@attrs.define
class Sent:
    """A request that the transport received, and the loop time."""

    http: HttpRequest
    at: float

    @property
    def path(self) -> str:
        return urlsplit(self.http.url).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.http.url).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        return None if self.http.body is None else json.loads(self.http.body)


@attrs.define
class ScriptedTransport:
    """A transport that plays the given steps in order and records the requests."""

    sent: list[Sent] = attrs.field(factory=list)
    steps: deque[Step] = attrs.field(factory=deque)
    always: Step | None = None
    closed: int = 0
    in_flight: int = 0
    max_in_flight_seen: int = 0

    def then(self, *steps: Step) -> ScriptedTransport:
        """Append steps to the script."""
        self.steps.extend(steps)
        return self

    @property
    def times(self) -> list[float]:
        return [sent.at for sent in self.sent]

    @property
    def pauses(self) -> list[float]:
        return [later - sooner for sooner, later in zip(self.times, self.times[1:], strict=False)]

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        self.sent.append(Sent(request, asyncio.get_running_loop().time()))
        step = self.steps.popleft() if self.steps else self.always
        self.in_flight += 1
        self.max_in_flight_seen = max(self.max_in_flight_seen, self.in_flight)
        try:
            match step:
                case None:
                    raise AssertionError(f"no step is scripted for request {len(self.sent)}: {request}")
                case Exception():
                    raise step
                case HttpResponse():
                    return step
                case _:
                    return await step(request)
        finally:
            self.in_flight -= 1

    async def aclose(self) -> None:
        self.closed += 1

    def client(self, api_key: str = KEY, **options: Any) -> SmartleadClient:
        """Return a client that uses this transport."""
        return SmartleadClient(api_key, transport=self, **options)


def at_unix_time(client: SmartleadClient, now: float) -> SmartleadClient:
    """Stop the wall clock of the client, for headers that contain a timestamp."""
    client._pipeline._wall_clock = lambda: now
    return client
