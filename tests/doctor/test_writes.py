"""The life of one drafted campaign, which is deleted whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from smartlead_async.api.campaigns.create import CreateCampaign, DeleteCampaign
from smartlead_async.api.campaigns.read import GetCampaign
from smartlead_async.api.campaigns.setup import GetSequences, SaveSequences, UpdateSettings
from smartlead_async.doctor.findings import Finding
from smartlead_async.doctor.session import Session
from smartlead_async.doctor.writes import WriteCheck
from smartlead_async.fake import FakeSmartlead, Fault
from smartlead_async.limits import RateLimits
from smartlead_async.request import Request

from .accounts import examine, furnished


async def run(fake: FakeSmartlead) -> tuple[WriteCheck, list[Finding]]:
    """Run the check and return it with its findings."""
    found: list[Finding] = []
    async with Session("test-key", transport=fake.transport(), limits=RateLimits.UNLIMITED) as session:
        check = WriteCheck(session, found.append)
        await check.run(lambda _: None)
    return check, found


async def test_a_campaign_goes_through_its_life_and_is_deleted() -> None:
    fake = FakeSmartlead()
    check, found = await run(fake)
    assert (found, check.left_behind, fake.campaigns) == ([], False, {})
    assert [entry.operation for entry in fake.requests.entries] == [
        "CreateCampaign",
        "SaveSequences",
        "UpdateSchedule",
        "UpdateSettings",
        "GetCampaign",
        "GetSequences",
        "DeleteCampaign",
        "GetCampaign",
    ]


@pytest.mark.parametrize(
    ("request_class", "edit", "place"),
    [
        (GetCampaign, lambda body: body | {"follow_up_percentage": 7}, "$.follow_up_percentage"),
        (GetCampaign, lambda body: body | {"name": "Another"}, "$.name"),
        (GetCampaign, lambda body: body | {"status": "ACTIVE"}, "$.status"),
        (GetCampaign, lambda body: body | {"scheduler_cron_value": None}, "$.schedule.timezone"),
        (GetSequences, lambda body: body[:1], "$"),
        (GetSequences, lambda body: [step | {"subject": "Hi"} for step in body], "$[].subject"),
    ],
)
async def test_a_value_that_is_not_read_as_it_was_saved_is_found(
    request_class: type[Request[Any]], edit: Callable[[Any], Any], place: str
) -> None:
    fake = FakeSmartlead()
    fake.fail_next(Fault.edited(edit), request_class)
    _, found = await run(fake)
    assert ("not-as-saved", place) in [(finding.kind, finding.place) for finding in found]
    assert fake.campaigns == {}


@pytest.mark.parametrize("request_class", [SaveSequences, UpdateSettings, GetCampaign])
async def test_a_step_that_fails_is_found_and_the_campaign_deleted(request_class: type[Request[Any]]) -> None:
    fake = FakeSmartlead()
    fake.fail_next(Fault.status_before(400, {"error": "Bad Request"}), request_class)
    check, found = await run(fake)
    assert [finding.kind for finding in found] == ["refused"]
    assert (check.left_behind, fake.campaigns) == (False, {})


@pytest.mark.parametrize(
    "fault", [Fault.lost_after(), Fault.late_commit(4), Fault.not_json(), Fault.unlisted(12)]
)
async def test_a_campaign_whose_create_got_no_response_is_found_by_name_and_deleted(fault: Fault) -> None:
    fake = await furnished()
    before = set(fake.campaigns)
    fake.fail_next(fault, CreateCampaign)
    check, found = await run(fake)
    assert found
    assert (check.left_behind, set(fake.campaigns)) == (False, before)


async def test_a_create_that_may_still_take_effect_is_reported() -> None:
    fake = FakeSmartlead()
    fake.fail_next(Fault.late_commit(500), CreateCampaign)
    check, found = await run(fake)
    assert check.left_behind
    assert [finding.kind for finding in found][-1] == "outcome-unknown"


async def test_nothing_is_deleted_after_a_create_that_was_refused() -> None:
    fake = FakeSmartlead()
    fake.fail_next(Fault.status_before(400, {"error": "Bad Request"}), CreateCampaign)
    check, _ = await run(fake)
    assert (check.left_behind, fake.requests.total) == (False, 1)


async def test_a_delete_without_an_effect_is_reported() -> None:
    fake = FakeSmartlead()
    fake.respond(DeleteCampaign, {"ok": True})
    check, found = await run(fake)
    assert check.left_behind
    assert [finding.kind for finding in found] == ["not-deleted"]


@pytest.mark.parametrize("after", [0.0, 0.5, 0.9, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5])
async def test_the_campaign_is_deleted_after_an_interruption(after: float) -> None:
    fake = FakeSmartlead()
    transport = fake.transport(latency=1.0)
    async with Session("test-key", transport=transport, limits=RateLimits.UNLIMITED) as session:
        check = WriteCheck(session, lambda _: None)
        task = asyncio.ensure_future(check.run(lambda _: None))
        await asyncio.sleep(after)
        task.cancel()
        await asyncio.sleep(0.1)
        task.cancel()  # the second Ctrl-C of an impatient user
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (check.left_behind, fake.campaigns) == (False, {})


async def test_other_campaigns_stay_as_they_are() -> None:
    fake = await furnished()
    before = fake.snapshot()
    await examine(fake, ["clients"], write=True)
    assert fake.snapshot() == before
