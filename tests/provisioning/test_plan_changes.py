"""``client.plan_changes``: what provisioning would do, as data."""

from __future__ import annotations

import attrs
import pytest

from smartlead_async import (
    Action,
    CampaignChange,
    CampaignSpec,
    ChangeTotals,
    FakeSmartlead,
    LeadInput,
    MailboxChoice,
    MemoryLedger,
    RateLimits,
    SettingsSpec,
    SmartleadClient,
    StepSpec,
)
from smartlead_async.fake import Fault
from smartlead_async.plan.check import CheckReport
from smartlead_async.plan.request_count import RequestCount
from smartlead_async.provisioning.changes.change import Change
from smartlead_async.provisioning.changes.plan_changes import PlanChanges
from smartlead_async.provisioning.changes.sent_leads import LeadChanges

from .jobs import campaigns, job_on, seeded_fake


def diff(
    fake: FakeSmartlead, specs: list[CampaignSpec], ledger: MemoryLedger, **options: object
) -> PlanChanges:
    client = SmartleadClient("test-key", transport=fake.transport(), limits=RateLimits.STANDARD)
    return client.plan_changes(specs, ledger, **options)  # type: ignore[arg-type]


async def changes(*arguments: object, **options: object) -> list[CampaignChange]:
    return [change async for change in diff(*arguments, **options)]  # type: ignore[arg-type]


async def finished(number: int = 3, **options: int) -> tuple[list[CampaignSpec], FakeSmartlead, MemoryLedger]:
    specs, fake, ledger = campaigns(number, same_names=False, **options), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger).run()
    return specs, fake, ledger


async def test_everything_is_to_be_created_with_a_new_ledger() -> None:
    specs, fake = campaigns(3, same_names=False), seeded_fake()
    totals = await diff(fake, specs, MemoryLedger())
    assert (totals.to_create, totals.changing, totals.unchanged) == (3, 3, 0)
    assert (totals.leads, totals.recipients, totals.starting) == (LeadChanges(added=9), 9, 3)
    assert fake.requests.total == 0


@pytest.mark.parametrize("strategy", ["full", "clone"])
async def test_the_requests_are_those_that_the_check_and_the_job_count(strategy: str) -> None:
    specs, fake, ledger = campaigns(4, same_names=False), seeded_fake(), MemoryLedger()
    counted = RequestCount()
    for spec in specs:
        counted.add(spec, 3)
    totals = await diff(fake, specs, ledger, strategy=strategy)
    assert totals.requests == getattr(counted, strategy)
    report = await job_on(fake, specs, ledger, strategy=strategy, concurrency=1, create_anyway=False).run()
    assert report.requests == totals.requests


async def test_an_unchanged_plan_is_counted_and_nothing_is_sent() -> None:
    specs, fake, ledger = await finished()
    sent = fake.requests.total
    found = await changes(fake, specs, ledger)
    assert [change.action for change in found] == [Action.NONE] * 3
    totals = await diff(fake, specs, ledger)
    assert (totals.unchanged, totals.requests, bool(totals)) == (3, 0, False)
    assert fake.requests.total == sent


async def test_each_kind_of_change_is_told_with_its_requests() -> None:
    specs, fake, ledger = await finished(5)
    specs[0] = attrs.evolve(specs[0], leads=[*specs[0].iter_leads(), LeadInput("new@c0.example")])
    specs[1] = attrs.evolve(specs[1], settings=SettingsSpec(follow_up_percentage=11))
    specs[2] = attrs.evolve(specs[2], mailboxes=MailboxChoice(ids=(501,), addresses=("bo@sender.example",)))
    specs[3] = attrs.evolve(specs[3], key="another", name="Another Q1 2027")
    found = await changes(fake, specs, ledger)
    assert [(change.key, change.action) for change in found] == [
        ("campaign 0", Action.CHANGE),
        ("campaign 1", Action.CHANGE),
        ("campaign 2", Action.CHANGE),
        ("another", Action.CREATE),
        ("campaign 4", Action.NONE),
        ("campaign 3", Action.REMOVE),
    ]
    assert found[0].leads == LeadChanges(added=1)
    assert found[0].recipients == 1
    assert [(change.path, change.before, change.after) for change in found[1].changes] == [
        ("settings.follow_up_percentage", 60, 11)
    ]
    totals = await diff(fake, specs, ledger)
    sent = fake.requests.total
    await job_on(fake, specs, ledger, allow_removals=True, create_anyway=False).run()
    assert fake.requests.total - sent == totals.requests


