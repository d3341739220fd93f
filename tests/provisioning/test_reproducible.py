"""A job on the fake is reproducible: the same seed gives the same requests at the same times.

Otherwise neither a simulation nor a failed property test could be repeated.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from smartlead_async import MemoryLedger
from smartlead_async.fake import Faults
from smartlead_async.fake.request_log import LoggedRequest
from smartlead_async.virtual_time import run

from .jobs import TimelessLedger, campaigns, run_with_kills, seeded_fake


async def requests_of_job(in_a_file: bool, strategy: str, latency: float | None) -> list[LoggedRequest]:
    """Run a job with faults, killed twice; many of its requests are sent at the same time."""
    dice = random.Random(5)
    fake = seeded_fake(faults=Faults(0.2, seed=3))
    with tempfile.TemporaryDirectory() as folder:
        ledger = TimelessLedger(Path(folder) / "a.ledger") if in_a_file else MemoryLedger()
        await run_with_kills(
            fake,
            campaigns(16),
            ledger,
            [3.0, 30.0],
            strategy=strategy,
            concurrency=8,
            latency=latency or (lambda: dice.uniform(0.05, 0.4)),
        )
    return list(fake.requests.entries)


@pytest.mark.parametrize(
    ("in_a_file", "strategy", "latency"),
    [(False, "full", 0.2), (True, "clone", None)],
    ids=["memory", "file"],
)
def test_the_same_job_sends_the_same_requests(in_a_file: bool, strategy: str, latency: float | None) -> None:
    first = run(requests_of_job(in_a_file, strategy, latency))
    assert len(first) > 60
    assert run(requests_of_job(in_a_file, strategy, latency)) == first
