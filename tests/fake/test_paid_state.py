"""Operations that cost credits or take hours on the fake: spam tests, prospect search, orders."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from smartlead_async import APIError, BadRequest, NotFound, SmartleadClient
from smartlead_async.api.smart_delivery.create import SpamTestSchedule
from smartlead_async.api.smart_prospect.contacts import Person
from smartlead_async.api.smart_senders import (
    DomainNames,
    DomainOrder,
    MailboxOrder,
    MailboxOwner,
    Registrant,
)
from smartlead_async.fake import FakeSmartlead

from .test_advance import MONDAY_8_UTC, fake_at, started


@pytest.fixture
async def fake() -> FakeSmartlead:
    fake = fake_at()
    await started(fake)
    return fake


@pytest.fixture
def client(fake: FakeSmartlead) -> SmartleadClient:
    return SmartleadClient("test-key", transport=fake.transport())


def spam_test(**changes: Any) -> dict[str, Any]:
    fields = {
        "test_name": "Placement",
        "spam_filters": ["spam_assassin"],
        "link_checker": True,
        "campaign_id": 4101,
        "sequence_mapping_id": 6101,
        "provider_ids": [27, 28],
        "sender_accounts": ["box0@autumn.example"],
        "all_email_sent_without_time_gap": True,
        "is_warmup": False,
    }
    return fields | changes


# --- spam tests --------------------------------------------------------------------------------------


async def test_a_spam_test_is_completed_after_72_minutes(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    delivery = client.smart_delivery
    test = await delivery.create_manual_test(**spam_test())
    assert not (await delivery.get_test(test.id)).is_finished
    assert (await delivery.providerwise_report(test.id)).result == []
    fake.advance(minutes=36)
    (half,) = await delivery.list_tests()
    fake.advance(minutes=36)
    (whole,) = await delivery.list_tests()
    assert (await delivery.get_test(test.id)).is_finished
    assert (half.adjusted_total_email_count, whole.adjusted_total_email_count) == (8, 16)
    report = await delivery.providerwise_report(test.id)
    assert sum(row.adjusted_total_email_count or 0 for row in report.result) == 16
    assert whole.inbox_count is not None
    assert whole.inbox_count + (whole.tab_count or 0) + (whole.spam_count or 0) == 16


async def test_waiting_for_a_spam_test_ends_on_the_fake(fake: FakeSmartlead, client: SmartleadClient) -> None:
    fake.clock.jump(0)
    test = await client.smart_delivery.create_manual_test(**spam_test())
    with pytest.raises(NotFound):
        await client.smart_delivery.stop_test(test.id)
    fake.advance(minutes=72)
    assert (await client.smart_delivery.poll_test(test.id)).status == "COMPLETED"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sender_accounts": ["other@autumn.example"]}, "not used in the campaign"),
        ({"provider_ids": [1]}, "No seed accounts found"),
    ],
)
async def test_a_test_of_a_foreign_sender_or_provider_is_refused(
    client: SmartleadClient, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadRequest, match=message):
        await client.smart_delivery.create_manual_test(**spam_test(**changes))


async def test_an_automated_test_takes_a_credit_for_each_run_until_it_is_stopped(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    fake.account.paid.test_credits = 3
    start = dt.datetime.fromtimestamp(MONDAY_8_UTC, dt.UTC) + dt.timedelta(hours=1)
    test = await client.smart_delivery.create_automated_test(
        **spam_test(),
        schedule_start_time=start,
        test_end_date=start + dt.timedelta(days=60),
        every_days=7,
        scheduler_cron_value=SpamTestSchedule("Europe/Berlin", [1], "09:00", "17:00"),
    )
    fake.advance(days=8)
    (summary,) = await client.smart_delivery.list_tests(test_type="auto")
    assert (summary.current_test_run_no, fake.account.paid.test_credits) == (2, 1)
    await client.smart_delivery.stop_test(test.id)
    fake.advance(days=30)
    assert ((await client.smart_delivery.get_test(test.id)).status, fake.account.paid.test_credits) == (
        "STOPPED",
        1,
    )


async def test_without_credits_no_spam_test_begins(fake: FakeSmartlead, client: SmartleadClient) -> None:
    fake.account.paid.test_credits = 1
    test = await client.smart_delivery.create_manual_test(**spam_test())
    with pytest.raises(APIError, match="Insufficient credits") as raised:
        await client.smart_delivery.create_manual_test(**spam_test())
    assert raised.value.status == 402
    await client.smart_delivery.delete_tests([test.id])
    assert not await client.smart_delivery.list_tests()


async def test_folders_are_kept(client: SmartleadClient) -> None:
    folder = await client.smart_delivery.create_folder("Q2")
    assert folder.id is not None
    assert [each.name for each in await client.smart_delivery.list_folders()] == ["Q2"]
    await client.smart_delivery.delete_folder(folder.id)
    with pytest.raises(NotFound):
        await client.smart_delivery.get_folder(folder.id)


# --- prospects ---------------------------------------------------------------------------------------


async def test_a_search_is_scrolled_to_its_end(client: SmartleadClient) -> None:
    contacts = [each async for each in client.smart_prospect.iter_search_contacts(limit=10)]
    assert len({contact.id for contact in contacts}) == len(contacts) == 25


async def test_fetched_contacts_are_completed_after_a_while_and_paid_once(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    prospect = client.smart_prospect
    fake.account.paid.prospect_credits = 6
    filter_id = (await prospect.search_contacts(limit=10)).filter_id
    assert filter_id is not None
    for _ in range(2):
        assert (await prospect.fetch_contacts(filter_id, limit=5)).total_count == 5
    assert fake.account.paid.prospect_credits == 1
    pending = await prospect.list_contacts(filter_id=filter_id)
    assert {(each.status, each.email) for each in pending} == {("pending", None)}
    fake.advance(minutes=2)
    completed = await prospect.poll_contacts(filter_id=filter_id)
    assert all(each.email and each.status == "completed" for each in completed)
    (found,) = await prospect.find_emails([Person("Mira", "Osei", "northwind.example")])
    assert (found.status, fake.account.paid.prospect_credits) == ("Found", 0)


async def test_prospect_credits_run_out(fake: FakeSmartlead, client: SmartleadClient) -> None:
    fake.account.paid.prospect_credits = 1
    filter_id = (await client.smart_prospect.search_contacts(limit=10)).filter_id
    assert filter_id is not None
    with pytest.raises(APIError, match="Insufficient credits"):
        await client.smart_prospect.fetch_contacts(filter_id, limit=5)
    people = [Person(name, "Osei", "northwind.example") for name in ("Mira", "Jon")]
    with pytest.raises(APIError, match="Insufficient credits") as raised:
        await client.smart_prospect.find_emails(people)
    assert raised.value.status == 402
    unknown = Person("Jon", "Vale", "nowhere.invalid")
    found = await client.smart_prospect.find_emails([people[0], unknown])
    assert [each.status for each in found] == ["Found", "Not Found"]
    assert fake.account.paid.prospect_credits == 0


async def test_searches_are_saved_renamed_and_listed(client: SmartleadClient) -> None:
    await client.smart_prospect.save_search("heads of sales", title=["Head of Sales"])
    (saved,) = await client.smart_prospect.list_saved_searches()
    await client.smart_prospect.update_saved_search(saved.id, "sales")
    (renamed,) = await client.smart_prospect.list_saved_searches()
    assert renamed.search_string == "sales"
    assert not await client.smart_prospect.list_fetched_searches()


# --- orders ------------------------------------------------------------------------------------------

REGISTRANT = Registrant(
    email="ops@northwind.example",
    first_name="Ana",
    last_name="Ruiz",
    company="Northwind",
    country="ES",
    city="Madrid",
    address_line_one="Calle 1",
    postal_code="28001",
    state="Madrid",
    phone_cc="+34",
    phone="5550100",
    language_preference="en",
)


async def test_an_order_is_completed_after_eight_hours(fake: FakeSmartlead, client: SmartleadClient) -> None:
    domains = [DomainOrder("getnorthwind.example", [MailboxOrder("ana@getnorthwind.example", "Ana", "Ruiz")])]
    placed = await client.smart_senders.place_order(1, "northwind.example", REGISTRANT, domains)
    assert placed.order_id is not None
    assert not (await client.smart_senders.get_order(placed.order_id)).is_completed
    fake.advance(hours=8)
    assert (await client.smart_senders.poll_order(placed.order_id)).is_completed
    assert [each.domain_name for each in await client.smart_senders.list_domains()] == [
        "getnorthwind.example"
    ]
    with pytest.raises(NotFound):
        await client.smart_senders.get_order("1")


async def test_a_domain_is_available_until_it_is_ordered(client: SmartleadClient) -> None:
    senders = client.smart_senders
    assert (await senders.search_domain("northwind.example", 1)).available
    suggested = await senders.auto_generate_mailboxes(
        1, [DomainNames("northwind.example", [MailboxOwner("Noé", "van Wood")])]
    )
    assert suggested[0].mailbox_details[0].mailbox == "noé.vanwood@northwind.example"
    box = MailboxOrder("noe@northwind.example", "Noé", "Wood")
    placed = await senders.place_order(
        1, "northwind.example", REGISTRANT, [DomainOrder("northwind.example", [box])]
    )
    search = await senders.search_domain("northwind.example", 1)
    assert not search.available
    assert [each.domain for each in search.suggestions] == ["getnorthwind.example", "trynorthwind.example"]
    assert (await senders.get_otp("noe@northwind.example")).order_id == placed.order_id


# --- lookups -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cities", "companies", "industries", "job_titles", "sub_industries"])
async def test_lookups_are_paged_to_their_end(client: SmartleadClient, name: str) -> None:
    iterate = getattr(client.smart_prospect, f"iter_{name}")
    rows = [row async for row in iterate(limit=1)]
    assert rows == [row async for row in iterate()]
    assert len(rows) == 2


async def test_lookups_are_searched(client: SmartleadClient) -> None:
    page = await client.smart_prospect.countries(search="PORT")
    assert [country.country_name for country in page] == ["Portugal"]
    assert (await client.smart_prospect.countries(search="Atlantis")).data == []
    assert (await client.smart_prospect.sub_industries(industry_id=2)).data == []


# --- the account -------------------------------------------------------------------------------------


async def test_a_user_is_that_of_the_key(fake: FakeSmartlead, client: SmartleadClient) -> None:
    number = fake.add_client("Nørthwind", api_key="client-key")
    owner = await client.account.get_user()
    assert (owner.id, owner.client_id, owner.is_agency) == (fake.account.id, None, True)
    assert owner.api_key is not None
    assert owner.api_key.reveal() == "test-key"
    async with SmartleadClient("client-key", transport=fake.transport()) as of_client:
        user = await of_client.account.get_user()
    assert (user.name, user.client_id) == ("Nørthwind", number)


async def test_the_credits_are_those_of_prospect_search(fake: FakeSmartlead, client: SmartleadClient) -> None:
    fake.account.paid.prospect_credits = 25
    search = await client.smart_prospect.search_contacts(limit=10)
    assert search.filter_id is not None
    await client.smart_prospect.fetch_contacts(search.filter_id, limit=10)
    left = await client.account.credits()
    assert (left.total_credits, left.used_credits, left.remaining_credits) == (25, 10, 15)
    available = (await client.smart_prospect.search_analytics()).available_credits
    assert available is not None
    assert (available.total, available.used, available.available) == (25, 10, 15)


async def test_a_single_email_needs_a_mailbox_of_the_key(
    fake: FakeSmartlead, client: SmartleadClient
) -> None:
    mailbox = fake.add_email_account("eva@single.example")
    by_address = await client.emails.send("a@prospect.example", "Hi", "Hi", from_email="EVA@single.example")
    by_id = await client.emails.send("a@prospect.example", "Hi", "Hi", from_email_id=mailbox)
    assert by_address.message_id != by_id.message_id
    fake.add_client("Northwind", api_key="client-key", client_id=7)
    async with SmartleadClient("client-key", transport=fake.transport()) as of_client:
        with pytest.raises(NotFound):
            await of_client.emails.send("a@prospect.example", "Hi", "Hi", from_email_id=mailbox)


async def test_replies_of_this_month_and_the_month_before_are_counted(client: SmartleadClient) -> None:
    fake = fake_at(replied=1)
    await started(fake, leads=4)
    fake.advance(days=4)
    async with SmartleadClient("test-key", transport=fake.transport()) as other:
        now = await other.smart_prospect.reply_analytics()
        assert (now.replied, now.replied_previous_month, now.trend) == (4, 0, "increase")
        fake.advance(days=31)
        later = await other.smart_prospect.reply_analytics()
    assert (later.replied, later.replied_previous_month, later.percentage_change) == (0, 4, "-100%")
