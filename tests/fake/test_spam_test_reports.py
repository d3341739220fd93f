"""Reports about spam tests on the fake: all of them are counted from the same mails, and agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import NotFound, SmartleadClient
from smartlead_async.api.smart_delivery.senders import SeedMail
from smartlead_async.fake import FakeSmartlead

from .raw import Raw, step
from .seeded import carry_out, seeded_fake
from .test_paid_state import spam_test

SENDERS = ("ada@sender.example", "bo@sender.example", "kim@other.example")
PLACES = ("inbox_count", "tab_count", "spam_count", "adjusted_total_email_count")


def furnished() -> FakeSmartlead:
    """Return a fake with a campaign that sends from three mailboxes of two domains."""
    fake = seeded_fake()
    for sender in SENDERS[1:]:
        number = fake.add_email_account(sender, type="GMAIL")
        fake.campaigns[4101].email_account_ids[number] = number
    return fake


async def created(fake: FakeSmartlead, *tests: dict[str, Any]) -> list[int]:
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        return [
            int((await client.smart_delivery.create_manual_test(**spam_test(**changes))).id)
            for changes in tests
        ]


def total(rows: list[Any]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in PLACES}


async def report(raw: Raw, number: int, name: str) -> Any:
    return await raw.get(f"/spam-test/report/{number}/{name}")


@given(
    senders=st.lists(st.sampled_from(SENDERS), min_size=1, max_size=3, unique=True),
    providers=st.sampled_from([[27], [28], [27, 28], [27, 28, 27]]),
    minutes=st.integers(0, 100),
)
async def test_all_reports_of_a_test_agree(senders: list[str], providers: list[int], minutes: int) -> None:
    fake = furnished()
    numbers = await created(
        fake, {"sender_accounts": senders, "provider_ids": providers}, {"sender_accounts": list(SENDERS)}
    )
    fake.advance(minutes=minutes)
    raw = Raw(fake, fake.transport())
    summaries = {row["spam_test_id"]: row for row in await raw.post("/spam-test/report", {})}
    for number in numbers:
        expected = total([summaries[number]])
        for name in ("providerwise", "groupwise"):
            whole = await raw.post(f"/spam-test/report/{number}/{name}", {})
            assert total(whole["result"]) == expected
            assert expected["adjusted_total_email_count"] <= whole["overallTotalCount"]
        assert total(await report(raw, number, "schedule-history")) == expected
        mails = [mail for row in await report(raw, number, "sender-account-wise") for mail in row["details"]]
        for folder, place in {"INBOX": "inbox_count", "TAB": "tab_count", "SPAM": "spam_count"}.items():
            assert sum(mail["reply"]["mail_folder"] == folder for mail in mails) == expected[place]
        for name in ("dkim-details", "spf-details", "rdns-details"):
            rows = [seed for row in await report(raw, number, name) for seed in row["seed_accounts"]]
            assert [seed["to_email"] for seed in rows] == [mail["email"] for mail in mails]
        blacklist = [each for row in await report(raw, number, "blacklist") for each in row["details"]]
        assert [each["reply"]["blacklist_status"] for each in blacklist] == [
            mail["reply"]["blacklist_status"] for mail in mails
        ]
        ips = {row["ip"] for row in await report(raw, number, "ip-analytics")}
        assert {mail["reply"]["sender_ip"] for mail in mails} <= ips
    counts = await raw.get("/spam-test/report/mailboxes-count")
    by_mailbox = await raw.get("/spam-test/report/mailboxes-summary")
    for place in PLACES[:3]:
        assert counts[place] == sum(row[place] for row in by_mailbox) == total([*summaries.values()])[place]
    assert counts["total_email_count"] == sum(row["placement_count"] for row in by_mailbox)


async def test_each_mail_of_a_report_has_headers_and_ip_details() -> None:
    fake = furnished()
    (number,) = await created(fake, {"sender_accounts": [SENDERS[2]]})
    fake.advance(hours=2)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        delivery = client.smart_delivery
        (sender,) = await delivery.sender_account_wise_report(number)
        assert isinstance(sender.details, list)
        assert len({mail.reply.id for mail in sender.details if mail.reply}) == 16
        mail = sender.details[-1]
        assert isinstance(mail, SeedMail)
        assert mail.reply is not None
        assert mail.reply.id is not None
        headers = await delivery.reply_email_headers(number, mail.reply.id)
        assert headers["Return-Path"] == f"<{SENDERS[2]}>"
        assert (await delivery.reply_ip_details(number, mail.reply.id)).domain == "other.example"
        with pytest.raises(NotFound):
            await delivery.reply_email_headers(number, 23001)


async def test_a_report_has_the_content_of_the_step_that_is_tested() -> None:
    fake = furnished()
    path = "/api/v1/campaigns/4102/sequences"
    body = step(1, subject="Ciao", email_body="<p>Buon giorno è ✓</p>")
    raw = Raw(fake, fake.transport())
    await raw.post(path.removeprefix("/api/v1"), {"sequences": [body]})
    (tested,) = fake.campaigns[4102].sequences
    fake.campaigns[4102].email_account_ids[501] = 501
    known, unknown = await created(
        fake,
        {"campaign_id": 4102, "sequence_mapping_id": tested.id, "sender_accounts": [SENDERS[0]]},
        {"campaign_id": 4102, "sequence_mapping_id": 1, "sender_accounts": [SENDERS[0]]},
    )
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        content = await client.smart_delivery.email_content(known)
        assert (content.subject, content.text) == ("Ciao", "Buon giorno è ✓")
        assert (await client.smart_delivery.email_content(unknown)).subject is None
        fake.advance(hours=2)
        (row,) = await client.smart_delivery.spam_filter_details(known)
        assert len(row.spam_filter_details) == 1


async def test_the_seed_providers_are_those_that_a_test_accepts() -> None:
    fake = furnished()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        (region,) = await client.smart_delivery.seed_providers()
        providers = [int(each.provider_id or 0) for group in region.groups for each in group.providers]
        assert await created(fake, {"provider_ids": providers, "sender_accounts": [SENDERS[0]]})


async def test_the_key_of_a_client_sees_only_its_own_tests() -> None:
    fake = furnished()
    fake.add_client("Northwind", client_id=7, api_key="client-key")
    (number,) = await created(fake, {"sender_accounts": [SENDERS[0]]})
    fake.advance(hours=2)
    own = Raw(fake, fake.transport(), "client-key")
    assert await own.post("/spam-test/report", {}) == []
    assert (await own.get("/spam-test/report/mailboxes-count"))["total_email_count"] == 0
    assert (await own.send("GET", f"/spam-test/report/{number}/dkim-details")).status == 404
    refused = await own.send("POST", "/spam-test/delete", {"spamTestIds": [number]})
    assert refused.status == 400
    assert carry_out(fake, "GET", f"/api/v1/spam-test/{number}").status == 200
