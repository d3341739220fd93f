"""Lost creates: the baseline, the list, names, ids, and what is not a refusal."""

from __future__ import annotations

import asyncio
import html
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from smartlead_async import LeadInput, MemoryLedger
from smartlead_async.api.campaigns.create import CreateCampaign
from smartlead_async.api.campaigns.leads import AddLeads
from smartlead_async.fake import FakeSmartlead, Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.provisioning.job.campaign_list import IncompleteList
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.report.report import Report

from .jobs import CHECKS, SlowToRead, job_on, killed_after, seeded_fake, standing
from .test_cloning import built, of_one_name


def plans(number: int, **changes: Any) -> list[CampaignSpec]:
    """Return small specs of different names."""
    return [plan(f"Plan {n}", **changes) for n in range(number)]


def plan(name: str, **changes: Any) -> CampaignSpec:
    changes.setdefault("steps", (StepSpec("Hello", f"<p>{name}</p>"),))
    return CampaignSpec(name, **changes)


def client_of(fake: FakeSmartlead) -> Any:
    return job_on(fake, [])._client


def surplus(fake: FakeSmartlead, specs: list[CampaignSpec]) -> tuple[int, int]:
    """Return how many planned campaigns exist more than once, and how many do not exist."""
    fake.settle()
    wanted = Counter(spec.name for spec in specs)
    found = Counter(campaign.name for campaign in fake.campaigns.values() if campaign.name in wanted)
    return (found - wanted).total(), (wanted - found).total()


async def records_of(report: Report) -> list[Any]:
    return [record async for record in report.campaigns()]


# --- the baseline ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [-7200.0, -400.0, 400.0, 7200.0])
async def test_a_clock_that_is_adjusted_after_a_kill_makes_no_second_campaign(jump: float) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), plans(1)
    ahead = job_on(fake, specs, ledger, latency=2)
    first = Job(ahead._client, specs, ahead._options, wall_clock=lambda: fake.clock.wall() + jump)
    assert not await killed_after(first, 3.5)
    await asyncio.sleep(3600)
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.orphans) == (1, ())
    assert surplus(fake, specs) == (0, 0)


@pytest.mark.parametrize("jump", [-400.0, -7200.0, 7200.0])
async def test_a_server_whose_clock_jumps_makes_no_second_campaign(jump: float) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), plans(2)
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    assert not await killed_after(job_on(fake, specs, ledger), 0.5)
    fake.clock.jump(jump)
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.orphans) == (2, ())
    assert surplus(fake, specs) == (0, 0)


async def test_campaigns_that_were_made_between_baseline_and_kill_by_others_are_not_taken() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), plans(1)
    somebodys = (await client_of(fake).send(CreateCampaign(specs[0].name))).id
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    report = await job_on(fake, specs, ledger).run()
    (record,) = await records_of(report)
    assert record.adopted
    assert record.campaign_id != somebodys
    assert not fake.campaigns[somebodys].sequences


# --- an incomplete list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown", [slice(-10, None), slice(10), slice(5, 15)], ids=["the newest", "the oldest", "the middle"]
)
async def test_a_truncated_list_stops_the_job_before_a_lost_create_is_repeated(shown: slice) -> None:
    fake, specs = seeded_fake(), plans(40)
    fake.quirks.arrange_list = lambda campaigns: campaigns[shown]
    fake.fail_next(Fault.slow(0.1), "CreateCampaign", times=20)
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    with pytest.raises(IncompleteList, match="list of campaigns is incomplete"):
        await job_on(fake, specs).run()
    assert surplus(fake, specs)[0] == 0


async def test_a_list_that_lags_is_given_time() -> None:
    fake, specs = seeded_fake(), plans(4)
    fake.fail_next(Fault.unlisted(CHECKS.horizon * 0.9), "CreateCampaign")
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    report = await job_on(fake, specs).run()
    assert (report.done, report.orphans) == (4, ())
    assert surplus(fake, specs) == (0, 0)


async def test_campaigns_that_somebody_deleted_do_not_make_a_list_incomplete() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), plans(12)
    await job_on(fake, specs[:10], ledger).run()
    for campaign_id in list(fake.campaigns)[:5]:
        del fake.campaigns[campaign_id]
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    await asyncio.sleep(3600)
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.failed) == (12, 0)


