"""Operations of several hosts, and operations that the fake does not simulate."""

from __future__ import annotations

import itertools
import json
from typing import Any

import attrs
import pytest

from smartlead_async import BadRequest, SmartleadClient
from smartlead_async.api.areas import request_classes
from smartlead_async.api.campaigns.read import GetCampaign
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.examples import example_reply, route_key
from smartlead_async.fake.routing import AmbiguousRoute, Router
from smartlead_async.fake.server import running
from smartlead_async.request import Effect, Host, Request
from smartlead_async.transport import HttpRequest, HttpResponse

from ..contract import CONTRACT
from .raw import AGENT, Raw, expect
from .write_examples import EXAMPLES, entries

STORED: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text("utf-8"))


@attrs.frozen
class ListCountries(
    Request[Any],
    method="GET", path="/countries", effect=Effect.READ, repeatable=True, host=Host.PROSPECT,
):  # fmt: skip
    limit: int | None = None
    offset: int | None = None
    search: str | None = None


@attrs.frozen
class ListTests(
    Request[Any],
    method="POST", path="/spam-test/report", effect=Effect.READ, repeatable=True, host=Host.DELIVERY,
):  # fmt: skip
    limit: int = 10


@attrs.frozen
class PlaceOrder(
    Request[Any],
    method="POST", path="/smart-senders/place-order", effect=Effect.SPEND, repeatable=False,
    host=Host.SENDERS,
):  # fmt: skip
    forwarding_domain: str


@attrs.frozen
class Undocumented(
    Request[Any],
    method="POST", path="/campaigns/undocumented", effect=Effect.WRITE, repeatable=False,
):  # fmt: skip
    pass


@attrs.frozen
class ListCampaignsElsewhere(
    Request[Any],
    method="GET", path="/campaigns", effect=Effect.READ, repeatable=True, host=Host.PROSPECT,
):  # fmt: skip
    pass


@pytest.fixture
def fake() -> FakeSmartlead:
    fake = FakeSmartlead()
    for request in (ListCountries, ListTests, PlaceOrder):
        fake.add_operation(request)
    return fake


async def get(fake: FakeSmartlead, url: str) -> HttpResponse:
    return await fake.transport().send(HttpRequest("GET", f"{url}?api_key=test-key", AGENT))


# --- hosts -------------------------------------------------------------------------------------------


async def test_a_request_reaches_the_operation_of_its_host(fake: FakeSmartlead) -> None:
    response = await get(fake, f"{Host.PROSPECT.value}/countries")
    assert expect(response, 200) == STORED["GET prospect /countries"]["example"]
    assert fake.requests.by_operation == {"ListCountries": 1}


@pytest.mark.parametrize(
    "url",
    [
        f"{Host.CORE.value}/countries",
        f"{Host.SENDERS.value}/countries",
        f"{Host.PROSPECT.value}/campaigns",
        "https://prospect-api.smartlead.ai/api/v1/countries",
        "https://prospect-api.smartlead.ai/api/v1/search-email-leadscountries",
    ],
)
async def test_a_path_of_one_host_is_a_404_on_another(fake: FakeSmartlead, url: str) -> None:
    assert (await get(fake, url)).status == 404


async def test_the_client_reaches_every_host_in_memory(fake: FakeSmartlead) -> None:
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        assert await client.send(ListCountries())
        assert await client.send(ListTests())
        assert await client.campaigns.list() == []


@pytest.mark.sockets
async def test_one_base_url_serves_every_host_over_http(fake: FakeSmartlead) -> None:
    async with running(fake) as base_url, SmartleadClient("test-key", base_url=base_url) as client:
        assert await client.send(ListCountries())
        assert await client.send(ListTests())
        assert await client.campaigns.list() == []


async def test_the_same_path_on_two_hosts_is_two_routes(fake: FakeSmartlead) -> None:
    fake.respond(ListCampaignsElsewhere, ["elsewhere"])
    assert expect(await get(fake, f"{Host.PROSPECT.value}/campaigns"), 200) == ["elsewhere"]
    assert expect(await get(fake, f"{Host.CORE.value}/campaigns"), 200) == []


async def test_under_one_base_url_no_route_hides_that_of_another_host(fake: FakeSmartlead) -> None:
    fake.respond(ListCampaignsElsewhere, ["elsewhere"])
    response = await get(fake, "http://127.0.0.1:8765/api/v1/campaigns")
    error = expect(response, 421)["error"]
    assert error["code"] == "AMBIGUOUS_ROUTE"
    assert "ListCampaigns (CORE) and ListCampaignsElsewhere (PROSPECT)" in error["message"]


