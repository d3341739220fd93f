"""Waiting for work that SmartLead does after its response: spam tests, fetches, orders, scheduled replies.

    class SpamTestMethods(Resource):
        get_test = endpoint(GetTest)
        poll_test = poll(GetTest, until=lambda test: test.is_finished, every=60, timeout=3 * 3600)

The request that reads the state is sent again with growing pauses until the work is finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any, Final, Generic, ParamSpec, Self, TypeVar, overload

import attrs

from .errors import (
    RateLimited,
    ResponseDecodeError,
    ServerError,
    SmartleadError,
    StillRunning,
    TransportError,
)
from .paging import Sender
from .request import Request
from .resource import Method, Resource

P = ParamSpec("P")
T = TypeVar("T")

_GROWTH: Final = 1.5
_LONGEST: Final = 5
_PASSING: Final = (TransportError, ServerError, RateLimited)
"""Failures that say nothing about the work: the next request may get through."""


@attrs.frozen(eq=False)
class Poll(Generic[T]):
    """Work to wait for: await it for the last response, or iterate over the responses as they arrive.

    One request is sent at once and then one after each pause: ``every`` seconds at first, growing by half
    each time to five times that. After ``timeout`` seconds :class:`StillRunning` is raised, while the work
    itself goes on: the same call, also in another process, waits for it again. Outages and rate limits are
    waited out until then. Example::

        test = await client.smart_delivery.poll_test(9101).within(2 * 3600, on_response=print)
    """

    send: Sender = attrs.field(repr=False)
    request: Request[T]
    is_finished: Callable[[T], bool] = attrs.field(repr=False)
    every: float
    timeout: float
    on_response: Callable[[T], object] | None = attrs.field(default=None, repr=False)

    def within(
        self,
        timeout: float | None = None,
        *,
        every: float | None = None,
        on_response: Callable[[T], object] | None = None,
    ) -> Self:
        """Return the same with another timeout or first pause in seconds, or a callback for each response.

        Example::

            poll = client.smart_delivery.poll_test(9101).within(3600, every=30)
        """
        for name, seconds in (("timeout", timeout), ("every", every)):
            if seconds is not None and not seconds > 0:
                raise ValueError(f"{name} must be a number of seconds above 0, not {seconds!r}")
        changes: dict[str, Any] = {"timeout": timeout, "every": every, "on_response": on_response}
        return attrs.evolve(self, **{name: value for name, value in changes.items() if value is not None})

    def __await__(self) -> Generator[Any, None, T]:
        return self._finish().__await__()

    async def _finish(self) -> T:
        last: Any = None
        async for response in self:
            last = response
        return last  # type: ignore[no-any-return] # one response at least, or an exception

    async def __aiter__(self) -> AsyncIterator[T]:
        deadline = asyncio.get_running_loop().time() + self.timeout
        pauses = _pauses(self.every)
        response: T | None = None
        finished = False
        while not finished:
            response = await self._response(deadline, pauses, response)
            finished = self.is_finished(response)
            if self.on_response is not None:
                self.on_response(response)
            yield response

    async def _response(self, deadline: float, pauses: Iterator[float], last: T | None) -> T:
        """Return the next response, or raise :class:`StillRunning` at the deadline."""
        problem: SmartleadError | None = None
        limit = asyncio.timeout_at(deadline)
        try:
            async with limit:
                while True:
                    await asyncio.sleep(next(pauses))
                    try:
                        return await self.send(self.request)
                    except _PASSING as error:
                        problem = error
                    except ResponseDecodeError as error:
                        if not error.malformed:
                            raise
                        problem = error
        except TimeoutError:
            if not limit.expired():
                raise
        message = f"not finished after {self.timeout:g} s, and goes on: wait again with the same id"
        still_running = StillRunning(message, last)
        still_running.operation = self.request.operation.name
        raise still_running from problem


def _pauses(first: float) -> Iterator[float]:
    yield 0
    pause = first
    while True:
        yield pause
        pause = min(pause * _GROWTH, first * _LONGEST)


class poll(Method, Generic[P, T]):  # noqa: N801 - reads as a keyword in a class body
    """A request class as a method that returns a :class:`Poll`, until a response says "finished"."""

    def __init__(
        self,
        request: Callable[P, Request[T]],
        *,
        until: Callable[[T], bool],
        every: float,
        timeout: float,
        doc: str,
    ) -> None:
        super().__init__(request)
        self.is_finished, self.every, self.timeout = until, every, timeout
        self.doc = doc

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Resource, owner: type) -> Callable[P, Poll[T]]: ...
    def __get__(self, instance: Resource | None, owner: type) -> Any:
        if instance is None:
            return self
        request = self.request

        def call(resource: Resource, /, *args: P.args, **kwargs: P.kwargs) -> Poll[T]:
            send = resource._send  # noqa: SLF001 - the two halves of one mechanism
            return Poll(send, request(*args, **kwargs), self.is_finished, self.every, self.timeout)

        return self._bind(instance, call, lambda: _poll_of(request.operation.response_type))


def _poll_of(kind: Any) -> Any:
    return Poll[kind]
