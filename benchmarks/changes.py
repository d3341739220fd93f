"""The cost of applying a plan again: unchanged, and with one lead more in every campaign.

The ledger is a file, and the server the fake in memory.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import attrs

from smartlead_async import FakeSmartlead, LeadInput, RateLimits, SmartleadClient, SqliteLedger
from smartlead_async.plan.campaign import CampaignSpec

from .memory import specs, write_finished

GOAL_SECONDS = 5.0


def one_lead_more(number: int) -> dict[str, Any]:
    """Provision a plan, add a lead to each campaign, and provision it again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "job.ledger")
        figures = asyncio.run(_one_lead_more(number, path))
        return {**figures, "ledger_bytes": round(path.stat().st_size / number)}


def unchanged(number: int) -> dict[str, Any]:
    """Apply a plan again whose campaigns are all finished."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_unchanged(number, Path(folder, "job.ledger")))


async def _one_lead_more(number: int, path: Path) -> dict[str, Any]:
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


async def _unchanged(number: int, path: Path) -> dict[str, Any]:
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
