"""Measure what a plan that is applied again costs: unchanged, and with one lead more in every campaign.

    python -m benchmarks.changes --campaigns 1000 --unchanged 100000

The ledger is a file, and the server the fake in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from smartlead_async import FakeSmartlead, LeadInput, RateLimits, SmartleadClient, SqliteLedger
from smartlead_async.plan.campaign import CampaignSpec

from .memory import specs, write_finished

GOAL_SECONDS = 5.0


async def one_lead_more(number: int, path: Path) -> dict[str, Any]:
    """Provision a plan, add a lead to each campaign, and provision it again."""
    fake = FakeSmartlead(log_size=0)
    for name in ("ada", "bo"):
        fake.add_email_account(f"{name}@sender.example")
    async with SmartleadClient("test-key", transport=fake.transport(), limits=RateLimits.UNLIMITED) as client:
        plan = list(specs(number))
        await client.provision(plan, ledger=SqliteLedger(path), concurrency=20)
        grown = [_with_lead(spec, n) for n, spec in enumerate(plan)]
        began = time.perf_counter()
        report = await client.provision(grown, ledger=SqliteLedger(path), concurrency=20)
        seconds = time.perf_counter() - began
    leads = {len(campaign.leads) for campaign in fake.campaigns.values()}
    return {
        "campaigns": number,
        "requests": report.requests,
        "imports": report.traffic.by_operation["AddLeads"],
        "seconds": round(seconds, 2),
        "failed": report.failed,
        "leads_in_each": sorted(leads),
    }


async def unchanged(number: int, path: Path) -> dict[str, Any]:
    """Apply a plan again whose campaigns are all finished."""
    await write_finished(number, path)
    plan = list(specs(number))
    async with SmartleadClient(
        "test-key", transport=FakeSmartlead().transport(), limits=RateLimits.UNLIMITED
    ) as client:
        began, cpu = time.perf_counter(), time.process_time()
        report = await client.provision(plan, ledger=SqliteLedger(path))
    return {
        "campaigns": number,
        "unchanged": report.finished_before,
        "requests": report.requests,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


def _with_lead(spec: CampaignSpec, number: int) -> CampaignSpec:
    return attrs.evolve(spec, leads=(*spec.iter_leads(), LeadInput(f"new@c{number}.example")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--campaigns", type=int, default=1_000)
    parser.add_argument("--unchanged", type=int, default=100_000)
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "grown.ledger")
        grown = asyncio.run(one_lead_more(args.campaigns, path))
        grown["ledger_bytes_per_campaign"] = round(path.stat().st_size / args.campaigns)
        same = asyncio.run(unchanged(args.unchanged, Path(folder, "same.ledger")))
    print(f"one lead more  {grown}")
    print(f"unchanged      {same}")
    is_exact = grown["requests"] == grown["imports"] == args.campaigns and not grown["failed"]
    is_recognized = same["requests"] == 0 and same["unchanged"] == args.unchanged
    return 0 if is_exact and is_recognized and same["seconds"] < GOAL_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
