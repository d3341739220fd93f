"""The client in FastAPI applications: lifespan, injection, errors and tenants."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Header, Request

from smartlead_async import (
    AuthenticationError,
    BadRequest,
    CampaignSpec,
    ConfigurationError,
    Conflict,
    FakeSmartlead,
    Interrupted,
    InvalidPlan,
    LedgerError,
    NotFound,
    NotSent,
    OperationRefused,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    RateLimits,
    RequestTimeout,
    ResponseDecodeError,
    ResponseTooLarge,
    RetryPolicy,
    ServerError,
    ServiceUnavailable,
    SmartleadClient,
    SmartleadError,
    StillRunning,
    ValidationFailed,
    Window,
)
from smartlead_async.fake import Fault
from smartlead_async.integrations.fastapi import (
    Smartlead,
    TenantClients,
    add_error_handlers,
    get_client,
    smartlead_lifespan,
)
from smartlead_async.plan.problem import error as plan_error
from smartlead_async.transport import HttpRequest, HttpResponse

from .applications import running

NAME = "SaaS founders Q1 2027 – demo invite"


@pytest.fixture
def fake() -> FakeSmartlead:
    return FakeSmartlead()


def client_of(fake: FakeSmartlead) -> SmartleadClient:
    return SmartleadClient("test-key", transport=fake.transport(), retry=RetryPolicy(max_attempts=1))


def application(fake: FakeSmartlead, own: Any = None) -> FastAPI:
    app = FastAPI(lifespan=smartlead_lifespan(own, client=lambda: client_of(fake)))
    add_error_handlers(app)

    @app.post("/campaigns", status_code=201)
    async def create(name: str, smartlead: Smartlead) -> dict[str, int]:
        return {"id": (await smartlead.campaigns.create(name)).id}

    return app


# --- lifespan --------------------------------------------------------------------------------------------


async def test_routes_share_the_client_of_the_application(fake: FakeSmartlead) -> None:
    app = application(fake)
    async with running(app) as http:
        response = await http.post("/campaigns", params={"name": NAME})
        client = app.state.smartlead
    assert response.status_code == 201
    assert fake.campaigns[response.json()["id"]].name == NAME
    with pytest.raises(ConfigurationError, match="closed"):
        await client.campaigns.get(1)


async def test_the_own_lifespan_is_within_that_of_the_client(fake: FakeSmartlead) -> None:
    order: list[str] = []

    @contextlib.asynccontextmanager
    async def own(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        created = await app.state.smartlead.campaigns.create(NAME)
        order.append("begins")
        yield {"campaign": str(created.id)}
        await app.state.smartlead.campaigns.delete(created.id)
        order.append("ends")

    app = application(fake, own)

    @app.get("/state")
    async def state(request: Request, _: Smartlead) -> str:
        return str(request.state.campaign)

    async with running(app) as http:
        response = await http.get("/state")
    assert (response.status_code, order, fake.campaigns) == (200, ["begins", "ends"], {})


async def test_an_application_without_the_lifespan_says_so(fake: FakeSmartlead) -> None:
    app = application(fake)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app.test") as http:
        response = await http.post("/campaigns", params={"name": NAME})
    assert (response.status_code, response.json()) == (
        500,
        {"detail": "The service failed; its log says why."},
    )


async def test_tests_replace_the_client(fake: FakeSmartlead) -> None:
    app = application(FakeSmartlead())
    async with client_of(fake) as client:
        app.dependency_overrides[get_client] = lambda: client
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app.test") as http:
            assert (await http.post("/campaigns", params={"name": NAME})).status_code == 201
    assert len(fake.campaigns) == 1


# --- errors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "x" * 1000])
async def test_a_value_that_the_client_refuses_is_a_422(fake: FakeSmartlead, name: str) -> None:
    async with running(application(fake)) as http:
        response = await http.post("/campaigns", params={"name": name})
    assert response.status_code == 422
    (fault,) = response.json()["detail"]
    assert fault.keys() == {"type", "loc", "msg"}
    assert "name" in fault["msg"]


async def test_a_lost_create_is_a_502_and_not_repeated(fake: FakeSmartlead) -> None:
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    async with running(application(fake)) as http:
        response = await http.post("/campaigns", params={"name": NAME})
    assert response.status_code == 502
    assert "may have taken effect" in response.json()["detail"]
    assert len(fake.campaigns) == 1


def api_error(kind: type[Any], status: int, *, refused: bool = True, **more: Any) -> Any:
    body = {"secret": "internal"}
    return kind(
        "no such thing", status=status, body=body, headers={"x-internal": "1"}, refused=refused, **more
    )


ANSWERS: list[tuple[SmartleadError, int, str | None]] = [
    (api_error(RateLimited, 429, retry_after=12.2), 429, "13"),
    (api_error(RateLimited, 429), 429, "60"),
    (api_error(ServiceUnavailable, 503), 503, "60"),
    (NotSent("no route to 10.0.0.1"), 503, "60"),
    (RequestTimeout("no response"), 504, None),
    (OutcomeUnknown("lost", failure=RequestTimeout("x")), 504, None),
    (OutcomeUnknown("lost", failure=Interrupted("x")), 502, None),
    (StillRunning("not finished", last=None), 504, None),
    (Interrupted("reset"), 502, None),
    (ResponseTooLarge("huge"), 502, None),
    (ResponseDecodeError(("x @ $",), excerpt="internal"), 502, None),
    (api_error(ServerError, 500), 502, None),
    (api_error(AuthenticationError, 401), 502, None),
    (api_error(PermissionDenied, 403), 502, None),
    (api_error(BadRequest, 400, field="name"), 422, None),
    (api_error(BadRequest, 400, refused=False), 502, None),
    (api_error(ValidationFailed, 422), 422, None),
    (api_error(OperationRefused, 200), 422, None),
    (api_error(NotFound, 404), 404, None),
    (api_error(Conflict, 409), 409, None),
    (InvalidPlan([plan_error("no_steps", "no steps", path="campaigns[0].steps")]), 422, None),
    (LedgerError("/srv/jobs/x.ledger is locked"), 500, None),
    (ConfigurationError("/etc/secret is missing"), 500, None),
]


@pytest.mark.parametrize(("error", "status", "retry_after"), ANSWERS, ids=lambda v: type(v).__name__)
async def test_an_error_is_answered_with_the_status_that_fits_and_leaks_nothing(
    fake: FakeSmartlead, error: SmartleadError, status: int, retry_after: str | None
) -> None:
    app = application(fake)

    @app.get("/fails")
    async def fails() -> None:
        raise error

    async with running(app) as http:
        response = await http.get("/fails")
    assert response.status_code == status
    assert response.headers.get("retry-after") == retry_after
    assert not any(word in response.text for word in ("internal", "10.0.0.1", "/srv", "/etc", "test-key"))


async def test_other_value_errors_stay_defects_of_the_application(fake: FakeSmartlead) -> None:
    app = application(fake)

    @app.get("/fails")
    async def fails() -> None:
        CampaignSpec(NAME)
        int("x")

    async with running(app) as http:
        assert (await http.get("/fails")).status_code == 500


# --- tenants ---------------------------------------------------------------------------------------------


class Recording:
    """A transport that notes what is open, and answers every create."""

    def __init__(self) -> None:
        self.closed = 0
        self.waiting: list[asyncio.Future[None]] = []
        self.holds = False

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        if self.holds:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.waiting.append(future)
            await future
        return HttpResponse(200, {}, b'{"ok": true, "id": 1, "name": "x"}')

    async def aclose(self) -> None:
        self.closed += 1


async def create(client: SmartleadClient) -> None:
    await client.campaigns.create(NAME)


async def test_each_key_has_one_client_and_all_share_the_connections() -> None:
    transport = Recording()
    async with TenantClients(transport=transport) as tenants:
        a, b = tenants.get("key-a"), tenants.get("key-b")
        assert a is tenants.get("key-a")
        assert a.limiter is not b.limiter
        await a.aclose()
        await create(b)
        assert transport.closed == 0
        assert "key-a" not in f"{tenants!r} {vars(tenants)!r}"
    assert transport.closed == 1


async def test_the_pool_is_bounded_and_an_evicted_client_keeps_its_limiter() -> None:
    limits = RateLimits((Window(2, 60),))
    async with TenantClients(transport=Recording(), limits=limits, max_clients=2) as tenants:
        first = tenants.get("key-0")
        await create(first)
        await create(first)
        for n in range(1, 50):
            tenants.get(f"key-{n}")
        assert repr(tenants) == "<TenantClients, 2 of at most 2>"
        again = tenants.get("key-0")
        assert again is not first
        assert again.limiter is first.limiter
        began = asyncio.get_running_loop().time()
        await create(again)
        assert asyncio.get_running_loop().time() - began >= 59


async def test_a_limiter_is_kept_while_a_request_is_in_flight_and_forgotten_after_its_window() -> None:
    transport = Recording()
    transport.holds = True
    async with TenantClients(
        transport=transport, limits=RateLimits((Window(2, 60),)), max_clients=1
    ) as tenants:
        client = tenants.get("key-0")
        limiter = weakref.ref(client.limiter)

        def is_kept() -> bool:
            tenants.get("other")
            return tenants.get("key-0").limiter is limiter()

        request = asyncio.create_task(create(client))
        await asyncio.sleep(20)
        assert is_kept()
        transport.waiting[0].set_result(None)
        await request
        assert is_kept()
        await asyncio.sleep(61)
        assert is_kept()
        del client, request
        for n in range(9):
            tenants.get(f"other-{n}")
        gc.collect()
        assert limiter() is None
        assert not is_kept()
        assert len(tenants._limiters) <= 3


async def test_a_dependency_chooses_the_key_of_a_request() -> None:
    fake = FakeSmartlead(api_key="key-a")
    tenants = TenantClients(transport=fake.transport())

    async def key_of(x_tenant: Annotated[str | None, Header()] = None) -> str | None:
        return {"a": "key-a", "b": "key-b"}.get(x_tenant or "")

    app = FastAPI()
    add_error_handlers(app)

    @app.post("/campaigns")
    async def create_campaign(client: SmartleadClient = Depends(tenants.client_of(key_of))) -> int:  # noqa: B008
        return (await client.campaigns.create(NAME)).id

    async with running(app) as http:
        statuses = [
            (await http.post("/campaigns", headers={"x-tenant": t})).status_code for t in ("a", "b", "c")
        ]
        document = (await http.get("/openapi.json")).text
    await tenants.aclose()
    assert statuses == [200, 502, 401]
    assert "x-tenant" in document
    assert "found" not in document
