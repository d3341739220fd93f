"""Importing campaigns that stand on the server."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartlead_async import (
    CampaignSpec,
    FakeSmartlead,
    LeadInput,
    MailboxChoice,
    MemoryLedger,
    RateLimits,
    ScheduleSpec,
    SettingsSpec,
    SmartleadClient,
    StepSpec,
    VariantSpec,
    load_plan,
    verify,
    virtual_time,
)
from smartlead_async.api.campaigns.models import StopLeadSetting, TrackSetting
from smartlead_async.api.campaigns.sequences import StepType
from smartlead_async.fake.state import CampaignStatus
from smartlead_async.formats import character_flaw
from smartlead_async.plan.check import check
from smartlead_async.plan.html_body import as_html
from smartlead_async.plan.needs import account_needs
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.adoption.choice import CampaignChoice, ImportRefused
from smartlead_async.provisioning.adoption.files import ImportFiles
from smartlead_async.provisioning.adoption.importer import Imported, Importer
from smartlead_async.provisioning.changes.change import Action
from smartlead_async.provisioning.changes.compare import compare
from smartlead_async.provisioning.ledger.records import CampaignRecord
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


def _body(body: str) -> str:
    return body.removeprefix("<!-- -->").replace("\r", "\n").rstrip("\n")


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
                [(m.subject or "", _body(m.body or ""), m.share, m.label) for m in step.mails()],
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
                {k: v for k, v in (lead.custom_fields or {}).items() if v},
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


async def test_a_campaign_that_is_deleted_meanwhile_is_left_out(tmp_path: Path) -> None:
    fake = await standing(
        [FULL, attrs.evolve(FULL, name="Dentists in Bergen Q1 2027", leads=[], start=False)]
    )
    importer = Importer(
        client_on(fake), ImportFiles.of(tmp_path / "plan.yaml", None), open_ledger=TimelessLedger
    )
    chosen = await importer.choose(CampaignChoice())
    deleted = fake.campaigns.pop(4102 if fake.campaigns[4101].name == FULL.name else 4101)
    result = await importer.run(chosen)
    assert [str(each) for each in result.left_out] == [
        f"campaign {deleted.id}, {deleted.name!r}, is left out: it is no longer on the server"
    ]
    assert len(list(load_plan(tmp_path / "plan.yaml").specs())) == 1


async def test_a_campaign_that_no_plan_can_have_is_left_out_with_its_leads(tmp_path: Path) -> None:
    fake = await standing(
        [
            FULL,
            attrs.evolve(
                FULL, name="Broken", steps=(StepSpec("Hi", "{a|b"),), leads=[LeadInput("b@x.example")]
            ),
        ]
    )
    result = await imported(fake, tmp_path / "plan.yaml")
    assert [each.reason for each in result.left_out] == [
        "its plan would have errors: '{a|b' has a { without its }"
    ]
    assert len(list((tmp_path / "plan-leads").iterdir())) == 1
    assert await provision_again(fake, tmp_path / "plan.yaml") == 0


async def test_a_tag_without_a_value_is_allowed_and_noted(tmp_path: Path) -> None:
    fake = await standing([attrs.evolve(FULL, steps=(StepSpec("{{moon}}", "<p>{{first_name}}</p>"),))])
    result = await imported(fake, tmp_path / "plan.yaml")
    assert [each.text for each in result.notes] == [
        "no lead has a value for {{moon}}, which its mails use (see allowed_tags)"
    ]
    assert check(tmp_path / "plan.yaml").ok


async def test_nothing_is_read_if_a_file_is_in_the_way(tmp_path: Path) -> None:
    fake = await standing([FULL])
    (tmp_path / "plan.ledger").write_text("mine")
    before = fake.requests.total
    with pytest.raises(ImportRefused, match=r"plan\.ledger exists already"):
        await imported(fake, tmp_path / "plan.yaml")
    assert fake.requests.total == before


def recorded(record: CampaignRecord | None) -> Any:
    """Return what a ledger has of a campaign, without times and counts of requests."""
    assert record is not None
    steps = [(s.step, s.state, s.batches, s.mailbox_ids, s.settings, s.lost) for s in record.steps]
    return record.state, record.campaign_id, record.was_started, record.leads, sorted(steps)


async def test_the_ledger_has_what_a_provisioning_run_would_have_recorded(tmp_path: Path) -> None:
    fake = FakeSmartlead(wall_clock=wall_clock)
    leads = [LeadInput(f"p{n}@x.example") for n in range(801)]
    planned = attrs.evolve(FULL, leads=leads)
    seed_account(fake, account_needs([planned]))
    before = MemoryLedger()
    await job_on(fake, [planned], before).run()
    (key,) = [each.spec.identity for each in (await imported(fake, tmp_path / "plan.yaml")).campaigns]
    async with TimelessLedger(tmp_path / "plan.ledger") as ledger:
        assert recorded(await ledger.get(key)) == recorded(await before.get(planned.identity))
        found, sent = await ledger.leads(key), await before.leads(planned.identity)
    assert [(batch.number, len(batch.entries), batch.is_done) for batch in found] == [
        (batch.number, len(batch.entries), batch.is_done) for batch in sent
    ]


async def test_a_campaign_that_is_paused_is_recorded_as_paused(tmp_path: Path) -> None:
    fake = await standing([FULL])
    fake.campaigns[4101].status = CampaignStatus.PAUSED
    fake.campaigns[4101].touch(0)
    (found,) = (await imported(fake, tmp_path / "plan.yaml")).campaigns
    async with TimelessLedger(tmp_path / "plan.ledger") as ledger:
        record = await ledger.get(found.spec.identity)
    assert record is not None
    assert (record.is_done(Step.PAUSE), record.step(Step.START), record.was_started) == (True, None, True)


async def test_a_paused_campaign_is_resumed_by_its_plan(tmp_path: Path) -> None:
    fake = await standing([FULL])
    fake.campaigns[4101].status = CampaignStatus.PAUSED
    fake.campaigns[4101].touch(0)
    plan = tmp_path / "plan.yaml"
    await imported(fake, plan)
    plan.write_text(plan.read_text("utf-8") + "    start: true\n", encoding="utf-8")
    assert await provision_again(fake, plan) == 1
    assert fake.campaigns[4101].status is CampaignStatus.ACTIVE


# --- random campaigns ---------------------------------------------------------------------------------

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="{}"), max_size=30
)
LINES = st.lists(TEXT, max_size=3).map("\n".join)
BODIES = LINES.map(as_html).filter(str.strip) | LINES.map("<p>{}</p>".format) | LINES.filter(str.strip)
SUBJECTS = TEXT.map("About {}".format).filter(lambda text: character_flaw(text, one_line=True) is None)


@st.composite
def steps(draw: st.DrawFn) -> StepSpec:
    count = draw(st.sampled_from([0, 0, 2, 3]))
    shares: Sequence[int | None] = [None] * count
    if count and draw(st.booleans()):
        shares = [10] * (count - 1) + [100 - 10 * (count - 1)]
    return StepSpec(
        draw(SUBJECTS),
        draw(BODIES),
        delay_days=draw(st.integers(0, 9)),
        variants=tuple(
            VariantSpec(draw(st.none() | SUBJECTS), draw(st.none() | BODIES), share) for share in shares
        ),
        kind=draw(st.sampled_from([None, StepType.MANUAL])),
    )


STARTS = st.integers(0, 10**7).map(lambda s: dt.datetime(2027, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=s))


@st.composite
def schedules(draw: st.DrawFn) -> ScheduleSpec:
    first, last = sorted(draw(st.lists(st.integers(0, 23), min_size=2, max_size=2, unique=True)))
    return ScheduleSpec(
        draw(st.sampled_from(["Europe/Oslo", "America/New_York", "UTC"])),
        tuple(draw(st.lists(st.integers(0, 6), min_size=1, max_size=7))),
        f"{first:02}:30",
        f"{last:02}:45",
        draw(st.integers(3, 90)),
        draw(st.integers(1, 500)),
        draw(st.none() | STARTS),
    )


LEADS = st.lists(
    st.builds(
        LeadInput,
        st.integers(0, 10**6).map("p{}@x.example".format),
        first_name=st.none() | TEXT,
        phone_number=st.none() | st.sampled_from(["'+4711", "007", "+47 22"]),
        location=st.none() | LINES,
        custom_fields=st.none()
        | st.dictionaries(st.sampled_from(["Company", "id", "Role", "role", "Mail"]), LINES),
    ),
    max_size=4,
    unique_by=lambda lead: lead.email,
)
SETTINGS = st.builds(
    SettingsSpec,
    track_settings=st.none() | st.lists(st.sampled_from(list(TrackSetting)), unique=True).map(tuple),
    stop_lead_settings=st.none() | st.sampled_from(list(StopLeadSetting)),
    unsubscribe_text=st.none() | TEXT.filter(str.strip),
    send_as_plain_text=st.none() | st.booleans(),
    follow_up_percentage=st.none() | st.integers(0, 100),
)
CAMPAIGNS = st.builds(
    CampaignSpec,
    SUBJECTS,
    st.sampled_from([None, 7, 8]),
    steps=st.lists(steps(), max_size=3).map(tuple),
    mailboxes=st.none() | st.just(MailboxChoice(ids=(501, 502))),
    leads=LEADS.map(tuple),
    schedule=st.none() | schedules(),
    settings=st.none() | SETTINGS,
    start=st.booleans(),
).map(lambda spec: attrs.evolve(spec, start=spec.start and not [p for p in spec.problems() if p.is_error]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    st.lists(
        CAMPAIGNS.filter(lambda spec: not [p for p in spec.problems() if p.is_error]), min_size=1, max_size=3
    )
)
def test_every_campaign_comes_back(planned: list[CampaignSpec]) -> None:
    # SmartLead leaves out a lead that another campaign has.
    specs = [
        attrs.evolve(
            spec,
            name=f"{spec.name} {number}",
            leads=[attrs.evolve(lead, email=f"c{number}{lead.email}") for lead in spec.iter_leads()],
        )
        for number, spec in enumerate(planned)
    ]

    async def main() -> None:
        fake = await standing(specs)
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder) / "plan.yaml"
            result = await imported(fake, plan)
            assert result.left_out == []
            assert await provision_again(fake, plan) == 0
            # Campaigns are numbered in the order in which they were created.
            found = [meaning(spec) for spec in load_plan(plan).specs()]
            assert sorted(found, key=repr) == sorted(map(meaning, specs), key=repr)

    virtual_time.run(main())
