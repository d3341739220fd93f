"""Every kind of fault: the client's error or response, and whether the change was committed."""

from __future__ import annotations

import asyncio
import collections
import json
from datetime import datetime
from typing import Any

import pytest

from smartlead_async.api.campaigns.create import CreateCampaign
from smartlead_async.errors import Interrupted, NotSent, RequestTimeout, TransportError
from smartlead_async.fake import DEFAULT_WEIGHTS, FakeSmartlead, Fault, FaultKind, Faults
from smartlead_async.limits import RateLimits
from smartlead_async.transport import HttpRequest

from .raw import AGENT, Raw, expect


def names(fake: FakeSmartlead) -> list[str]:
    return [campaign.name for campaign in fake.campaigns.values()]


async def listed(raw: Raw) -> list[str]:
    return [campaign["name"] for campaign in await raw.get("/campaigns/")]


@pytest.mark.parametrize(
    ("fault", "error", "made"),
    [
        (Fault.refused(), NotSent, False),
        (Fault.lost_before(), Interrupted, False),
        (Fault.lost_after(), Interrupted, True),
        (Fault.unlisted(5), Interrupted, True),
        (Fault.broken_off(), Interrupted, True),
        (Fault.too_slow(), RequestTimeout, True),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_faults_without_a_response(
    raw: Raw, fault: Fault, error: type[TransportError], made: bool
) -> None:
    raw.fake.fail_next(fault)
    with pytest.raises(error):
        await raw.create("A")
    assert names(raw.fake) == (["A"] if made else [])
    assert raw.fake.requests.by_fault == {fault.kind: 1}
    await raw.create("B")
    assert names(raw.fake)[-1] == "B"


@pytest.mark.parametrize("status", [400, 500, 502, 503, 504])
@pytest.mark.parametrize("after", [False, True])
async def test_an_error_status_before_or_after_the_change(raw: Raw, status: int, after: bool) -> None:
    raw.fake.fail_next(Fault.status_after(status) if after else Fault.status_before(status))
    response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    assert response.status == status
    assert b'"id"' not in response.body
    words = {500: b"Internal server error", 502: b"Bad Gateway", 503: b"unavailable", 504: b"Gateway Timeout"}
    assert words.get(status, b"failed") in response.body
    assert response.headers["content-type"].startswith(
        "text/html" if status in {502, 504} else "application/json"
    )
    assert names(raw.fake) == (["A"] if after else [])


@pytest.mark.parametrize("status", [200, 302, 304, 404, 408, 413, 425, 499, 502])
@pytest.mark.parametrize("body", [None, "", "<h1>Not found</h1>", b"\x1f\x8b", {"id": 1}])
async def test_a_change_that_was_committed_can_have_any_response(raw: Raw, status: int, body: Any) -> None:
    raw.fake.fail_next(Fault.status_after(status, body, location="https://login.example/"))
    response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    assert (response.status, response.headers["location"]) == (status, "https://login.example/")
    kind = "text/html" if isinstance(body, str) or (body is None and status == 502) else "application/json"
    assert response.headers["content-type"].startswith(kind)
    match body:
        case str() | bytes():
            assert response.body == (body.encode() if isinstance(body, str) else body)
        case dict():
            assert json.loads(response.body) == body
    assert names(raw.fake) == ["A"]


async def test_a_refusal_can_have_any_body_and_content_type(raw: Raw) -> None:
    raw.fake.fail_next(Fault.status_before(413, "too large", content_type="text/plain"))
    response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    assert (response.status, response.body, response.headers["content-type"]) == (
        413,
        b"too large",
        "text/plain",
    )
    assert names(raw.fake) == []


@pytest.mark.parametrize("number", [4101, -5, 10**25])
async def test_a_create_can_be_answered_with_the_id_of_another_campaign(raw: Raw, number: int) -> None:
    await raw.create("Older")
    raw.fake.fail_next(Fault.edited(lambda body: body | {"id": number}), CreateCampaign)
    assert await raw.create("A") == number
    assert names(raw.fake) == ["Older", "A"]


async def test_a_truncated_body_is_half_of_the_real_one(raw: Raw) -> None:
    raw.fake.fail_next(Fault.truncated())
    response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    assert response.status == 200
    assert response.body.startswith(b'{"ok":true')
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.body)
    assert names(raw.fake) == ["A"]


async def test_a_response_can_be_an_html_page(raw: Raw) -> None:
    raw.fake.fail_next(Fault.not_json())
    response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    assert (response.status, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert names(raw.fake) == ["A"]


async def test_a_429_that_no_window_explains_has_a_retry_after(raw: Raw) -> None:
    raw.fake.fail_next(Fault.rate_limited(17))
    response = await raw.send("POST", "/campaigns/create", {"name": "A"})
    assert (response.status, response.headers["retry-after"]) == (429, "17")
    assert json.loads(response.body)["error"]["retry_after"] == 17
    assert names(raw.fake) == []
    assert raw.fake.throttled == 0


async def test_a_slow_response_is_correct_and_late(raw: Raw) -> None:
    loop = asyncio.get_running_loop()
    raw.fake.fail_next(Fault.slow(4))
    began = loop.time()
    created = await raw.create("A")
    assert loop.time() - began == pytest.approx(4)
    assert names(raw.fake) == [raw.fake.campaigns[created].name]


async def test_a_late_commit_takes_effect_after_the_connection_was_lost(raw: Raw) -> None:
    raw.fake.fail_next(Fault.late_commit(5))
    with pytest.raises(Interrupted):
        await raw.create("Late")
    await asyncio.sleep(4.9)
    assert names(raw.fake) == []
    first = await raw.create("Early")
    await asyncio.sleep(0.2)
    assert await listed(raw) == ["Late", "Early"]
    assert max(raw.fake.campaigns) > first


async def test_late_commits_take_effect_in_the_order_of_their_times(raw: Raw) -> None:
    for name, seconds in (("C", 9.0), ("A", 3.0), ("B", 6.0)):
        raw.fake.fail_next(Fault.late_commit(seconds))
        with pytest.raises(Interrupted):
            await raw.create(name)
    await asyncio.sleep(7)
    assert names(raw.fake) == ["A", "B"]
    raw.fake.settle()
    assert names(raw.fake) == ["A", "B", "C"]


async def test_an_unlisted_campaign_exists_but_lists_show_it_only_later(raw: Raw) -> None:
    raw.fake.fail_next(Fault.unlisted(10))
    with pytest.raises(Interrupted):
        await raw.create("Hidden")
    (hidden,) = raw.fake.campaigns
    assert (await raw.get(f"/campaigns/{hidden}"))["name"] == "Hidden"
    await raw.create("Visible")
    assert await listed(raw) == ["Visible"]
    await asyncio.sleep(9.9)
    assert await listed(raw) == ["Visible"]
    await asyncio.sleep(0.1)
    assert await listed(raw) == ["Visible", "Hidden"]


async def test_settling_lists_hidden_campaigns(raw: Raw) -> None:
    raw.fake.fail_next(Fault.unlisted(1000))
    with pytest.raises(Interrupted):
        await raw.create("Hidden")
    raw.fake.settle()
    assert await listed(raw) == ["Hidden"]


async def test_an_invalid_request_changes_nothing_under_a_fault(raw: Raw) -> None:
    raw.fake.fail_next(Fault.lost_after())
    with pytest.raises(Interrupted):
        await raw.send("POST", "/campaigns/create", {"clinet_id": 1})
    assert names(raw.fake) == []


async def test_scripts_match_by_class_name_or_predicate_for_a_number_of_requests(raw: Raw) -> None:
    fake = raw.fake
    by_class = fake.fail_next(Fault.status_before(503), CreateCampaign)
    by_name = fake.script("GetCampaign", Fault.status_before(500), times=2)
    by_predicate = fake.script(lambda name: name.startswith("List"), Fault.status_before(502), times=None)
    assert [(await raw.send("GET", "/campaigns/1")).status for _ in range(3)] == [500, 500, 200]
    assert [(await raw.send("GET", "/campaigns/")).status for _ in range(3)] == [502] * 3
    assert [(await raw.send("POST", "/campaigns/create", {})).status for _ in range(2)] == [503, 200]
    by_predicate.stop()
    assert await raw.get("/campaigns/") == await raw.get("/campaigns")
    assert (by_class.used, by_name.used, by_predicate.used) == (1, 2, 3)


async def test_a_refused_connection_does_not_count_in_the_windows() -> None:
    fake = FakeSmartlead(limits=RateLimits.of((2, 10.0)))
    raw = Raw(fake, fake.transport())
    fake.script(None, Fault.refused(), times=5)
    for _ in range(5):
        with pytest.raises(NotSent):
            await raw.create()
    await raw.create()
    await raw.create()
    assert (await raw.send("GET", "/campaigns/")).status == 429


async def outcomes(seed: int, count: int = 300) -> list[str]:
    fake = FakeSmartlead(faults=0.3, seed=seed)
    raw = Raw(fake, fake.transport())
    seen = []
    for number in range(count):
        try:
            response = await raw.send("POST", "/campaigns/create", {"name": str(number)})
            seen.append(f"{response.status} {response.headers.get('retry-after', '')} {len(response.body)}")
        except TransportError as error:
            seen.append(type(error).__name__)
    fake.settle()
    return [*seen, *sorted(names(fake))]


async def test_the_same_seed_gives_the_same_faults_and_a_different_seed_different_ones() -> None:
    assert await outcomes(seed=7) == await outcomes(seed=7)
    assert await outcomes(seed=7) != await outcomes(seed=8)


def test_faults_of_every_kind_occur_at_the_rate_and_half_of_them_commit() -> None:
    faults = Faults(0.2, seed=3)
    drawn = [faults.draw() for _ in range(50_000)]
    kinds = collections.Counter(fault.kind for fault in drawn if fault is not None)
    assert set(kinds) == set(DEFAULT_WEIGHTS) == set(FaultKind) - {FaultKind.EDITED}
    assert sum(kinds.values()) == pytest.approx(10_000, rel=0.05)
    commits = sum(count for kind, count in kinds.items() if kind.commits)
    assert commits == pytest.approx(5_000, rel=0.05)


@pytest.mark.parametrize("rate", [-0.1, 1.1, 20])
def test_a_rate_is_between_0_and_1(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Faults(rate)


async def test_rate_zero_draws_no_fault_and_rate_one_draws_one_for_every_request() -> None:
    kinds = {FaultKind.STATUS_BEFORE: 1.0}
    fake = FakeSmartlead(faults=Faults(1.0, kinds=kinds))
    raw = Raw(fake, fake.transport())
    assert all([(await raw.send("GET", "/campaigns/")).status >= 500 for _ in range(50)])
    fake.faults = Faults(0.0)
    assert all([(await raw.send("GET", "/campaigns/")).status == 200 for _ in range(50)])


# --- the in-memory transport -------------------------------------------------------------------------


async def test_half_of_the_latency_passes_before_the_request_is_carried_out(fake: FakeSmartlead) -> None:
    transport = fake.transport(latency=2.0)
    raw = Raw(fake, transport)
    task = asyncio.create_task(raw.create("A"))
    await asyncio.sleep(0.9)
    assert names(fake) == []
    await asyncio.sleep(0.2)
    assert names(fake) == ["A"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (transport.in_flight, transport.most_in_flight) == (0, 1)


async def test_latency_can_differ_for_each_request(fake: FakeSmartlead) -> None:
    waits = iter([1.0, 0.0, 3.0])
    raw = Raw(fake, fake.transport(latency=lambda: next(waits)))
    loop = asyncio.get_running_loop()
    for expected in (1.0, 1.0, 4.0):
        await raw.create()
        assert loop.time() == pytest.approx(expected)


async def test_a_response_that_is_too_slow_takes_the_whole_timeout(fake: FakeSmartlead) -> None:
    fake.fail_next(Fault.too_slow())
    url = "https://fake.example/api/v1/campaigns/?api_key=test-key"
    with pytest.raises(RequestTimeout) as raised:
        await fake.transport().send(HttpRequest("GET", url, AGENT, timeout=7.5))
    assert asyncio.get_running_loop().time() == pytest.approx(7.5)
    assert "test-key" not in str(raised.value)


async def test_virtual_hours_pass_in_the_servers_timestamps(raw: Raw) -> None:
    first = (await raw.post("/campaigns/create"))["created_at"]
    await asyncio.sleep(30 * 3600)
    second = (await raw.post("/campaigns/create"))["created_at"]
    passed = datetime.fromisoformat(second) - datetime.fromisoformat(first)
    assert passed.total_seconds() == pytest.approx(30 * 3600, abs=0.01)


async def test_a_transport_records_that_it_was_closed(fake: FakeSmartlead) -> None:
    transport = fake.transport()
    assert not transport.closed
    await transport.aclose()
    assert transport.closed


async def test_a_list_of_ten_thousand_campaigns_is_complete(raw: Raw) -> None:
    for number in range(10_000):
        await raw.create(f"Campaign {number}")
    await raw.post("/campaigns/4101/settings", {"name": "Renamed"})
    found = expect(await raw.send("GET", "/campaigns/"), 200)
    assert (len(found), found[-1]["name"], found[0]["name"]) == (10_000, "Renamed", "Campaign 9999")
    assert len(raw.fake.requests) == 10_002
    assert len(raw.fake.requests.entries) == 10_000
