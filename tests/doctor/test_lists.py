"""Deviations of lists, of the rate limits and of the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from smartlead_async.api.campaigns.read import GetCampaign, ListCampaigns
from smartlead_async.api.email_accounts.read import ListEmailAccounts
from smartlead_async.fake import Fault
from smartlead_async.limits import RateLimits

from .accounts import examine, furnished


@pytest.mark.parametrize(
    ("arrange", "kind"),
    [
        (lambda campaigns: [*campaigns[1:2], *campaigns[:1], *campaigns[2:]], "unordered"),
        (lambda campaigns: [*campaigns, campaigns[0]], "duplicates"),
        (lambda campaigns: campaigns[1:], "incomplete"),
        (lambda campaigns: [*campaigns[:2], *campaigns[3:]], "incomplete"),
        (lambda campaigns: campaigns[:-1], "incomplete"),
    ],
    ids=["unordered", "twice", "without-newest", "without-one", "without-oldest"],
)
async def test_a_list_that_is_out_of_order_or_incomplete_is_found(arrange: Any, kind: str) -> None:
    fake = await furnished()
    fake.quirks.arrange_list = arrange
    (finding,) = (await examine(fake, ["campaigns"])).of_kind(kind)
    assert finding.operation == "campaigns.list"


async def test_an_ascending_list_is_as_good_as_a_descending_one() -> None:
    fake = await furnished()
    fake.quirks.arrange_list = lambda campaigns: campaigns[::-1]
    assert (await examine(fake, ["campaigns"])).diagnosis.all_findings == []


async def test_a_campaign_missing_from_one_of_two_lists_is_found() -> None:
    fake = await furnished()
    fake.fail_next(Fault.edited(lambda body: body[:-1]), ListCampaigns)
    assert (await examine(fake, ["campaigns"])).kinds == {"unstable"}


async def test_a_campaign_that_only_a_mailbox_names_is_looked_for() -> None:
    fake = await furnished()
    oldest = min(fake.campaigns)
    fake.ids.campaign = iter(range(oldest + 1000, oldest + 2000))

    def named_by_a_mailbox(body: Any) -> Any:
        return [mailbox | {"campaign_ids": [oldest]} for mailbox in body]

    fake.quirks.arrange_list = lambda campaigns: [c for c in campaigns if c.id > oldest + 2]
    fake.script(ListEmailAccounts, Fault.edited(named_by_a_mailbox), None)
    assert "incomplete" in (await examine(fake, ["campaigns"])).kinds


async def test_a_list_that_disagrees_with_single_reads_is_found() -> None:
    fake = await furnished()
    fake.script(GetCampaign, Fault.edited(lambda body: body | {"name": "Another"}), None)
    (finding,) = (await examine(fake, ["campaigns"])).of_kind("list-differs")
    assert finding.place == "$[].name"


async def test_ids_that_fall_with_time_are_found() -> None:
    dates = iter(f"2027-01-{day:02}T00:00:00Z" for day in range(1, 29))

    def dated(body: Any) -> Any:
        return [campaign | {"created_at": next(dates)} for campaign in body]

    fake = await furnished()
    fake.script(ListCampaigns, Fault.edited(dated), None)
    assert "ids-do-not-grow" in (await examine(fake, ["campaigns"])).kinds


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (lambda body: (body * 3)[:3], "limit-ignored"),
        (lambda body: [{**body[0], "id": 7}], "offset-ignored"),
    ],
)
async def test_pages_that_do_not_follow_each_other_are_found(edit: Callable[[Any], Any], kind: str) -> None:
    fake = await furnished()
    fake.script(ListEmailAccounts, Fault.edited(edit), None)
    assert kind in (await examine(fake, ["campaigns"])).kinds


@pytest.mark.parametrize(
    ("edit", "kind"),
    [(lambda body: body[:-1], "incomplete"), (lambda body: [*body, *body[:1]], "duplicates")],
)
async def test_a_list_of_mailboxes_that_lacks_one_or_has_one_twice_is_found(
    edit: Callable[[Any], Any], kind: str
) -> None:
    fake = await furnished()
    fake.fail_next(Fault.edited(edit), ListEmailAccounts)
    (finding,) = (await examine(fake, ["email_accounts"])).of_kind(kind)
    assert finding.operation == "email_accounts.list"


async def test_a_limit_other_than_that_of_the_tier_is_found() -> None:
    fake = await furnished(limits=RateLimits.of((200, 60.0)))
    (finding,) = (await examine(fake, ["clients"], limits=RateLimits.STANDARD)).diagnosis.all_findings
    assert finding.kind == "other-limit"
    assert "a limit of 200, which is none of 10/1s, 60/60s, 1000/3600s" in finding.message


async def test_the_limits_of_the_tier_are_no_finding() -> None:
    fake = await furnished(limits=RateLimits.STANDARD)
    examined = await examine(fake, ["clients"], limits=RateLimits.STANDARD)
    assert examined.diagnosis.all_findings == []
    assert examined.diagnosis.facts["limits"]


async def test_a_refusal_within_the_limits_is_found() -> None:
    fake = await furnished()
    fake.fail_next(Fault.rate_limited())
    examined = await examine(fake, ["clients"])
    assert examined.kinds == {"too-many-requests"}


@pytest.mark.parametrize(("seconds", "words"), [(-90, "90 s ahead of"), (90, "90 s behind")])
async def test_a_clock_that_differs_is_found(seconds: float, words: str) -> None:
    fake = await furnished()
    here = fake.clock.wall
    examined = await examine(fake, ["clients"], wall_clock=lambda: here() + seconds)
    (finding,) = examined.diagnosis.all_findings
    assert finding.kind == "clock-skew"
    assert words in finding.message


async def test_a_clock_that_differs_by_the_delay_of_the_network_is_no_finding() -> None:
    fake = await furnished()
    here = fake.clock.wall
    assert (await examine(fake, ["clients"], wall_clock=lambda: here() + 4)).kinds == set()


async def test_no_more_requests_are_sent_than_was_said_before() -> None:
    from smartlead_async.doctor.examination import Scope

    fake = await furnished()
    examined = await examine(fake, write=True)
    assert examined.requests <= Scope.of(write=True).requests
