"""Large request bodies, such as a batch of leads with many custom fields."""

from __future__ import annotations

import orjson

from smartlead_async.client import SmartleadClient
from smartlead_async.limits import RateLimits

from .loopback import Loopback, http
from .operations import SaveThing
from .scripted import KEY


async def test_a_body_of_several_megabytes_is_sent_without_a_warning(loopback: Loopback) -> None:
    loopback.then(http(200, {"id": 7}))
    name = "ä" * 2_000_000
    async with SmartleadClient(KEY, base_url=loopback.url, limits=RateLimits.UNLIMITED) as client:
        assert (await client.send(SaveThing(name=name))).id == 7
    (received,) = loopback.received
    assert orjson.loads(received.body) == {"name": name}
