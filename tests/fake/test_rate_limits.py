"""The rate-limit windows of a key, counted in three ways, on virtual time."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import attrs
import pytest

from smartlead_async.fake import FakeSmartlead, Fault, KeyUsage
from smartlead_async.fake.rate_limits import Counting, KeyWindows
from smartlead_async.limits import RateLimits

from .raw import Raw, expect

FIVE_IN_TEN = RateLimits.of((5, 10.0))


def limited(counting: Counting = "sliding", limits: RateLimits = FIVE_IN_TEN, **more: Any) -> Raw:
    fake = FakeSmartlead(limits=limits, counting=counting, wall_clock=lambda: 1_800_000_000.25, **more)
    return Raw(fake, fake.transport())


async def burst(raw: Raw, count: int) -> list[int]:
    return [(await raw.send("GET", "/campaigns/")).status for _ in range(count)]


def accepted(statuses: list[int]) -> int:
    return statuses.count(200)


@pytest.mark.parametrize("counting", ["sliding", "fixed", "token"])
async def test_a_burst_fills_the_window_and_the_rest_is_refused(counting: Counting) -> None:
    raw = limited(counting)
    assert await burst(raw, 8) == [200] * 5 + [429] * 3
    assert raw.fake.throttled == 3
    assert raw.fake.requests.by_status[429] == 3


async def test_a_sliding_window_frees_each_request_one_period_later() -> None:
    raw = limited("sliding")
    await burst(raw, 2)
    await asyncio.sleep(6)
    assert accepted(await burst(raw, 5)) == 3
    await asyncio.sleep(4)
    assert accepted(await burst(raw, 5)) == 2
    await asyncio.sleep(6)
    assert accepted(await burst(raw, 5)) == 3


async def test_a_fixed_window_resets_at_every_multiple_of_its_period() -> None:
    raw = limited("fixed")
    await asyncio.sleep(9)
    assert accepted(await burst(raw, 8)) == 5
    await asyncio.sleep(1)
    assert accepted(await burst(raw, 8)) == 5
    await asyncio.sleep(9)
    assert accepted(await burst(raw, 1)) == 0


async def test_a_token_bucket_fills_evenly_and_only_up_to_its_size() -> None:
    raw = limited("token")
    assert accepted(await burst(raw, 8)) == 5
    await asyncio.sleep(2)
    assert accepted(await burst(raw, 8)) == 1
    await asyncio.sleep(4)
    assert accepted(await burst(raw, 8)) == 2
    await asyncio.sleep(1000)
    assert accepted(await burst(raw, 8)) == 5


@pytest.mark.parametrize("counting", ["sliding", "fixed", "token"])
async def test_waiting_for_retry_after_is_enough(counting: Counting) -> None:
    raw = limited(counting, RateLimits.of((3, 1.0), (5, 10.0)))
    for _ in range(40):
        response = await raw.send("GET", "/campaigns/")
        if response.status == 429:
            await asyncio.sleep(float(response.headers["retry-after"]))
            assert (await raw.send("GET", "/campaigns/")).status == 200


async def test_the_headers_describe_the_tightest_window() -> None:
    raw = limited(limits=RateLimits.of((10, 1.0), (12, 60.0)))
    first = await raw.send("GET", "/campaigns/")
    headers = {name: int(value) for name, value in first.headers.items() if name.startswith("x-ratelimit")}
    assert headers == {
        "x-ratelimit-limit": 10,
        "x-ratelimit-remaining": 9,
        "x-ratelimit-reset": 1_800_000_002,
    }
    assert "retry-after" not in first.headers
    await burst(raw, 9)
    await asyncio.sleep(1)
    late = await raw.send("GET", "/campaigns/")
    assert (late.headers["x-ratelimit-limit"], late.headers["x-ratelimit-remaining"]) == ("12", "1")
    assert late.headers["x-ratelimit-reset"] == str(1_800_000_000 + 60)


async def test_without_windows_there_are_no_headers() -> None:
    response = await limited(limits=RateLimits.UNLIMITED).send("GET", "/campaigns/")
    assert not [name for name in response.headers if name.startswith("x-ratelimit")]
    quiet = await limited(rate_limit_headers=False).send("GET", "/campaigns/")
    assert not [name for name in quiet.headers if name.startswith("x-ratelimit")]


@pytest.mark.parametrize("form", ["error", "message", "text"])
async def test_a_429_has_three_forms(form: str) -> None:
    raw = limited(too_many_requests=form)
    await burst(raw, 5)
    await asyncio.sleep(2.5)
    response = await raw.send("GET", "/campaigns/")
    assert (response.status, response.headers["retry-after"]) == (429, "8")
    text = "Too many requests. Please retry after 8 seconds."
    if form == "text":
        assert response.body.decode() == text
        return
    error = {"code": "RATE_LIMIT_EXCEEDED", "message": text, "retry_after": 8}
    assert json.loads(response.body) == ({"error": error} if form == "error" else {"message": text})


async def test_every_key_has_windows_of_its_own_and_an_invalid_key_has_none() -> None:
    raw = limited()
    raw.fake.add_client("Client Seven", api_key="client-seven")
    assert accepted(await burst(raw, 6)) == 5
    assert accepted(await burst(attrs.evolve(raw, key="client-seven"), 6)) == 5
    assert await burst(attrs.evolve(raw, key="wrong"), 6) == [401] * 6


async def test_refusals_count_but_429s_do_not() -> None:
    raw = limited()
    for _ in range(5):
        expect(await raw.send("POST", "/campaigns/create", {"x": 1}), 400)
    await burst(raw, 50)
    await asyncio.sleep(10)
    assert accepted(await burst(raw, 6)) == 5


async def test_another_process_can_use_the_same_key() -> None:
    raw = limited()
    raw.fake.spend(3)
    response = await raw.send("GET", "/campaigns/")
    assert response.headers["x-ratelimit-remaining"] == "1"
    raw.fake.spend(100)
    assert (await raw.send("GET", "/campaigns/")).status == 429
    await asyncio.sleep(10)
    assert accepted(await burst(raw, 6)) == 5


@pytest.mark.parametrize("counting", ["sliding", "fixed", "token"])
def test_a_client_within_the_sliding_windows_is_refused_by_none_of_the_three(counting: Counting) -> None:
    limits = RateLimits.of((7, 1.0), (20, 7.0))
    windows, strict = KeyWindows(limits, counting), KeyWindows(limits, "sliding")
    now, sent = 0.3, 0
    for _ in range(4000):
        if strict.take(now).allowed:
            assert windows.take(now).allowed
            sent += 1
        now += 0.0137
    assert sent > 150


async def test_requests_and_429s_are_counted_for_each_key() -> None:
    fake = FakeSmartlead(limits=RateLimits.of((2, 60.0)))
    fake.add_key("second")
    for key, requests in (("test-key", 3), ("second", 1), ("wrong", 2)):
        for _ in range(requests):
            await Raw(fake, fake.transport(), key=key).send("GET", "/campaigns")
    fake.fail_next(Fault.rate_limited())
    await Raw(fake, fake.transport(), key="second").send("GET", "/campaigns")
    assert fake.usage == {"test-key": KeyUsage(3, 1), "second": KeyUsage(2, 1)}
    assert fake.throttled == 1
