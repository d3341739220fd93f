"""A short soak test: a job over HTTP with faults of every kind, killed with SIGKILL and resumed."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from benchmarks.soak import STRATEGIES, Soak


@pytest.mark.soak
@pytest.mark.sockets
@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_a_job_survives_faults_kills_and_clocks_that_jump(strategy: str, tmp_path: Path) -> None:
    seed = secrets.randbelow(10**6)
    options = f"--campaigns 80 --kills 4 --edits 2 --strategy {strategy} --seed {seed}"
    print(f"\npython -m benchmarks.soak {options}")  # noqa: T201 - it reproduces this run
    soak = Soak(
        80, kills=4, faults=0.2, seed=seed, folder=tmp_path, concurrency=10, strategy=strategy, edits=2
    )
    verdict = await soak.run()
    assert verdict.is_clean, verdict
    assert verdict.kills >= 2
    assert verdict.faults > 40
    assert verdict.clock_jumps > 2
    assert verdict.rivals_refused