# --- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Plan  two blanks", lambda name: " ".join(name.split())),
        ("Cafe\u0301 Q1", lambda name: unicodedata.normalize("NFC", name)),
        ("x" * 150, lambda name: name[:100]),
        ("R&D <Q1>", html.escape),
        ("R&D 'Q1'", lambda name: html.escape(html.escape(name))),
        ("A – B", lambda name: name.replace("–", "-")),
        (" Plan ", str.strip),
    ],
    ids=["blanks", "NFC", "cut", "HTML", "HTML twice", "dash", "edges"],
)
async def test_a_campaign_is_found_although_the_server_changed_its_name(
    name: str, stored: Callable[[str], str]
) -> None:
    fake, specs = seeded_fake(), [plan("first"), plan(name)]
    fake.quirks.store_name = stored
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    report = await job_on(fake, specs, concurrency=1).run()
    assert (report.done, report.orphans, len(fake.campaigns)) == (2, (), 2)


@pytest.mark.parametrize("other", ["Plan ", " Plan", "Plan\u200b", "Pla\u0301n"])
async def test_names_that_are_hardly_different_are_not_exchanged(other: str) -> None:
    name = unicodedata.normalize("NFC", "Pla\u0301n") if "\u0301" in other else "Plan"
    fake, specs = seeded_fake(), [plan("first"), plan(name), plan(other)]
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    # The response of the other takes longer than all checks, but less than the timeout.
    fake.fail_next(Fault.slow(25), "CreateCampaign")
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed, report.orphans) == (3, 0, ())
    assert {c.name: c.sequences[0].body for c in fake.campaigns.values()} == {
        spec.name: f"<p>{spec.name}</p>" for spec in specs
    }


LONG = "Dentists in northern Germany, autumn mailing, first part"
assert len(LONG) > 50


@pytest.mark.parametrize("names", [(LONG, f"{LONG} - A"), (f"{LONG} - A", LONG)])
@pytest.mark.parametrize(
    "faults",
    [
        (Fault.lost_after(), Fault.lost_after()),
        (Fault.lost_after(), Fault.slow(8)),
        (Fault.slow(8), Fault.lost_after()),
        (Fault.lost_before(), Fault.lost_after()),
        (Fault.lost_after(), Fault.lost_before()),
    ],
)
async def test_a_campaign_is_not_taken_for_one_whose_name_only_begins_like_its_own(
    names: tuple[str, str], faults: tuple[Fault, Fault]
) -> None:
    fake, specs = seeded_fake(), [plan(name) for name in names]
    for fault in faults:
        fake.fail_next(fault, "CreateCampaign")
    report = await job_on(fake, specs, concurrency=2).run()
    assert (report.done, report.failed, report.orphans) == (2, 0, ())
    assert surplus(fake, specs) == (0, 0)
    assert {c.name: c.sequences[0].body for c in fake.campaigns.values()} == {
        name: f"<p>{name}</p>" for name in names
    }


async def test_a_create_of_a_killed_run_keeps_its_campaign_from_one_with_a_longer_name() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    short, long = plan(LONG), plan(f"{LONG} - A")
    fake.fail_next(Fault.lost_after(), "CreateCampaign", times=2)
    assert not await killed_after(job_on(fake, [short, long], ledger), 1)
    report = await job_on(fake, [long, short], ledger).run()
    assert (report.done, report.failed, report.orphans) == (2, 0, ())
    assert surplus(fake, [short, long]) == (0, 0)
    assert fake.requests.by_operation["CreateCampaign"] == 2


async def test_of_two_campaigns_that_may_be_its_own_the_one_with_the_whole_name_is_adopted() -> None:
    fake, specs = seeded_fake(), [plan(f"{LONG} - A")]
    fake.fail_next(Fault.late_commit(0.5), "CreateCampaign")
    task = asyncio.create_task(job_on(fake, specs).run())
    await asyncio.sleep(0.3)
    by_hand = (await client_of(fake).send(CreateCampaign(LONG))).id
    report = await task
    assert (report.done, fake.campaigns[by_hand].name) == (1, LONG)
    assert surplus(fake, specs) == (0, 0)


@pytest.mark.parametrize("faults", [1, 2])
async def test_names_that_a_server_cuts_to_the_same_one_are_created_once_each(faults: int) -> None:
    fake, specs = seeded_fake(), [plan(LONG), plan(f"{LONG} - A"), plan(f"{LONG} - B")]
    fake.quirks.store_name = lambda name: name[: len(LONG)]
    fake.fail_next(Fault.lost_after(), "CreateCampaign", times=faults)
    report = await job_on(fake, specs, concurrency=3).run()
    assert (report.done, report.failed, report.orphans) == (3, 0, ())
    assert len(fake.campaigns) == 3