def test_no_two_hosts_of_the_contract_share_a_path() -> None:
    """So that one base URL can serve all of them."""
    routes = [key.split() for key in STORED]
    for (method, host, path), (other_method, other_host, other_path) in itertools.combinations(routes, 2):
        if method == other_method and host != other_host:
            assert not overlap(path, other_path), f"{method} {path} and {other_path}"


def overlap(path: str, other: str) -> bool:
    pairs = itertools.zip_longest(path.split("/"), other.split("/"))
    return all(
        one is not None and two is not None and (one == two or "{}" in (one, two)) for one, two in pairs
    )


def test_overlapping_paths_are_found() -> None:
    assert overlap("/a/{}/c", "/a/b/{}")
    assert not overlap("/a/b", "/a/b/c")
    assert not overlap("/a/{}/c", "/a/b/d")


def test_two_operations_cannot_have_the_same_route() -> None:
    with pytest.raises(TypeError, match="GET /countries is the route of ListCountries and of ListCountries"):
        Router([ListCountries, ListCountries])


def test_a_router_needs_the_host_only_where_paths_collide() -> None:
    router = Router([*request_classes(), ListCampaignsElsewhere])
    assert router.find("GET", "/campaigns/4101")[0] is not None
    assert router.find("GET", "/campaigns", Host.SENDERS) == (None, [])
    with pytest.raises(AmbiguousRoute):
        router.find("GET", "/campaigns")


# --- without a handler -------------------------------------------------------------------------------


def test_the_stored_examples_agree_with_the_contract() -> None:
    """If this fails, run ``python -m tests.fake.write_examples``."""
    assert {key: STORED.get(key) for key in entries(CONTRACT.values())} == entries(CONTRACT.values())


@pytest.mark.parametrize("request_class", request_classes(), ids=lambda each: each.__name__)
def test_every_declared_operation_has_a_stored_example(request_class: type[Request[Any]]) -> None:
    operation = request_class.operation
    other_route = {"DELETE core /campaigns/{}/webhooks": "DELETE core /campaigns/{}/webhooks/{}"}
    key = route_key(operation.method, operation.host, operation.path)
    assert other_route.get(key, key) in STORED


@pytest.mark.parametrize("key", sorted(key for key, entry in STORED.items() if "content_type" in entry))
def test_an_example_that_is_not_json_has_its_own_content_type(key: str) -> None:
    method, host, path = key.split()
    operation = attrs.evolve(
        GetCampaign.operation, method=method, host=Host[host.upper()], path=path.replace("{}", "{id}")
    )
    reply = example_reply(operation)
    assert reply is not None
    assert reply.content_type.partition(";")[0] == STORED[key]["content_type"]
    assert reply.body.startswith(
        b"\x89PNG" if "image" in reply.content_type else STORED[key]["example"].encode()
    )


async def test_a_read_that_is_not_a_get_gets_its_example(fake: FakeSmartlead) -> None:
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        assert await client.send(ListTests()) is not None


async def test_a_read_without_a_handler_is_still_validated(fake: FakeSmartlead) -> None:
    url = f"{Host.PROSPECT.value}/countries?api_key=test-key&limit=many"
    response = await fake.transport().send(HttpRequest("GET", url, AGENT))
    assert expect(response, 400)["message"] == '"limit" must be a number'


async def test_a_write_without_a_handler_gets_its_example_until_its_response_is_set(
    fake: FakeSmartlead,
) -> None:
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        example = STORED["POST senders /smart-senders/place-order"]["example"]
        assert await client.send(PlaceOrder("sender.example")) == example
        fake.respond(PlaceOrder, {"ok": True, "order_id": 9})
        assert await client.send(PlaceOrder("sender.example")) == {"ok": True, "order_id": 9}
    assert fake.requests.by_operation == {"PlaceOrder": 2}


async def test_an_operation_without_handler_and_example_is_refused_until_its_response_is_set(
    fake: FakeSmartlead,
) -> None:
    fake.add_operation(Undocumented)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        with pytest.raises(BadRequest, match=r"no handler for Undocumented .*fake\.respond\(") as raised:
            await client.send(Undocumented())
        assert raised.value.code == "NO_HANDLER"
        fake.respond(Undocumented, {"ok": True})
        assert await client.send(Undocumented()) == {"ok": True}


async def test_a_response_takes_the_place_of_a_handler(raw: Raw) -> None:
    raw.fake.respond(GetCampaign, "Maintenance", status=503)
    campaign_id = await raw.create()
    response = await raw.send("GET", f"/campaigns/{campaign_id}")
    assert (response.status, response.body) == (503, b"Maintenance")
