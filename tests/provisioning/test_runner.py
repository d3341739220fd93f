"""The records of a job about each campaign, the failures that end it, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from smartlead_async import (
    ConfigurationError,
    FakeSmartlead,
    InvalidPlan,
    MemoryLedger,
    PermissionDenied,
    RateLimits,
    SmartleadClient,
)
from smartlead_async.fake import Fault, FaultKind
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.leads import LeadRow
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState, StepState
from smartlead_async.transport import HttpRequest, HttpResponse

from .jobs import CHECKS, TAKEN, SlowToRead, campaigns, job_on, killed_after, seeded_fake, standing

STEP_OF = {
    "CreateCampaign": Step.CREATE,
    "SaveSequences": Step.SEQUENCES,
    "AddEmailAccounts": Step.MAILBOXES,
    "AddLeads": Step.LEADS,
    "UpdateSchedule": Step.SCHEDULE,
    "UpdateSettings": Step.SETTINGS,
    "UpdateStatus": Step.START,
}


def one(**changes: Any) -> CampaignSpec:
    """A campaign of seven requests."""
    return attrs.evolve(campaigns(1)[0], mailboxes=MailboxChoice(ids=(501,)), **changes)


async def the_record(job: Job) -> CampaignRecord:
    report = await job.run()
    (record,) = [record async for record in report.campaigns()]
    return record


async def ideal(specs: list[CampaignSpec]) -> list[dict[str, Any]]:
    fake = seeded_fake()
    await job_on(fake, specs).run()
    return standing(fake)


# --- records ---------------------------------------------------------------------------------------------


async def test_each_step_is_on_record_with_its_requests_and_instants() -> None:
    fake = seeded_fake()
    record = await the_record(job_on(fake, [one()], latency=1.0))
    assert [step.step for step in record.steps] == TAKEN
    assert {step.state for step in record.steps} == {StepState.DONE}
    assert [step.requests for step in record.steps] == [1] * 7
    assert record.requests == 7
    began = 1_800_000_000.5
    assert [step.sent_at - began for step in record.steps] == pytest.approx(range(1, 8), abs=0.01)
    assert [(step.ended_at or 0) - began for step in record.steps] == pytest.approx(range(2, 9), abs=0.01)
    assert (record.creates, record.adopted, record.error) == (1, False, None)


@pytest.mark.parametrize("operation", STEP_OF)
@pytest.mark.parametrize("status", [400, 404, 409, 422, 501])
async def test_a_refusal_is_recorded_at_its_step_with_what_was_sent_for_it(
    operation: str, status: int
) -> None:
    fake, step = seeded_fake(), STEP_OF[operation]
    fake.script(operation, Fault.status_before(status), times=None)
    record = await the_record(job_on(fake, [one()]))
    assert (record.state, record.failed_step) == (CampaignState.FAILED, step)
    if status < 500:
        failed = record.begun(step)
        assert f"HTTP {status}" in (failed.error or "")
        assert record.error == failed.error
    # Whatever was sent is on record: once for a refusal, as often as it was tried for a server's own failure.
    assert (
        record.requests
        == fake.requests.total
        - fake.requests.by_operation["ListEmailAccounts"]
        - (fake.requests.by_operation["ListCampaigns"])
    )
    done = [made.step for made in record.steps if made.state is StepState.DONE]
    assert done == TAKEN[: TAKEN.index(step)]


async def test_retries_are_counted_where_they_were_needed() -> None:
    fake = seeded_fake()
    fake.fail_next(Fault.status_before(503), "UpdateSchedule", times=3)
    fake.fail_next(Fault.refused(), "CreateCampaign", times=2)
    record = await the_record(job_on(fake, [one()]))
    assert record.state is CampaignState.DONE
    counts = {step.step: step.requests for step in record.steps}
    assert counts == dict.fromkeys(TAKEN, 1) | {Step.SCHEDULE: 4, Step.CREATE: 3}


async def test_what_was_sent_during_an_outage_counts_too() -> None:
    fake = seeded_fake()
    job = job_on(fake, [one()])
    task = asyncio.create_task(job.run())
    # The baseline is known, and the create is in flight.
    await asyncio.sleep(0.3)
    outage = fake.script(None, Fault.status_before(503), times=None)
    await asyncio.sleep(120)
    outage.stop()
    report = await task
    (record,) = [record async for record in report.campaigns()]
    others = ("ListEmailAccounts", "ListCampaigns", "GetSequences")
    assert record.requests == report.requests - sum(report.traffic.by_operation[name] for name in others)
    assert (record.creates, record.state) == (2, CampaignState.DONE)


async def test_a_failed_campaign_can_be_made_good_and_its_counts_add_up() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.status_before(422), "UpdateSettings")
    await job_on(fake, [one()], ledger).run()
    record = await the_record(job_on(fake, [one()], ledger))
    assert (record.state, record.error, record.failed_step) == (CampaignState.DONE, None, None)
    assert record.begun(Step.SETTINGS).requests == 2
    assert record.requests == 8


async def test_a_spec_that_is_not_valid_fails_alone_and_costs_nothing() -> None:
    fake, specs = seeded_fake(), campaigns(3)
    specs[1] = attrs.evolve(specs[1], name="")
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed) == (2, 1)
    assert fake.requests.by_operation["CreateCampaign"] == 2


class DefectiveLeads:
    """Leads that cannot be read, for a reason that nobody expects."""

    file = None

    def rows(self) -> Iterator[LeadRow]:
        """Raise an exception that holds data of a lead."""
        raise ZeroDivisionError("ada@secret.example")


async def test_an_unexpected_exception_fails_its_campaign_alone_and_is_told_without_its_data() -> None:
    fake, specs = seeded_fake(), campaigns(4, same_names=False)
    specs[1] = attrs.evolve(specs[1], leads=DefectiveLeads())
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed) == (3, 1)
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    assert failed.error is not None
    assert failed.error.startswith("unexpected ZeroDivisionError at smartlead_async/")
    assert "secret" not in failed.error
    again = await job_on(fake, campaigns(4, same_names=False), report.ledger).run()
    assert (again.done, again.failed) == (4, 0)


async def test_a_spec_that_was_not_valid_can_be_corrected_without_a_flag() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(2)
    wrong = [specs[0], attrs.evolve(specs[1], name="")]
    assert (await job_on(fake, wrong, ledger).run()).failed == 1
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.failed) == (2, 0)
    assert standing(fake) == await ideal(specs)


# --- what ends a job -------------------------------------------------------------------------------------


async def test_a_plan_that_the_key_is_not_good_for_ends_the_job_at_its_first_create() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    fake.script("CreateCampaign", Fault.status_before(403), times=None)
    with pytest.raises(PermissionDenied):
        await job_on(fake, campaigns(8), ledger).run()
    # Those that were in flight together, one of each name.
    assert fake.requests.by_operation["CreateCampaign"] == 4
    failed = [record async for record in ledger.records()]
    assert [(record.state, record.failed_step) for record in failed] == [
        (CampaignState.FAILED, Step.CREATE)
    ] * 4


async def test_a_403_to_a_later_step_is_that_campaigns_alone() -> None:
    fake = seeded_fake()
    fake.fail_next(Fault.status_before(403), "AddEmailAccounts")
    report = await job_on(fake, campaigns(4)).run()
    assert (report.done, report.failed) == (3, 1)


async def test_two_campaigns_of_one_key_are_refused_before_anything_is_sent() -> None:
    fake, specs = seeded_fake(), campaigns(60)
    specs[59] = attrs.evolve(specs[59], key=specs[0].key)
    with pytest.raises(InvalidPlan, match="another campaign of the plan has the key 'campaign 0'"):
        await job_on(fake, specs).run()
    assert fake.requests.total == 0


async def test_in_a_stream_a_duplicate_key_ends_the_job_and_started_campaigns_are_recorded() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(6)
    specs[4] = attrs.evolve(specs[4], key=specs[0].key)
    with pytest.raises(InvalidPlan, match="campaign 0"):
        await job_on(fake, iter(specs), ledger, concurrency=2).run()
    records = {record.key: record async for record in ledger.records()}
    assert set(records) <= {f"campaign {n}" for n in range(4)}
    assert all(record.begun(Step.CREATE).state is StepState.DONE for record in records.values())
    assert len(fake.campaigns) == len(records)


async def test_campaigns_without_keys_may_share_a_name() -> None:
    fake, specs = seeded_fake(), [CampaignSpec("Dentists Q1 2027")] * 3
    report = await job_on(fake, specs).run()
    assert report.done == 3
    assert sorted([r.key async for r in report.campaigns()]) == [
        "Dentists Q1 2027",
        "Dentists Q1 2027 #2",
        "Dentists Q1 2027 #3",
    ]


async def test_a_job_runs_once() -> None:
    job = job_on(seeded_fake(), campaigns(1))
    await job.run()
    with pytest.raises(ConfigurationError, match="has already been run"):
        await job.run()


async def test_an_empty_plan_is_done_at_once() -> None:
    fake = seeded_fake()
    report = await job_on(fake, []).run()
    assert (report.done, report.failed, report.succeeded, fake.requests.total) == (0, 0, True, 0)


async def test_a_reader_that_raises_is_not_swallowed() -> None:
    async def publish(_: CampaignRecord) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await job_on(seeded_fake(), campaigns(3)).run(publish)


# --- keys of clients, lanes, limits ----------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.lost_after(), Fault.lost_before(), Fault.unlisted(4)])
async def test_with_a_clients_own_key_a_lost_create_is_found_under_that_client(fault: Fault) -> None:
    fake = FakeSmartlead()
    fake.add_client("Acme", client_id=301, api_key="acme-key")
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(fault, "CreateCampaign", times=2)
    specs = [CampaignSpec(f"Dentists, part {n // 2}, Q1 2027", key=str(n)) for n in range(4)]
    client = SmartleadClient("acme-key", transport=fake.transport(0.2), limits=RateLimits.UNLIMITED)
    report = await Job(client, specs, options=JobOptions(reconcile=CHECKS), wall_clock=fake.clock.wall).run()
    assert (report.done, report.orphans) == (4, ())
    assert [c["client_id"] for c in standing(fake)] == [301] * 4


async def test_with_a_clients_own_key_no_two_take_the_same_campaign() -> None:
    fake = FakeSmartlead()
    fake.add_client("Acme", client_id=301, api_key="acme-key")
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign", times=2)
    # Under this key both are the client's, said or not.
    specs = [CampaignSpec("First"), CampaignSpec("Same"), CampaignSpec("Same", client_id=301)]
    client = SmartleadClient("acme-key", transport=fake.transport(0.2), limits=RateLimits.UNLIMITED)
    report = await Job(client, specs, options=JobOptions(reconcile=CHECKS), wall_clock=fake.clock.wall).run()
    assert (report.done, report.failed, report.orphans) == (3, 0, ())
    assert len(fake.campaigns) == 3


async def test_the_campaign_of_a_client_is_not_adopted_for_one_without_a_client() -> None:
    fake, ledger, (first, second) = seeded_fake(), SlowToRead(), campaigns(2)
    specs = [attrs.evolve(first, client_id=302), second]
    assert first.name == second.name
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    assert not await killed_after(job_on(fake, specs[:1], ledger), 1.0)
    # The other one gets ahead, is lost, and looks first. All campaigns that there are belong to one client,
    # as they would with a client's own key.
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.failed, report.orphans) == (2, 0, ())
    assert standing(fake) == await ideal(specs)
    assert fake.requests.by_operation["CreateCampaign"] == 3


async def test_campaigns_with_the_same_name_of_several_clients_are_distinguished() -> None:
    fake = seeded_fake()
    specs = [
        attrs.evolve(spec, name="Dentists Q1 2027", client_id=300 + n % 4 if n % 4 else None)
        for n, spec in enumerate(campaigns(8))
    ]
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign", times=3)
    fake.fail_next(Fault.lost_before(), "CreateCampaign", times=3)
    report = await job_on(fake, specs).run()
    assert report.done == 8
    assert standing(fake) == await ideal(specs)


# --- the sweep -------------------------------------------------------------------------------------------


async def test_a_sweep_that_fails_throws_nothing_away() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(2, same_names=False)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    # One list for the baseline and one for the check, and then a refusal.
    fake.fail_next(Fault.slow(0.1), "ListCampaigns", times=2)
    fake.fail_next(Fault.status_before(422), "ListCampaigns")
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.failed, report.succeeded) == (2, 0, False)
    assert "HTTP 422" in (report.sweep_error or "")
    assert "HTTP 422" in (await report.as_json())["sweep_error"]
    again = await job_on(fake, specs, ledger).run()
    assert (again.requests, again.succeeded) == (1, True)


async def test_a_campaign_from_before_the_job_is_neither_reported_nor_deleted() -> None:
    fake, specs = seeded_fake(), campaigns(3, same_names=False)
    await job_on(fake, [CampaignSpec(spec.name, key=spec.key) for spec in specs]).run()
    before = set(fake.campaigns)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    report = await job_on(fake, specs, prune_orphans=True).run()
    assert (report.done, report.orphans) == (3, ())
    assert before < set(fake.campaigns)


async def test_without_a_baseline_nothing_is_created_or_deleted() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, [CampaignSpec("Dentists Q1 2027")]).run()
    fake.fail_next(Fault.status_before(422), "ListCampaigns")
    report = await job_on(fake, [CampaignSpec("Dentists Q1 2027")], ledger, prune_orphans=True).run()
    assert (report.failed, report.orphans) == (1, ())
    assert len(fake.campaigns) == 1
    again = await job_on(fake, [CampaignSpec("Dentists Q1 2027")], ledger, prune_orphans=True).run()
    assert again.done == 1


async def test_an_orphan_that_somebody_works_on_is_reported_and_left_alone() -> None:
    fake, specs = seeded_fake(), campaigns(2, same_names=False)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.late_commit(CHECKS.horizon + 0.7), "CreateCampaign")

    job = job_on(fake, specs, prune_orphans=True)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(CHECKS.horizon + 1.6)
    (late,) = (c for c in fake.campaigns.values() if c.name == specs[1].name and not c.sequences)
    done = next(c for c in fake.campaigns.values() if c.sequences)
    late.sequences = list(done.sequences)
    late.touch(0.0)
    report = await task
    assert [orphan.pruned for orphan in report.orphans] == [False]
    assert late.id in fake.campaigns


# --- outages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0.1, 1.1, 2.3])
async def test_a_create_that_is_lost_in_an_outage_is_reconciled_when_the_service_is_back(at: float) -> None:
    fake, specs = seeded_fake(), campaigns(6)
    job = job_on(fake, specs)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(at)
    outage = fake.script(None, Fault.status_after(502), times=None)
    await asyncio.sleep(0.3)
    outage.stop()
    outage = fake.script(None, Fault.refused(), times=None)
    await asyncio.sleep(1800)
    outage.stop()
    report = await task
    assert (report.done, report.failed, report.orphans) == (6, 0, ())
    assert standing(fake) == await ideal(specs)


async def test_a_maintenance_page_where_json_should_be_is_an_outage() -> None:
    fake, specs = seeded_fake(), campaigns(4)
    job = job_on(fake, specs)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(1.1)
    page = fake.script(lambda name: name != "CreateCampaign", Fault.not_json(200), times=None)
    await asyncio.sleep(1200)
    page.stop()
    report = await task
    assert (report.done, report.failed) == (4, 0)
    assert standing(fake) == await ideal(specs)


@pytest.mark.parametrize("at", [0.0, 0.5, 1.1])
@pytest.mark.parametrize("status", [403, 404, 405])
async def test_error_pages_of_the_network_edge_are_an_outage(status: int, at: float) -> None:
    fake, specs = seeded_fake(), campaigns(4)
    job = job_on(fake, specs)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(at)
    page = fake.script(None, Fault.status_before(status, "<h1>Sorry, you have been blocked</h1>"), times=None)
    await asyncio.sleep(1200)
    assert job.progress().down_for is not None
    page.stop()
    report = await task
    assert (report.done, report.failed) == (4, 0)
    assert standing(fake) == await ideal(specs)


async def test_an_error_page_that_only_one_kind_of_request_gets_fails_its_campaigns() -> None:
    fake, specs = seeded_fake(), campaigns(2)
    fake.script("UpdateSchedule", Fault.status_before(403, "<h1>Blocked</h1>"), times=None)
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed) == (0, 2)
    assert fake.requests.by_operation["UpdateSchedule"] == 2 * 3


async def test_an_unreadable_response_to_a_create_is_reconciled() -> None:
    fake, specs = seeded_fake(), campaigns(2)
    send = fake.transport(0.1).send
    spoiled = 0

    class NewShape:
        async def send(self, request: HttpRequest, /) -> HttpResponse:
            nonlocal spoiled
            answer = await send(request)
            if "/create" in request.url and spoiled < 2:
                spoiled += 1
                return attrs.evolve(answer, body=b'{"ok":true,"campaign":{"number":1}}')
            return answer

        async def aclose(self) -> None: ...

    client = SmartleadClient("test-key", transport=NewShape(), limits=RateLimits.UNLIMITED)
    report = await Job(client, specs, options=JobOptions(reconcile=CHECKS), wall_clock=fake.clock.wall).run()
    assert (report.done, spoiled) == (2, 2)
    assert standing(fake) == await ideal(specs)


# --- clocks ----------------------------------------------------------------------------------------------


def jumping(fake: FakeSmartlead, jumps: Iterator[float]) -> Callable[[], float]:
    return lambda: fake.clock.wall() + next(jumps)


async def test_a_wall_clock_that_jumps_back_and_forth_loses_nothing() -> None:
    specs = campaigns(10)
    planned = await ideal(specs)
    for kills in ([], [0.5, 3.0, 1.2, 9.0], [2.1] * 5):
        fake, ledger = seeded_fake(), MemoryLedger()
        fake.fail_next(Fault.lost_after(), "CreateCampaign", times=3)
        fake.fail_next(Fault.unlisted(4), "CreateCampaign", times=3)

        def job(fake: FakeSmartlead = fake, ledger: MemoryLedger = ledger, n: int = len(kills)) -> Job:
            new = job_on(fake, specs, ledger)
            times = iter(range(10_000))
            clock = jumping(fake, (((i * 7919 + n) % 9 - 4) * 5000.0 for i in times))
            return Job(new._client, specs, new._options, wall_clock=clock)

        for seconds in kills:
            if await killed_after(job(), seconds):
                break
        report = await job().run()
        assert (report.done, report.failed) == (10, 0)
        assert standing(fake) == planned


async def test_a_slightly_older_draft_of_the_same_name_is_not_preferred_to_our_own() -> None:
    fake, specs = seeded_fake(), campaigns(1)
    await job_on(fake, [CampaignSpec(specs[0].name)]).run()
    (somebodys,) = fake.campaigns
    await asyncio.sleep(60)
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    report = await job_on(fake, specs, prune_orphans=False).run()
    assert report.done == 1
    assert len(fake.campaigns) == 2
    assert not fake.campaigns[somebodys].sequences


# --- the mark --------------------------------------------------------------------------------------------


async def test_a_resumed_job_knows_campaigns_from_before_the_one_that_it_meets_first() -> None:
    """The first campaign is done, the second's create unanswered, the third has an id above the second's."""
    fake, ledger = seeded_fake(), MemoryLedger()
    specs = [CampaignSpec("First"), *campaigns(2, same_names=False)]
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.slow(60), "CreateCampaign")
    assert not await killed_after(job_on(fake, specs, ledger, concurrency=3), 2.0)
    report = await job_on(fake, list(reversed(specs)), ledger).run()
    assert (report.done, report.orphans) == (3, ())
    assert standing(fake) == await ideal(specs)
    assert fake.requests.by_operation["CreateCampaign"] == 3


@pytest.mark.parametrize("fault", [Fault.lost_after(), Fault.lost_before(), Fault.unlisted(4)])
async def test_a_job_interrupted_at_its_first_create_checks_before_it_creates_others(
    fault: Fault,
) -> None:
    specs, fake, ledger = campaigns(3), seeded_fake(), SlowToRead()
    fake.fail_next(fault, "CreateCampaign")
    assert not await killed_after(job_on(fake, specs[:1], ledger), 1.0)
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.orphans) == (3, ())
    assert standing(fake) == await ideal(specs)


async def test_a_record_that_is_being_written_is_written_when_the_job_is_cancelled() -> None:
    class Slow(MemoryLedger):
        async def save(self, record: CampaignRecord) -> None:
            await asyncio.sleep(2)
            await super().save(record)

    fake, ledger = seeded_fake(), Slow()
    # The create is answered, and its id on the way to the ledger.
    assert not await killed_after(job_on(fake, [one()], ledger), 3.0)
    record = await ledger.get("campaign 0")
    assert record is not None
    assert record.campaign_id is not None


async def test_no_create_is_sent_before_the_list_for_the_baseline_has_its_response() -> None:
    fake = seeded_fake()
    task = asyncio.create_task(job_on(fake, campaigns(8, same_names=False), latency=2.0).run())
    await asyncio.sleep(2.1)
    assert fake.requests.by_operation == {"ListCampaigns": 1}
    await asyncio.sleep(2)
    assert fake.requests.by_operation["CreateCampaign"] == 8
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


# --- every kind of fault on every operation ---------------------------------------------------------------

_PLACED: dict[FaultKind, Callable[[], Fault]] = {
    FaultKind.REFUSED: Fault.refused,
    FaultKind.STATUS_BEFORE: Fault.status_before,
    FaultKind.STATUS_AFTER: Fault.status_after,
    FaultKind.LOST_BEFORE: Fault.lost_before,
    FaultKind.LOST_AFTER: Fault.lost_after,
    FaultKind.LATE_COMMIT: lambda: Fault.late_commit(3),
    FaultKind.UNLISTED: lambda: Fault.unlisted(3),
    FaultKind.TOO_SLOW: lambda: Fault.too_slow(40),
    FaultKind.SLOW: Fault.slow,
    FaultKind.TRUNCATED: Fault.truncated,
    FaultKind.BROKEN_OFF: Fault.broken_off,
    FaultKind.NOT_JSON: Fault.not_json,
    FaultKind.EDITED: lambda: Fault.edited(lambda body: body),
    FaultKind.RATE_LIMITED: Fault.rate_limited,
}


def test_every_kind_is_placed() -> None:
    assert set(_PLACED) == set(FaultKind)


@pytest.mark.parametrize("kind", FaultKind, ids=lambda kind: kind.name)
async def test_a_fault_of_any_kind_on_each_step_leaves_the_campaign_as_planned(kind: FaultKind) -> None:
    fake, specs = seeded_fake(), campaigns(2)
    for operation in (*STEP_OF, "ListEmailAccounts", "ListCampaigns", "GetSequences"):
        fake.fail_next(_PLACED[kind](), operation)
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed, report.orphans) == (2, 0, ())
    assert standing(fake) == await ideal(specs)
