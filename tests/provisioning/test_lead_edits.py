"""Leads that a plan changes or removes, and that are not on the server as the ledger says."""

from __future__ import annotations

import attrs
import pytest

from smartlead_async import FakeSmartlead, LeadInput, MemoryLedger, SmartleadClient
from smartlead_async.fake import Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.provisioning.ledger.records import CampaignState

from .jobs import campaigns, job_on, killed_after, seeded_fake, standing
from .test_runner_plan_edits import ideal


async def remove_by_hand(fake: FakeSmartlead, campaign: int, email: str) -> None:
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        (lead_id,) = [m.lead.id async for m in client.campaigns.iter_leads(campaign) if m.lead.email == email]
        await client.campaigns.delete_lead(campaign, lead_id)


def with_last_names(spec: CampaignSpec) -> CampaignSpec:
    return attrs.evolve(spec, leads=[attrs.evolve(lead, last_name="Lund") for lead in spec.iter_leads()])


async def test_a_changed_lead_that_was_removed_by_hand_from_a_draft_is_imported_again() -> None:
    (spec,), fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    spec = attrs.evolve(spec, start=False)
    await job_on(fake, [spec], ledger).run()
    await remove_by_hand(fake, 4101, "lead1@c0.example")
    report = await job_on(fake, [with_last_names(spec)], ledger).run()
    assert (report.done, report.leads.sent, report.leads.added) == (1, 3, 3)
    assert standing(fake) == await ideal([with_last_names(spec)])


async def test_a_changed_lead_that_was_removed_by_hand_from_a_started_campaign_is_told() -> None:
    (spec,), fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    await job_on(fake, [spec], ledger).run()
    await remove_by_hand(fake, 4101, "lead1@c0.example")
    before = standing(fake)
    report = await job_on(fake, [with_last_names(spec)], ledger).run()
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    assert "no longer has: lead1@c0.example. A lead" in (failed.error or "")
    assert standing(fake) == before
    # It is taken out of the plan and put back.
    leads = list(with_last_names(spec).iter_leads())
    without = attrs.evolve(spec, leads=[leads[0], leads[2]])
    assert (await job_on(fake, [without], ledger, allow_removals=True).run()).done == 1
    assert (await job_on(fake, [with_last_names(spec)], ledger).run()).done == 1
    assert standing(fake) == await ideal([with_last_names(spec)])


async def test_a_changed_lead_that_smartlead_has_left_out_is_no_failure() -> None:
    (spec,), fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        await client.block_list.add(["lead1@c0.example"])
    report = await job_on(fake, [spec], ledger).run()
    assert report.leads.skipped == 1
    report = await job_on(fake, [with_last_names(spec)], ledger).run()
    assert (report.done, report.leads.sent, report.leads.skipped) == (1, 3, 1)


async def test_a_removal_that_takes_effect_after_it_was_taken_back_removes_no_lead() -> None:
    (spec,), fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    await job_on(fake, [spec], ledger).run()
    fewer = attrs.evolve(spec, leads=list(spec.iter_leads())[:2])
    fake.fail_next(Fault.late_commit(5), "DeleteCampaignLead")
    assert not await killed_after(job_on(fake, [fewer], ledger, allow_removals=True), 0.5)
    assert fake.requests.by_operation["DeleteCampaignLead"] == 1
    assert (await job_on(fake, [spec], ledger).run()).done == 1
    assert standing(fake) == await ideal([spec])


@pytest.mark.parametrize("edit", ["emptied", "removed by hand", "dropped"])
@pytest.mark.parametrize("status", ["ACTIVE", "PAUSED"])
async def test_a_draft_that_somebody_has_started_mails_nobody_again(edit: str, status: str) -> None:
    (spec,), fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    spec = attrs.evolve(spec, start=False)
    await job_on(fake, [spec], ledger).run()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        await client.campaigns.update_status(4101, "START")
        if status == "PAUSED":
            await client.campaigns.update_status(4101, "PAUSED")
    changed = with_last_names(spec)
    match edit:
        case "emptied":
            changed = attrs.evolve(spec, leads=[LeadInput("lead0@c0.example"), *list(spec.iter_leads())[1:]])
        case "removed by hand":
            await remove_by_hand(fake, 4101, "lead1@c0.example")
        case _:
            changed = attrs.evolve(spec, schedule=None)
    before = standing(fake)
    report = await job_on(fake, [changed], ledger, allow_removals=True).run()
    assert report.failed == 1
    assert standing(fake) == before
