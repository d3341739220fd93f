"""Values of wrong types in the specs of a job: the campaign fails, with its path and what is due."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import attrs
import pytest

from smartlead_async import InvalidPlan, LeadFile, LeadInput, MemoryLedger, SqliteLedger
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.ledger.records import CampaignState
from smartlead_async.typed import WrongType

from .jobs import campaigns, job_on, seeded_fake

NOT_A_SPEC: Any = {"name": "Founders Q1 2027"}
WRONG: list[dict[str, Any]] = [
    {"steps": [{"subject": "s", "body": "b"}]},
    {"schedule": {"timezone": "UTC"}},
    {"settings": "none"},
    {"mailboxes": [501]},
    {"mailboxes": MailboxChoice(ids=cast("Any", b"12"))},
    {"leads": 5},
    {"leads": None},
    {"leads": [{"email": "a@b.example"}]},
    {"leads": (LeadInput(f"lead{n}@c.example") for n in range(3))},
    {"leads": LeadFile(cast("Any", 7))},
    {"lead_import": {"return_lead_ids": True}},
    {"client_id": Decimal(7)},
    {"client_id": 2**63},
    {"name": {"de": "Gründer"}},
    {"name": "half \ud800"},
    {"name": 10**5000},
    {"key": 5},
    {"key": "half \udc00"},
    {"start": "yes"},
]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("as_stream", [False, True])
async def test_a_value_of_a_wrong_type_fails_its_campaign_alone(
    wrong: dict[str, Any], in_file: bool, as_stream: bool, tmp_path: Path
) -> None:
    fake, specs = seeded_fake(), campaigns(3, same_names=False)
    specs[1] = attrs.evolve(specs[1], **wrong)
    ledger = SqliteLedger(tmp_path / "job.ledger") if in_file else MemoryLedger()
    report = await job_on(fake, iter(specs) if as_stream else specs, ledger, create_anyway=False).run()
    assert (report.done, report.failed) == (2, 1)
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    assert failed.error is not None
    assert failed.error.startswith("error: ")
    corrected = [specs[0], attrs.evolve(campaigns(3, same_names=False)[1], key=failed.key), specs[2]]
    again = await job_on(fake, corrected, ledger).run()
    assert (again.done, again.failed) == (3, 0)


@pytest.mark.parametrize("item", [NOT_A_SPEC, None, 5, "Founders Q1 2027", LeadInput("a@b.example")])
async def test_an_item_of_a_stream_that_is_not_a_spec_fails_alone(item: Any) -> None:
    fake, specs = seeded_fake(), campaigns(3, same_names=False)
    report = await job_on(fake, iter([specs[0], item, *specs[1:]])).run()
    assert (report.done, report.failed) == (3, 1)
    (failed,) = [record async for record in report.campaigns(CampaignState.FAILED)]
    assert failed.key == "specs[1]"
    assert failed.error is not None
    assert failed.error.startswith("error: specs[1]: expected a CampaignSpec, got ")


async def test_a_list_with_an_item_that_is_not_a_spec_is_refused_before_the_first_request() -> None:
    fake = seeded_fake()
    with pytest.raises(InvalidPlan, match=r"specs\[2\]: expected a CampaignSpec, got a mapping"):
        await job_on(fake, [*campaigns(2), NOT_A_SPEC]).run()
    assert fake.requests.total == 0


@pytest.mark.parametrize("specs", [5, None, CampaignSpec("A")])
async def test_what_is_no_iterable_of_specs_is_refused_by_name(specs: Any) -> None:
    with pytest.raises(WrongType, match="specs must be an iterable of CampaignSpec, not "):
        job_on(seeded_fake(), specs)


@pytest.mark.parametrize("wrong", WRONG[:6])
async def test_a_campaign_that_becomes_invalid_is_told_on_the_next_run_and_the_others_go_on(
    wrong: dict[str, Any],
) -> None:
    fake, ledger, specs = seeded_fake(), MemoryLedger(), campaigns(3, same_names=False)
    assert (await job_on(fake, specs, ledger).run()).done == 3
    specs[1] = attrs.evolve(specs[1], **wrong)
    specs[2] = attrs.evolve(specs[2], settings=SettingsSpec(follow_up_percentage=10))
    report = await job_on(fake, specs, ledger).run()
    assert (report.done, report.failed) == (2, 1)