async def test_a_removal_of_what_was_never_created_takes_no_request() -> None:
    specs, fake, ledger = campaigns(1, same_names=False), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.status_before(422), "CreateCampaign")
    await job_on(fake, specs, ledger).run()
    totals = await diff(fake, [], ledger)
    assert (totals.to_remove, totals.requests) == (1, 0)


async def test_a_campaign_that_failed_is_to_be_continued() -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    fake.fail_next(Fault.status_before(422), "UpdateSchedule")
    await job_on(fake, specs, ledger, concurrency=1).run()
    totals = await diff(fake, specs, ledger)
    assert (totals.to_continue, totals.unchanged, totals.starting, totals.recipients) == (1, 1, 1, 3)


async def test_only_selected_campaigns_are_compared_and_counted() -> None:
    specs, fake, ledger = await finished(4)
    edited = [attrs.evolve(spec, settings=SettingsSpec(follow_up_percentage=11)) for spec in specs[:3]]
    found = await changes(fake, edited, ledger, select=["campaign [13]"])
    assert [(change.key, change.action) for change in found] == [
        ("campaign 1", Action.CHANGE),
        ("campaign 3", Action.REMOVE),
    ]
    assert (await diff(fake, edited, ledger, select=["nothing*"])).selected == 0


async def test_a_plan_that_was_applied_is_recognised_without_reading_its_leads() -> None:
    specs, fake, ledger = campaigns(2, same_names=False), seeded_fake(), MemoryLedger()
    await job_on(fake, specs, ledger, plan="v1").run()
    changed = [attrs.evolve(spec, leads=()) for spec in specs]
    assert (await diff(fake, changed, ledger, plan="v1")).unchanged == 2
    assert (await diff(fake, changed, ledger, plan="v2")).to_change == 2


async def test_a_diff_can_be_iterated_over_again() -> None:
    specs, fake, ledger = await finished()
    compared = diff(fake, specs, ledger)
    assert (await compared).unchanged == (await compared).unchanged == 3


async def test_a_sequence_change_restarts_a_campaign_and_starts_none() -> None:
    specs, fake, ledger = await finished(1)
    specs[0] = attrs.evolve(specs[0], steps=(StepSpec("Another", "<p>text</p>"), *specs[0].steps[1:]))
    totals = await diff(fake, specs, ledger)
    assert (totals.to_change, totals.starting, totals.recipients) == (1, 0, 0)


def test_the_shortest_time_is_that_of_the_tier() -> None:
    totals = ChangeTotals(limits=RateLimits.STANDARD, requests=2000)
    check = CheckReport("plan.yaml", RateLimits.STANDARD, full_requests=2000)
    assert totals.shortest_time() == check.shortest_seconds
    assert totals.shortest_time(RateLimits.PRO) == RateLimits.PRO.shortest_time(2000)


async def test_what_is_shown_is_readable_and_escaped_and_names_no_address() -> None:
    specs, fake, ledger = await finished(1)
    ada = "ada@sender.example"
    change = CampaignChange(
        key="7/<b>",
        name=f"<b> of {ada}",
        action=Action.CHANGE,
        changes=(Change("steps[0].body", "a", "b"), Change("settings.ignore_x", False, True, weakens=True)),
        leads=LeadChanges(added=12, removed=3),
        removals=(ada,),
        requests=4,
        refusal=f"not {ada}",
    )
    assert repr(change) == (
        "<CampaignChange change '<b> of (address)', steps, settings, leads, + 12 leads, − 3 leads, "
        "4 requests, refused>"
    )
    page = change._repr_html_()
    assert "&lt;b&gt; of (address)" in page
    assert "settings.ignore_x" in page
    compared = diff(fake, specs, ledger)
    totals = await compared
    assert repr(totals) == "<ChangeTotals 1 unchanged; 0 requests>"
    job = job_on(fake, specs, ledger)
    report = await job.run()
    shown = [page, totals._repr_html_(), compared._repr_html_(), job._repr_html_(), report._repr_html_()]
    for html in shown:
        assert html.startswith("<table>")
        assert "@" not in html
    assert "1 unchanged" in shown[2]
    assert "ended" in shown[4]
    assert repr(compared) == "<PlanChanges, compared so far: 1 unchanged>"
