"""Every planned campaign ends as exactly one campaign, whatever happens on the way."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async import MemoryLedger, virtual_time
from smartlead_async.fake import FakeSmartlead, Fault, Faults
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.records import CampaignState, JobRecord, StepState

from .jobs import CHECKS, campaigns, job_on, killed_after, run_with_kills, seeded_fake, standing

LOST = {
    "refused": Fault.refused(),
    "status before": Fault.status_before(503),
    "lost before": Fault.lost_before(),
    "status after": Fault.status_after(500),
    "lost after": Fault.lost_after(),
    "late commit": Fault.late_commit(4),
    "unlisted": Fault.unlisted(4),
    "too slow": Fault.too_slow(40),
    "truncated": Fault.truncated(),
    "broken off": Fault.broken_off(),
    "not JSON": Fault.not_json(200),
    "not JSON, 502": Fault.not_json(502),
    "rate limited": Fault.rate_limited(7),
}


async def planned(specs: list[CampaignSpec]) -> list[dict[str, object]]:
    """The campaigns that a job creates when nothing fails."""
    fake = seeded_fake()
    await job_on(fake, specs).run()
    return standing(fake)


def creates(fake: FakeSmartlead) -> int:
    return fake.requests.by_operation["CreateCampaign"]


@pytest.mark.parametrize("at", [1, 3], ids=["the first create", "a later create"])
@pytest.mark.parametrize("fault", LOST)
async def test_a_fault_on_a_create_leaves_one_campaign(fault: str, at: int) -> None:
    specs, fake = campaigns(4), seeded_fake()
    job = job_on(fake, specs, concurrency=1)
    if at > 1:
        fake.fail_next(Fault.slow(0.1), "CreateCampaign", times=at - 1)
    fake.fail_next(LOST[fault], "CreateCampaign")
    report = await job.run()
    assert (report.done, report.failed, report.orphans) == (4, 0, ())
    assert standing(fake) == await planned(specs)


async def test_without_lost_creates_no_request_is_added() -> None:
    specs, fake = campaigns(6), seeded_fake()
    await job_on(fake, specs).run()
    # One list for the baseline, and one of the mailboxes.
    assert fake.requests.by_operation["ListCampaigns"] == 1
    assert len(fake.requests) == 6 * 7 + 2


async def test_one_list_serves_all_lost_creates() -> None:
    specs, fake = campaigns(8, same_names=False), seeded_fake()
    job = job_on(fake, specs, concurrency=8)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign", times=7)
    report = await job.run()
    assert (report.done, creates(fake)) == (8, 8)
    # The baseline, one check for the seven, and the sweep at the end.
    assert fake.requests.by_operation["ListCampaigns"] == 3


def three_with_two_of_a_name() -> list[CampaignSpec]:
    """The first sets the mark; the other two have the same name."""
    _, one, two = campaigns(3, same_names=False)
    return [CampaignSpec("Another", key="another"), one, attrs.evolve(two, name=one.name)]


async def test_creates_of_the_same_name_never_overlap() -> None:
    specs, fake = three_with_two_of_a_name(), seeded_fake()
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    # Made at once, answered late: on the server it looks like the one whose create is lost meanwhile.
    fake.fail_next(Fault.slow(25), "CreateCampaign")
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    report = await job_on(fake, specs, concurrency=3).run()
    assert (report.done, report.failed) == (3, 0)
    assert standing(fake) == await planned(specs)


async def test_a_campaign_that_belongs_to_another_record_is_not_adopted() -> None:
    specs, fake = three_with_two_of_a_name(), seeded_fake()
    fake.fail_next(Fault.slow(0.1), "CreateCampaign", times=2)
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    # The neighbour is an empty draft of that name for as long as its sequence takes.
    fake.fail_next(Fault.status_before(503), "SaveSequences", times=5)
    report = await job_on(fake, specs, concurrency=3).run()
    assert (report.done, report.failed) == (3, 0)
    assert standing(fake) == await planned(specs)


async def test_an_older_campaign_of_the_same_name_is_never_adopted() -> None:
    specs, fake = campaigns(1), seeded_fake()
    client = job_on(fake, specs)._client
    from smartlead_async.api.campaigns.create import CreateCampaign

    old = await client.send(CreateCampaign(specs[0].name))
    assert await killed_after(job_on(fake, campaigns(2)[1:], MemoryLedger()), 60)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    first = attrs.evolve(specs[0], name="Another", key="another")
    report = await job_on(fake, [first, specs[0]], concurrency=1, prune_orphans=False).run()
    record = [record async for record in report.campaigns()][1]
    assert record.campaign_id not in (None, old.id)
    assert not fake.campaigns[old.id].sequences


async def test_a_draft_that_is_partly_set_up_is_not_adopted_without_a_baseline() -> None:
    specs, fake = campaigns(1), seeded_fake()
    bare = CampaignSpec(specs[0].name, steps=specs[0].steps, key="somebody's")
    await job_on(fake, [bare]).run()
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    await job_on(fake, specs).run()
    assert len(fake.campaigns) == 2


async def test_a_late_commit_after_the_last_check_is_found_by_the_sweep() -> None:
    specs, fake = campaigns(2, same_names=False), seeded_fake()
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.late_commit(CHECKS.horizon + 0.7), "CreateCampaign")
    report = await job_on(fake, specs, prune_orphans=False).run()
    (orphan,) = report.orphans
    assert (orphan.name, orphan.pruned, report.succeeded) == (specs[1].name, False, False)


async def test_the_sweep_deletes_empty_drafts_only_when_asked() -> None:
    specs, fake = campaigns(2, same_names=False), seeded_fake()
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.late_commit(CHECKS.horizon + 0.7), "CreateCampaign")
    report = await job_on(fake, specs, prune_orphans=True).run()
    assert [orphan.pruned for orphan in report.orphans] == [True]
    assert standing(fake) == await planned(specs)


async def test_a_create_that_is_always_lost_fails_and_the_next_run_tries_again() -> None:
    specs, fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    always = fake.script("CreateCampaign", Fault.lost_before(), times=None)
    report = await job_on(fake, specs, ledger).run()
    assert report.failed == 1
    record = await ledger.get("campaign 0")
    assert record is not None
    assert record.error is not None
    assert "was sent 8 times" in record.error
    always.stop()
    report = await job_on(fake, specs, ledger).run()
    assert report.done == 1
    assert standing(fake) == await planned(specs)


async def test_a_create_is_recorded_before_it_is_sent() -> None:
    specs, fake, ledger = campaigns(1), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.slow(9), "CreateCampaign")
    assert not await killed_after(job_on(fake, specs, ledger), 5)
    record = await ledger.get("campaign 0")
    assert record is not None
    assert (record.state, record.creates) == (CampaignState.RUNNING, 1)
    assert record.begun(Step.CREATE).state is StepState.SENT


async def test_the_baseline_is_recorded_before_the_first_create_is_sent() -> None:
    specs, fake = campaigns(3, same_names=False), seeded_fake()

    class Watching(MemoryLedger):
        marks: list[int | None]

        async def save_job(self, job: JobRecord) -> None:
            if job.baseline_id is not None and not hasattr(self, "at"):
                self.at = creates(fake)
            await super().save_job(job)

    ledger = Watching()
    await job_on(fake, specs, ledger, concurrency=3).run()
    assert ledger.at == 0


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    strategy=st.sampled_from(["full", "clone"]),
    kills=st.lists(st.floats(0.01, 12.0), max_size=12),
    rate=st.sampled_from([0.0, 0.2, 0.4]),
)
def test_under_any_faults_and_kills_the_server_ends_up_as_planned(
    seed: int, strategy: str, kills: list[float], rate: float
) -> None:
    specs = campaigns(8)

    async def main() -> None:
        fake, ledger = seeded_fake(faults=Faults(rate, seed=seed, longest=4.0, too_slow=40.0)), MemoryLedger()
        report = await run_with_kills(fake, specs, ledger, kills, strategy=strategy)
        assert (report.done, report.failed) == (len(specs), 0)
        fake.faults = None
        assert standing(fake) == await planned(specs)

    virtual_time.run(main())
