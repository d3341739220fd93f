"""Importing campaigns that stand on the server."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from smartlead_async import (
    CampaignSpec,
    FakeSmartlead,
    LeadInput,
    MailboxChoice,
    RateLimits,
    ScheduleSpec,
    SettingsSpec,
    SmartleadClient,
    StepSpec,
    VariantSpec,
    load_plan,
    verify,
)
from smartlead_async.fake.state import CampaignStatus
from smartlead_async.plan.needs import account_needs
from smartlead_async.provisioning.adoption.choice import CampaignChoice
from smartlead_async.provisioning.adoption.files import ImportFiles
from smartlead_async.provisioning.adoption.importer import Imported, Importer
from smartlead_async.provisioning.changes.change import Action
from smartlead_async.provisioning.changes.compare import compare
from smartlead_async.simulation import seed_account

from .jobs import TimelessLedger, job_on, wall_clock

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "plan.yaml"

FULL = CampaignSpec(
    "Dentists in Oslo Q1 2027",
    7,
    steps=(
        StepSpec(
            "Hello {{first_name}}", "<p>Hi</p>", variants=(VariantSpec(share=40), VariantSpec("Hi", share=60))
        ),
        StepSpec(body="<p>Any thoughts?</p>", delay_days=3),
    ),
    mailboxes=MailboxChoice(ids=(501, 502)),
    leads=[
        LeadInput(f"p{n}@x.example", first_name="Zoë", custom_fields={"Company": f"{n}"}) for n in range(3)
    ],
    schedule=ScheduleSpec("Europe/Oslo", days=("mon", "sun"), new_leads_per_day=30),
    settings=SettingsSpec(follow_up_percentage=60, track_settings=("DONT_TRACK_EMAIL_OPEN",)),
    start=True,
)


async def standing(specs: Sequence[CampaignSpec]) -> FakeSmartlead:
    """Return a fake on which these campaigns stand."""
    fake = FakeSmartlead(wall_clock=wall_clock)
    seed_account(fake, account_needs(specs))
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed) == (len(specs), 0)
    return fake


def client_on(fake: FakeSmartlead) -> SmartleadClient:
    return SmartleadClient(
        "test-key", transport=fake.transport(latency=0.2), limits=RateLimits.UNLIMITED, rng=random.Random(0)
    )


async def imported(
    fake: FakeSmartlead, plan: Path, *, force: bool = False, ledger: Path | None = None, **choice: Any
) -> Imported:
    importer = Importer(
        client_on(fake), ImportFiles.of(plan, ledger), force=force, open_ledger=TimelessLedger
    )
    return await importer.run(await importer.choose(CampaignChoice(**choice)))


async def provision_again(fake: FakeSmartlead, plan: Path) -> int:
    """Provision an imported plan and return the number of requests."""
    before = fake.requests.total
    specs = list(load_plan(plan).specs())
    job = job_on(
        fake, specs, TimelessLedger(plan.with_suffix(".ledger")), create_anyway=False, prune_orphans=False
    )
    report = await job.run()
    assert report.failed == 0
    return fake.requests.total - before


def meaning(spec: CampaignSpec) -> dict[str, Any]:
    """Return what a campaign is, however it is written."""
    schedule, settings = spec.schedule, spec.settings or SettingsSpec()
    fresh = {"stop_lead_settings": "REPLY_TO_AN_EMAIL", "follow_up_percentage": 100, "track_settings": ()}
    readable = (
        "track_settings",
        "stop_lead_settings",
        "unsubscribe_text",
        "send_as_plain_text",
        "follow_up_percentage",
        "enable_ai_esp_matching",
    )
    return {
        "name": (spec.name, spec.client_id, spec.start),
        "steps": [
            (
                step.delay_days,
                [(m.subject or "", (m.body or "").rstrip("\n"), m.share, m.label) for m in step.mails()],
                step.variant_distribution,
                step.kind,
            )
            for step in spec.steps
        ],
        "schedule": schedule and (attrs.evolve(schedule, days=()), schedule.day_numbers),
        "settings": {name: getattr(settings, name) or fresh.get(name) or None for name in readable},
        "leads": [
            (
                lead.email,
                *(getattr(lead, f.name) or None for f in attrs.fields(LeadInput)[1:-1]),
                dict(lead.custom_fields or {}),
            )
            for lead in spec.iter_leads()
        ],
    }


async def test_an_imported_campaign_is_what_was_planned(tmp_path: Path) -> None:
    fake = await standing([FULL])
    result = await imported(fake, tmp_path / "plan.yaml")
    assert [each.spec.key for each in result.campaigns] == ["dentists-in-oslo-q1-2027-4101"]
    assert (result.left_out, result.notes, result.requests) == ([], [], 5)
    (spec,) = load_plan(tmp_path / "plan.yaml").specs()
    assert meaning(spec) == meaning(FULL)
    assert spec.mailboxes == FULL.mailboxes


async def test_provisioning_an_imported_plan_sends_nothing(tmp_path: Path) -> None:
    fake = await standing([FULL])
    await imported(fake, tmp_path / "plan.yaml")
    assert await provision_again(fake, tmp_path / "plan.yaml") == 0


async def test_a_lead_that_is_added_to_an_imported_file_is_one_import(tmp_path: Path) -> None:
    fake = await standing([FULL])
    await imported(fake, tmp_path / "plan.yaml")
    (file,) = (tmp_path / "plan-leads").iterdir()
    with file.open("a", encoding="utf-8", newline="") as out:
        out.write("new@x.example,Ada,4\r\n")
    assert await provision_again(fake, tmp_path / "plan.yaml") == 1
    assert len(fake.campaigns[4101].leads) == 4
    assert await provision_again(fake, tmp_path / "plan.yaml") == 0


@pytest.mark.parametrize("status", [CampaignStatus.ACTIVE, CampaignStatus.PAUSED, CampaignStatus.COMPLETED])
async def test_an_import_leaves_nothing_to_change(tmp_path: Path, status: CampaignStatus) -> None:
    fake = await standing([FULL])
    fake.campaigns[4101].status = status
    fake.campaigns[4101].touch(0)
    await imported(fake, tmp_path / "plan.yaml")
    (spec,) = load_plan(tmp_path / "plan.yaml").specs()
    assert spec.start == (status is not CampaignStatus.PAUSED)
    ledger = TimelessLedger(tmp_path / "plan.ledger")
    async with ledger:
        change = await compare(spec, await ledger.get(spec.identity), ledger)
        assert [d async for d in verify(client_on(fake), [spec], ledger)] == []
    assert (change.action, change.changes, bool(change.leads), change.removals) == (
        Action.NONE,
        (),
        False,
        (),
    )
    assert await provision_again(fake, tmp_path / "plan.yaml") == 0


async def test_every_campaign_of_the_example_comes_back(tmp_path: Path) -> None:
    planned = list(load_plan(EXAMPLE).specs())
    fake = await standing(planned)
    result = await imported(fake, tmp_path / "plan.yaml")
    assert result.left_out == []
    found = list(load_plan(tmp_path / "plan.yaml").specs())
    by_name = {(spec.client_id, spec.name): spec for spec in found}
    for spec in planned:
        assert meaning(by_name[spec.client_id, spec.name]) == meaning(spec)
    assert await provision_again(fake, tmp_path / "plan.yaml") == 0
