"""The steps of a campaign as requests, and the counts of imported leads."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async import LeadInput, MemoryLedger
from smartlead_async.api.campaigns.leads import LeadsAdded
from smartlead_async.api.leads import ImportSettings
from smartlead_async.fake import Fault
from smartlead_async.pipeline.converter import structure
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.request_count import LEADS_PER_REQUEST, count_requests, steps_of
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.steps import LeadsNotTaken, lead_batches, request_for, tally
from smartlead_async.provisioning.ledger.records import CampaignState, LeadTally, StepState

from .jobs import TAKEN, campaigns, job_on, seeded_fake

SENT = [LeadInput(f"lead{n}@prospect.example") for n in range(10)]


def answer(**fields: Any) -> LeadsAdded:
    value: LeadsAdded = structure({"ok": True, **fields}, LeadsAdded)
    return value


def ids(added: int, existing: int = 0) -> dict[str, Any]:
    return {
        "newlyAddedLeads": {f"new{n}@prospect.example": n for n in range(added)},
        "existingLeads": {f"old{n}@prospect.example": n for n in range(existing)},
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"upload_count": 10, "total_leads": 10}, LeadTally(10, 10)),
        ({"upload_count": 7, "total_leads": 7, "already_added_to_campaign": 3}, LeadTally(10, 7, 3)),
        (
            {"total_leads": 4, "duplicate_count": 3, "block_count": 2, "bounce_count": 1},
            LeadTally(10, 4, 0, 6),
        ),
        ({"total_leads": 8, "invalid_email_count": 1, "unsubscribed_leads": ["x"]}, LeadTally(10, 8, 0, 2)),
        ({"total_leads": 9, "unsubscribed_leads": 1}, LeadTally(10, 9, 0, 1)),
        ({"total_leads": 10, "already_added_to_campaign": 3, "block_count": 2}, LeadTally(10, 5, 3, 2)),
        ({"duplicate_count": 4}, LeadTally(10, 6, 0, 4)),
        ({}, LeadTally(10, 10)),
    ],
    ids=[
        "all",
        "some were there",
        "some left out",
        "more left out",
        "a count for a list",
        "total of those sent",
        "no total",
        "no counts",
    ],
)
def test_every_lead_is_in_one_of_the_counts(given: dict[str, Any], expected: LeadTally) -> None:
    assert tally(SENT, answer(**given)) == expected


def test_the_ids_tell_better_than_the_totals() -> None:
    # SmartLead's totals have been seen to count the whole campaign.
    given = answer(upload_count=0, total_leads=0, emailToLeadIdMap=ids(6, 4))
    assert given.lead_ids is not None
    assert tally(SENT, given) == LeadTally(10, 6, 4)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"upload_count": 4, "total_leads": 4}, "took 4 of 10 leads.*nothing about the other 6"),
        ({"total_leads": 4, "duplicate_count": 1}, "named 1 that it left out.*the other 5"),
        (
            {"is_lead_limit_exhausted": True, "lead_import_stopped_count": 8},
            "quota.*8 leads were not imported",
        ),
        ({"is_lead_limit_exhausted": True}, "quota.*some leads were not imported"),
    ],
)
def test_leads_that_are_in_no_count_are_no_success(given: dict[str, Any], said: str) -> None:
    with pytest.raises(LeadsNotTaken, match=said):
        tally(SENT, answer(**given))


def test_lead_ids_are_asked_for_only_if_the_plan_says_so() -> None:
    leads = [LeadInput("lin@prospect.example")]
    (plain,) = lead_batches(leads, None, 4101)
    assert plain.settings is None
    asked = ImportSettings(return_lead_ids=True)
    (request,) = lead_batches(leads, asked, 4101)
    assert request.settings == asked


def test_batches_have_400_leads() -> None:
    leads = [LeadInput(f"lead{n}@prospect.example") for n in range(2 * LEADS_PER_REQUEST + 1)]
    assert [len(request.lead_list) for request in lead_batches(leads, None, 4101)] == [400, 400, 1]


def test_a_step_takes_a_request_only_if_the_spec_has_it() -> None:
    bare = CampaignSpec("Dentists Q1 2027")
    assert steps_of(bare) == (Step.CREATE,)
    assert count_requests(bare, 0) == 1
    some = CampaignSpec(
        "Dentists Q1 2027",
        steps=(StepSpec("Hello", "<p>…</p>"),),
        mailboxes=MailboxChoice(ids=(501,)),
        schedule=ScheduleSpec("Europe/Berlin"),
    )
    assert steps_of(some) == (Step.CREATE, Step.SEQUENCES, Step.MAILBOXES, Step.SCHEDULE)
    (full,) = campaigns(1, leads=801)
    assert steps_of(full) == tuple(TAKEN)
    assert count_requests(full, 801) == 9


def test_what_is_no_step_of_one_request_is_said_so() -> None:
    with pytest.raises(ValueError, match="leads is not a step of one request"):
        request_for(Step.LEADS, CampaignSpec("Dentists Q1 2027"), 4101)


async def test_an_import_that_leaves_leads_out_for_want_of_quota_fails_and_is_made_good_later() -> None:
    fake, ledger, specs = seeded_fake(lead_quota=500), MemoryLedger(), campaigns(1, leads=801)
    report = await job_on(fake, specs, ledger).run()
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    step = failed.begun(Step.LEADS)
    assert (failed.failed_step, step.state, step.batches, step.requests) == (
        Step.LEADS,
        StepState.FAILED,
        1,
        2,
    )
    assert "limit has been reached" in (failed.error or "")
    assert failed.leads == LeadTally(sent=400, added=400)
    fake.account.lead_quota = None
    again = await job_on(fake, specs, ledger).run()
    # The first batch is not sent again; of the second, 100 were there.
    assert again.leads == LeadTally(sent=801, added=701, already_there=100)
    assert len(fake.snapshot()[0]["leads"]) == 801
    assert fake.requests.by_operation["AddLeads"] == 4


async def test_leads_that_are_left_out_for_a_reason_are_counted_and_no_failure() -> None:
    fake = seeded_fake()
    specs = campaigns(1, leads=5)
    fake.block("lead0@c0.example")
    fake.unsubscribe("lead1@c0.example")
    report = await job_on(fake, specs).run()
    assert (report.done, report.leads) == (1, LeadTally(sent=5, added=3, skipped=2))


async def test_a_repeated_batch_adds_no_lead_twice() -> None:
    fake = seeded_fake()
    fake.fail_next(Fault.lost_after(), "AddLeads")
    report = await job_on(fake, campaigns(1, leads=5)).run()
    assert report.leads == LeadTally(sent=5, already_there=5)
    assert len(fake.snapshot()[0]["leads"]) == 5
