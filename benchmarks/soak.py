"""Soak test: a job over HTTP with faults and kills, followed by a check of the server's state.

    python -m benchmarks.soak --campaigns 2000 --kills 20 --faults 0.2 --seed 1

A fake SmartLead is served on loopback. A worker process runs a plan with a SQLite ledger. It is killed with
SIGKILL at random times and restarted until it completes. Then the server's state is compared, campaign by
campaign, with that of an undisturbed job. The exit code is 1 if they differ.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from smartlead_async import FakeSmartlead, LeadInput, RateLimits, RetryPolicy, SmartleadClient, SqliteLedger
from smartlead_async.fake import Faults
from smartlead_async.fake.server import running
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.job.options import ReconcilePolicy

KEY = "soak-key"
MAX_DELAY = 1.0
"""The longest delay in seconds of a commit, a list or a response; the checks below go beyond it."""
CHECKS = ReconcilePolicy((0.4, 1.2, 3.0))
TIMEOUT = 900.0


def plan(campaigns: int) -> list[CampaignSpec]:
    """Return fully set up campaigns, two of each name, so that reconciliation has to tell them apart."""
    return [
        CampaignSpec(
            f"SaaS founders Q1 2027 – demo invite {n // 2}",
            key=f"campaign {n}",
            steps=(
                StepSpec(
                    "Hello {{first_name}}",
                    "<p>Hello</p>",
                    variants=(VariantSpec(share=50), VariantSpec("Hi {{first_name}}", share=50)),
                ),
                StepSpec(body="<p>Any thoughts?</p>", delay_days=3),
            ),
            mailboxes=MailboxChoice(ids=(501, 502)) if n % 2 else MailboxChoice(tag="North"),
            leads=[LeadInput(f"lead{i}@c{n}.example", first_name="Zoë") for i in range(3)],
            schedule=ScheduleSpec("Europe/Berlin"),
            settings=SettingsSpec(follow_up_percentage=60),
            start=True,
        )
        for n in range(campaigns)
    ]


def seeded_fake() -> FakeSmartlead:
    """Return a fake with the mailboxes that the plan sends from."""
    fake = FakeSmartlead(api_key=KEY, log_size=0)
    for name in ("ada", "bo"):
        fake.add_email_account(f"{name}@sender.example", tags=("North",))
    return fake


@attrs.frozen
class Verdict:
    """The final state of the server compared with the plan."""

    campaigns: int
    seconds: float
    requests: int
    faults: int
    kills: int
    lost: int
    duplicate: int
    different: int
    leads_missing: int

    @property
    def is_clean(self) -> bool:
        """Whether the campaigns are exactly those of the plan, each once and with all its leads."""
        return not (self.lost or self.duplicate or self.different or self.leads_missing)


async def soak(
    campaigns: int, *, kills: int, faults: float, seed: int, folder: Path, concurrency: int = 40
) -> Verdict:
    """Run one soak test. Orphans count as duplicates."""
    fake, rng, began = seeded_fake(), random.Random(seed), time.monotonic()
    fake.faults = Faults(faults, seed=seed, longest=MAX_DELAY, too_slow=2.0 * MAX_DELAY + 3)
    ledger = folder / f"soak-{seed}.ledger"
    killed = 0
    async with running(fake) as url, asyncio.timeout(TIMEOUT):
        while True:
            worker = await _start_worker(url, ledger, campaigns, concurrency)
            # Spread the kills over the duration of the job; Python takes the first second to start.
            lifetime = rng.uniform(1.0, 4.0) if killed < kills else TIMEOUT
            try:
                code = await asyncio.wait_for(worker.wait(), lifetime)
            except TimeoutError:
                killed += 1
            else:
                if code != 0:
                    raise RuntimeError(f"the worker exited with code {code}")
                break
            finally:
                if worker.returncode is None:
                    worker.kill()
                    await worker.wait()
        seconds = time.monotonic() - began
        fake.settle()
    fake.faults = None
    return await _verdict(fake, campaigns, seconds=seconds, kills=killed)


async def _start_worker(
    url: str, ledger: Path, campaigns: int, concurrency: int
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.soak",
        "--worker",
        url,
        "--ledger",
        str(ledger),
        "--campaigns",
        str(campaigns),
        "--concurrency",
        str(concurrency),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        cwd=Path(__file__).parent.parent,
    )


async def _verdict(fake: FakeSmartlead, campaigns: int, *, seconds: float, kills: int) -> Verdict:
    expected = seeded_fake()
    client = SmartleadClient(KEY, transport=expected.transport(), limits=RateLimits.UNLIMITED)
    await client.provision(plan(campaigns), concurrency=campaigns)
    expected_campaigns, actual_campaigns = (
        Counter(repr(c) for c in server.snapshot()) for server in (expected, fake)
    )
    expected_names, actual_names = (
        Counter(c["name"] for c in server.snapshot()) for server in (expected, fake)
    )
    expected_leads, actual_leads = (
        {address for c in server.snapshot() for address in c["leads"]} for server in (expected, fake)
    )
    return Verdict(
        campaigns=campaigns,
        seconds=round(seconds, 1),
        requests=fake.requests.total,
        faults=sum(fake.requests.by_fault.values()),
        kills=kills,
        lost=(expected_names - actual_names).total(),
        duplicate=(actual_names - expected_names).total(),
        different=(expected_campaigns - actual_campaigns).total(),
        leads_missing=len(expected_leads - actual_leads),
    )


async def run_worker(url: str, ledger: Path, campaigns: int, concurrency: int) -> int:
    """Run the job from the state in the ledger; this is what the process does that gets killed."""
    async with SmartleadClient(
        KEY,
        base_url=url,
        limits=RateLimits.UNLIMITED,
        timeout=2.0 * MAX_DELAY,
        retry=RetryPolicy(first_wait=0.05, longest_wait=0.5),
        max_in_flight=concurrency,
    ) as client:
        report = await client.provision(
            plan(campaigns),
            ledger=SqliteLedger(ledger),
            concurrency=concurrency,
            reconcile=CHECKS,
            prune_orphans=True,
        )
    return 0 if report.succeeded and report.done == campaigns else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--campaigns", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--concurrency", type=int, default=40)
    parser.add_argument("--worker", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--ledger", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.worker:
        return asyncio.run(run_worker(args.worker, args.ledger, args.campaigns, args.concurrency))
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(
            soak(
                args.campaigns,
                kills=args.kills,
                faults=args.faults,
                seed=args.seed,
                folder=Path(folder),
                concurrency=args.concurrency,
            )
        )
    result: dict[str, Any] = attrs.asdict(verdict)
    for name, value in result.items():
        print(f"{name.replace('_', ' '):14} {value:,}")
    print("clean" if verdict.is_clean else "NOT CLEAN")
    return 0 if verdict.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
