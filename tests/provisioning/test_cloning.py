"""Copies: the same result as building each campaign, for fewer requests, whatever happens on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import attrs
import pytest

from smartlead_async import FakeSmartlead, HttpRequest, HttpResponse, LeadInput, MemoryLedger
from smartlead_async.api.campaigns.create import DuplicateCampaign
from smartlead_async.api.campaigns.leads import AddLeads
from smartlead_async.fake import Fault
from smartlead_async.fake.transport import FakeTransport
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.request_count import signature
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.job.clone import Templates
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState

from .jobs import CHECKS, SlowToRead, campaigns, job_on, killed_after, run_with_kills, seeded_fake, standing

SETTINGS = SettingsSpec(
    track_settings=("DONT_TRACK_EMAIL_OPEN",),
    stop_lead_settings="CLICK_ON_A_LINK",
    unsubscribe_text="Not for me",
    send_as_plain_text=True,
    follow_up_percentage=30,
    enable_ai_esp_matching=True,
    bounce_autopause_threshold="5",
)


def alike(number: int, *, clients: int = 0, settings: SettingsSpec | None = SETTINGS) -> list[CampaignSpec]:
    """Campaigns that differ in name, client and leads, and in nothing else."""
    model = attrs.evolve(campaigns(1)[0], mailboxes=MailboxChoice(ids=(501, 502)), settings=settings)
    return [
        attrs.evolve(
            model,
            name=f"Dentists, part {n}, Q1 2027",
            client_id=301 + n % clients if clients else None,
            leads=[LeadInput(f"lead{i}@c{n}.example") for i in range(n + 1)],
            key=f"part {n}",
        )
        for n in range(number)
    ]


async def built(specs: list[CampaignSpec]) -> list[dict[str, Any]]:
    """The campaigns that the full strategy creates."""
    fake = seeded_fake()
    await job_on(fake, specs).run()
    return standing(fake)


def sent(fake: FakeSmartlead) -> Counter[str]:
    return +Counter(fake.requests.by_operation)


@pytest.mark.parametrize("clients", [0, 3], ids=["no clients", "three clients"])
@pytest.mark.parametrize("settings", [SETTINGS, None], ids=["settings", "no settings"])
@pytest.mark.parametrize("concurrency", [1, 10])
async def test_copies_are_like_campaigns_that_were_built(
    clients: int, settings: SettingsSpec | None, concurrency: int
) -> None:
    fake, specs = seeded_fake(), alike(9, clients=clients, settings=settings)
    report = await job_on(fake, specs, strategy="clone", concurrency=concurrency).run()
    assert (report.done, report.failed) == (9, 0)
    assert standing(fake) == await built(specs)
    # One list, the first in full, the others with four: copy, rename, leads, start.
    full = 7 if settings else 6
    assert report.requests == 1 + full + 8 * 4
    assert sent(fake)["CreateCampaign"] == sent(fake)["SaveSequences"] == 1
    assert sent(fake)["DuplicateCampaign"] == 8


async def test_each_kind_has_a_template_of_its_own() -> None:
    one = alike(6)
    other = [attrs.evolve(s, name=f"Vets {s.key}", key=f"v{s.key}", steps=s.steps[:1]) for s in alike(6)]
    other = [
        attrs.evolve(s, leads=[LeadInput(f"{lead.email}.org") for lead in s.iter_leads()]) for s in other
    ]
    mixed = [spec for pair in zip(one, other, strict=True) for spec in pair]
    fake = seeded_fake()
    report = await job_on(fake, mixed, strategy="clone").run()
    assert (report.done, sent(fake)["CreateCampaign"], sent(fake)["DuplicateCampaign"]) == (12, 2, 10)
    assert standing(fake) == await built(mixed)


def test_what_is_not_shared_does_not_count_and_all_else_does() -> None:
    spec = alike(1)[0]
    same = attrs.evolve(spec, name="Another", client_id=9, leads=(), start=False, key="x")
    assert signature(spec) == signature(same)
    assert spec.schedule is not None
    for other in (
        attrs.evolve(spec, steps=spec.steps[:1]),
        attrs.evolve(spec, mailboxes=MailboxChoice(ids=(501,))),
        attrs.evolve(spec, schedule=attrs.evolve(spec.schedule, end="18:00")),
        attrs.evolve(spec, settings=attrs.evolve(SETTINGS, follow_up_percentage=31)),
    ):
        assert signature(other) not in (None, signature(spec))


def test_what_a_copy_would_not_make_cheaper_is_built() -> None:
    assert signature(CampaignSpec("Bare", steps=(StepSpec("Hello", "<p>…</p>"),))) is None


@pytest.mark.parametrize(
    "fault",
    [
        Fault.lost_before(),
        Fault.lost_after(),
        Fault.status_after(500),
        Fault.late_commit(4),
        Fault.unlisted(4),
        Fault.too_slow(40),
        Fault.truncated(),
        Fault.not_json(),
    ],
    ids=lambda fault: fault.kind.name,
)
async def test_a_lost_copy_is_reconciled_like_a_lost_create(fault: Fault) -> None:
    fake, specs = seeded_fake(), alike(6)
    fake.fail_next(fault, "DuplicateCampaign", times=3)
    report = await job_on(fake, specs, strategy="clone").run()
    assert (report.done, report.failed, report.orphans) == (6, 0, ())
    assert standing(fake) == await built(specs)
    assert sent(fake)["CreateCampaign"] == 1


@pytest.mark.parametrize("operation", ["CreateCampaign", "SaveSequences", "UpdateSchedule", "UpdateSettings"])
async def test_when_a_template_fails_the_next_in_line_is_built(operation: str) -> None:
    fake, specs = seeded_fake(), alike(5)
    fake.fail_next(Fault.status_before(422), operation)
    ledger = MemoryLedger()
    report = await job_on(fake, specs, ledger, strategy="clone", allow_removals=True).run()
    assert (report.done, report.failed) == (4, 1)
    assert sent(fake)["DuplicateCampaign"] == 3
    report = await job_on(fake, specs, ledger, strategy="clone", allow_removals=True).run()
    assert (report.done, report.failed) == (5, 0)
    assert standing(fake) == await built(specs)


async def test_a_template_whose_start_fails_serves_all_the_same() -> None:
    fake, specs = seeded_fake(), alike(5)
    fake.fail_next(Fault.status_before(422), "AddLeads")
    report = await job_on(fake, specs, strategy="clone", concurrency=1).run()
    assert (report.done, report.failed, sent(fake)["CreateCampaign"]) == (4, 1, 1)


async def test_a_later_run_copies_from_the_template_of_the_one_before() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    await job_on(fake, alike(3), ledger, strategy="clone").run()
    report = await job_on(fake, alike(8), ledger, strategy="clone").run()
    assert (report.done, report.finished_before) == (8, 3)
    assert (sent(fake)["CreateCampaign"], sent(fake)["DuplicateCampaign"]) == (1, 7)
    assert standing(fake) == await built(alike(8))


async def test_finished_copies_are_copied_too_while_others_wait() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), alike(30)
    report = await job_on(fake, specs, ledger, strategy="clone", concurrency=8).run()
    assert (report.done, sent(fake)["CreateCampaign"], sent(fake)["DuplicateCampaign"]) == (30, 1, 29)
    assert standing(fake) == await built(specs)
    templates = [record async for record in ledger.records() if record.is_template]
    assert 1 < len(templates) <= 20
    assert len({record.copy_of async for record in ledger.records()}) > 2
    # A later run copies from the same ones.
    await job_on(fake, alike(60), ledger, strategy="clone", concurrency=8).run()
    assert sent(fake)["CreateCampaign"] == 1
    assert standing(fake) == await built(alike(60))


async def test_a_template_may_be_completed_while_another_campaign_was_about_to_build_it() -> None:
    templates = Templates()
    other = attrs.evolve(CampaignRecord("a", "Dentists", None), signature="other", campaign_id=4101)
    templates.known(other, is_current=True)
    assert await templates.take("kind") is None
    templates.add(attrs.evolve(CampaignRecord("b", "Vets", None), signature="kind", campaign_id=4102))
    assert not templates.may_build("kind", "Dentists")
    assert await templates.take("kind") is not None


async def test_no_two_copies_of_one_name_are_in_flight_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, in_flight, most = seeded_fake(), Counter[str](), Counter[str]()
    send = FakeTransport.send

    async def counted(self: FakeTransport, request: HttpRequest) -> HttpResponse:
        in_flight[request.url] += 1
        most[request.url] = max(most[request.url], in_flight[request.url])
        try:
            return await send(self, request)
        finally:
            in_flight[request.url] -= 1

    monkeypatch.setattr(FakeTransport, "send", counted)
    await job_on(fake, alike(30), strategy="clone", concurrency=8).run()
    duplicates = [number for url, number in most.items() if "/duplicate" in url]
    assert len(duplicates) > 1
    assert set(duplicates) == {1}


async def test_an_unfinished_template_is_completed_and_not_built_twice() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), alike(6)
    # Killed while the sequence of the template is under way, and the others wait for it.
    assert not await killed_after(job_on(fake, specs, ledger, strategy="clone"), 0.3)
    report = await job_on(fake, specs, ledger, strategy="clone", allow_removals=True).run()
    assert report.done == 6
    assert sent(fake)["CreateCampaign"] == 1
    assert standing(fake) == await built(specs)


@pytest.mark.parametrize("strategy", ["clone", "full"])
async def test_an_unfinished_copy_is_completed_by_either_strategy(strategy: str) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), alike(6)
    fake.script("DuplicateCampaign", Fault.lost_after(), times=None).remaining = 5
    assert not await killed_after(job_on(fake, specs, ledger, strategy="clone"), 2.0)
    records = [record async for record in ledger.records(CampaignState.RUNNING)]
    assert any(record.copy_of is not None and record.campaign_id is None for record in records)
    report = await job_on(fake, specs, ledger, strategy=strategy).run()
    assert (report.done, report.failed, report.orphans) == (6, 0, ())
    assert standing(fake) == await built(specs)


@pytest.mark.parametrize("kills", [[0.5, 0.9, 1.3], [1.1] * 6, [0.3, 2.0, 0.7, 3.1]])
async def test_kills_leave_copies_as_planned(kills: list[float]) -> None:
    fake, specs = seeded_fake(), alike(12, clients=2)
    report = await run_with_kills(fake, specs, MemoryLedger(), kills, strategy="clone", concurrency=4)
    assert (report.done, report.failed) == (12, 0)
    assert standing(fake) == await built(specs)


def of_one_name() -> list[CampaignSpec]:
    """Two kinds, every campaign of the same name: their copies have one name, too."""
    kinds = alike(8)
    return [
        attrs.evolve(
            spec,
            name="Dentists Q1 2027",
            steps=(
                StepSpec("Hello", f"<p>{n % 2}</p>", variants=(VariantSpec(share=50), VariantSpec(share=50))),
            ),
        )
        for n, spec in enumerate(kinds)
    ]


async def test_copies_of_two_templates_of_one_name_are_never_taken_for_each_other() -> None:
    specs, fake, ledger = of_one_name(), seeded_fake(), MemoryLedger()
    fake.script("DuplicateCampaign", Fault.lost_after(), times=None).remaining = 6
    kills = [1.5, 2.5, 1.7, 3.5, 2.2]
    report = await run_with_kills(fake, specs, ledger, kills, strategy="clone")
    assert (report.done, report.failed) == (8, 0)
    assert standing(fake) == await built(specs)


async def test_a_copy_of_the_other_template_of_that_name_is_not_taken() -> None:
    one, two, three, four = of_one_name()[:4]
    fake, ledger = seeded_fake(), SlowToRead()
    # Both kinds have what could be a template; then a copy of the first is made and its answer not seen.
    await job_on(fake, [one, two], ledger, strategy="clone", concurrency=1).run()
    fake.fail_next(Fault.slow(60), "DuplicateCampaign")
    assert not await killed_after(job_on(fake, [one, two, three], ledger, strategy="clone"), 5)
    fake.fail_next(Fault.lost_before(), "DuplicateCampaign")
    report = await job_on(fake, [one, two, three, four], ledger, strategy="clone").run()
    assert (report.done, report.failed) == (4, 0)
    assert standing(fake) == await built([one, two, three, four])


async def test_a_copy_that_was_refused_and_then_built_is_looked_for_under_its_own_name() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), alike(2)
    fake.fail_next(Fault.status_before(422), "DuplicateCampaign")
    await job_on(fake, specs, ledger, strategy="clone").run()
    fake.fail_next(Fault.slow(60), "CreateCampaign")
    assert not await killed_after(job_on(fake, specs, ledger, strategy="full"), 5)
    report = await job_on(fake, specs, ledger, strategy="full").run()
    assert (report.done, report.orphans, sent(fake)["CreateCampaign"]) == (2, (), 2)
    assert standing(fake) == await built(specs)


async def test_a_lost_copy_of_a_template_that_has_changed_is_set_up_in_full() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), alike(2)
    # The template lacks its leads; the copy is lost for good, and the job killed while it looks for it.
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.script("AddLeads", Fault.status_before(503), times=None).remaining = 4
    fake.fail_next(Fault.lost_before(), "DuplicateCampaign")
    assert not await killed_after(job_on(fake, specs, ledger, strategy="clone"), 2.5)
    copy, template = await ledger.get("part 1"), await ledger.get("part 0")
    assert copy is not None
    assert template is not None
    assert (copy.copy_of, copy.campaign_id) == (template.campaign_id, None)
    assert template.step(Step.START) is None
    specs[0] = attrs.evolve(
        specs[0], steps=(StepSpec("New", "<p>New</p>"),), mailboxes=MailboxChoice(ids=(502,))
    )
    report = await job_on(fake, specs, ledger, strategy="clone", allow_removals=True).run()
    assert (report.done, report.failed) == (2, 0)
    # It is not duplicated again, since it would inherit what is not known.
    assert sent(fake)["DuplicateCampaign"] == 1
    assert standing(fake) == await built(specs)


async def test_a_copy_that_somebody_made_and_filled_is_not_taken() -> None:
    fake, specs, ledger = seeded_fake(), alike(2), MemoryLedger()
    await job_on(fake, specs[:1], ledger, strategy="clone").run()
    (template,) = fake.campaigns
    client = job_on(fake, [])._client
    mine = await client.send(DuplicateCampaign(template))
    await client.send(AddLeads(mine.campaign_id, lead_list=[LeadInput("mine@prospect.example")]))
    fake.fail_next(Fault.lost_before(), "DuplicateCampaign")
    report = await job_on(fake, specs, ledger, strategy="clone", prune_orphans=False).run()
    assert report.done == 2
    assert len(fake.campaigns) == 3
    assert fake.campaigns[mine.campaign_id].name == f"{specs[0].name} - copy"


async def test_a_copy_that_appears_too_late_is_reported_and_never_deleted() -> None:
    fake, specs = seeded_fake(), alike(2)
    fake.fail_next(Fault.late_commit(CHECKS.horizon + 0.7), "DuplicateCampaign")
    report = await job_on(fake, specs, strategy="clone", prune_orphans=True).run()
    (orphan,) = report.orphans
    # It has a sequence, so it is no empty draft: people look at it first.
    assert (orphan.name, orphan.pruned) == (f"{specs[0].name} - copy", False)
    assert orphan.campaign_id in fake.campaigns


async def test_a_changed_template_is_not_copied() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), alike(5)
    outage = fake.script("AddLeads", Fault.status_before(503), times=None)
    job = job_on(fake, specs, ledger, strategy="clone", concurrency=1)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    outage.stop()
    record = await ledger.get("part 0")
    assert record is not None
    assert record.is_template
    assert not record.is_done(Step.LEADS)
    changed = [attrs.evolve(specs[0], steps=(StepSpec("New", "<p>New</p>"),)), *specs[1:]]
    report = await job_on(fake, changed, ledger, strategy="clone", allow_removals=True).run()
    assert (report.done, report.failed) == (5, 0)
    assert standing(fake) == await built(changed)
