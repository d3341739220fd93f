"""Odd habits of a server: names that it changes, lists that it cuts or sorts, a clock that is wrong."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest

from smartlead_async.fake import Campaign, FakeSmartlead, Quirks
from smartlead_async.limits import RateLimits

from .raw import Raw

NAME = "  Zoe\u0308 & So\u0308hne   Q1 "


@pytest.mark.parametrize(
    ("store_name", "stored"),
    [
        (str.strip, "Zoe\u0308 & So\u0308hne   Q1"),
        (lambda name: " ".join(name.split()), "Zoe\u0308 & So\u0308hne Q1"),
        (lambda name: unicodedata.normalize("NFC", name), "  Zoë & Söhne   Q1 "),
        (html.escape, "  Zoe\u0308 &amp; So\u0308hne   Q1 "),
        (lambda name: name[:5], "  Zoe"),
    ],
)
async def test_a_server_can_change_names(raw: Raw, store_name: Callable[[str], str], stored: str) -> None:
    raw.fake.quirks.store_name = store_name
    created = await raw.post("/campaigns/create", {"name": NAME})
    assert created["name"] == stored
    copy = (await raw.post(f"/campaigns/{created['id']}/duplicate"))["newCampaignId"]
    child = await raw.post(
        "/campaigns/create-subsequence", {"parent_campaign_id": copy, "subsequence_name": NAME}
    )
    await raw.post(f"/campaigns/{copy}/settings", {"name": NAME})
    assert child["name"] == stored
    assert [campaign.name for campaign in raw.fake.campaigns.values()] == [stored] * 3


async def test_a_copy_has_a_changed_name_too() -> None:
    fake = FakeSmartlead(quirks=Quirks(store_name=lambda name: name[:6]))
    raw = Raw(fake, fake.transport())
    await raw.post(f"/campaigns/{await raw.create('Plan A')}/duplicate")
    assert [campaign.name for campaign in fake.campaigns.values()] == ["Plan A", "Plan A"]


@pytest.mark.parametrize(
    ("arrange", "listed"),
    [
        (lambda campaigns: campaigns, ["C", "B", "A"]),
        (lambda campaigns: campaigns[:2], ["C", "B"]),
        (lambda campaigns: campaigns[-2:], ["B", "A"]),
        (reversed, ["A", "B", "C"]),
        (lambda campaigns: sorted(campaigns, key=lambda each: each.name != "B"), ["B", "C", "A"]),
    ],
)
async def test_a_list_can_be_truncated_or_in_another_order(
    raw: Raw, arrange: Callable[[list[Campaign]], list[Campaign]], listed: list[str]
) -> None:
    for name in "ABC":
        await raw.create(name)
    raw.fake.quirks.arrange_list = arrange
    assert [campaign["name"] for campaign in await raw.get("/campaigns")] == listed


@pytest.mark.parametrize("seconds", [-86_400.0, -0.5, 300.0])
async def test_the_clock_of_a_server_can_jump_and_all_its_times_with_it(seconds: float) -> None:
    fake = FakeSmartlead(limits=RateLimits.of((9, 60.0)))
    raw = Raw(fake, fake.transport())
    before, now = fake.clock.wall(), fake.clock.now()
    fake.clock.jump(seconds)
    response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    created = (await raw.get("/campaigns"))[0]["created_at"]
    assert datetime.fromisoformat(created).timestamp() - before == pytest.approx(seconds, abs=0.01)
    date = parsedate_to_datetime(response.headers["date"]).timestamp()
    assert date - before == pytest.approx(seconds, abs=1.01)
    assert int(response.headers["x-ratelimit-reset"]) - before - 60 == pytest.approx(seconds, abs=1.01)
    assert fake.clock.now() == now
