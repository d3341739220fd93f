"""Mailboxes by id, address and tag: what they cost, and what is said of those that are missing or unfit."""

from __future__ import annotations

import attrs
import pytest

from smartlead_async import FakeSmartlead
from smartlead_async.fake import Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState, StepState

from .jobs import campaigns, job_on, seeded_fake


def sending_from(choice: MailboxChoice, number: int = 1) -> list[CampaignSpec]:
    return [attrs.evolve(spec, mailboxes=choice) for spec in campaigns(number, same_names=False)]


def listings(fake: FakeSmartlead) -> int:
    return fake.requests.by_operation["ListEmailAccounts"]


def senders(fake: FakeSmartlead) -> list[list[str]]:
    return [campaign["email_accounts"] for campaign in fake.snapshot()]


async def the_failed_one(fake: FakeSmartlead, choice: MailboxChoice) -> CampaignRecord:
    report = await job_on(fake, sending_from(choice)).run()
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    return failed


async def test_ids_cost_no_request() -> None:
    fake = seeded_fake()
    report = await job_on(fake, sending_from(MailboxChoice(ids=(501, 502, 501)), 3)).run()
    assert (report.done, listings(fake), report.requests) == (3, 0, 22)
    assert senders(fake) == [["ada@sender.example", "bo@sender.example"]] * 3


@pytest.mark.parametrize(
    "choice",
    [
        MailboxChoice(addresses=("ada@sender.example", "BO@Sender.example")),
        MailboxChoice(tag="north"),
        MailboxChoice(ids=(501,), addresses=("bo@sender.example",), tag="North"),
    ],
    ids=["addresses", "a tag", "all three"],
)
async def test_addresses_and_tags_cost_one_list_for_the_whole_job(choice: MailboxChoice) -> None:
    fake = seeded_fake()
    report = await job_on(fake, sending_from(choice, 5), concurrency=5).run()
    assert (report.done, listings(fake), report.requests) == (5, 1, 37)
    assert senders(fake) == [["ada@sender.example", "bo@sender.example"]] * 5


async def test_a_list_of_more_than_a_hundred_costs_a_request_for_each() -> None:
    fake = seeded_fake()
    for number in range(250):
        fake.add_email_account(f"many{number}@sender.example", tags=("Crowd",))
    report = await job_on(fake, sending_from(MailboxChoice(addresses=("many249@sender.example",)))).run()
    assert (report.done, listings(fake)) == (1, 3)


async def test_a_list_that_fails_half_way_is_taken_anew_by_the_next_campaign() -> None:
    fake = seeded_fake()
    for number in range(150):
        fake.add_email_account(f"many{number}@sender.example", tags=("Crowd",))
    fake.fail_next(Fault.slow(0.1), "ListEmailAccounts")
    fake.fail_next(Fault.status_before(400), "ListEmailAccounts")
    report = await job_on(fake, sending_from(MailboxChoice(tag="crowd"), 2), concurrency=1).run()
    assert (report.done, report.failed, listings(fake)) == (1, 1, 4)
    assert [len(one) for one in senders(fake)] == [0, 150]


async def test_a_tag_means_those_that_can_send() -> None:
    fake = seeded_fake()
    fake.add_email_account("broken@sender.example", tags=("North",), healthy=False)
    fake.add_email_account("suspended@sender.example", tags=("North",), suspended=True)
    report = await job_on(fake, sending_from(MailboxChoice(tag="North"))).run()
    assert report.done == 1
    assert senders(fake) == [["ada@sender.example", "bo@sender.example"]]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (
            MailboxChoice(addresses=("ada@sender.example", "cy@sender.example")),
            "no mailbox cy@sender.example",
        ),
        (MailboxChoice(addresses=("broken@sender.example",)), "broken@sender.example cannot send"),
        (MailboxChoice(addresses=("no-imap@sender.example",)), "no-imap@sender.example cannot send"),
        (MailboxChoice(addresses=("suspended@sender.example",)), "suspended@sender.example cannot send"),
        (MailboxChoice(tag="South"), "no mailbox of the account has it"),
        (MailboxChoice(tag="Sick"), "none of them can send"),
    ],
    ids=["missing", "unhealthy", "IMAP failed", "suspended", "an unknown tag", "a tag of unfit ones"],
)
async def test_what_cannot_send_fails_the_campaign_at_its_mailboxes(choice: MailboxChoice, said: str) -> None:
    fake = seeded_fake()
    fake.add_email_account("broken@sender.example", tags=("Sick",), healthy=False)
    fake.add_email_account("no-imap@sender.example", imap_ok=False)
    fake.add_email_account("suspended@sender.example", tags=("Sick",), suspended=True)
    failed = await the_failed_one(fake, choice)
    assert failed.failed_step is Step.MAILBOXES
    assert failed.error is not None
    assert said in failed.error
    assert fake.requests.by_operation["AddEmailAccounts"] == 0


async def test_an_id_that_the_server_refuses_fails_the_campaign_at_its_mailboxes() -> None:
    failed = await the_failed_one(seeded_fake(), MailboxChoice(ids=(999,)))
    step = failed.begun(Step.MAILBOXES)
    assert (failed.failed_step, step.state, step.requests) == (Step.MAILBOXES, StepState.FAILED, 1)
    assert "999" in (step.error or "")
