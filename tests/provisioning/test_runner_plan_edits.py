"""A plan that was edited between two runs: refused by name, or carried out as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from smartlead_async import FakeSmartlead, LeadInput, LedgerError, MemoryLedger
from smartlead_async.fake import Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.records import CampaignState, LeadTally

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


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("at", ["SaveSequences", "UpdateSchedule", "UpdateSettings"])
async def test_an_unfinished_campaign_follows_the_current_plan(edit: str, at: str) -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    specs[0] = edited(specs[0], mailboxes=MailboxChoice(ids=(501,)))
    await half_done(fake, specs, ledger, at)
    specs[0] = edited(specs[0], **EDITS[edit])
    with pytest.raises(LedgerError, match=r"changed since this ledger was begun, in campaign 0\."):
        await job_on(fake, specs, ledger).run()
    report = await job_on(fake, specs, ledger, accept_changes=True).run()
    assert (report.done, report.failed) == (3, 0)
    assert standing(fake) == await ideal(specs)
    # And from then on that is what it was begun with.
    assert (await job_on(fake, specs, ledger).run()).finished_before == 3


async def test_the_tally_of_a_revised_campaign_counts_its_leads_once() -> None:
    specs, fake, ledger = campaigns(2, same_names=False, leads=5), seeded_fake(), MemoryLedger()
    await half_done(fake, specs, ledger)
    specs[0] = edited(specs[0], name="Another")
    report = await job_on(fake, specs, ledger, accept_changes=True).run()
    assert report.leads == LeadTally(sent=10, added=5, already_there=5)


async def test_a_create_that_is_in_doubt_is_looked_for_under_its_old_name() -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs[:1], ledger).run()
    fake.fail_next(Fault.slow(60), "CreateCampaign", times=2)
    assert not await killed_after(job_on(fake, specs, ledger), 3)
    specs[1] = edited(specs[1], name="Another", client_id=301)
    report = await job_on(fake, specs, ledger, accept_changes=True).run()
    assert report.done == 3
    assert standing(fake) == await ideal(specs)
    assert fake.requests.by_operation["CreateCampaign"] == 3


async def test_what_is_finished_or_started_stays_as_it_is() -> None:
    specs, fake, ledger = campaigns(3, same_names=False), seeded_fake(), MemoryLedger()
    # Started, and killed before the answer: mails may be going out.
    fake.fail_next(Fault.slow(60), "UpdateStatus")
    assert not await killed_after(job_on(fake, specs, ledger, concurrency=1), 10)
    assert [c["status"] for c in standing(fake)] == ["ACTIVE"]
    first = await ledger.get("campaign 0")
    assert first is not None
    assert first.state is CampaignState.RUNNING
    changed = [edited(spec, steps=(StepSpec("New", "<p>New</p>"),)) for spec in specs]
    report = await job_on(fake, changed, ledger, accept_changes=True).run()
    assert (report.done, report.failed) == (3, 0)
    assert standing(fake) == await ideal([specs[0], *changed[1:]])
    after = await ledger.get("campaign 0")
    assert after is not None
    # The record says what it was made from.
    assert after.fingerprint == specs[0].fingerprint()


async def test_an_unfinished_campaign_that_left_the_plan_is_reported_by_name() -> None:
    specs, fake, ledger = campaigns(4, same_names=False), seeded_fake(), MemoryLedger()
    assert not await killed_after(job_on(fake, specs, ledger, concurrency=1), 1.0)
    with pytest.raises(LedgerError, match=r"campaign 0 \(in progress, and no longer in the plan\)"):
        await job_on(fake, specs[1:], ledger).run()
    report = await job_on(fake, specs[1:], ledger, accept_changes=True).run()
    assert report.done == 3
    # Nothing is lost: back in the plan, it is finished.
    assert (await job_on(fake, specs, ledger).run()).done == 4
    assert standing(fake) == await ideal(specs)


async def test_campaigns_may_be_added_and_finished_ones_left_out_without_a_flag() -> None:
    specs, fake, ledger = campaigns(6, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs[:3], ledger).run()
    report = await job_on(fake, specs[1:], ledger).run()
    assert (report.done, report.finished_before) == (5, 2)
    assert standing(fake) == await ideal(specs)


async def test_five_changed_campaigns_are_named_and_further_ones_counted() -> None:
    specs, fake, ledger = campaigns(9, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    sent = fake.requests.total
    with pytest.raises(LedgerError, match=r"campaign 0, .*, campaign 4 and 4 more\."):
        await job_on(fake, [edited(spec, name=f"{spec.name} x") for spec in specs], ledger).run()
    assert fake.requests.total == sent


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
    with pytest.raises(NotRead):
        await job_on(fake, blocked, ledger, plan="another plan").run()


async def test_a_plan_that_is_accepted_is_the_plan_from_then_on() -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger, plan="one").run()
    changed = [edited(spec, name=f"{spec.name} x") for spec in specs]
    with pytest.raises(LedgerError):
        await job_on(fake, changed, ledger, plan="two").run()
    assert (await ledger.open()).plan == "one"
    await job_on(fake, changed, ledger, plan="two", accept_changes=True).run()
    assert (await ledger.open()).plan == "two"


@pytest.mark.parametrize("finished", [True, False], ids=["finished", "begun"])
async def test_in_a_stream_a_changed_campaign_is_refused_when_it_is_reached(finished: bool) -> None:
    specs, fake, ledger = campaigns(4, same_names=False), seeded_fake(), MemoryLedger()
    if finished:
        await job_on(fake, specs[:2], ledger).run()
    else:
        await half_done(fake, specs[:2], ledger)
    changed = [edited(specs[0], name="Another"), *specs[1:]]
    stream: Any = iter(changed)
    with pytest.raises(LedgerError, match="campaign 0"):
        await job_on(fake, stream, ledger, concurrency=1).run()
    report = await job_on(fake, iter(changed), ledger, accept_changes=True).run()  # type: ignore[arg-type]
    assert report.failed == 0
    assert standing(fake) == await ideal(specs if finished else changed)


async def test_a_stream_is_resumed_like_a_list() -> None:
    specs, fake, ledger = campaigns(8, same_names=False), seeded_fake(), MemoryLedger()
    assert not await killed_after(job_on(fake, iter(specs), ledger, concurrency=3), 3.0)  # type: ignore[arg-type]
    report = await job_on(fake, iter(specs), ledger, concurrency=3).run()  # type: ignore[arg-type]
    assert report.done == 8
    assert standing(fake) == await ideal(specs)


async def test_a_mailbox_that_the_plan_no_longer_names_sends_no_more() -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    await half_done(fake, specs, ledger)
    specs[0] = edited(specs[0], mailboxes=MailboxChoice(addresses=("bo@sender.example",)))
    await job_on(fake, specs, ledger, accept_changes=True).run()
    assert standing(fake) == await ideal(specs)
    record = await ledger.get("campaign 0")
    assert record is not None
    # Added, listed, removed.
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
    report = await job_on(fake, specs, ledger, strategy="clone", accept_changes=True).run()
    assert (report.done, report.failed) == (5, 0)
    assert standing(fake) == await ideal(specs)
