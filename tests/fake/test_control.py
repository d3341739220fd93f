"""The control routes of a served fake."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.server import running

from .test_over_http import session

pytestmark = pytest.mark.sockets


async def control(fake: FakeSmartlead, body: Any, path: str = "advance") -> tuple[int, Any]:
    async with (
        running(fake) as base_url,
        session(base_url) as client,
        client.post(f"{base_url.removesuffix('/api/v1')}/__fake__/{path}", json=body) as response,
    ):
        return response.status, await response.json()


async def test_time_advances_over_http() -> None:
    fake = FakeSmartlead(wall_clock=lambda: 1_800_000_000.0)
    status, body = await control(fake, {"days": 1, "hours": 2})
    assert (status, body) == (200, {"now": "2027-01-16T10:00:00.000Z", "events": {}})
    assert fake.clock.wall() == 1_800_093_600


async def test_the_control_route_is_below_the_base_path_too() -> None:
    async with (
        running(FakeSmartlead()) as base_url,
        session(base_url) as client,
        client.post("__fake__/advance", json={"minutes": 1}) as response,
    ):
        assert response.status == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "The body must be a JSON object with days, hours, minutes"),
        ([1], "The body must be a JSON object"),
        ({"weeks": 1}, "The body must be a JSON object"),
        ({"days": -1}, "days must be a number that is not negative"),
        ({"days": "1"}, "days must be a number"),
        ({"days": True}, "days must be a number"),
    ],
)
async def test_a_span_that_is_none_is_refused(body: Any, message: str) -> None:
    status, answer = await control(FakeSmartlead(), body)
    assert status == 400
    assert answer["error"].startswith(message)


async def test_an_unknown_control_route_is_a_404() -> None:
    assert (await control(FakeSmartlead(), {}, "reset"))[0] == 404
