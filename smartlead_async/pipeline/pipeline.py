"""The one way a request takes: encode → limit → send → classify → retry → decode."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from ..errors import (
    APIError,
    ConfigurationError,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    ResponseDecodeError,
    ServerError,
    SmartleadError,
    TransportError,
)
from ..limits import Lane
from ..request import Effect, Host, Operation, Request
from ..transport import HttpRequest, HttpResponse, Transport
from ..transport.deadline import Deadline, DeadlineTimer
from .api_key import ApiKey
from .classify import read_response
from .decode import decode
from .encode import encode
from .events import Attempt, Observer, Response
from .headers import RateLimitState, parse_count, retry_after
from .limiter import Limiter, Permit
from .retry import Decision, Failure, RetryBudget, RetryPolicy, RetryRequested, decide, with_retries

T = TypeVar("T")


logger: Final = logging.getLogger("smartlead_async")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Options:
    """What may differ from call to call on the same connections."""

    timeout: float = 30.0
    retry: RetryPolicy = attrs.field(factory=RetryPolicy)
    lane: Lane = Lane.INTERACTIVE
    on_attempt: Observer | None = None


class _Call:
    """One request on its way through its attempts."""

    __slots__ = ("attempts", "ends_by", "failures", "http", "lost", "options", "rate_limited", "request")

    def __init__(
        self, request: Request[Any], http: HttpRequest, options: Options, ends_by: float | None
    ) -> None:
        self.request = request
        self.http = http
        self.options = options
        self.ends_by = ends_by
        """The loop time of its deadline."""
        self.attempts = 0
        self.failures = 0
        self.rate_limited = 0
        self.lost: SmartleadError | None = None
        """Why the answer of an earlier attempt, which may have worked, is not known."""

    @property
    def operation(self) -> Operation:
        return self.request.operation


class Pipeline:
    """What all clients of one key share: the transport, the limiter, the key, the retry budget."""

    def __init__(
        self,
        *,
        transport: Transport,
        limiter: Limiter,
        key: ApiKey,
        base_urls: Mapping[Host, str],
        user_agent: str,
        retry: RetryPolicy,
        wall_clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        self.transport = transport
        self.limiter = limiter
        self._key = key
        self._base_urls = base_urls
        self._read_headers = {"Accept": "application/json", "User-Agent": user_agent}
        self._write_headers = self._read_headers | {"Content-Type": "application/json"}
        self._budget = RetryBudget(retry)
        self._wall_clock = wall_clock
        self._rng = rng or random.Random()  # noqa: S311 - jitter
        self._repeat = with_retries(self._attempt)
        enforces_timeout = getattr(transport, "enforces_timeout", False)
        self._exchange = transport.send if enforces_timeout else _in_time(transport.send)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def send(self, request: Request[T], options: Options) -> Response[T]:
        """Send a request until it has an answer, or an error that no further attempt would change."""
        loop = asyncio.get_running_loop()
        if self._closed or loop is not self._loop:
            self._claim(loop)
        self._budget.deposit()
        deadline = options.retry.deadline
        call = _Call(
            request,
            self._http(request, options),
            options,
            None if deadline is None else loop.time() + deadline,
        )
        try:
            return await self._attempt(call)
        except RetryRequested as requested:
            first = requested
        return await self._repeat(call, first)

    async def aclose(self) -> None:
        """Close the transport. Nothing can be sent afterwards."""
        if not self._closed:
            self._closed = True
            await self.transport.aclose()

    # --- one attempt ---------------------------------------------------------------------------------

    async def _attempt(self, call: _Call) -> Response[Any]:
        loop = asyncio.get_running_loop()
        observed = call.options.on_attempt is not None or logger.isEnabledFor(logging.DEBUG)
        queued = loop.time() if observed else 0.0
        http = call.http
        if call.ends_by is None:
            lane = call.options.lane
            permit = self.limiter.acquire_now(lane) or await self.limiter.acquire(lane)
        else:
            permit = await self._turn_by(call.ends_by, call)
            patience = max(min(http.timeout, call.ends_by - loop.time()), 0.0)
            http = attrs.evolve(http, timeout=patience)
        sent = loop.time() if observed else 0.0
        answer: HttpResponse | TransportError
        not_sent = False
        try:
            answer = self._without_key(await self._exchange(http))
        except TransportError as problem:
            answer = problem
            not_sent = isinstance(problem, NotSent)
        finally:
            call.attempts += 1
            if not_sent:
                self.limiter.refund(permit)
            else:
                self.limiter.release(permit)
        # Out here, so that no error of ours carries one of the transport's along as its context.
        result = self._read(call, permit, answer) if isinstance(answer, HttpResponse) else answer
        if observed:
            self._report(call, answer, result, sent - queued, loop.time() - sent)
        if not isinstance(result, Response):
            raise self._judge(call, result)
        return result

    async def _turn_by(self, when: float, call: _Call) -> Permit:
        """Wait for the limiter, no longer than the deadline allows."""
        try:
            async with asyncio.timeout_at(when):
                return await self.limiter.acquire(call.options.lane)
        except TimeoutError:
            pass
        deadline = call.options.retry.deadline
        raise self._last_word(
            call, NotSent(f"the deadline of {deadline:g} s passed in the queue for the rate limit")
        )

    def _read(self, call: _Call, permit: Permit, answer: HttpResponse) -> Response[Any] | SmartleadError:
        self._learn(permit, answer.headers)
        operation = call.request.operation
        try:
            value = read_response(
                operation, answer.status, answer.headers, answer.body, redact=self._key.redact
            )
        except NotFound as gone:
            if operation.effect is not Effect.DELETE or call.lost is None:
                return gone.with_traceback(None)
            # By an earlier attempt of ours, whose answer was lost.
            value = decode(operation, {"ok": True})
        except SmartleadError as problem:
            if isinstance(problem, APIError):
                problem.retry_after = retry_after(
                    answer.status, answer.headers, problem.body, now=self._wall_clock()
                )
            # Its frames would show the body, and some error trackers print the locals of frames.
            return problem.with_traceback(None)
        return Response(value, answer.status, answer.headers, call.attempts)

    def _without_key(self, answer: HttpResponse) -> HttpResponse:
        """The answer as it may be shown: some servers repeat the URL in a header, which ends in reprs."""
        if self._key.find("\n".join(answer.headers.values())) is None:
            return answer
        headers = {name: self._key.redact(value) for name, value in answer.headers.items()}
        return attrs.evolve(answer, headers=headers)

    def _learn(self, permit: Permit, headers: Mapping[str, str]) -> None:
        limit = parse_count(headers.get("x-ratelimit-limit"))
        remaining = parse_count(headers.get("x-ratelimit-remaining"))
        if limit is None or remaining is None:
            return
        # Most answers say what is known already, and need not be read any further.
        if self.limiter.unexplained(permit, limit=limit, remaining=remaining):
            reset_at = RateLimitState.from_headers(headers).reset_at
            if reset_at is not None:
                reset_in = reset_at - self._wall_clock()
                self.limiter.learn(permit, limit=limit, remaining=remaining, reset_in=reset_in)

    # --- what to do about a failure ------------------------------------------------------------------

    def _judge(self, call: _Call, error: SmartleadError) -> Exception:
        """Return the exception to raise: RetryRequested, or the final error."""
        policy, failure = call.options.retry, _what_is_known(error)
        if failure is Failure.RATE_LIMITED:
            call.rate_limited += 1
        else:
            call.failures += 1
        if failure in (Failure.INTERRUPTED, Failure.UNREADABLE):
            call.lost = error
        pause = self._pause(call, error)
        if failure is Failure.RATE_LIMITED:
            # The gate does the waiting, for everybody who uses this key, even if this call gives up.
            self.limiter.close_until(asyncio.get_running_loop().time() + pause)
        decision = decide(
            policy,
            failure,
            repeatable=call.request.is_repeatable,
            failures=call.failures,
            rate_limited=call.rate_limited,
        )
        if decision is Decision.UNKNOWN:
            self._signed(call, error)
            unknown = OutcomeUnknown(
                f"nobody knows whether it worked: {error}; look before you repeat it", failure=error
            )
            return self._signed(call, unknown)
        if decision is Decision.GIVE_UP or not self._in_time(call, pause):
            return self._last_word(call, error)
        if failure is Failure.RATE_LIMITED:
            return RetryRequested(0.0)
        if not self._budget.withdraw():
            logger.warning("%s is not retried: the retry budget is spent", call.operation.name)
            return self._last_word(call, error)
        return RetryRequested(pause)

    def _pause(self, call: _Call, error: SmartleadError) -> float:
        asked = error.retry_after if isinstance(error, APIError) else None
        if isinstance(error, RateLimited):
            # A server that asks for no wait at all (or for one in the past) would be hammered.
            return asked or call.options.retry.pause(call.rate_limited, self._rng)
        return max(asked or 0.0, call.options.retry.pause(call.failures, self._rng))

    def _in_time(self, call: _Call, pause: float) -> bool:
        return call.ends_by is None or asyncio.get_running_loop().time() + pause < call.ends_by

    def _last_word(self, call: _Call, error: SmartleadError) -> SmartleadError:
        """The error to raise: "not sent" is not the truth about a call whose first attempt was."""
        return self._signed(call, call.lost if call.lost and isinstance(error, NotSent) else error)

    def _signed(self, call: _Call, error: SmartleadError) -> SmartleadError:
        error.operation = call.operation.name
        error.attempts = call.attempts
        return error

    def _report(
        self,
        call: _Call,
        answer: HttpResponse | TransportError,
        result: Response[Any] | SmartleadError,
        waited: float,
        took: float,
    ) -> None:
        operation = call.operation
        status = answer.status if isinstance(answer, HttpResponse) else None
        error = result if isinstance(result, SmartleadError) else None
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug(
                "%s %s -> %s in %.3f s (attempt %d, waited %.3f s)%s",
                operation.method,
                operation.path,
                status if status is not None else "no answer",
                took,
                call.attempts,
                waited,
                f": {error}" if error else "",
            )
        if call.options.on_attempt is not None:
            call.options.on_attempt(
                Attempt(operation.name, operation.effect, call.attempts, status, error, waited, took)
            )

    # --- the request ---------------------------------------------------------------------------------

    def _http(self, request: Request[Any], options: Options) -> HttpRequest:
        operation, (path, query, body) = request.operation, encode(request)
        return HttpRequest(
            operation.method,
            f"{self._base_urls[operation.host]}{path}?{query}{'&' if query else ''}{self._key.query}",
            self._read_headers if body is None else self._write_headers,
            body,
            options.timeout if operation.patience is None else max(options.timeout, operation.patience),
        )

    def _claim(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._closed:
            raise ConfigurationError("this client is closed: open a new one")
        if self._loop is not None:
            raise ConfigurationError(
                "this client belongs to another event loop: make one client for each loop (with "
                "asyncio.run, inside the function that it runs)"
            )
        self._loop = loop


Send = Callable[[HttpRequest], Awaitable[HttpResponse]]


def _in_time(send: Send) -> Send:
    """A transport's ``send`` that gives up when the time is over, out of one that does not look at it."""
    timer = DeadlineTimer()

    async def exchange(request: HttpRequest) -> HttpResponse:
        try:
            with Deadline(timer, request.timeout):
                return await send(request)
        except TimeoutError:
            pass
        raise RequestTimeout(f"no response within {request.timeout:g} s")

    return exchange


def _what_is_known(error: SmartleadError) -> Failure:
    match error:
        case NotSent():
            return Failure.NOT_SENT
        case RateLimited():
            return Failure.RATE_LIMITED
        case TransportError() | ServerError():
            return Failure.INTERRUPTED
        case ResponseDecodeError(malformed=True):
            return Failure.UNREADABLE
        case _:
            return Failure.REFUSED
