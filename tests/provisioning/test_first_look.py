"""A job with a new ledger creates nothing that exists already, unless it is told to."""

from __future__ import annotations

import asyncio
import copy
import pickle

import pytest

from smartlead_async import MemoryLedger, SmartleadClient
from smartlead_async.fake import FakeSmartlead, Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.provisioning.job.first_look import CampaignsExist, StaleLedger
from smartlead_async.provisioning.ledger.records import JobRecord

from .jobs import campaigns, job_on, seeded_fake, standing


async def fake_with(*names: tuple[str, int | None]) -> FakeSmartlead:
    fake = seeded_fake()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        for name, client_id in names:
            await client.campaigns.create(name, client_id=client_id)
    return fake


async def test_a_lost_ledger_does_not_create_everything_again() -> None:
    specs, fake = campaigns(4), seeded_fake()
    await job_on(fake, specs).run()
    before = standing(fake)
    with pytest.raises(CampaignsExist, match=r"\(campaign 4101\).*import.*--create-anyway") as error:
        await job_on(fake, specs, MemoryLedger(), create_anyway=False).run()
    assert standing(fake) == before
    assert len(error.value.found) == 4
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


async def test_the_first_look_costs_no_request_beyond_the_baseline() -> None:
    looks, does_not = [
        await job_on(seeded_fake(), campaigns(3), create_anyway=anyway).run() for anyway in (False, True)
    ]
    assert looks.traffic.by_operation == does_not.traffic.by_operation


@pytest.mark.parametrize(
    ("name", "client_id", "exists"),
    [
        ("Dentists Q1 2027", None, True),
        (" Dentists  Q1 2027", None, True),
        ("Dentists Q1 2027", 301, False),
        ("Dentists Q2 2027", None, False),
    ],
)
async def test_names_are_compared_in_their_normal_form_and_with_the_client(
    name: str, client_id: int | None, exists: bool
) -> None:
    # Another campaign without a client, so that the key is not that of a client.
    fake = await fake_with((name, client_id), ("Another", None))
    job = job_on(fake, [CampaignSpec("Dentists Q1 2027")], create_anyway=False)
    if not exists:
        assert (await job.run()).done == 1
        return
    with pytest.raises(CampaignsExist):
        await job.run()


async def test_a_campaign_that_the_ledger_knows_is_no_reason_to_stop() -> None:
    specs, ledger = campaigns(2), MemoryLedger()
    fake = seeded_fake()
    await job_on(fake, specs, ledger, create_anyway=False).run()
    more = [*specs, CampaignSpec(specs[0].name, key="another of that name")]
    assert (await job_on(fake, more, ledger, create_anyway=False).run()).done == 3


@pytest.mark.parametrize("as_stream", [False, True])
async def test_an_older_copy_of_the_ledger_creates_nothing_again(as_stream: bool) -> None:
    specs, fake, ledger = campaigns(5), seeded_fake(), MemoryLedger()
    await job_on(fake, specs[:2], ledger).run()
    older = copy.deepcopy(ledger)
    await job_on(fake, specs, ledger).run()
    before = standing(fake)
    again = iter(specs) if as_stream else specs
    with pytest.raises(StaleLedger, match=r"campaign \d+.*older copy.*import.*--create-anyway") as error:
        await job_on(fake, again, older, create_anyway=False).run()
    assert standing(fake) == before
    assert error.value.name in {spec.name for spec in specs[2:]}
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)
    await job_on(fake, specs, older, create_anyway=True).run()
    assert len(standing(fake)) == 8


async def test_a_campaign_of_the_name_from_before_the_job_is_no_sign_of_an_older_copy() -> None:
    fake, ledger = await fake_with(("Florists", None)), MemoryLedger()
    await job_on(fake, [CampaignSpec("Dentists")], ledger, create_anyway=False).run()
    both = [CampaignSpec("Dentists"), CampaignSpec("Florists")]
    assert (await job_on(fake, both, ledger, create_anyway=False).run()).done == 2


async def test_the_campaign_of_a_create_in_doubt_is_not_taken_for_a_sign_of_an_older_copy() -> None:
    specs, fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    job = job_on(fake, specs, ledger)
    run = asyncio.create_task(job.run())
    await asyncio.sleep(1)
    job.stop()
    await run
    # The first of the same name: it is checked while the other create is still in doubt.
    twins = [CampaignSpec(specs[0].name, key="its twin"), *specs]
    assert (await job_on(fake, twins, ledger, create_anyway=False).run()).done == 2
    assert len(standing(fake)) == 2


async def test_a_run_without_creates_does_not_list_the_campaigns() -> None:
    specs, fake, ledger = campaigns(3), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger, create_anyway=False).run()
    sent = fake.requests.total
    assert (await job_on(fake, specs, ledger, create_anyway=False).run()).done == 3
    assert fake.requests.total == sent


async def test_in_a_stream_the_first_campaign_that_exists_ends_the_job() -> None:
    fake = await fake_with(("Florists", None))
    specs = iter([CampaignSpec("Dentists"), CampaignSpec("Florists"), CampaignSpec("Bakers")])
    with pytest.raises(CampaignsExist, match="Florists"):
        await job_on(fake, specs, create_anyway=False, concurrency=1).run()
    assert "Bakers" not in [campaign["name"] for campaign in standing(fake)]


async def test_a_run_that_was_refused_records_nothing() -> None:
    specs, fake, ledger = campaigns(2), seeded_fake(), MemoryLedger()
    await job_on(fake, specs).run()
    with pytest.raises(CampaignsExist):
        await job_on(fake, specs, ledger, create_anyway=False, plan="the plan").run()
    assert await ledger.open() == JobRecord()


async def test_a_ledger_without_campaigns_takes_a_new_baseline() -> None:
    specs, fake, ledger = campaigns(2), seeded_fake(), MemoryLedger()
    await ledger.save_job(JobRecord(baseline_id=0, began_at=1.0))
    await job_on(fake, specs).run()
    # An empty draft of somebody else, made since: it must not be taken for one of this job.
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        theirs = await client.campaigns.create(specs[0].name)
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    await job_on(fake, specs, ledger, prune_orphans=False).run()
    assert theirs.id not in [record.campaign_id async for record in ledger.records()]
