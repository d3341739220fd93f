"""The request count of ``check`` equals the number of requests that a job sends."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from smartlead_async import FakeSmartlead, LeadInput, RateLimits, SmartleadClient
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.check import check
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.request_count import RequestCount
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "plan.yaml"


def campaign(number: int, *, leads: int = 3, body: str = "<p>a</p>", tag: bool = False) -> CampaignSpec:
    return CampaignSpec(
        f"SaaS founders Q1 2027 – demo invite {number}",
        steps=(StepSpec("Hello", body),),
        mailboxes=MailboxChoice(tag="North") if tag else MailboxChoice(ids=(501,)),
        leads=[LeadInput(f"lead{i}@prospect{number}.example") for i in range(leads)],
        schedule=ScheduleSpec("Europe/Berlin"),
        settings=SettingsSpec(follow_up_percentage=60),
        start=True,
    )


PLANS = {
    "alike": [campaign(n) for n in range(5)],
    "two kinds, one of them looked up": [campaign(n, tag=n % 2 == 0) for n in range(6)],
    "each of its own kind": [campaign(n, body=f"<p>{n}</p>") for n in range(4)],
    "many leads": [campaign(0, leads=401), campaign(1, leads=800)],
    "nothing to copy": [CampaignSpec(f"bare {n}", steps=(StepSpec("Hello", "<p>a</p>"),)) for n in range(3)],
}


@pytest.mark.parametrize("strategy", ["full", "clone"])
@pytest.mark.parametrize("name", PLANS)
async def test_a_job_sends_as_many_requests_as_were_counted(
    name: str, strategy: Literal["full", "clone"]
) -> None:
    specs = PLANS[name]
    counted = RequestCount()
    for spec in specs:
        counted.add(spec, leads=len(list(spec.iter_leads())))
    fake = FakeSmartlead()
    fake.add_email_account("ada@sender.example", tags=("North",))
    client = SmartleadClient("test-key", transport=fake.transport(), limits=RateLimits.UNLIMITED)
    report = await client.provision(specs, strategy=strategy)
    assert report.done == len(specs)
    assert report.requests == len(fake.requests) == getattr(counted, strategy)


def test_building_in_full_takes_seven_requests_and_cloning_four_beside_one_list() -> None:
    counted = RequestCount()
    counted.add(campaign(0), leads=400)
    assert (counted.full, counted.clone) == (8, 8)
    counted.add(campaign(1), leads=400)
    assert (counted.full, counted.clone) == (15, 12)


def test_check_reports_what_cloning_saves(tmp_path: Path) -> None:
    report = check(EXAMPLE)
    assert report.requests == report.full_requests == 86
    assert report.saved_by_cloning == 86 - report.clone_requests > 0
    plan = tmp_path / "plan.yaml"
    steps = "steps: [{subject: Hello, body: <p>a</p>}], schedule: {timezone: Europe/Berlin}"
    plan.write_text(f"version: 1\nstrategy: clone\ncampaigns: [{{name: A, {steps}}}, {{name: B, {steps}}}]\n")
    cloned = check(plan)
    assert (cloned.requests, cloned.full_requests, cloned.saved_by_cloning) == (6, 7, 1)