async def test_a_lost_copy_is_adopted_under_a_cut_name_that_is_its_own_planned_name() -> None:
    same: dict[str, Any] = IN_FULL | {"steps": (StepSpec("Hello", "<p>A</p>"),)}
    fake, specs = seeded_fake(), [plan(f"{LONG} - A - B", **same), plan(f"{LONG} - A", **same)]
    fake.quirks.store_name = lambda name: name[: len(f"{LONG} - A")]
    fake.fail_next(Fault.lost_after(), "DuplicateCampaign")
    report = await job_on(fake, specs, strategy="clone").run()
    assert (report.done, report.orphans, len(fake.campaigns)) == (2, (), 2)


async def test_an_adopted_campaign_gets_the_planned_name() -> None:
    fake, specs = seeded_fake(), [plan("Founders – Q1")]
    fake.quirks.store_name = lambda name: name.replace("–", "-")
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    await job_on(fake, specs).run()
    assert fake.requests.by_operation["UpdateSettings"] == 1


# --- copies ----------------------------------------------------------------------------------------------

IN_FULL: dict[str, Any] = {
    "schedule": ScheduleSpec("UTC"),
    "mailboxes": MailboxChoice(ids=(501,)),
}


async def test_a_lost_duplicate_does_not_take_a_planned_campaign_that_has_the_name_of_a_copy() -> None:
    fake, ledger = seeded_fake(), MemoryLedger()
    same: dict[str, Any] = IN_FULL | {"steps": (StepSpec("Hello", "<p>A</p>"),)}
    specs = [
        plan("Plan A", leads=[LeadInput("a@x.example")], **same),
        plan("Plan X", leads=[LeadInput("x@x.example")], **same),
        plan("Plan A - copy", leads=[LeadInput("c@x.example")], **IN_FULL),
    ]
    fake.fail_next(Fault.lost_before(), "DuplicateCampaign")
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.slow(9), "CreateCampaign")
    report = await job_on(fake, specs, ledger, strategy="clone").run()
    assert (report.done, report.failed) == (3, 0)
    assert standing(fake) == await built(specs)


async def test_an_adopted_copy_is_set_up_in_full() -> None:
    fake, specs = seeded_fake(), plans(3, steps=(StepSpec("Hello", "<p>…</p>"),), **IN_FULL)
    fake.fail_next(Fault.lost_after(), "DuplicateCampaign")
    report = await job_on(fake, specs, strategy="clone").run()
    assert (report.done, report.orphans) == (3, ())
    assert standing(fake) == await built(specs)
    assert fake.requests.by_operation["SaveSequences"] == 2


async def test_a_copy_with_another_content_is_not_adopted() -> None:
    fake, specs = seeded_fake(), plans(2, steps=(StepSpec("Hello", "<p>…</p>"),), **IN_FULL)
    fake.fail_next(Fault.lost_after(), "DuplicateCampaign")
    task = asyncio.create_task(job_on(fake, specs, strategy="clone", prune_orphans=True).run())
    await asyncio.sleep(2)
    (copied,) = fake.campaigns_named("Plan 0 - copy")
    copied.sequences = [attrs.evolve(copied.sequences[0], subject="Written by hand")]
    report = await task
    assert (report.done, [orphan.pruned for orphan in report.orphans]) == (2, [False])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_template_that_a_killed_run_began_keeps_its_name_to_itself(stream: bool) -> None:
    one, two, three, four = of_one_name()[:4]  # one name; kinds a, b, a, b
    fake, ledger = seeded_fake(), SlowToRead()
    # Killed while the template of kind a is built. The next run could build one of kind b under its name.
    assert not await killed_after(job_on(fake, [one], ledger, strategy="clone"), 0.5)
    await job_on(fake, [one, two], ledger, strategy="clone", concurrency=1).run()
    # Killed while a copy of kind a is in flight: it is on the server, as "… - copy".
    fake.fail_next(Fault.slow(60), "DuplicateCampaign")
    assert not await killed_after(job_on(fake, [one, two, three], ledger, strategy="clone"), 5)
    # The copy of kind b never arrives. Under its name, that of kind a is found.
    fake.fail_next(Fault.lost_before(), "DuplicateCampaign")
    specs: Any = iter([one, two, four, three]) if stream else [one, two, three, four]
    concurrency = 1 if stream else 10
    report = await job_on(fake, specs, ledger, strategy="clone", concurrency=concurrency).run()
    assert (report.done, report.failed) == (4, 0)
    assert standing(fake) == await built([one, two, three, four])


