"""The pipeline of every request: encode → limit → send → classify → decode, and retry."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from ..errors import (
    APIError,
    ConfigurationError,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    SmartleadError,
    TransportError,
    stripped,
)
from ..limits import RateLimits
from ..request import Effect, Host, Operation, Part, Request
from ..transport import HttpRequest, HttpResponse, Transport
from ..transport.deadline import Deadline, DeadlineTimer
from .api_key import ApiKey
from .call import Call
from .classify import read_response
from .decode import decode
from .encode import encode
from .events import Response, logger
from .headers import RateLimitState, parse_count, retry_after
from .options import Options
from .rate_limiter import Permit, RateLimiter
from .retry import Decision, Failure, RetryBudget, RetryPolicy, RetryRequested, decide, with_retries

if TYPE_CHECKING:
    from .extra_limits import ExtraLimits

T = TypeVar("T")


class Pipeline:
    """The state that all clients of one key share: transport, limiter, key and retry budget."""

    def __init__(
        self,
        *,
        transport: Transport,
        limiter: RateLimiter,
        key: ApiKey,
        base_urls: Mapping[Host, str],
        user_agent: str,
        retry: RetryPolicy,
        extra_limits: Mapping[Host | type[Request[Any]], RateLimits] | None = None,
        wall_clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        self.transport = transport
        self.limiter = limiter
        self._given_limits = extra_limits or {}
        self._extra_limits: ExtraLimits | None = None
        self._key = key
        self.base_urls = base_urls
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
        """Send a request until it has a response, or an error that no further attempt would change."""
        loop = asyncio.get_running_loop()
        if self._closed or loop is not self._loop:
            self._bind_to(loop)
        self._budget.deposit()
        deadline = options.retry.deadline
        call = Call(
            request,
            self._http(request, options),
            options,
            self._limiter_for(request.operation, options),
            None if deadline is None else loop.time() + deadline,
        )
        try:
            try:
                return await self._attempt(call)
            except RetryRequested as requested:
                first = requested
            return await self._repeat(call, first)
        except BaseException as error:
            if call.number:
                call.failed(error)
            raise

    async def aclose(self) -> None:
        """Close the transport. Nothing can be sent afterwards."""
        if not self._closed:
            self._closed = True
            await self.transport.aclose()

    def _limiter_for(self, operation: Operation, options: Options) -> RateLimiter:
        limiter = options.limiter or self.limiter
        if operation.limits is None and not self._given_limits:
            return limiter
        if self._extra_limits is None:
            from .extra_limits import ExtraLimits  # noqa: PLC0415 - few operations have limits of their own

            self._extra_limits = ExtraLimits(self._given_limits)
        return self._extra_limits.over(limiter, operation)

    async def _attempt(self, call: Call) -> Response[Any]:
        loop = asyncio.get_running_loop()
        observed = call.number
        queued = 0.0
        if observed:
            queued = loop.time()
            call.queued()
        http, limiter = call.http, call.limiter
        if call.ends_by is None:
            lane = call.options.lane
            permit = limiter.acquire_now(lane) or await limiter.acquire(lane)
        else:
            permit = await self._acquire_by(call.ends_by, call)
            timeout = max(min(http.timeout, call.ends_by - loop.time()), 0.0)
            http = attrs.evolve(http, timeout=timeout)
        sent = 0.0
        if observed:
            sent = loop.time()
            call.sent(sent - queued)
        response: HttpResponse | TransportError
        not_sent = False
        try:
            response = self._redacted(await self._exchange(http))
        except TransportError as problem:
            response = stripped(problem)
            not_sent = isinstance(problem, NotSent)
        except asyncio.CancelledError as problem:
            raise stripped(problem) from None
        finally:
            call.attempts += 1
            if not_sent:
                limiter.refund(permit)
            else:
                limiter.release(permit)
        # Outside the except block, so that no error of ours has one of the transport's as its context.
        result = self._read(call, permit, response) if isinstance(response, HttpResponse) else response
        if observed:
            status = response.status if isinstance(response, HttpResponse) else None
            error = result if isinstance(result, SmartleadError) else None
            call.answered(status, error, sent - queued, loop.time() - sent)
        if not isinstance(result, Response):
            raise self._judge(call, result)
        return result

    async def _acquire_by(self, when: float, call: Call) -> Permit:
        """Wait for the limiter, but not beyond the deadline."""
        try:
            async with asyncio.timeout_at(when):
                return await call.limiter.acquire(call.options.lane)
        except TimeoutError:
            pass
        deadline = call.options.retry.deadline
        raise self._final_error(
            call, NotSent(f"the deadline of {deadline:g} s passed while it waited for the rate limit")
        )

    def _read(self, call: Call, permit: Permit, response: HttpResponse) -> Response[Any] | SmartleadError:
        self._observe_limits(call, permit, response.headers)
        operation = call.request.operation
        try:
            value = read_response(
                operation, response.status, response.headers, response.body, redact=self._key.redact
            )
        except NotFound as gone:
            if call.request.effect is not Effect.DELETE or call.lost is None or not gone.refused:
                return gone.with_traceback(None)
            # An earlier attempt, whose response was lost, has deleted it.
            value = decode(operation, {"ok": True})
        except SmartleadError as problem:
            if isinstance(problem, APIError):
                problem.retry_after = retry_after(
                    response.status, response.headers, problem.body, now=self._wall_clock()
                )
            # Its frames hold the body, and some error trackers print the locals of frames.
            return problem.with_traceback(None)
        return Response(value, response.status, response.headers, call.attempts, response.body)

    def _redacted(self, response: HttpResponse) -> HttpResponse:
        """Return the response with the key redacted in its headers, where some servers repeat the URL."""
        if self._key.find("\n".join(response.headers.values())) is None:
            return response
        headers = {name: self._key.redact(value) for name, value in response.headers.items()}
        return attrs.evolve(response, headers=headers)

    def _observe_limits(self, call: Call, permit: Permit, headers: Mapping[str, str]) -> None:
        limit = parse_count(headers.get("x-ratelimit-limit"))
        remaining = parse_count(headers.get("x-ratelimit-remaining"))
        if limit is None or remaining is None:
            return
        # Most responses say what is known already, so the reset time need not be read.
        if call.limiter.foreign_requests(permit, limit=limit, remaining=remaining):
            reset_at = RateLimitState.from_headers(headers).reset_at
            if reset_at is not None:
                reset_in = reset_at - self._wall_clock()
                call.limiter.observe(permit, limit=limit, remaining=remaining, reset_in=reset_in)

    def _judge(self, call: Call, error: SmartleadError) -> Exception:
        """Return :class:`RetryRequested` to send it once more, or the error to raise."""
        from .refusals import failure_of  # noqa: PLC0415 - loaded with the first failure

        policy, failure = call.options.retry, failure_of(error)
        if failure is Failure.RATE_LIMITED:
            call.rate_limited += 1
        else:
            call.failures += 1
        if failure in (Failure.INTERRUPTED, Failure.UNREADABLE):
            call.lost = error
        pause = self._pause(call, error)
        if failure is Failure.RATE_LIMITED:
            # All calls with this key wait at the gate, even if this one gives up.
            call.hit_limit(pause)
            call.limiter.close_until(asyncio.get_running_loop().time() + pause)
        decision = decide(
            policy,
            failure,
            repeatable=call.request.is_repeatable,
            failures=call.failures,
            rate_limited=call.rate_limited,
        )
        if decision is Decision.UNKNOWN:
            self._annotated(call, error)
            unknown = OutcomeUnknown(
                f"it is unknown whether it took effect: {error}; check before you send it again",
                failure=error,
            )
            return self._annotated(call, unknown)
        if decision is Decision.GIVE_UP or not self._in_time(call, pause):
            return self._final_error(call, error)
        if failure is Failure.RATE_LIMITED:
            return RetryRequested(0.0)
        if not self._budget.withdraw():
            logger.warning("%s is not retried: the retry budget is spent", call.operation.name)
            return self._final_error(call, error)
        # Not the message, in which a server may quote data.
        reason = f"HTTP {error.status}" if isinstance(error, APIError) else type(error).__name__
        call.retried(reason, pause)
        return RetryRequested(pause)

    def _pause(self, call: Call, error: SmartleadError) -> float:
        asked = self._asked_pause(call, error)
        if isinstance(error, RateLimited):
            # A server that asks for no wait (or for one in the past) would otherwise be flooded.
            return asked or call.options.retry.pause(call.rate_limited, self._rng)
        return max(asked or 0.0, call.options.retry.pause(call.failures, self._rng))

    def _asked_pause(self, call: Call, error: SmartleadError) -> float | None:
        asked = error.retry_after if isinstance(error, APIError) else None
        longest = call.options.retry.longest_retry_after
        if asked is None or asked <= longest:
            return asked
        logger.warning(
            "%s: the server asks to wait %.0f s; waiting %.0f s", call.operation.name, asked, longest
        )
        return longest

    def _in_time(self, call: Call, pause: float) -> bool:
        return call.ends_by is None or asyncio.get_running_loop().time() + pause < call.ends_by

    def _final_error(self, call: Call, error: SmartleadError) -> SmartleadError:
        """Return the error to raise: not NotSent if an earlier attempt of the call was sent."""
        return self._annotated(call, call.lost if call.lost and isinstance(error, NotSent) else error)

    def _annotated(self, call: Call, error: SmartleadError) -> SmartleadError:
        error.operation = call.operation.name
        error.attempts = call.attempts
        if isinstance(error, NotFound):
            error.target = _target_of(call.request)
        return error

    def _http(self, request: Request[Any], options: Options) -> HttpRequest:
        operation, (path, query, body) = request.operation, encode(request)
        return HttpRequest(
            operation.method,
            f"{self.base_urls[operation.host]}{path}?{query}{'&' if query else ''}{self._key.query}",
            self._read_headers if body is None else self._write_headers,
            body,
            options.timeout if operation.min_timeout is None else max(options.timeout, operation.min_timeout),
        )

    def _bind_to(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._closed:
            raise ConfigurationError("this client is closed: create a new one")
        if self._loop is not None:
            raise ConfigurationError(
                "this client belongs to another event loop: create one client for each loop (with "
                "asyncio.run, inside the function that it runs)"
            )
        self._loop = loop


Send = Callable[[HttpRequest], Awaitable[HttpResponse]]


def _in_time(send: Send) -> Send:
    """Return a transport's ``send`` with the timeout enforced, for transports that do not enforce it."""
    timer = DeadlineTimer()

    async def exchange(request: HttpRequest) -> HttpResponse:
        try:
            with Deadline(timer, request.timeout):
                return await send(request)
        except TimeoutError:
            pass
        raise RequestTimeout(f"no response within {request.timeout:g} s")

    return exchange


def _target_of(request: Request[Any]) -> str | None:
    """Return the objects that the path of a request names: ``campaign 4101, lead 7``."""
    ids = (
        (p.name.removesuffix("_id"), getattr(request, p.name))
        for p in request.parameters
        if p.part is Part.PATH
    )
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in ids) or None
