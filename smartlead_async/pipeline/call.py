"""One call: a request with the state of its attempts, and the events that are told of it."""

from __future__ import annotations

import logging
from typing import Any

from ..errors import SmartleadError
from ..request import Operation, Request
from ..transport import HttpRequest
from .events import Attempt, Event, emit, logger, numbers
from .options import Options
from .rate_limiter import RateLimiter


class Call:
    """The state of one call across its attempts.

    ``number`` is that of its events, and 0 if nobody wants to know of them. Then none is created, and not
    even the module of the events is loaded.
    """

    __slots__ = (
        "attempts", "ends_by", "failures", "http", "limiter", "lost", "number", "options", "rate_limited",
        "request",
    )  # fmt: skip

    def __init__(
        self,
        request: Request[Any],
        http: HttpRequest,
        options: Options,
        limiter: RateLimiter,
        ends_by: float | None,
    ) -> None:
        self.request = request
        self.http = http
        self.options = options
        self.limiter = limiter
        self.ends_by = ends_by
        """The deadline as a loop time."""
        self.attempts = 0
        self.failures = 0
        self.rate_limited = 0
        self.lost: SmartleadError | None = None
        """The error that hides the result of an earlier attempt, which may have taken effect."""
        is_observed = options.is_observed or logger.isEnabledFor(logging.DEBUG)
        self.number = next(numbers) if is_observed else 0

    @property
    def operation(self) -> Operation:
        """The declaration of the request."""
        return self.request.operation

    def emit(self, event: Event) -> None:
        """Log an event and pass it to the listener."""
        emit(event, self.options.listener)

    def queued(self) -> None:
        """Tell that an attempt enters the rate limiter."""
        from ..events import RequestQueued  # noqa: PLC0415 - only calls that are observed have events

        self.emit(RequestQueued(self.operation.name, self.number, self.attempts + 1, self.request.effect))

    def sent(self, waited: float) -> None:
        """Tell that an attempt is passed to the transport."""
        from ..events import RequestSent  # noqa: PLC0415
        from ..redaction import without_addresses  # noqa: PLC0415

        operation = self.operation
        # The query has the key, and some queries an address.
        url = without_addresses(self.http.url.partition("?")[0])
        number = self.attempts + 1
        self.emit(
            RequestSent(operation.name, self.number, number, operation.method, url, operation.path, waited)
        )

    def answered(self, status: int | None, error: SmartleadError | None, waited: float, took: float) -> None:
        """Tell that an attempt has a response, or that none will come."""
        from ..events import RequestEnded, ResponseReceived  # noqa: PLC0415

        name, failure = self.operation.name, type(error).__name__ if error is not None else None
        self.emit(ResponseReceived(name, self.number, self.attempts, status, failure, took))
        if self.options.on_attempt is not None:
            effect = self.request.effect
            self.options.on_attempt(Attempt(name, effect, self.attempts, status, error, waited, took))
        if error is None:
            self.emit(RequestEnded(name, self.number, self.attempts, None))

    def failed(self, error: BaseException) -> None:
        """Tell that the call has ended with an error."""
        from ..events import RequestEnded  # noqa: PLC0415

        self.emit(RequestEnded(self.operation.name, self.number, self.attempts, type(error).__name__))

    def hit_limit(self, pause: float) -> None:
        """Tell that a 429 closes the gate for everybody."""
        from ..events import RateLimitHit  # noqa: PLC0415 - 429s are rare

        self.emit(RateLimitHit(self.operation.name, self.number, pause))

    def retried(self, reason: str, pause: float) -> None:
        """Tell that another attempt follows."""
        from ..events import RequestRetried  # noqa: PLC0415 - failures are rare

        self.emit(RequestRetried(self.operation.name, self.number, self.attempts, reason, pause))