# --- ids -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("campaign_id", [10**25, "9" * 25, 2**63, -5, 0, 4101])
async def test_an_id_that_cannot_be_that_of_the_new_campaign_is_not_believed(
    number: int, campaign_id: Any
) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), plans(6)
    older = (await client_of(fake).send(CreateCampaign("Customer newsletter"))).id
    assert older == 4101
    if number > 1:
        fake.fail_next(Fault.slow(0.1), "CreateCampaign", times=number - 1)
    fake.fail_next(Fault.edited(lambda body: body | {"id": campaign_id}), "CreateCampaign")
    report = await job_on(fake, specs, ledger, concurrency=2).run()
    assert (report.done, report.failed, report.orphans) == (6, 0, ())
    assert surplus(fake, specs) == (0, 0)
    assert not fake.campaigns[older].sequences


async def test_the_id_of_another_record_is_not_believed() -> None:
    fake, specs = seeded_fake(), plans(4)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.edited(lambda body: body | {"id": 4101}), "CreateCampaign")
    report = await job_on(fake, specs, concurrency=1).run()
    assert (report.done, report.failed, report.orphans) == (4, 0, ())
    assert surplus(fake, specs) == (0, 0)


# --- pruning ---------------------------------------------------------------------------------------------


async def test_pruning_leaves_alone_what_is_older_than_the_job_whatever_ids_the_server_sends() -> None:
    fake, specs = seeded_fake(), plans(4)
    client = client_of(fake)
    newsletter = (await client.send(CreateCampaign("Customer newsletter"))).id
    drafts = [(await client.send(CreateCampaign(f"Plan {n}"))).id for n in range(1, 4)]
    await asyncio.sleep(90_000)
    fake.fail_next(Fault.edited(lambda body: body | {"id": newsletter}), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    report = await job_on(fake, specs, prune_orphans=True).run()
    assert (report.done, report.orphans) == (4, ())
    assert {newsletter, *drafts} <= set(fake.campaigns)
    assert not any(fake.campaigns[campaign_id].sequences for campaign_id in (newsletter, *drafts))


async def draft_by_hand_beside_a_job(fake: FakeSmartlead, specs: list[CampaignSpec]) -> tuple[int, Report]:
    """Run a job with a lost create while somebody makes a draft of a planned name, which has a lead."""
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    task = asyncio.create_task(job_on(fake, specs, concurrency=1, prune_orphans=True).run())
    await asyncio.sleep(0.5)
    client = client_of(fake)
    by_hand = (await client.send(CreateCampaign(specs[0].name))).id
    await client.send(AddLeads(by_hand, lead_list=[LeadInput("somebody@x.example")]))
    return by_hand, await task


async def test_a_draft_that_has_leads_is_neither_adopted_nor_deleted() -> None:
    fake, specs = seeded_fake(), plans(3)
    by_hand, report = await draft_by_hand_beside_a_job(fake, specs)
    assert report.done == 3
    assert [(orphan.campaign_id, orphan.pruned) for orphan in report.orphans] == [(by_hand, False)]
    assert list(fake.campaigns[by_hand].leads)


async def test_of_more_drafts_than_creates_were_lost_none_is_deleted() -> None:
    fake, specs = seeded_fake(), plans(2)
    fake.fail_next(Fault.late_commit(CHECKS.horizon + 0.7), "CreateCampaign")
    task = asyncio.create_task(job_on(fake, specs, prune_orphans=True).run())
    await asyncio.sleep(CHECKS.horizon + 1)
    by_hand = (await client_of(fake).send(CreateCampaign("Plan 0"))).id
    report = await task
    assert [orphan.pruned for orphan in report.orphans] == [False, False]
    assert by_hand in fake.campaigns


async def test_a_planned_name_of_which_no_create_was_lost_is_not_deleted() -> None:
    fake, specs = seeded_fake(), plans(2)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    task = asyncio.create_task(job_on(fake, specs, concurrency=1, prune_orphans=True).run())
    await asyncio.sleep(5)
    by_hand = (await client_of(fake).send(CreateCampaign("Plan 0"))).id
    report = await task
    assert [(orphan.campaign_id, orphan.pruned) for orphan in report.orphans] == [(by_hand, False)]


# --- responses that are not a refusal --------------------------------------------------------------------


@pytest.mark.parametrize(
    "response",
    [
        Fault.status_after(408),
        Fault.status_after(302, "", location="/login"),
        Fault.status_after(304, ""),
        Fault.status_after(404, "<html>not found"),
        Fault.status_after(413, ""),
        Fault.status_after(425, ""),
        Fault.status_after(499, ""),
        Fault.status_after(500),
        Fault.status_after(200, ""),
        Fault.status_after(204, ""),
    ],
    ids=lambda fault: f"{fault.status} {fault.reply.body if fault.reply else ''}",
)
async def test_what_a_gateway_says_about_a_create_that_took_effect_is_no_refusal(response: Fault) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), plans(2)
    fake.fail_next(Fault.slow(0.1), "CreateCampaign")
    fake.fail_next(response, "CreateCampaign")
    report = await job_on(fake, specs, ledger, concurrency=1).run()
    assert (report.done, report.failed, report.orphans) == (2, 0, ())
    await job_on(fake, specs, ledger).run()
    assert surplus(fake, specs) == (0, 0)
    assert (await ledger.open()).lost_creates == 1


