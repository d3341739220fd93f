"""The contract of every ledger: one suite for the one in memory and the one in a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest

from smartlead_async import LedgerError, MemoryLedger
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.protocol import Ledger
from smartlead_async.provisioning.ledger.records import (
    CampaignRecord,
    CampaignState,
    JobRecord,
    LeadBatch,
    LeadTally,
    StepRecord,
    StepState,
)

from .jobs import TimelessLedger


@pytest.fixture(params=["memory", "file"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    one: Ledger = MemoryLedger() if request.param == "memory" else TimelessLedger(tmp_path / "job.ledger")
    await one.open()
    yield one
    await one.aclose()


def record(key: str = "k", **changes: object) -> CampaignRecord:
    values: dict[str, object] = {"key": key, "name": f"Campaign {key}", "client_id": None, **changes}
    return CampaignRecord(**values)  # type: ignore[arg-type]


FULL = record(
    "Zoë's “first”",
    name="Gründer, Q1 – 'demo'",
    client_id=7,
    fingerprint="f00d",
    state=CampaignState.FAILED,
    campaign_id=4101,
    creates=2,
    lost=2,
    adopted=True,
    signature="abc",
    copy_of=4100,
    copy_name="Gründer - copy",
    is_template=True,
    was_started=True,
    leads=LeadTally(400, 390, 4, 6),
    steps=(
        StepRecord(Step.CREATE, StepState.DONE, 1.25, 2.5, requests=2, checks=1),
        StepRecord(Step.LEADS, StepState.FAILED, 3.0, 4.0, requests=3, batches=2, error="HTTP 422"),
    ),
    error="HTTP 422",
    updated_at=1_800_000_000.123,
)


async def test_a_record_is_loaded_as_it_was_saved(ledger: Ledger) -> None:
    assert await ledger.get(FULL.key) is None
    await ledger.save(FULL)
    assert await ledger.get(FULL.key) == FULL
    assert [found async for found in ledger.records()] == [FULL]
    assert [head async for head in ledger.heads()] == [FULL.head]


async def test_every_field_of_that_record_differs_from_its_default() -> None:
    """Or the test above would not notice a ledger that drops it."""
    defaults = {field.name: field.default for field in attrs.fields(CampaignRecord)}
    assert not [name for name, default in defaults.items() if getattr(FULL, name) == default]


async def test_saving_again_replaces_and_keeps_the_place(ledger: Ledger) -> None:
    for key in "abc":
        await ledger.save(record(key))
    later = record("a", state=CampaignState.DONE, campaign_id=5, creates=1)
    await ledger.save(later)
    assert [found.key async for found in ledger.records()] == ["a", "b", "c"]
    assert await ledger.get("a") == later


async def test_records_are_given_by_state_and_counted(ledger: Ledger) -> None:
    for number, key in enumerate("abcdef"):
        await ledger.save(record(key, state=list(CampaignState)[number % 3]))
    failed_or_done = [r.key async for r in ledger.records(CampaignState.DONE, CampaignState.FAILED)]
    assert failed_or_done == ["b", "c", "e", "f"]
    assert await ledger.count() == {**dict.fromkeys(CampaignState, 2), CampaignState.PAUSED: 0}
    assert [head.key async for head in ledger.heads()] == list("abcdef")


async def test_two_campaigns_never_share_an_id(ledger: Ledger) -> None:
    await ledger.save(record("a", campaign_id=4101))
    await ledger.save(record("b"))
    with pytest.raises(LedgerError, match="campaign 4101 belongs to 'a', not to 'b'"):
        await ledger.save(record("b", campaign_id=4101))
    assert await ledger.owner(4101) == "a"
    assert await ledger.get("b") == record("b")
    assert await ledger.owner(4102) is None


async def test_what_is_forgotten_is_gone_with_its_id(ledger: Ledger) -> None:
    await ledger.save(record("a", campaign_id=4101))
    assert await ledger.forget("a")
    assert not await ledger.forget("a")
    assert await ledger.get("a") is None
    await ledger.save(record("b", campaign_id=4101))
    assert await ledger.owner(4101) == "b"


async def test_the_job_is_kept_and_given_on_opening(ledger: Ledger) -> None:
    job = JobRecord("plan", 4100, 1_800_000_000.5, 3, to_sweep=True)
    await ledger.save_job(job)
    await ledger.aclose()
    assert await ledger.open() == job


async def test_a_closed_ledger_can_still_be_read(ledger: Ledger) -> None:
    await ledger.save(FULL)
    await ledger.aclose()
    assert [found async for found in ledger.records(CampaignState.FAILED)] == [FULL]
    assert (await ledger.count())[CampaignState.FAILED] == 1


async def test_records_may_be_saved_while_they_are_read(ledger: Ledger) -> None:
    for number in range(700):
        await ledger.save(record(f"{number:03}"))
    seen = []
    async for found in ledger.records(CampaignState.RUNNING):
        seen.append(found.key)
        await ledger.save(attrs.evolve(found, state=CampaignState.DONE))
    assert seen == [f"{number:03}" for number in range(700)]


async def test_content_is_stored_once(ledger: Ledger) -> None:
    await ledger.save_content("f00d", '{"a": 1}')
    await ledger.save_content("f00d", '{"a": 1}')
    assert await ledger.content("f00d") == '{"a": 1}'
    assert await ledger.content("beef") is None


async def test_leads_are_kept_by_campaign_and_batch_until_they_are_forgotten(ledger: Ledger) -> None:
    await ledger.save(record("a", campaign_id=4101))
    batches = [LeadBatch(number, bytes([number]) * 16, is_done=number != 1) for number in range(3)]
    for batch in (batches[2], attrs.evolve(batches[0], is_done=False), batches[1], batches[0]):
        await ledger.save_leads("a", batch)
    await ledger.save_leads("b", batches[0])
    assert await ledger.leads("a") == batches
    await ledger.forget_leads("a", 1)
    assert await ledger.leads("a") == [batches[0], batches[2]]
    await ledger.forget("a")
    assert await ledger.leads("a") == []
    assert await ledger.leads("b") == [batches[0]]
    await ledger.forget_leads("b")
    assert await ledger.leads("b") == []


async def test_a_campaign_that_is_replaced_gives_its_id_free(ledger: Ledger) -> None:
    await ledger.save(record("a", campaign_id=4101))
    await ledger.save(record("a", campaign_id=None))
    assert await ledger.owner(4101) is None
    await ledger.save(record("b", campaign_id=4101))
