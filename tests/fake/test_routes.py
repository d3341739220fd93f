"""Every declared operation has a route, on every form of it that the contract lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from smartlead_async.api.areas import request_classes
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.examples import documented_operations
from smartlead_async.fake.routes import router
from smartlead_async.fake.routing import handled_requests
from smartlead_async.request import Operation

from ..contract import CONTRACT
from .raw import Raw, expect


def test_every_handler_is_that_of_a_declared_operation() -> None:
    assert handled_requests() <= set(request_classes())


def test_every_declared_operation_has_a_route() -> None:
    assert set(router().requests) == set(request_classes())


def contract_routes() -> Iterator[tuple[str, str]]:
    for operation in CONTRACT.values():
        yield operation["method"], operation["path"]
        for route in operation.get("alt_routes", []):
            method, path = route.split()[:2]
            yield method, path


@pytest.mark.parametrize(("method", "path"), sorted(set(contract_routes())))
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_route_of_the_contract_is_found(method: str, path: str, slash: str) -> None:
    concrete = re.sub(r"\{\w+\}", "7", path).rstrip("/") + slash
    route, _ = router().find(method, concrete)
    assert route is not None
    assert route.operation.method == method


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/campaigns/new"),
        ("PATCH", "/campaigns/4101/status"),
        ("PATCH", "/campaigns/4101/settings"),
        ("GET", "/webhooks"),
        ("GET", "/campaigns/4101/top-level-analytics"),
    ],
)
async def test_a_route_that_does_not_exist_is_an_html_404_without_the_key(
    raw: Raw, method: str, path: str
) -> None:
    response = await raw.send(method, path)
    assert response.status == 404
    assert response.headers["content-type"].startswith("text/html")
    assert f"<pre>Cannot {method} /api/v1{path}</pre>".encode() in response.body
    assert b"test-key" not in response.body


async def test_a_path_is_escaped_in_the_404_page(raw: Raw) -> None:
    response = await raw.send("GET", "/<script>")
    assert b"<script>" not in response.body
    assert b"&lt;script&gt;" in response.body


async def test_literal_segments_of_a_path_are_not_parsed_as_ids(raw: Raw) -> None:
    categories = await raw.get("/leads/fetch-categories")
    assert [c["id"] for c in categories] == [1, 2, 3, 4, 5, 6, 7]
    response = await raw.send("GET", "/campaigns/new/sequences")
    assert expect(response, 400)["message"] == '"id" must be a number'


@pytest.mark.parametrize("operation", list(documented_operations()), ids=lambda operation: operation.name)
def test_every_documented_operation_has_a_route_that_no_id_hides(operation: Operation) -> None:
    route, _ = router().find(operation.method, operation.path.replace("{}", "7"), operation.host)
    assert route is not None
    assert re.sub(r"\{\w+\}", "{}", route.operation.path).rstrip("/") == operation.path or (
        # The other form of the same operation.
        route.operation.name == "DeleteCampaignWebhook"
    )


async def test_a_documented_operation_that_is_not_declared_has_its_example(raw: Raw) -> None:
    path = "/send-email/track-email/abc"
    pixel = await raw.send("GET", path)
    assert pixel.body.startswith(b"\x89PNG")
    assert raw.fake.requests.by_operation["GET /send-email/track-email/{}"] == 1
    assert (await Raw(raw.fake, raw.transport, key="wrong").send("GET", path)).status == 401


async def test_two_operations_at_one_path_are_told_apart_by_the_key_of_the_second(raw: Raw) -> None:
    client = {"email": "ops@northwind.example", "name": "Northwind"}
    created = (await raw.post("/client/save", client))["clientId"]
    await raw.post("/client/save", client | {"id": created})
    assert raw.fake.requests.by_operation == {"CreateClient": 1, "UpdateClient": 1}


async def test_a_webhook_is_deleted_by_path_and_by_body(raw: Raw) -> None:
    campaign_id = await raw.create()
    path = f"/campaigns/{campaign_id}/webhooks"
    hook = {"name": "crm", "webhook_url": "https://hooks.example/sl", "event_types": ["EMAIL_REPLY"]}
    hook |= {"categories": ["Interested"]}
    one, two = [(await raw.post(path, hook))["id"] for _ in range(2)]
    assert expect(await raw.send("DELETE", path, {"id": one}), 200) == {"ok": True}
    assert expect(await raw.send("DELETE", f"{path}/{two}"), 200) == {"ok": True}
    assert await raw.get(path) == []
    assert expect(await raw.send("DELETE", path, {"id": one}), 404) == {"error": "Resource not found"}


@pytest.mark.parametrize(
    "agent",
    ["", " ", "python-requests/2.32", "python-httpx/0.28", "Python/3.11 aiohttp/3.14.5", "curl/8.5.0"],
)
async def test_the_edge_refuses_agents_that_name_only_their_library(agent: str) -> None:
    assert await status_for(FakeSmartlead(), {"user-agent": agent}) == 403
    assert await status_for(FakeSmartlead(strict_user_agent=False), {"user-agent": agent}) == 200


@pytest.mark.parametrize("agent", ["smartlead-async/0.1", "curly-tool/1", "Mozilla/5.0", "javascripter/2"])
async def test_the_edge_accepts_other_agents(agent: str) -> None:
    assert await status_for(FakeSmartlead(), {"User-Agent": agent}) == 200


async def status_for(fake: FakeSmartlead, headers: dict[str, str]) -> int | None:
    reply = fake.receive("GET", "/api/v1/campaigns", "api_key=test-key", headers, None).reply
    assert reply is not None
    if reply.status == 403:
        assert reply.body == b"error code: 1010"
    return reply.status


async def test_requests_are_counted_and_the_newest_are_kept() -> None:
    fake = FakeSmartlead(log_size=2)
    raw = Raw(fake, fake.transport())
    await raw.create("A")
    await raw.send("GET", "/nowhere")
    await raw.create("B")
    assert len(fake.requests) == 3
    assert fake.requests.by_operation == {"CreateCampaign": 2, "unknown": 1}
    assert fake.requests.by_status == {200: 2, 404: 1}
    assert [entry.path for entry in fake.requests.entries] == ["/api/v1/nowhere", "/api/v1/campaigns/create"]
    fake.requests.clear()
    assert (len(fake.requests), fake.requests.by_operation) == (0, {})


async def test_the_log_contains_no_key(raw: Raw) -> None:
    await raw.create()
    assert "test-key" not in repr(list(raw.fake.requests.entries))
    assert "test-key" not in repr(vars(raw.fake)["_world"].keys["test-key"])


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"name":'])
async def test_a_body_that_is_not_json_is_a_400(raw: Raw, body: Any) -> None:
    response = await raw.send("POST", "/campaigns/create", body)
    assert expect(response, 400)["error"] == "Bad Request"
