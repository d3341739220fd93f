"""A job in which a tenth of the creates fail takes hardly longer than one without faults."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from benchmarks.workloads import faulty_makespan
from smartlead_async.fake import Fault
from smartlead_async.virtual_time import run

from .jobs import campaigns, job_on, seeded_fake

FAULTS = {"refused with 503": Fault.status_before(503), "lost": Fault.lost_after()}
NUMBER = 100


async def seconds_of_job(fault: Fault | None) -> float:
    """Run a job without rate limits on two workers; every tenth create fails, but for the last ones."""
    fake, creates = seeded_fake(), itertools.count(1)
    if fault is not None:
        fake.script(
            lambda name: name == "CreateCampaign" and (n := next(creates)) % 10 == 0 and n < 0.8 * NUMBER,
            fault,
            times=None,
        )
    report = await job_on(fake, campaigns(NUMBER, same_names=False), concurrency=2).run()
    assert report.done == NUMBER
    assert len(fake.campaigns) == NUMBER
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_unresolved_creates_hold_no_worker(fault: Fault) -> None:
    assert run(seconds_of_job(fault)) <= 1.1 * run(seconds_of_job(None))


@pytest.mark.parametrize("fault", ["refused", "lost"])
def test_unresolved_creates_hardly_delay_a_job_that_the_rate_limits_pace(fault: str) -> None:
    result = faulty_makespan(fault, "standard", 120)  # type: ignore[arg-type]
    assert result["faults"] >= 8
    assert result["duplicates"] == 0
    assert result["ratio"] <= 1.1
