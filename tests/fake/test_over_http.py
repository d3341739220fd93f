"""The fake over real sockets, with an HTTP client that knows nothing of this package."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
from collections.abc import AsyncIterator

import aiohttp
import pytest

from smartlead_async.fake import FakeSmartlead, Fault
from smartlead_async.fake.server import running, serve
from smartlead_async.limits import RateLimits

pytestmark = pytest.mark.sockets
KEY = {"api_key": "test-key"}


@contextlib.asynccontextmanager
async def session(base_url: str) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"User-Agent": "fake-tests/1"}
    # One request for each connection: aiohttp itself resends some requests on a reused connection that broke.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(f"{base_url}/", headers=headers, connector=connector) as client:
        yield client


async def test_create_and_read_over_http(fake: FakeSmartlead) -> None:
    async with running(fake) as base_url, session(base_url) as client:
        assert base_url.startswith("http://127.0.0.1:")
        assert base_url.endswith("/api/v1")
        async with client.post("campaigns/create", params=KEY, json={"name": "Zoë & Söhne"}) as response:
            assert response.status == 200
            assert response.content_type == "application/json"
            created = await response.json()
        async with client.get(f"campaigns/{created['id']}/", params=KEY) as response:
            assert (await response.json())["name"] == "Zoë & Söhne"
        async with client.delete(f"campaigns/{created['id']}", params=KEY) as response:
            assert await response.json() == {"ok": True}
    assert fake.campaigns == {}
    assert fake.requests.by_operation == {"CreateCampaign": 1, "GetCampaign": 1, "DeleteCampaign": 1}


async def test_limit_headers_and_refusals_over_http() -> None:
    fake = FakeSmartlead(limits=RateLimits.of((1, 60.0)))
    async with running(fake) as base_url, session(base_url) as client:
        async with client.get("campaigns", params=KEY) as response:
            assert response.headers["X-RateLimit-Remaining"] == "0"
        async with client.get("campaigns", params=KEY) as response:
            assert response.status == 429
            assert 1 <= int(response.headers["Retry-After"]) <= 60
        async with client.post("campaigns/new", params=KEY) as response:
            assert response.status in {404, 429}
        async with client.post("campaigns/new", params={"api_key": "wrong"}) as response:
            page = await response.text()
            assert (response.status, response.content_type) == (404, "text/html")
            assert "Cannot POST /api/v1/campaigns/new<" in page
        async with client.get("campaigns", headers={"User-Agent": ""}, params=KEY) as response:
            assert (response.status, await response.text()) == (403, "error code: 1010")


@pytest.mark.parametrize(
    ("fault", "committed"),
    [
        (Fault.refused(), False),
        (Fault.lost_before(), False),
        (Fault.lost_after(), True),
        (Fault.unlisted(5), True),
        (Fault.broken_off(), True),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_faults_break_the_connection(fake: FakeSmartlead, fault: Fault, committed: bool) -> None:
    async with running(fake) as base_url, session(base_url) as client:
        fake.fail_next(fault)
        with pytest.raises(
            (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError)
        ):
            async with client.post("campaigns/create", params=KEY, json={"name": "A"}) as response:
                await response.read()
        assert bool(fake.campaigns) is committed
        async with client.get("campaigns", params=KEY) as response:
            assert response.status == 200


async def test_a_response_that_is_cut_off_has_begun(fake: FakeSmartlead) -> None:
    async with running(fake) as base_url, session(base_url) as client:
        fake.fail_next(Fault.broken_off())
        async with client.get("leads/fetch-categories", params=KEY) as response:
            assert response.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()


async def test_a_late_response_delays_neither_its_client_nor_the_shutdown(fake: FakeSmartlead) -> None:
    fake.fail_next(Fault.too_slow())
    async with running(fake) as base_url, session(base_url) as client:
        timeout = aiohttp.ClientTimeout(total=0.2)
        with pytest.raises(TimeoutError):
            await client.post("campaigns/create", params=KEY, json={"name": "A"}, timeout=timeout)
        assert [c.name for c in fake.campaigns.values()] == ["A"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.status_before(503), 503),
        (Fault.status_after(500), 500),
        (Fault.truncated(), 200),
        (Fault.not_json(502), 502),
        (Fault.rate_limited(3), 429),
        (Fault.slow(0.01), 200),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_responses_under_a_fault_are_valid_http(fake: FakeSmartlead, fault: Fault, status: int) -> None:
    async with running(fake) as base_url, session(base_url) as client:
        fake.fail_next(fault)
        async with client.post("campaigns/create", params=KEY, json={"name": "A"}) as response:
            assert response.status == status
            body = await response.read()
            assert int(response.headers["Content-Length"]) == len(body)
        assert bool(fake.campaigns) is fault.kind.commits


async def test_large_responses_and_large_requests_are_accepted(fake: FakeSmartlead) -> None:
    async with running(fake) as base_url, session(base_url) as client:
        async with client.post("campaigns/create", params=KEY, json={}) as response:
            campaign_id = (await response.json())["id"]
        leads = [
            {"email": f"p{n}@prospect.example", "custom_fields": {"note": "x" * 9_000}} for n in range(400)
        ]
        body = json.dumps({"lead_list": leads}).encode()
        headers = {"Content-Type": "application/json"}
        path = f"campaigns/{campaign_id}/leads"
        async with client.post(path, params=KEY, data=io.BytesIO(body), headers=headers) as response:
            assert (await response.json())["total_leads"] == 400
        async with client.get(path, params=KEY) as response:
            assert response.headers["Content-Encoding"] in {"gzip", "deflate"}
            assert len((await response.json())["data"]) == 100


async def test_serving_reports_its_address_and_ends_on_sigterm(fake: FakeSmartlead) -> None:
    addresses: list[str] = []

    def on_ready(base_url: str) -> None:
        addresses.append(base_url)
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)

    async with asyncio.timeout(10):
        await serve(fake, on_ready=on_ready)
    (base_url,) = addresses
    assert base_url.endswith("/api/v1")
    async with session(base_url) as client:
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get("campaigns", params=KEY)


async def test_serving_ends_on_cancellation(fake: FakeSmartlead) -> None:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(fake, on_ready=ready.set_result))
    async with session(await ready) as client, client.get("campaigns", params=KEY) as response:
        assert response.status == 200
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
