"""The soak: a job over HTTP in which everything goes wrong, and what is left on the server in the end.

    python -m benchmarks.soak --campaigns 2000 --kills 20 --faults 0.2 --seed 1

A fake SmartLead is served on loopback. A process of its own works on a plan with a SQLite ledger; it is
killed with SIGKILL at random instants and begun again until it ends by itself. Then the server's state is
compared with that of a job in which nothing went wrong, campaign by campaign. The exit code is 1 when they
differ.
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
LONGEST = 1.0
"""Seconds by which a commit, a list or an answer may be late; the looks below reach beyond it."""
LOOKS = ReconcilePolicy((0.4, 1.2, 3.0))
PATIENCE = 900.0


def plan(campaigns: int) -> list[CampaignSpec]:
    """Campaigns of a full set-up; two of each name, so that looks have something to confuse."""
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


def furnished() -> FakeSmartlead:
    """A fake with the mailboxes that the plan sends from."""
    fake = FakeSmartlead(api_key=KEY, log_size=0)
    for name in ("ada", "bo"):
        fake.add_email_account(f"{name}@sender.example", tags=("North",))
    return fake


@attrs.frozen
class Verdict:
    """What stands on the server in the end, against the plan."""

    campaigns: int
    seconds: float
    requests: int
    faults: int
    kills: int
    lost: int
    duplicate: int
    unlike_plan: int
    leads_missing: int

    @property
    def is_clean(self) -> bool:
        """Whether every campaign is there once, as planned, with all its leads, and nothing besides."""
        return not (self.lost or self.duplicate or self.unlike_plan or self.leads_missing)


async def soak(
    campaigns: int, *, kills: int, faults: float, seed: int, folder: Path, concurrency: int = 40
) -> Verdict:
    """Run one soak. Orphans count as duplicates: a campaign too many is a campaign too many."""
    fake, dice, began = furnished(), random.Random(seed), time.monotonic()
    fake.faults = Faults(faults, seed=seed, longest=LONGEST, too_slow=2.0 * LONGEST + 3)
    ledger = folder / f"soak-{seed}.ledger"
    killed = 0
    async with running(fake) as url, asyncio.timeout(PATIENCE):
        while True:
            worker = await _begin(url, ledger, campaigns, concurrency)
            # Spread over the time that the job takes; the first second is Python starting up.
            patience = dice.uniform(1.0, 4.0) if killed < kills else PATIENCE
            try:
                code = await asyncio.wait_for(worker.wait(), patience)
            except TimeoutError:
                killed += 1
            else:
                if code != 0:
                    raise RuntimeError(f"the job ended with exit code {code}")
                break
            finally:
                if worker.returncode is None:
                    worker.kill()
                    await worker.wait()
        seconds = time.monotonic() - began
        fake.settle()
    fake.faults = None
    return await _verdict(fake, campaigns, seconds=seconds, kills=killed)


async def _begin(url: str, ledger: Path, campaigns: int, concurrency: int) -> asyncio.subprocess.Process:
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
    ideal = furnished()
    client = SmartleadClient(KEY, transport=ideal.transport(), limits=RateLimits.UNLIMITED)
    await client.provision(plan(campaigns), concurrency=campaigns)
    planned, found = (Counter(repr(c) for c in one.snapshot()) for one in (ideal, fake))
    names, there = (Counter(c["name"] for c in one.snapshot()) for one in (ideal, fake))
    leads = {address for c in ideal.snapshot() for address in c["leads"]}
    leads_there = {address for c in fake.snapshot() for address in c["leads"]}
    return Verdict(
        campaigns=campaigns,
        seconds=round(seconds, 1),
        requests=fake.requests.total,
        faults=sum(fake.requests.by_fault.values()),
        kills=kills,
        lost=(names - there).total(),
        duplicate=(there - names).total(),
        unlike_plan=(planned - found).total(),
        leads_missing=len(leads - leads_there),
    )


async def work(url: str, ledger: Path, campaigns: int, concurrency: int) -> int:
    """What the process does that is killed: the job, from wherever the ledger says it is."""
    async with SmartleadClient(
        KEY,
        base_url=url,
        limits=RateLimits.UNLIMITED,
        timeout=2.0 * LONGEST,
        retry=RetryPolicy(first_wait=0.05, longest_wait=0.5),
        max_in_flight=concurrency,
    ) as client:
        report = await client.provision(
            plan(campaigns),
            ledger=SqliteLedger(ledger),
            concurrency=concurrency,
            reconcile=LOOKS,
            prune_orphans=True,
        )
    return 0 if report.succeeded and report.done == campaigns else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
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
    given = parser.parse_args(arguments)
    if given.worker:
        return asyncio.run(work(given.worker, given.ledger, given.campaigns, given.concurrency))
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(
            soak(
                given.campaigns,
                kills=given.kills,
                faults=given.faults,
                seed=given.seed,
                folder=Path(folder),
                concurrency=given.concurrency,
            )
        )
    told: dict[str, Any] = attrs.asdict(verdict)
    for name, value in told.items():
        print(f"{name.replace('_', ' '):14} {value:,}")
    print("clean" if verdict.is_clean else "NOT CLEAN")
    return 0 if verdict.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
