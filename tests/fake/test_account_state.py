"""Clients and their keys, lists of leads, and warm-up on the fake."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async import AuthenticationError, BadRequest, LeadInput, NotFound, SmartleadClient
from smartlead_async.api.lead_lists import LeadSelection
from smartlead_async.fake import FakeSmartlead

from .test_advance import fake_at


@pytest.fixture
def fake() -> FakeSmartlead:
    return fake_at()


@pytest.fixture
def client(fake: FakeSmartlead) -> SmartleadClient:
    return SmartleadClient("test-key", transport=fake.transport())


# --- clients -----------------------------------------------------------------------------------------


async def test_a_client_is_created_once_and_changed(client: SmartleadClient) -> None:
    created = await client.clients.create("ops@northwind.example", "Northwind")
    assert created.password is not None
    with pytest.raises(BadRequest, match="already exist"):
        await client.clients.create("OPS@northwind.example", "Northwind")
    await client.clients.update(created.id, "ops@northwind.example", "Northwind EU")
    assert [(each.id, each.name) for each in await client.clients.list()] == [(created.id, "Northwind EU")]
    with pytest.raises(NotFound):
        await client.clients.update(1, "a@b.example", "Nobody")


async def test_the_key_of_a_client_works_until_it_is_reset_or_deleted(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    created = await client.clients.create("ops@northwind.example", "Northwind")
    await client.campaigns.create("Of the agency")
    key = await client.clients.create_api_key(created.id, "reporting")
    assert [each.id for each in await client.clients.list_api_keys(client_id=created.id)] == [key.id]

    async def campaigns_with(api_key: str) -> int:
        async with SmartleadClient(api_key, transport=fake.transport()) as own:
            await own.campaigns.create("Of the client")
            return len(await own.campaigns.list())

    assert key.api_key is not None
    assert await campaigns_with(key.api_key.reveal()) == 1
    reset = await client.clients.reset_api_key(key.id or 0)
    with pytest.raises(AuthenticationError):
        await campaigns_with(key.api_key.reveal())
    assert reset.api_key is not None
    assert await campaigns_with(reset.api_key.reveal()) == 2
    await client.clients.delete_api_key(key.id or 0)
    with pytest.raises(AuthenticationError):
        await campaigns_with(reset.api_key.reveal())
    with pytest.raises(NotFound):
        await client.clients.delete_api_key(key.id or 0)


async def test_the_key_of_a_client_manages_no_clients(fake: FakeSmartlead) -> None:
    fake.add_client("Northwind", client_id=7, api_key="client-key")
    fake.add_client("Southwind", client_id=8)
    async with SmartleadClient("client-key", transport=fake.transport()) as own:
        assert [each.id for each in await own.clients.list()] == [7]
        with pytest.raises(NotFound):
            await own.clients.create("ops@other.example", "Other")


# --- lists -------------------------------------------------------------------------------------------


async def test_leads_are_imported_into_a_list_and_counted(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    fake.block("blocked.example")
    spring = await client.lead_lists.create("Spring")
    emails = ("lin@prospect.example", "LIN@prospect.example", "kim@blocked.example")
    done = await client.lead_lists.import_leads(spring.id, [LeadInput(each) for each in emails], "s.csv")
    assert (done.imported, done.duplicates, done.blocked) == (1, 1, 1)
    await client.lead_lists.update(spring.id, "Summer")
    found = await client.lead_lists.get(spring.id)
    assert (found.name, found.leads_count) == ("Summer", 1)
    assert [each.name for each in await client.lead_lists.list(name="summ")] == ["Summer"]
    await client.lead_lists.delete(spring.id)
    with pytest.raises(NotFound):
        await client.lead_lists.get(spring.id)
    assert len(fake.leads) == 1, "the leads stay"


async def test_leads_are_moved_between_lists_and_copied_to_a_campaign(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    source, target = [await client.lead_lists.create(name) for name in ("Spring", "Summer")]
    await client.lead_lists.import_leads(source.id, [LeadInput("lin@prospect.example")], "s.csv")
    (lead_id,) = fake.leads
    choices: list[dict[str, Any]] = [{"from_list_id": source.id}, {"lead_ids": [lead_id]}]
    for choice in choices:
        moved = await client.lead_lists.push_between_lists("move", target.id, **choice)
        assert moved.total_leads_moved == 1
        counts = [(await client.lead_lists.get(each.id)).leads_count for each in (source, target)]
        assert counts == [0, 1]
    campaign = await client.campaigns.create("Autumn")
    for expected in ((1, 0), (0, 1)):
        pushed = await client.lead_lists.push_to_campaign(
            "copy", campaign_id=campaign.id, leads=LeadSelection(list_id=target.id, all_leads=True)
        )
        assert (pushed.pushed, pushed.duplicates) == expected
    assert list(fake.campaigns[campaign.id].leads) == [lead_id]
    await client.campaigns.delete_lead(campaign.id, lead_id)
    assert list(fake.leads) == [lead_id], "the list still has it"


async def test_leads_pushed_to_an_unknown_name_create_a_campaign(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    created = await client.lead_lists.create("Spring")
    await client.lead_lists.import_leads(created.id, [LeadInput("lin@prospect.example")], "s.csv")
    selection = LeadSelection(list_id=created.id, all_leads=True)
    for _ in range(2):
        await client.lead_lists.push_to_campaign("copy", campaign_name="New", leads=selection)
    assert len(fake.campaigns_named("New")) == 1


async def test_lists_are_found_by_their_tags(client: SmartleadClient) -> None:
    tag = await client.email_account_tags.create("VIP")
    first, _ = [await client.lead_lists.create(name) for name in ("Spring", "Summer")]
    await client.lead_lists.assign_tags([first.id], tag_ids=[tag.id or 0])
    assert [each.id for each in await client.lead_lists.list(tag_ids=[tag.id or 0])] == [first.id]
    await client.lead_lists.assign_tags([first.id], remove_tag_ids=[tag.id or 0])
    assert not await client.lead_lists.list(tag_ids=[tag.id or 0])


# --- warm-up -----------------------------------------------------------------------------------------


async def test_warm_up_mails_grow_from_day_to_day_until_the_limit(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    mailbox = fake.add_email_account("ada@sender.example")
    assert (await client.email_accounts.warmup_stats(mailbox)).sent_count == 0
    await client.email_accounts.update_warmup(mailbox, True, total_warmup_per_day=12, daily_rampup=5)
    fake.advance(days=3)
    stats = await client.email_accounts.warmup_stats(mailbox)
    assert [day.sent_count for day in stats.stats_by_date] == [5, 10, 12, 12]
    assert stats.sent_count == 39
    assert (stats.inbox_count or 0) + (stats.spam_count or 0) == 39
    fake.advance(days=20)
    assert len((await client.email_accounts.warmup_stats(mailbox)).stats_by_date) == 7
    await client.email_accounts.update_warmup(mailbox, False)
    assert (await client.email_accounts.warmup_stats(mailbox)).sent_count == 0
