"""Leads that move from one campaign of the plan to another: they are never in two, and never in none."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from smartlead_async import FakeSmartlead, LeadInput, MemoryLedger
from smartlead_async.fake import Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.provisioning.ledger.records import CampaignRecord

from .jobs import campaigns, job_on, killed_after, seeded_fake, standing
from .test_kill_points import DyingLedger, is_killed_at
from .test_operations import destroy
from .test_runner_plan_edits import ideal

ONE, TWO, THREE = campaigns(3, same_names=False)


def standing_leads(fake: FakeSmartlead) -> Iterator[str]:
    return (lead for campaign in standing(fake) for lead in campaign["leads"])


def with_leads(spec: CampaignSpec, *numbers: int) -> CampaignSpec:
    return attrs.evolve(spec, leads=[LeadInput(f"lead{number}@x.example") for number in numbers])


BEFORE = [with_leads(ONE, 1, 2), with_leads(TWO, 3, 4), with_leads(THREE, 5, 6)]
MOVES = {
    "to the next": [with_leads(ONE, 1), with_leads(TWO, 2, 3, 4), BEFORE[2]],
    "to the one before": [with_leads(ONE, 1, 2, 3), with_leads(TWO, 4), BEFORE[2]],
    "in a circle": [with_leads(ONE, 1, 4), with_leads(TWO, 3, 6), with_leads(THREE, 5, 2)],
    "to a new campaign": [
        with_leads(ONE, 1),
        *BEFORE[1:],
        with_leads(attrs.evolve(ONE, key="n", name="N"), 2),
    ],
    "from one that is removed": [with_leads(ONE, 1, 2, 3, 4), BEFORE[2]],
    "to another key": [attrs.evolve(BEFORE[0], key="another"), *BEFORE[1:]],
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("concurrency", [1, 10])
async def test_a_lead_that_moves_is_in_its_new_campaign(move: str, concurrency: int) -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, BEFORE, ledger).run()
    job = job_on(fake, MOVES[move], ledger, allow_removals=True, concurrency=concurrency)
    report = await job.run()
    assert (report.failed, report.leads.skipped) == (0, 0)
    assert standing(fake) == await ideal(MOVES[move])
    sent = fake.requests.total
    await job_on(fake, MOVES[move], ledger).run()
    assert fake.requests.total == sent


DRAFTS = [attrs.evolve(spec, start=False) for spec in BEFORE]


@pytest.mark.parametrize("as_planned", [1, -1])
async def test_a_lead_leaves_a_campaign_that_is_created_again_before_another_imports_it(
    as_planned: int,
) -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, DRAFTS[:2], ledger).run()
    after = [attrs.evolve(with_leads(DRAFTS[0], 1), schedule=None), with_leads(DRAFTS[1], 2, 3, 4)]
    job = job_on(fake, after[::as_planned], ledger, allow_removals=True, concurrency=1)
    assert (await job.run()).leads.skipped == 0
    assert standing(fake) == await ideal(after)


async def test_a_lead_that_an_interrupted_run_was_to_remove_leaves_before_another_imports_it() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, [BEFORE[1], BEFORE[0]], ledger).run()
    fake.fail_next(Fault.status_before(422, {"message": "no"}), "ListCampaignLeads")
    without = [BEFORE[1], with_leads(ONE, 1)]
    assert (await job_on(fake, without, ledger, allow_removals=True).run()).failed == 1
    last = [with_leads(TWO, 2, 3, 4), with_leads(ONE, 1)]
    report = await job_on(fake, last, ledger, allow_removals=True, concurrency=1).run()
    assert (report.failed, report.leads.skipped) == (0, 0)
    assert standing(fake) == await ideal(last)


async def test_leads_of_an_import_that_failed_are_not_counted_when_they_are_taken_out_of_the_plan() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, [with_leads(ONE, 1, 2)], ledger).run()
    fake.fail_next(Fault.status_before(422, {"message": "no"}), "AddLeads")
    await job_on(fake, [with_leads(ONE, 1, 2, 3, 4)], ledger).run()
    report = await job_on(fake, [with_leads(ONE, 1)], ledger, allow_removals=True).run()
    assert (report.leads.sent, report.leads.added) == (1, 1)


async def test_a_campaign_whose_leads_could_not_be_removed_fails_and_the_next_run_moves_them() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, BEFORE[:2], ledger).run()
    last = [with_leads(ONE, 1), with_leads(TWO, 2, 3, 4)]
    fake.fail_next(Fault.status_before(422, {"message": "no"}), "ListCampaignLeads")
    report = await job_on(fake, last, ledger, allow_removals=True).run()
    assert (report.done, report.failed, report.leads.skipped) == (1, 1, 1)
    report = await job_on(fake, last, ledger, allow_removals=True).run()
    assert (report.done, report.failed, report.leads.skipped) == (2, 0, 0)
    assert standing(fake) == await ideal(last)


BOTH = [with_leads(ONE, 1, 2), with_leads(TWO, 2, 3)]
GIVEN_UP = {"a lead": [with_leads(ONE, 1), BOTH[1]], "a campaign": BOTH[1:]}


@pytest.mark.parametrize("given_up", GIVEN_UP)
@pytest.mark.parametrize("selected", [(), (ONE.name,)])
@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.5, 0.7, 100.0])
async def test_a_lead_that_was_left_out_is_imported_when_the_other_campaign_gives_it_up(
    given_up: str, selected: tuple[str, ...], seconds: float
) -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    assert (await job_on(fake, BOTH, ledger, concurrency=1).run()).leads.left_out == {"duplicate": 1}
    after = GIVEN_UP[given_up]
    await killed_after(job_on(fake, after, ledger, allow_removals=True, select=selected), seconds)
    report = await job_on(fake, after, ledger, allow_removals=True).run()
    assert (report.done, report.failed) == (len(after), 0)
    if seconds > 1:
        assert (report.leads.sent, report.leads.skipped) == (len([*standing_leads(fake)]), 0)
    assert standing(fake) == await ideal(after)


async def test_a_lead_that_was_not_left_out_is_still_removed_after_another_campaign_has_given_it_up() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    before = [with_leads(ONE, 1, 2), with_leads(TWO, 2), with_leads(THREE, 1, 3)]
    await job_on(fake, before, ledger, concurrency=1).run()
    # The second one lacks its only lead, and the third one the first: which of its leads is not known.
    without = [before[0], before[2]]
    await job_on(fake, without, ledger, allow_removals=True, select=[TWO.name]).run()
    last = [with_leads(ONE, 2), with_leads(THREE, 1, 3)]
    report = await job_on(fake, last, ledger, allow_removals=True).run()
    assert (report.leads.sent, report.leads.added, report.leads.skipped) == (3, 3, 0)
    assert standing(fake) == await ideal(last)


async def test_a_lead_that_both_campaigns_were_to_give_up_is_imported_when_one_of_them_keeps_it() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, BOTH, ledger, concurrency=1).run()
    fake.fail_next(Fault.status_before(422, {"message": "no"}), "AddLeads")
    neither = [with_leads(ONE, 1), with_leads(TWO, 3, 4)]
    assert (await job_on(fake, neither, ledger, allow_removals=True).run()).failed == 1
    last = [with_leads(ONE, 1), with_leads(TWO, 2, 3)]
    report = await job_on(fake, last, ledger, allow_removals=True).run()
    assert (report.failed, report.leads.skipped) == (0, 0)
    assert standing(fake) == await ideal(last)


@pytest.mark.parametrize("last", [[with_leads(TWO, 2, 3)], [with_leads(TWO, 2), with_leads(THREE, 3)]])
async def test_what_an_import_left_out_is_known_after_a_kill_before_its_result_is_recorded(
    last: list[CampaignSpec],
) -> None:
    number = 0
    for number in range(1, 60):
        fake, ledger = seeded_fake(), DyingLedger()
        await job_on(fake, [with_leads(ONE, 1, 2)], ledger).run()
        both = [with_leads(ONE, 1, 2), with_leads(TWO, 2, 3)]
        if not await is_killed_at(number, True, job_on(fake, both, ledger), ledger):
            break
        report = await job_on(fake, last, ledger, allow_removals=True).run()
        assert (report.done, report.leads.skipped, report.leads.sent) == (len(last), 0, 2), number
        assert standing(fake) == await ideal(last), number
    assert number > 10


async def test_a_campaign_gets_the_leads_that_it_lacked_after_the_other_one_was_destroyed() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, BOTH, ledger, concurrency=1).run()
    await destroy(fake, ledger, ONE.name)
    assert [*standing_leads(fake)] == ["lead3@x.example"]
    assert (await job_on(fake, BOTH[1:], ledger).run()).done == 1
    assert standing(fake) == await ideal(BOTH[1:])


@pytest.mark.parametrize("move", ["in a circle", "from one that is removed"])
@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.5, 0.7, 0.9, 1.1])
@pytest.mark.parametrize("taken_back", [False, True])
async def test_moves_that_are_interrupted_are_completed_or_taken_back(
    move: str, seconds: float, taken_back: bool
) -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, BEFORE, ledger).run()
    await killed_after(job_on(fake, MOVES[move], ledger, allow_removals=True), seconds)
    last = BEFORE if taken_back else MOVES[move]
    report = await job_on(fake, last, ledger, allow_removals=True).run()
    assert (report.failed, report.leads.skipped) == (0, 0)
    assert standing(fake) == await ideal(last)


async def test_leads_move_although_another_campaign_of_the_plan_has_a_lead_that_is_not_valid() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, BEFORE[:2], ledger).run()
    last = [with_leads(ONE, 1), with_leads(TWO, 2, 3, 4)]
    broken = attrs.evolve(THREE, leads=[LeadInput("not an address")])
    report = await job_on(fake, [broken, *last], ledger, allow_removals=True).run()
    assert (report.done, report.failed) == (2, 1)
    assert standing(fake) == await ideal(last)


async def test_a_campaign_that_gives_up_leads_is_told_once() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, BEFORE, ledger).run()
    told: list[str] = []

    async def note(record: CampaignRecord) -> None:
        told.append(record.key)

    report = await job_on(fake, MOVES["in a circle"], ledger, allow_removals=True).run(note)
    assert (sorted(told), report.done) == ([spec.identity for spec in BEFORE], 3)
    # Each campaign: a page of leads, a removal and an import.
    assert report.requests == 9
