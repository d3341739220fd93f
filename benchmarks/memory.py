"""Measure jobs of any size: peak memory, time per campaign, ledger time per step and time to resume.

    python -m benchmarks.memory --sizes 1000 10000 100000

Each size runs in its own process: specs from a generator, the real client and runner, a SQLite ledger, and a
stateless transport that responds immediately.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from smartlead_async import HttpRequest, HttpResponse, LeadInput, RateLimits, SmartleadClient, SqliteLedger
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.records import (
    CampaignRecord,
    CampaignState,
    JobRecord,
    StepRecord,
    StepState,
)

STEPS = (
    StepSpec("Hello {{first_name}}", "<p>Hello</p>"),
    StepSpec(body="<p>Any thoughts?</p>", delay_days=3),
)
GOAL_MIB = 200
GOAL_STEP_MS = 0.5
GOAL_RESUME_S = 2.0


def specs(number: int) -> Iterator[CampaignSpec]:
    """Yield the specs of a plan one by one, so that the plan itself takes no memory."""
    for n in range(number):
        yield CampaignSpec(
            f"SaaS founders Q1 2027 – demo invite {n}",
            steps=STEPS,
            mailboxes=MailboxChoice(ids=(501, 502)),
            leads=(LeadInput(f"lead@c{n}.example", first_name="Zoë"),),
            schedule=ScheduleSpec("Europe/Berlin"),
            settings=SettingsSpec(follow_up_percentage=60),
            start=True,
        )


class AcceptingTransport:
    """A transport that responds to every request immediately with success."""

    def __init__(self) -> None:
        self.campaigns = 0
        self.first_request_at: float | None = None

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Return a new campaign id for a create, an empty list for a read, and ok for any other."""
        self.first_request_at = self.first_request_at or time.perf_counter()
        if "/campaigns/create" in request.url:
            self.campaigns += 1
            return HttpResponse(200, {}, b'{"ok": true, "id": %d}' % (4100 + self.campaigns))
        return HttpResponse(200, {}, b"[]" if request.method == "GET" else b'{"ok": true}')

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""


class TimedLedger(SqliteLedger):
    """A ledger that adds up the time spent on writes."""

    seconds = 0.0
    writes = 0

    async def save(self, record: CampaignRecord) -> None:
        """Save a record and measure the time."""
        began = time.perf_counter()
        await super().save(record)
        TimedLedger.seconds += time.perf_counter() - began
        TimedLedger.writes += 1


@asynccontextmanager
async def open_client(transport: AcceptingTransport) -> AsyncIterator[SmartleadClient]:
    """Open a client without rate limits."""
    async with SmartleadClient("test-key", transport=transport, limits=RateLimits.UNLIMITED) as client:
        yield client


async def run_job(number: int, path: Path) -> dict[str, Any]:
    """Run a whole job; return its peak memory and its cost per campaign and per step."""
    async with open_client(AcceptingTransport()) as client:
        # Warm up: classes, converters and statements are built on first use.
        await client.provision(specs(20), ledger=TimedLedger(path.with_name("first.ledger")), concurrency=1)
    TimedLedger.seconds, TimedLedger.writes = 0.0, 0
    began, cpu = time.perf_counter(), time.process_time()
    async with open_client(AcceptingTransport()) as client:
        # One campaign at a time, so that the time of a write does not include other work.
        report = await client.provision(specs(number), ledger=TimedLedger(path), concurrency=1)
    if report.done != number:
        raise RuntimeError(f"{report.done} of {number} campaigns done, {report.failed} failed")
    return {
        "campaigns": number,
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_ms_per_campaign": round((time.process_time() - cpu) / number * 1000, 3),
        "ledger_ms_per_step": round(TimedLedger.seconds / TimedLedger.writes * 1000, 3),
    }


async def write_finished(number: int, path: Path) -> None:
    """Write the ledger of a job whose first ``number`` campaigns are done."""
    now = time.time()
    taken = [step for step in Step if step not in (Step.PAUSE, Step.DELETE)]
    done = tuple(StepRecord(step, StepState.DONE, now, now, 1) for step in taken)
    ledger = SqliteLedger(path)
    await ledger.open()
    job = JobRecord(plan="the plan", baseline_id=4100, began_at=now, applied_plan="the plan")
    await ledger.save_job(job)
    for n, spec in enumerate(specs(number)):
        record = CampaignRecord(
            spec.identity,
            spec.name,
            None,
            fingerprint=spec.fingerprint(),
            state=CampaignState.DONE,
            campaign_id=4101 + n,
            creates=1,
            steps=done,
        )
        await ledger.save(record)
    await ledger.aclose()


async def run_resume(number: int, path: Path) -> dict[str, Any]:
    """Resume a job whose first ``number`` campaigns are done; return the time until its next request."""
    await write_finished(number, path)
    plan = list(specs(number + 1))
    transport = AcceptingTransport()
    transport.campaigns = number
    async with open_client(transport) as client:
        began = time.perf_counter()
        await client.provision(plan, ledger=SqliteLedger(path), plan="the plan")
    assert transport.first_request_at is not None
    return {"rows": number, "seconds_to_first_request": round(transport.first_request_at - began, 2)}


def measure(what: str, number: int) -> dict[str, Any]:
    """Run one measurement, "job" or "resume", in its own process."""
    command = [sys.executable, "-m", "benchmarks.memory", "--only", what, "--sizes", str(number)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=1200, cwd=Path(__file__).parent.parent
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--only", choices=["job", "resume"], help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.only:
        with tempfile.TemporaryDirectory() as folder:
            run = {"job": run_job, "resume": run_resume}[args.only]
            print(json.dumps(asyncio.run(run(args.sizes[0], Path(folder) / "job.ledger"))))
        return 0
    for number in args.sizes:
        print(measure("job", number), flush=True)
    print(measure("resume", max(args.sizes)))
    print(f"goals: at most {GOAL_MIB} MiB and flat, {GOAL_STEP_MS} ms per step, {GOAL_RESUME_S} s to resume")
    return 0


if __name__ == "__main__":
    sys.exit(main())
