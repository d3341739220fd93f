"""A campaign can be run without a job, by anything that has the collaborators."""

from __future__ import annotations

import random

from smartlead_async import FakeSmartlead, MemoryLedger, RateLimits, SmartleadClient
from smartlead_async.fake import Fault
from smartlead_async.provisioning.job.campaign_run import CampaignRun
from smartlead_async.provisioning.job.create import Creator
from smartlead_async.provisioning.job.journal import Journal
from smartlead_async.provisioning.job.mailboxes import MailboxDirectory
from smartlead_async.provisioning.job.reconcile import Reconciler
from smartlead_async.provisioning.job.sender import GuardedSender
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState

from .jobs import CHECKS, campaigns, job_on, seeded_fake, standing


async def completed_by_hand(fake: FakeSmartlead, ledger: MemoryLedger) -> CampaignRecord:
    """Run one campaign with collaborators of our own, and return its record."""
    client = SmartleadClient(
        "test-key",
        transport=fake.transport(latency=0.2),
        limits=RateLimits.UNLIMITED,
        wall_clock=fake.clock.wall,
        rng=random.Random(0),
    )
    journal, sender = Journal(ledger, wall_clock=fake.clock.wall), GuardedSender(client)
    reconciler = Reconciler(sender, journal, CHECKS)
    async with client, journal.opened():
        run = CampaignRun(
            campaigns(1)[0],
            journal=journal,
            sender=sender,
            creator=Creator(sender, journal, reconciler),
            mailboxes=MailboxDirectory(sender),
        )
        await run.complete()
    return run.record


async def test_a_campaign_is_completed_without_a_job() -> None:
    fake, ledger, ideal = seeded_fake(), MemoryLedger(), seeded_fake()
    record = await completed_by_hand(fake, ledger)
    assert (record.state, record.campaign_id in fake.campaigns) == (CampaignState.DONE, True)
    saved = await ledger.get("campaign 0")
    assert saved is not None
    assert (saved.state, saved.campaign_id, saved.steps) == (record.state, record.campaign_id, record.steps)
    await job_on(ideal, campaigns(1)).run()
    assert standing(fake) == standing(ideal)


async def test_a_lost_create_is_reconciled_without_a_job() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    record = await completed_by_hand(fake, ledger)
    assert (record.state, record.adopted, record.creates) == (CampaignState.DONE, True, 1)
    assert len(fake.campaigns) == 1
    job = await ledger.open()
    assert (job.lost_creates, job.to_sweep) == (1, True)
    assert job.baseline_id is not None
    assert job.baseline_id < record.server_id
