"""The circuit breaker: one prober waits out an outage, and other errors are raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from smartlead_async.errors import (
    APIError,
    AuthenticationError,
    BadRequest,
    Interrupted,
    NotFound,
    NotSent,
    PermissionDenied,
    RateLimited,
    RequestTimeout,
    ResponseDecodeError,
    ServerError,
    ServiceUnavailable,
    SmartleadError,
)
from smartlead_async.provisioning.job.circuit_breaker import CircuitBreaker

PAGE_FOR_JSON = ResponseDecodeError(("not JSON",), malformed=True)
UNKNOWN_SHAPE = ResponseDecodeError(("required field missing @ $.id",))

OUTAGES = [
    NotSent("no connection"),
    Interrupted("broken"),
    RequestTimeout("no answer"),
    ServerError("oops", status=500),
    ServiceUnavailable("maintenance", status=503),
    RateLimited("too many", status=429),
    PAGE_FOR_JSON,
    PermissionDenied("an HTML page: attention required", status=403, body="<html>"),
    NotFound("an HTML page: not found", status=404, body="<html>"),
]


class Service:
    """A service that is down until some time, and counts its callers."""

    def __init__(self, down_until: float = 0.0, error: SmartleadError = OUTAGES[3]) -> None:
        self.down_until = down_until
        self.error = error
        self.probes: list[float] = []
        self.calls = 0

    @property
    def is_down(self) -> bool:
        return now() < self.down_until

    async def probe(self) -> None:
        self.probes.append(now())
        await asyncio.sleep(0.1)
        if self.is_down:
            raise self.error

    async def call(self) -> str:
        self.calls += 1
        await asyncio.sleep(0.1)
        if self.is_down:
            raise self.error
        return "done"


def now() -> float:
    return asyncio.get_running_loop().time()


def failing(error: SmartleadError, service: Service) -> Callable[[], Awaitable[str]]:
    async def operation() -> str:
        service.calls += 1
        raise error

    return operation


async def test_no_probe_is_sent_while_requests_succeed() -> None:
    service = Service()
    circuit = CircuitBreaker(service.probe)
    assert [await circuit.call(service.call) for _ in range(5)] == ["done"] * 5
    assert service.probes == []


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
async def test_an_outage_of_an_hour_is_waited_out_by_one_prober(error: SmartleadError) -> None:
    service = Service(3600, error)
    circuit = CircuitBreaker(service.probe)
    callers = [asyncio.create_task(circuit.call(service.call)) for _ in range(10)]
    await asyncio.sleep(1800)
    assert circuit.open_since is not None
    assert circuit.open_since < 1
    assert service.calls == 10
    assert await asyncio.gather(*callers) == ["done"] * 10
    assert service.calls == 20
    # 5, 10, 20, 40 seconds apart and then 60, by one and not by ten.
    assert len(service.probes) < 3600 / 60 + 6
    assert now() < 3600 + 61
    assert circuit.open_since is None


async def test_a_caller_during_an_outage_sends_nothing_until_it_is_over() -> None:
    service = Service(300)
    circuit = CircuitBreaker(service.probe)
    first = asyncio.create_task(circuit.call(service.call))
    await asyncio.sleep(1)
    second = asyncio.create_task(circuit.call(service.call))
    await asyncio.sleep(200)
    assert service.calls == 1
    assert list(await asyncio.gather(first, second)) == ["done", "done"]


async def test_repeated_outages_do_not_count_as_failures() -> None:
    service = Service()
    circuit = CircuitBreaker(service.probe)
    fails = 10

    async def flapping() -> str:
        nonlocal fails
        if fails:
            fails -= 1
            service.down_until = now() + 30
            raise service.error
        return "done"

    assert await circuit.call(flapping) == "done"


async def test_an_operation_that_fails_while_the_service_is_up_gets_three_attempts() -> None:
    service = Service()
    circuit = CircuitBreaker(service.probe)
    with pytest.raises(ServerError):
        await circuit.call(failing(service.error, service))
    assert service.calls == 3
    assert circuit.open_since is None


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("no", status=400, refused=True),
        PermissionDenied("no API access", status=403, refused=True),
        NotFound("no such campaign", status=404, refused=True),
        UNKNOWN_SHAPE,
        # No wait changes these: they are about the URL, the credentials of a proxy, or the request.
        APIError("a redirect", status=302, body=""),
        AuthenticationError("an HTML page", status=401, body="<html>"),
        APIError("an HTML page", status=413, body="<html>"),
    ],
    ids=lambda error: f"{type(error).__name__} {getattr(error, 'status', '')}",
)
async def test_other_errors_are_raised_at_once(error: SmartleadError) -> None:
    service = Service()
    with pytest.raises(type(error)):
        await CircuitBreaker(service.probe).call(failing(error, service))
    assert (service.calls, service.probes) == (1, [])


async def test_an_unparsable_2xx_response_to_a_non_repeatable_request_is_never_repeated() -> None:
    service = Service()
    with pytest.raises(ResponseDecodeError):
        await CircuitBreaker(service.probe).call(failing(PAGE_FOR_JSON, service), repeatable=False)
    assert service.calls == 1


async def test_when_the_prober_is_cancelled_the_next_caller_probes() -> None:
    service = Service(600)
    circuit = CircuitBreaker(service.probe)
    prober = asyncio.create_task(circuit.call(service.call))
    await asyncio.sleep(1)
    others = [asyncio.create_task(circuit.call(service.call)) for _ in range(3)]
    await asyncio.sleep(100)
    since = circuit.open_since
    prober.cancel()
    await asyncio.sleep(100)
    # It is the same outage still, and the others have not begun to hammer.
    assert circuit.open_since == since is not None
    assert service.calls == 1
    assert await asyncio.gather(*others) == ["done"] * 3


async def test_a_circuit_left_open_by_a_cancelled_prober_is_closed_by_the_next_caller() -> None:
    service = Service(60)
    circuit = CircuitBreaker(service.probe)
    prober = asyncio.create_task(circuit.call(service.call))
    await asyncio.sleep(30)
    prober.cancel()
    await asyncio.sleep(100)
    assert await circuit.call(service.call) == "done"
    assert circuit.open_since is None


async def test_a_service_that_refuses_the_probe_is_up() -> None:
    async def probe() -> None:
        raise BadRequest("no", status=400, refused=True)

    service = Service()
    with pytest.raises(ServerError):
        await CircuitBreaker(probe).call(failing(service.error, service))
    assert service.calls == 3


async def test_a_probe_with_a_wrong_key_raises_its_error() -> None:
    async def probe() -> None:
        raise AuthenticationError("wrong key", status=401)

    service = Service()
    with pytest.raises(AuthenticationError):
        await CircuitBreaker(probe).call(failing(service.error, service))
