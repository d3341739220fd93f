"""A plan that was edited between two runs: the campaigns follow it, or the run names what is not possible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from smartlead_async import FakeSmartlead, LeadInput, MemoryLedger
from smartlead_async.fake import Fault
from smartlead_async.fake.state import CampaignStatus
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.changes.change import ChangeRefused
from smartlead_async.provisioning.ledger.records import CampaignState

from .jobs import campaigns, job_on, killed_after, seeded_fake, standing


async def ideal(specs: list[CampaignSpec]) -> list[dict[str, Any]]:
    fake = seeded_fake()
    await job_on(fake, specs).run()
    return standing(fake)


async def half_done(
    fake: FakeSmartlead,
    specs: list[CampaignSpec],
    ledger: MemoryLedger,
    at: str = "UpdateSchedule",
    **options: Any,
) -> None:
    """A run in which the first two campaigns fail at this step, and the others are finished."""
    fake.fail_next(Fault.status_before(422), at, times=2)
    report = await job_on(fake, specs, ledger, concurrency=1, **options).run()
    assert (report.done, report.failed) == (len(specs) - 2, 2)


def edited(spec: CampaignSpec, **changes: Any) -> CampaignSpec:
    return attrs.evolve(spec, **changes)


EDITS: dict[str, dict[str, Any]] = {
    "renamed": {"name": "Dentists Q2 2027"},
    "another client": {"client_id": 301},
    "another text": {"steps": (StepSpec("New", "<p>New</p>"),)},
    "another mailbox": {"mailboxes": MailboxChoice(ids=(502,))},
    "one mailbox more": {"mailboxes": MailboxChoice(ids=(501, 502))},
    "more leads": {"leads": [LeadInput(f"lead{n}@c0.example", first_name="Zoë") for n in range(9)]},
    "another schedule": {"schedule": ScheduleSpec("Asia/Tokyo", days=("sat",))},
    "other settings": {"settings": SettingsSpec(follow_up_percentage=11)},
    "not started": {"start": False},
}


REMOVALS: dict[str, dict[str, Any]] = {
    "no schedule": {"schedule": None, "start": False},
    "no settings": {"settings": None},
    "no mailboxes": {"mailboxes": None, "start": False},
    "no steps": {"steps": (), "start": False},
    "no leads": {"leads": [], "start": False},
    "fewer leads": {"leads": [LeadInput("lead0@c0.example", first_name="Zoë")]},
    "fewer steps": {"steps": campaigns(1)[0].steps[:1]},
    "one mailbox less": {"mailboxes": MailboxChoice(ids=(501,))},
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("at", ["SaveSequences", "UpdateSchedule", "UpdateSettings"])
async def test_an_unfinished_campaign_follows_the_current_plan(edit: str, at: str) -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    specs[0] = edited(specs[0], mailboxes=MailboxChoice(ids=(501,)))
    await half_done(fake, specs, ledger, at)
    specs[0] = edited(specs[0], **EDITS[edit])
    report = await job_on(fake, specs, ledger, allow_removals=True).run()
    assert (report.done, report.failed) == (3, 0)
    assert standing(fake) == await ideal(specs)
    assert (await job_on(fake, specs, ledger).run()).finished_before == 3


@pytest.mark.parametrize("edit", EDITS)
async def test_a_finished_campaign_follows_the_current_plan(edit: str) -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    specs[0] = edited(specs[0], mailboxes=MailboxChoice(ids=(501,)))
    await job_on(fake, specs, ledger).run()
    specs[0] = edited(specs[0], **EDITS[edit])
    report = await job_on(fake, specs, ledger, allow_removals=True).run()
    assert (report.done, report.failed, report.finished_before) == (3, 0, 2)
    expected = await ideal(specs)
    if edit == "not started":
        # It was started before, so it is paused and not a draft.
        expected = [
            {**each, "status": "PAUSED"} if each["status"] == "DRAFTED" else each for each in expected
        ]
    assert standing(fake) == expected
    sent = fake.requests.total
    assert (await job_on(fake, specs, ledger).run()).finished_before == 3
    assert fake.requests.total == sent


@pytest.mark.parametrize("edit", REMOVALS)
@pytest.mark.parametrize("at", ["AddLeads", "UpdateSettings", "UpdateStatus"])
async def test_what_the_plan_has_dropped_is_taken_off_a_campaign_that_was_not_started(
    edit: str, at: str
) -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    specs[0] = edited(specs[0], mailboxes=MailboxChoice(ids=(501, 502)))
    await half_done(fake, specs, ledger, at)
    specs[0] = edited(specs[0], **REMOVALS[edit])
    report = await job_on(fake, specs, ledger, allow_removals=True).run()
    assert (report.done, report.failed) == (3, 0)
    assert standing(fake) == await ideal(specs)


@pytest.mark.parametrize("edit", [e for e in REMOVALS if e != "no settings"])
async def test_a_removal_is_refused_unless_it_is_allowed(edit: str) -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    specs[0] = edited(specs[0], mailboxes=MailboxChoice(ids=(501, 502)))
    await job_on(fake, specs, ledger).run()
    before, sent = standing(fake), fake.requests.total
    specs[0] = edited(specs[0], **REMOVALS[edit])
    with pytest.raises(ChangeRefused, match="campaign 0: "):
        await job_on(fake, specs, ledger).run()
    assert (standing(fake), fake.requests.total) == (before, sent)


@pytest.mark.parametrize("edit", ["no schedule", "no steps"])
async def test_what_smartlead_cannot_remove_is_refused_before_anything_is_sent(edit: str) -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    sent = fake.requests.total
    specs = [edited(specs[0], name="Another"), edited(specs[1], **REMOVALS[edit])]
    with pytest.raises(ChangeRefused, match="campaign 1: SmartLead cannot remove"):
        await job_on(fake, specs, ledger, allow_removals=True).run()
    assert fake.requests.total == sent


async def test_leads_that_change_are_updated_and_removed_ones_leave() -> None:
    specs, fake, ledger = campaigns(1, same_names=False, leads=5), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    leads = list(specs[0].iter_leads())
    leads = [attrs.evolve(leads[0], first_name="Anna"), *leads[2:], LeadInput("new@c0.example")]
    specs[0] = edited(specs[0], leads=leads)
    report = await job_on(fake, specs, ledger, allow_removals=True).run()
    assert standing(fake) == await ideal(specs)
    # One import, one page of leads, an update and a removal.
    assert report.requests == 4


async def test_an_emptied_value_of_a_lead_is_refused_once_the_campaign_was_started() -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    leads = [attrs.evolve(lead, first_name=None) for lead in specs[0].iter_leads()]
    report = await job_on(fake, [edited(specs[0], leads=leads)], ledger).run()
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    assert "the plan has emptied first_name of lead0@c0.example. Put the value back" in (failed.error or "")
    assert (await job_on(fake, specs, ledger).run()).failed == 0


async def test_one_lead_more_costs_one_request() -> None:
    specs, fake, ledger = campaigns(5, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    grown = [
        edited(spec, leads=[*spec.iter_leads(), LeadInput(f"new@c{n}.example")])
        for n, spec in enumerate(specs)
    ]
    report = await job_on(fake, grown, ledger).run()
    assert report.requests == 5
    assert standing(fake) == await ideal(grown)


async def test_a_campaign_that_left_the_plan_is_deleted_only_if_that_is_allowed() -> None:
    specs, fake, ledger = campaigns(4, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    sent = fake.requests.total
    with pytest.raises(ChangeRefused, match="campaign 0: the campaign 'SaaS founders"):
        await job_on(fake, specs[1:], ledger).run()
    assert fake.requests.total == sent
    report = await job_on(fake, specs[1:], ledger, allow_removals=True).run()
    assert (report.done, report.removed, report.failed) == (3, 1, 0)
    assert standing(fake) == await ideal(specs[1:])
    assert await ledger.get("campaign 0") is None


@pytest.mark.parametrize("seconds", [x / 10 for x in range(1, 30, 3)])
async def test_a_campaign_that_left_the_plan_while_its_create_was_in_flight_is_deleted(
    seconds: float,
) -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    await killed_after(job_on(fake, specs, ledger), seconds)
    report = await job_on(fake, specs[1:], ledger, allow_removals=True).run()
    assert report.done == 2
    assert standing(fake) == await ideal(specs[1:])


async def test_a_campaign_whose_create_was_refused_can_leave_the_plan_without_a_flag() -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.status_before(422), "CreateCampaign")
    assert (await job_on(fake, specs, ledger, concurrency=1).run()).failed == 1
    report = await job_on(fake, specs[1:], ledger).run()
    assert (report.done, report.failed, report.succeeded) == (1, 0, True)
    assert await ledger.get("campaign 0") is None


async def test_the_sequence_of_a_running_campaign_is_saved_while_it_is_paused() -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    before = [step.id for campaign in fake.campaigns.values() for step in campaign.sequences]
    specs[0] = edited(specs[0], steps=(*specs[0].steps, StepSpec(body="<p>Bye</p>", delay_days=9)))
    report = await job_on(fake, specs, ledger).run()
    assert standing(fake) == await ideal(specs)
    assert list(report.traffic.by_operation) == [
        "GetCampaign",
        "UpdateStatus",
        "GetSequences",
        "SaveSequences",
    ]
    after = [step.id for campaign in fake.campaigns.values() for step in campaign.sequences]
    # Steps that stay keep their ids, and with them their statistics.
    assert after[:2] == before


@pytest.mark.parametrize("seconds", [x / 10 for x in range(1, 16)])
async def test_a_campaign_is_never_left_paused_by_a_kill(seconds: float) -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    specs[0] = edited(specs[0], steps=(*specs[0].steps, StepSpec(body="<p>Bye</p>", delay_days=9)))
    await killed_after(job_on(fake, specs, ledger), seconds)
    await job_on(fake, specs, ledger).run()
    assert standing(fake) == await ideal(specs)


async def test_a_campaign_that_somebody_has_paused_stays_paused_when_its_sequence_changes() -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    for campaign in fake.campaigns.values():
        campaign.status = CampaignStatus.PAUSED
    specs[0] = edited(specs[0], steps=(*specs[0].steps, StepSpec(body="<p>Bye</p>", delay_days=9)))
    await job_on(fake, specs, ledger).run()
    assert [each["status"] for each in standing(fake)] == ["PAUSED"]


@pytest.mark.parametrize("status", [CampaignStatus.STOPPED, CampaignStatus.ARCHIVED])
async def test_a_stopped_campaign_is_refused_before_anything_is_sent(status: CampaignStatus) -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    list(fake.campaigns.values())[1].status = status
    steps = (*specs[0].steps, StepSpec(body="<p>Bye</p>", delay_days=9))
    before = standing(fake)
    with pytest.raises(ChangeRefused, match=f"is {status}, which is final"):
        await job_on(fake, [edited(spec, steps=steps) for spec in specs], ledger).run()
    assert standing(fake) == before


async def test_a_step_that_was_sent_cannot_be_changed_and_a_later_one_can() -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    (campaign,) = fake.campaigns.values()
    fake.record_message(campaign.id, next(iter(campaign.leads.values())).lead.email)
    first, second = specs[0].steps
    before = standing(fake)
    with pytest.raises(ChangeRefused, match="step 1 of campaign 4101 has been sent already"):
        changed = edited(specs[0], steps=(attrs.evolve(first, body="<p>New</p>"), second))
        await job_on(fake, [changed], ledger).run()
    assert standing(fake) == before
    specs[0] = edited(specs[0], steps=(first, attrs.evolve(second, body="<p>New</p>")))
    assert (await job_on(fake, specs, ledger).run()).failed == 0
    assert [step.body for step in campaign.sequences][1] == "<p>New</p>"


async def test_follow_ups_that_were_sent_are_told_from_those_that_were_not() -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    first, second = specs[0].steps
    third = StepSpec(body="<p>Bye</p>", delay_days=9)
    specs[0] = edited(specs[0], steps=(first, second, third))
    await job_on(fake, specs, ledger).run()
    (campaign,) = fake.campaigns.values()
    address = next(iter(campaign.leads.values())).lead.email
    for number in (1, 2):
        fake.record_message(campaign.id, address, step=number)
    changed = [edited(specs[0], steps=(first, attrs.evolve(second, body="<p>New</p>"), third))]
    with pytest.raises(ChangeRefused, match="step 2 of campaign 4101 has been sent already"):
        await job_on(fake, changed, ledger).run()
    before = fake.requests.by_operation["ListEmailStatistics"]
    specs[0] = edited(specs[0], steps=(first, second, attrs.evolve(third, body="<p>New</p>")))
    assert (await job_on(fake, specs, ledger).run()).failed == 0
    assert [step.body for step in campaign.sequences][2] == "<p>New</p>"
    assert fake.requests.by_operation["ListEmailStatistics"] == before + 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.edited(lambda _: {"data": [], "total_stats": "3"}),
        Fault.edited(lambda _: {"data": [{"lead_email": "a@b.example"}]}),
    ],
)
async def test_a_follow_up_counts_as_sent_unless_the_list_of_its_mails_is_empty(fault: Fault) -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    first, second = specs[0].steps
    third = StepSpec(body="<p>Bye</p>", delay_days=9)
    specs[0] = edited(specs[0], steps=(first, second, third))
    await job_on(fake, specs, ledger).run()
    (campaign,) = fake.campaigns.values()
    for number in (1, 2):
        fake.record_message(campaign.id, next(iter(campaign.leads.values())).lead.email, step=number)
    specs[0] = edited(specs[0], steps=(first, second, attrs.evolve(third, body="<p>New</p>")))
    fake.fail_next(fault, "ListEmailStatistics")
    with pytest.raises(ChangeRefused, match="step 3"):
        await job_on(fake, specs, ledger).run()


@pytest.mark.parametrize("kill", [x / 10 for x in range(2, 26)])
@pytest.mark.parametrize(
    ("operation", "edit"),
    [
        ("UpdateSettings", {"settings": SettingsSpec(follow_up_percentage=30)}),
        ("SaveSequences", {"steps": (StepSpec("New", "<p>New</p>"),)}),
        ("AddLeads", {"leads": [LeadInput("lead0@c0.example", first_name="Zoë")]}),
        ("UpdateSchedule", {"schedule": ScheduleSpec("Asia/Tokyo", days=("sat",))}),
        ("AddEmailAccounts", {"mailboxes": MailboxChoice(ids=(502,))}),
    ],
)
async def test_a_write_from_before_an_edit_that_takes_effect_late_does_not_undo_it(
    kill: float, operation: str, edit: dict[str, Any]
) -> None:
    specs, fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.late_commit(5), operation)
    await killed_after(job_on(fake, specs, ledger), kill)
    specs = [edited(specs[0], **edit)]
    report = await job_on(fake, specs, ledger, allow_removals=True).run()
    assert report.done == 1
    assert standing(fake) == await ideal(specs)


async def test_a_create_that_is_in_doubt_is_looked_for_under_its_old_name() -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs[:1], ledger).run()
    fake.fail_next(Fault.slow(60), "CreateCampaign", times=2)
    assert not await killed_after(job_on(fake, specs, ledger), 3)
    specs[1] = edited(specs[1], name="Another", client_id=301)
    report = await job_on(fake, specs, ledger).run()
    assert report.done == 3
    assert standing(fake) == await ideal(specs)
    assert fake.requests.by_operation["CreateCampaign"] == 3


async def test_a_plan_whose_fingerprint_is_the_same_is_not_read_for_changes() -> None:
    specs, fake, ledger = campaigns(6, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger, plan="the plan").run()

    class NotRead(Exception):
        pass

    def unreadable() -> Iterator[LeadInput]:
        raise NotRead

    class Source:
        file = None

        def rows(self) -> Any:
            return unreadable()

    blocked = [edited(spec, leads=Source()) for spec in specs]
    report = await job_on(fake, blocked, ledger, plan="the plan").run()
    assert report.finished_before == 6
    # Otherwise it is, and campaigns that cannot be read fail.
    assert (await job_on(fake, blocked, ledger, plan="another plan").run()).failed == 6


async def test_an_interrupted_change_is_not_taken_for_finished_by_the_same_plan() -> None:
    specs, fake, ledger = campaigns(4, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger, plan="one").run()
    changed = [edited(spec, name=f"{spec.name} x") for spec in specs]
    assert not await killed_after(job_on(fake, changed, ledger, plan="two", concurrency=1), 0.3)
    for plan, wanted in (("two", changed), ("one", specs)):
        await job_on(fake, wanted, ledger, plan=plan).run()
        assert standing(fake) == await ideal(wanted)
        assert (await ledger.open()).applied_plan == plan


async def test_in_a_stream_changes_and_removals_are_found_as_it_is_read() -> None:
    specs, fake, ledger = campaigns(4, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    changed = [edited(specs[0], name="Another"), *specs[1:3]]
    stream: Any = iter(changed)
    with pytest.raises(ChangeRefused, match="campaign 3: the campaign"):
        await job_on(fake, stream, ledger).run()
    stream = iter(changed)
    report = await job_on(fake, stream, ledger, allow_removals=True).run()
    assert (report.done, report.removed) == (3, 1)
    assert standing(fake) == await ideal(changed)


async def test_a_stream_is_resumed_like_a_list() -> None:
    specs, fake, ledger = campaigns(8, same_names=False), seeded_fake(), MemoryLedger()
    assert not await killed_after(job_on(fake, iter(specs), ledger, concurrency=3), 3.0)
    report = await job_on(fake, iter(specs), ledger, concurrency=3).run()
    assert report.done == 8
    assert standing(fake) == await ideal(specs)


async def test_a_mailbox_that_the_plan_no_longer_names_sends_no_more() -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    await half_done(fake, specs, ledger)
    specs[0] = edited(specs[0], mailboxes=MailboxChoice(addresses=("bo@sender.example",)))
    await job_on(fake, specs, ledger, allow_removals=True).run()
    assert standing(fake) == await ideal(specs)
    record = await ledger.get("campaign 0")
    assert record is not None
    # Added; then added and removed.
    assert record.begun(Step.MAILBOXES).requests == 3


async def test_an_edited_copy_follows_the_current_plan() -> None:
    specs = [
        edited(s, steps=campaigns(1)[0].steps, mailboxes=MailboxChoice(ids=(501,))) for s in campaigns(5)
    ]
    fake, ledger = seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.status_before(422), "AddLeads", times=4)
    await job_on(fake, specs, ledger, strategy="clone", concurrency=1).run()
    # The template, two copies, and a copy that is not looked at any more.
    specs[0] = edited(specs[0], name="Another", steps=(StepSpec("New", "<p>New</p>"),))
    specs[1] = edited(specs[1], name="A third", mailboxes=MailboxChoice(ids=(502,)))
    specs[2] = edited(specs[2], steps=(StepSpec("Newer", "<p>Newer</p>"),))
    report = await job_on(fake, specs, ledger, strategy="clone", allow_removals=True).run()
    assert (report.done, report.failed) == (5, 0)
    assert standing(fake) == await ideal(specs)
