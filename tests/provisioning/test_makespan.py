"""A job in which a tenth of the creates fail takes hardly longer than one without faults."""

from __future__ import annotations

import asyncio
import itertools

import attrs
import pytest

from benchmarks.workloads import faulty_makespan
from smartlead_async.fake import Fault
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.virtual_time import run

from .jobs import campaigns, job_on, seeded_fake

FAULTS = {"refused with 503": Fault.status_before(503), "lost": Fault.lost_after()}
CREATES = ("CreateCampaign", "DuplicateCampaign")
NUMBER = 100


def specs_for(strategy: str) -> list[CampaignSpec]:
    """Return campaigns of two kinds; for the clone strategy, of one kind."""
    specs = campaigns(NUMBER, same_names=False)
    if strategy == "full":
        return specs
    return [attrs.evolve(specs[0], name=each.name, key=each.key, leads=each.leads) for each in specs]


async def seconds_of_job(fault: Fault | None, strategy: str, concurrency: int = 2) -> float:
    """Run a job without rate limits; every tenth create fails, but for the last ones."""
    fake, creates = seeded_fake(), itertools.count(1)
    if fault is not None:
        fake.script(
            lambda name: name in CREATES and (n := next(creates)) % 10 == 0 and n < 0.8 * NUMBER,
            fault,
            times=None,
        )
    report = await job_on(fake, specs_for(strategy), strategy=strategy, concurrency=concurrency).run()
    assert report.done == NUMBER
    assert len(fake.campaigns) == NUMBER
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_unresolved_creates_hold_no_worker(fault: Fault) -> None:
    assert run(seconds_of_job(fault, "full")) <= 1.1 * run(seconds_of_job(None, "full"))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_unresolved_duplicates_hold_up_no_other_copies(fault: Fault) -> None:
    # Those that took effect are set up in full.
    assert run(seconds_of_job(fault, "clone")) <= 1.3 * run(seconds_of_job(None, "clone"))


def test_copies_of_one_kind_are_made_side_by_side() -> None:
    assert run(seconds_of_job(None, "clone", 8)) <= 0.4 * run(seconds_of_job(None, "clone", 2))


@pytest.mark.parametrize("fault", ["refused", "lost"])
def test_unresolved_creates_hardly_delay_a_job_that_the_rate_limits_pace(fault: str) -> None:
    result = faulty_makespan(fault, "standard", 120)  # type: ignore[arg-type]
    assert result["faults"] >= 8
    assert result["duplicates"] == 0
    assert result["ratio"] <= 1.1
