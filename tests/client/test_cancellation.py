"""Cancellation at every await of a request: nothing is left, and the client is as good as new."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest

from smartlead_async import FakeSmartlead, RateLimits, RetryPolicy, SmartleadClient
from smartlead_async.fake import Fault
from smartlead_async.fake.server import running

from ..stepping import cancelled_at, tasks_left

LIMITS = RateLimits.of((2, 60.0))
Request = Callable[[SmartleadClient], Awaitable[object]]


async def _read(client: SmartleadClient) -> object:
    return await client.campaigns.list()


async def _create(client: SmartleadClient) -> object:
    return await client.campaigns.create("Dentists in Oslo Q1 2027")


async def _queued(client: SmartleadClient) -> object:
    """Three requests through a window of two."""
    return await asyncio.gather(*(client.campaigns.list() for _ in range(3)))


@pytest.mark.parametrize("request_", [_read, _create, _queued])
async def test_a_cancelled_request_leaves_nothing(request_: Request) -> None:
    number = 0
    for number in itertools.count(1):
        fake = FakeSmartlead()
        fake.fail_next(Fault.status_before(503), "ListCampaigns")
        fake.fail_next(Fault.rate_limited(3), "ListCampaigns")
        fake.fail_next(Fault.rate_limited(3), "CreateCampaign")
        transport = fake.transport(latency=0.2)
        policy = RetryPolicy(deadline=1000)
        client = SmartleadClient(
            "test-key", transport=transport, limits=LIMITS, retry=policy, max_in_flight=2
        )

        async def work(client: SmartleadClient = client) -> None:
            await request_(client)

        was_reached = await cancelled_at(number, work())
        await asyncio.sleep(0)
        assert tasks_left() == set(), number
        assert (client.limiter.in_flight, client.limiter.waiting, transport.in_flight) == (0, 0, 0), number
        await asyncio.sleep(61)
        assert client.limiter.available() == 2, number
        await client.campaigns.create("Dentists in Bergen Q1 2027")
        if not was_reached:
            break
    assert number > 3


@pytest.mark.sockets
async def test_a_request_over_http_that_is_cancelled_leaves_no_task_and_no_socket() -> None:
    fake = FakeSmartlead()
    async with running(fake) as base_url:
        serving = tasks_left()
        number = 0
        for number in itertools.count(1):
            async with SmartleadClient("test-key", base_url=base_url, limits=RateLimits.UNLIMITED) as client:

                async def work(client: SmartleadClient = client) -> None:
                    await client.campaigns.list()

                was_reached = await cancelled_at(number, work())
                assert (client.limiter.in_flight, client.limiter.waiting) == (0, 0), number
                assert await client.campaigns.list() == []
            if not was_reached:
                break
        # The tasks of the server for connections that are closed end in their own time.
        async with asyncio.timeout(10):
            while tasks_left() - serving:  # noqa: ASYNC110 - aiohttp does not tell when they end
                await asyncio.sleep(0.01)
    assert number > 3