# --- an unresolved create holds no worker ----------------------------------------------------------------


async def test_unresolved_creates_do_not_hold_up_the_others() -> None:
    fake, specs = seeded_fake(), plans(100)
    fake.fail_next(Fault.status_before(503), "CreateCampaign", times=10)
    ended: list[str] = []

    async def note(record: Any) -> None:
        ended.append(record.name)

    task = asyncio.create_task(job_on(fake, specs, concurrency=10).run(note))
    await asyncio.sleep(CHECKS.checks[0] + 8)
    assert len(ended) == 90
    report = await task
    assert (report.done, report.failed) == (100, 0)


async def test_creates_of_the_same_name_wait_without_holding_up_others() -> None:
    fake, specs = seeded_fake(), [*(plan("Plan", key=str(n)) for n in range(12)), *plans(5)]
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    ended: list[str] = []

    async def note(record: Any) -> None:
        ended.append(record.name)

    task = asyncio.create_task(job_on(fake, specs, concurrency=10).run(note))
    await asyncio.sleep(CHECKS.horizon - 1)
    assert sorted(ended) == [spec.name for spec in specs[12:]]
    assert (await task).done == 17


# --- a later week ----------------------------------------------------------------------------------------


async def test_a_create_that_was_lost_last_week_gives_no_right_to_delete_a_draft_of_today() -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), plans(2)
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    report = await job_on(fake, specs, ledger, prune_orphans=True).run()
    assert (report.done, report.orphans) == (2, ())
    await asyncio.sleep(7 * 86_400)
    by_hand = (await client_of(fake).send(CreateCampaign("Plan 0"))).id
    specs = plans(3)
    fake.fail_next(Fault.lost_before(), "CreateCampaign")
    report = await job_on(fake, specs, ledger, prune_orphans=True).run()
    assert [(orphan.campaign_id, orphan.pruned) for orphan in report.orphans] == [(by_hand, False)]
    assert by_hand in fake.campaigns


# --- responses that belong to another request ------------------------------------------------------------


def named(body: dict[str, Any], campaign_id: int, name: str) -> dict[str, Any]:
    return body | {"id": campaign_id, "name": name}


@pytest.mark.parametrize("names", [("Plan 0", "Plan 1"), (LONG, f"{LONG} - A"), (f"{LONG} - A", LONG)])
async def test_creates_whose_responses_were_exchanged_get_their_own_campaigns(names: tuple[str, str]) -> None:
    fake, specs = seeded_fake(), [plan(name) for name in names]
    fake.fail_next(Fault.edited(lambda body: named(body, 4102, names[1])), "CreateCampaign")
    fake.fail_next(Fault.edited(lambda body: named(body, 4101, names[0])), "CreateCampaign")
    report = await job_on(fake, specs, concurrency=2).run()
    assert (report.done, report.failed, report.orphans) == (2, 0, ())
    assert {c.name: c.sequences[0].body for c in fake.campaigns.values()} == {
        name: f"<p>{name}</p>" for name in names
    }


async def test_the_id_of_somebodys_new_campaign_is_not_believed_if_its_name_is_another() -> None:
    fake, specs = seeded_fake(), plans(2)

    async def note(_: Any) -> None:
        if len(fake.campaigns) == 1:
            await client_of(fake).send(CreateCampaign("Customer newsletter"))
            await client_of(fake).send(AddLeads(4102, lead_list=[LeadInput("somebody@x.example")]))
            wrong = Fault.edited(lambda body: named(body, 4102, "Customer newsletter"))
            fake.fail_next(wrong, "CreateCampaign")

    report = await job_on(fake, specs, concurrency=1).run(note)
    assert (report.done, report.failed, report.orphans) == (2, 0, ())
    assert not fake.campaigns[4102].sequences
    assert surplus(fake, specs) == (0, 0)


async def test_a_server_that_gives_a_campaign_an_entirely_different_name_creates_it_once() -> None:
    fake, specs = seeded_fake(), plans(1)
    fake.quirks.store_name = lambda name: f"[API] {name}"
    report = await job_on(fake, specs).run()
    assert (report.done, report.failed, len(fake.campaigns)) == (1, 0, 1)
