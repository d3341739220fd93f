"""Limits of a host or of an operation, beside those of the key; and the base URL of each host."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from smartlead_async import ConfigurationError, HttpRequest, HttpResponse, SmartleadClient
from smartlead_async.api.areas import request_classes
from smartlead_async.api.campaign_statistics import ListLeadStatistics
from smartlead_async.api.campaigns import ListLeadActivities
from smartlead_async.limits import Lane, RateLimits
from smartlead_async.pipeline.extra_limits import LayeredLimiter
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.request import Host

TEN_A_MINUTE = RateLimits.of((10, 60.0))


class Clocked:
    """A transport that records when each URL was requested, and responds with an empty list."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.urls: list[str] = []

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        self.times.append(asyncio.get_running_loop().time())
        self.urls.append(request.url)
        return HttpResponse(200, {}, json.dumps({"data": []}).encode())

    async def aclose(self) -> None:
        pass


def client_on(transport: Clocked, **options: Any) -> SmartleadClient:
    return SmartleadClient("test-key", transport=transport, limits=RateLimits.UNLIMITED, **options)


async def send_all(client: SmartleadClient, *requests: Any) -> None:
    async with asyncio.TaskGroup() as group:
        for request in requests:
            group.create_task(client.send(request))


def test_three_routes_have_a_limit_of_their_own() -> None:
    limited = {cls.__name__: cls.operation.limits for cls in request_classes() if cls.operation.limits}
    assert limited == dict.fromkeys(
        ("ListLeadActivities", "ListLeadStatistics", "ListDomainWiseHealth"), TEN_A_MINUTE
    )


async def test_an_operation_with_limits_of_its_own_is_paced_and_others_are_not() -> None:
    transport = Clocked()
    client = client_on(transport)
    await send_all(client, *[ListLeadStatistics(4101)] * 11, *[ListLeadActivities()] * 10)
    assert transport.times == pytest.approx([0.0] * 20 + [60.0], abs=1e-3)


async def test_the_limits_of_the_key_hold_as_well() -> None:
    transport = Clocked()
    client = SmartleadClient("test-key", transport=transport, limits=RateLimits.of((4, 10.0)))
    await send_all(client, *[ListLeadStatistics(4101)] * 11)
    assert transport.times == pytest.approx([0.0] * 4 + [10.0] * 4 + [20.0] * 2 + [60.0], abs=1e-2)


async def test_other_limits_can_take_the_place_of_those_that_an_operation_declares() -> None:
    transport = Clocked()
    client = client_on(transport, extra_limits={ListLeadStatistics: RateLimits.of((2, 5.0))})
    await send_all(client, *[ListLeadStatistics(4101)] * 3)
    assert transport.times == pytest.approx([0.0, 0.0, 5.0], abs=1e-3)


async def test_the_limits_of_an_operation_can_be_removed() -> None:
    transport = Clocked()
    client = client_on(transport, extra_limits={ListLeadStatistics: RateLimits.UNLIMITED})
    await send_all(client, *[ListLeadStatistics(4101)] * 30)
    assert set(transport.times) == {0.0}


async def test_the_operations_of_a_host_can_share_a_limit() -> None:
    transport = Clocked()
    client = client_on(transport, extra_limits={Host.PROSPECT: RateLimits.of((2, 5.0))})
    prospect = [client.smart_prospect.countries() for _ in range(2)]
    await asyncio.gather(*prospect, client.smart_prospect.levels(), client.block_list.list())
    assert transport.times == pytest.approx([0.0, 0.0, 0.0, 5.0], abs=1e-3)


async def test_a_copy_of_a_client_shares_its_limits() -> None:
    transport = Clocked()
    client = client_on(transport, extra_limits={ListLeadStatistics: RateLimits.of((1, 5.0))})
    await send_all(client, ListLeadStatistics(4101))
    await send_all(client.with_options(timeout=5), ListLeadStatistics(4101))
    assert transport.times == pytest.approx([0.0, 5.0], abs=1e-3)


async def test_waiting_for_a_narrower_limit_uses_nothing_of_the_key() -> None:
    key, narrow = Limiter(RateLimits.of((2, 60.0)), max_in_flight=2), Limiter(RateLimits.of((1, 60.0)))
    both = LayeredLimiter(key, (narrow,))
    first = await both.acquire()
    assert both.acquire_now() is None
    waiter = asyncio.create_task(both.acquire())
    await asyncio.sleep(0)
    assert (key.available(), both.waiting) == (1, 1)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    both.refund(first)
    assert (key.available(), narrow.available(), both.in_flight) == (2, 1, 0)


async def test_a_cancelled_wait_for_the_key_gives_the_narrower_permit_back() -> None:
    key, narrow = Limiter(RateLimits.of((1, 60.0))), Limiter(RateLimits.of((5, 60.0)))
    both = LayeredLimiter(key, (narrow,))
    both.release(await both.acquire(Lane.BULK))
    assert both.acquire_now() is None
    waiter = asyncio.create_task(both.acquire())
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    assert (narrow.available(), narrow.in_flight) == (4, 0)


async def test_each_host_can_have_a_base_url_of_its_own() -> None:
    transport = Clocked()
    client = client_on(transport, base_url={Host.PROSPECT: "http://127.0.0.1:8080/prospect/"})
    await client.smart_prospect.countries()
    await client.block_list.list()
    assert [url.partition("?")[0] for url in transport.urls] == [
        "http://127.0.0.1:8080/prospect/countries",
        "https://server.smartlead.ai/api/v1/leads/get-domain-block-list",
    ]


@pytest.mark.parametrize(
    ("urls", "message"),
    [
        ({"core": "https://server.example"}, "members of Host, not 'core'"),
        ({Host.SENDERS: "senders.example"}, r"base_url\[Host.SENDERS\] is not a URL"),
    ],
)
def test_a_wrong_base_url_of_a_host_is_refused_with_its_name(urls: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        client_on(Clocked(), base_url=urls)
