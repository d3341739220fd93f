"""Data about requests: one record per attempt for observers, the raw response for callers, and events.

The events themselves are in :mod:`smartlead_async.events`, which is loaded when the first one happens that
somebody wants to know of.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final, Generic, TypeVar

import attrs
import orjson

from ..errors import SmartleadError
from ..request import Effect
from .headers import RateLimitState

T = TypeVar("T")

logger: Final = logging.getLogger("smartlead_async")
numbers: Final[Iterator[int]] = itertools.count(1)
"""Numbers for calls and jobs, each of which is unique in the process."""


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


@attrs.frozen
class Event:
    """The base of all events. ``level`` is the level at which an event is logged."""

    level: ClassVar[int] = logging.DEBUG
    message: ClassVar[str]
    """The log line, with ``%(name)s`` for the attributes."""

    def _values(self) -> dict[str, Any]:
        values = attrs.asdict(self, recurse=False)
        failure = values.get("failure")
        return {**values, "failed": f": {failure}" if failure else ""}

    def log(self) -> None:
        """Log the event. The record has the values of its attributes as ``args``."""
        if logger.isEnabledFor(self.level):
            logger.log(self.level, self.message, self._values())

    def __str__(self) -> str:
        return self.message % self._values()


Listener = Callable[[Event], None]
"""A function that is called with each event, in the task in which it happens. It must not block."""


def both(first: Callable[[T], None] | None, second: Callable[[T], None] | None) -> Callable[[T], None] | None:
    """Return a function that calls two observers or listeners."""
    if first is None or second is None:
        return first or second

    def observe(item: T) -> None:
        first(item)
        second(item)

    return observe


def emit(event: Event, listener: Listener | None) -> None:
    """Log an event, and pass it to a listener, whose errors are logged and go no further."""
    event.log()
    if listener is None:
        return
    try:
        listener(event)
    except Exception as error:  # noqa: BLE001 - a request must not fail because somebody watches it
        # The message and the traceback of somebody else's error may hold anything.
        kinds = type(event).__name__, type(error).__name__
        logger.error("the listener failed on a %s: %s at %s", *kinds, _place_of(error))  # noqa: TRY400


def _place_of(error: Exception) -> str:
    """Return the file and line at which an error was raised."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "?"


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
