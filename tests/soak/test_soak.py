"""A short soak test: a job over HTTP with faults of every kind, killed with SIGKILL and resumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.soak import soak


@pytest.mark.soak
@pytest.mark.sockets
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_job_survives_faults_and_kills(seed: int, tmp_path: Path) -> None:
    verdict = await soak(80, kills=4, faults=0.2, seed=seed, folder=tmp_path, concurrency=10)
    assert verdict.is_clean, verdict
    assert verdict.kills >= 2
    assert verdict.faults > 80
