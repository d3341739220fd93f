"""Specs that name their client: refused until its id is known."""

from __future__ import annotations

import pytest

from smartlead_async import CampaignSpec, FakeSmartlead, InvalidPlan, MemoryLedger, SmartleadClient
from smartlead_async.provisioning.ledger.records import CampaignState

NAMED = CampaignSpec("Founders Q1 2027 – demo invite", client="Northwind")


async def test_a_list_with_a_name_sends_nothing() -> None:
    fake = FakeSmartlead()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        with pytest.raises(InvalidPlan, match=r"the id of the client 'Northwind' is not known"):
            await client.provision([CampaignSpec("Others Q1 2027"), NAMED])
    assert fake.requests.total == 0


async def test_a_campaign_of_a_stream_with_a_name_fails_alone() -> None:
    fake, ledger = FakeSmartlead(), MemoryLedger()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        await client.provision(iter([CampaignSpec("Others Q1 2027"), NAMED]), ledger=ledger)
    states = [record.state async for record in ledger.records()]
    assert states == [CampaignState.DONE, CampaignState.FAILED]
    assert [each.name for each in fake.campaigns.values()] == ["Others Q1 2027"]


async def test_a_new_plan_can_be_compared_without_ids_and_an_old_one_cannot() -> None:
    fake, ledger = FakeSmartlead(), MemoryLedger()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        assert (await client.plan_changes([NAMED], ledger)).to_create == 1
        await client.provision([CampaignSpec("Others Q1 2027")], ledger=ledger)
        with pytest.raises(InvalidPlan, match=r"the id of the client 'Northwind' is not known"):
            await client.plan_changes([NAMED], ledger)
