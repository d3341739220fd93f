"""Assertions on the fake: each passes when it holds, and otherwise says what there is instead."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from smartlead_async import FakeSmartlead, LeadInput, RateLimits, SmartleadClient
from smartlead_async.api.campaigns import CreateCampaign, Delay, ListCampaigns, StepInput

OSLO = "Dentists in Oslo Q1 2027"
BERGEN = "Dentists in Bergen Q1 2027"


@pytest.fixture
async def fake() -> FakeSmartlead:
    fake = FakeSmartlead()
    mailbox = fake.add_email_account("ada@sender.example")
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        oslo = await client.campaigns.create(OSLO, client_id=7)
        await client.campaigns.save_sequences(
            oslo.id, [StepInput(1, Delay(0), subject="Hi", email_body="<p>Hi</p>")]
        )
        await client.campaigns.add_email_accounts(oslo.id, [mailbox])
        await client.campaigns.add_leads(
            oslo.id, [LeadInput("Lin@prospect.example"), LeadInput("kim@client.example")]
        )
        await client.campaigns.create(BERGEN)
        await client.campaigns.create(BERGEN)
    return fake


@pytest.mark.parametrize(
    "holds",
    [
        lambda fake: fake.assert_created_once(OSLO),
        lambda fake: fake.assert_not_created("Dentists"),
        lambda fake: fake.assert_each_created_once([BERGEN, OSLO, BERGEN]),
        lambda fake: fake.assert_campaign(OSLO, status="DRAFTED", leads=2, steps=1, client_id=7),
        lambda fake: fake.assert_campaign(OSLO, leads=["kim@client.example", "LIN@prospect.example"]),
        lambda fake: fake.assert_campaign(OSLO, mailboxes=["ada@sender.example"]),
        lambda fake: fake.assert_requests(CreateCampaign, 3),
        lambda fake: fake.assert_requests("ListCampaigns", 0),
        lambda fake: fake.assert_never_throttled(),
    ],
)
def test_an_assertion_that_holds_passes(
    fake: FakeSmartlead, holds: Callable[[FakeSmartlead], object]
) -> None:
    holds(fake)


@pytest.mark.parametrize(
    ("fails", "message"),
    [
        (lambda fake: fake.assert_created_once(BERGEN), f"2 campaigns are named '{BERGEN}': 4102, 4103"),
        (
            lambda fake: fake.assert_created_once("Dentists in Bergen"),
            f"no campaign is named 'Dentists in Bergen'; there is '{BERGEN}', '{OSLO}'",
        ),
        (lambda fake: fake.assert_not_created(OSLO), f"campaign 4101 is named '{OSLO}'"),
        (
            lambda fake: fake.assert_each_created_once([BERGEN, OSLO, "Molde"]),
            f"missing: 'Molde'; not expected: '{BERGEN}'",
        ),
        (
            lambda fake: fake.assert_campaign(OSLO, status="ACTIVE", leads=2, steps=2, client_id=8),
            "status is 'DRAFTED', not 'ACTIVE'; steps is 1, not 2; client_id is 7, not 8",
        ),
        (
            lambda fake: fake.assert_campaign(OSLO, mailboxes=[], leads=["kim@client.example"]),
            "leads is ['kim@client.example', 'lin@prospect.example'], not ['kim@client.example']; ",
        ),
        (
            lambda fake: fake.assert_requests(ListCampaigns, 1),
            "0 requests of ListCampaigns, not 1; these arrived: 3 CreateCampaign, 1 ",
        ),
        (lambda fake: fake.assert_no_requests(), "these arrived: 3 CreateCampaign, 1 "),
    ],
)
def test_an_assertion_that_fails_says_what_there_is(
    fake: FakeSmartlead, fails: Callable[[FakeSmartlead], object], message: str
) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)):
        fails(fake)


def test_a_fake_without_campaigns_says_so() -> None:
    fake = FakeSmartlead()
    fake.assert_no_requests()
    with pytest.raises(AssertionError, match="there are no campaigns"):
        fake.assert_created_once(OSLO)
    with pytest.raises(AssertionError, match="0 requests of CreateCampaign, not 1; no request arrived"):
        fake.assert_requests(CreateCampaign, 1)


async def test_throttled_requests_are_told() -> None:
    fake = FakeSmartlead(limits=RateLimits.of((1, 60)))
    async with SmartleadClient("test-key", transport=fake.transport(), limits=RateLimits.UNLIMITED) as client:
        await client.campaigns.list()
        await client.campaigns.list()
    with pytest.raises(AssertionError, match=r"1 of 3 requests were throttled \(429\)"):
        fake.assert_never_throttled()
