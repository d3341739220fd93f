"""Soak test: a job over HTTP with faults and kills, followed by a check of the server's state.

    python -m benchmarks.soak --campaigns 2000 --kills 20 --faults 0.2 --seed 1

A fake SmartLead is served on loopback, with campaigns of other clients under the names of the plan and of
copies. A worker process runs a plan with a SQLite ledger. It is killed with SIGKILL at random times and
restarted until it completes, each time with its clock set to another time and with one of two names of the
ledger. The clock of the server jumps as well, and processes that open the ledger under its other name must be
refused. With ``--edits``, the plan is edited between the runs: leads, texts, schedules, settings, mailboxes
and names change, and campaigns leave it. Then the state of the server is compared, campaign by campaign, with
that of an undisturbed job of the last plan. The exit code is 1 if they differ.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from smartlead_async import FakeSmartlead, LeadInput, RateLimits, RetryPolicy, SmartleadClient, SqliteLedger
from smartlead_async.fake import Faults
from smartlead_async.fake.server import running
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions, ReconcilePolicy
from smartlead_async.provisioning.ledger.protocol import LedgerError

KEY = "soak-key"
MAX_DELAY = 1.0
"""The longest delay in seconds of a commit, a list or a response; the checks below go beyond it."""
CHECKS = ReconcilePolicy((0.4, 1.2, 3.0))
TIMEOUT = 2400.0


STRATEGIES: Final = ("full", "clone")
CLIENTS: Final = (101, 102)
JUMPS: Final = (-7200.0, -400.0, -30.0, 30.0, 400.0, 7200.0)
_SUFFIXES: Final = ("", "", " - copy", "", " - copy - copy")
_REFUSED: Final = 3
"""The exit code of a process that cannot open the ledger because another one has it."""


def _name(number: int) -> str:
    return f"SaaS founders Q1 2027 – demo invite {number // len(_SUFFIXES)}"


def plan(campaigns: int, edition: int = 0) -> list[CampaignSpec]:
    """Return the plan after so many edits, each of which changes one campaign in ten."""
    return [spec for n in range(campaigns) if (spec := _edited(_spec(n), n, edition)) is not None]


def _spec(n: int) -> CampaignSpec:
    """Return a fully set up campaign whose name is that of others or of copies, and so easily mixed up."""
    return CampaignSpec(
        _name(n) + _SUFFIXES[n % len(_SUFFIXES)],
        key=f"campaign {n}",
        client_id=CLIENTS[0] if n % len(_SUFFIXES) == 3 else None,
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


def _edited(spec: CampaignSpec, number: int, edition: int) -> CampaignSpec | None:
    """Return a campaign after so many edits of the plan; None if one of them removes it."""
    for edit in range(1, edition + 1):
        if (number + edit) % 10 == 0:
            kind = (number // 10 + edit) % 9
            if kind == 8:
                return None
            spec = attrs.evolve(spec, **_edit(spec, kind, edit))
    return spec


def _edit(spec: CampaignSpec, kind: int, edit: int) -> dict[str, Any]:
    leads = list(spec.iter_leads())
    edits: list[dict[str, Any]] = [
        {"leads": [*leads, LeadInput(f"edit{edit}.{leads[0].email}", first_name="Bo")]},
        {"leads": leads[1:] or leads},
        {"leads": [attrs.evolve(leads[0], first_name=f"Bo {edit}"), *leads[1:]]},
        {"steps": (*spec.steps, StepSpec(body=f"<p>Edit {edit}</p>", delay_days=5))},
        {"schedule": ScheduleSpec("Asia/Tokyo", days=("sat",), start=f"{6 + edit % 3:02}:00")},
        {"settings": SettingsSpec(follow_up_percentage=edit)},
        {"mailboxes": MailboxChoice(ids=(501,))},
        {"name": f"{spec.name}, edit {edit}"},
    ]
    return edits[kind]


async def seeded_fake(campaigns: int) -> FakeSmartlead:
    """Return a fake with mailboxes, clients and, under the names of the plan, campaigns of others."""
    fake = FakeSmartlead(api_key=KEY, log_size=0)
    for name in ("ada", "bo"):
        fake.add_email_account(f"{name}@sender.example", tags=("North",))
    for number in CLIENTS:
        fake.add_client(f"Client {number}", client_id=number)
    async with _client_of(fake) as client:
        for number in range(0, campaigns, 25):
            for suffix, client_id in (("", CLIENTS[0]), (" - copy", None), (" - copy", CLIENTS[1])):
                await client.campaigns.create(_name(number) + suffix, client_id=client_id)
    return fake


def _client_of(fake: FakeSmartlead) -> SmartleadClient:
    return SmartleadClient(KEY, transport=fake.transport(), limits=RateLimits.UNLIMITED)


@attrs.frozen
class Verdict:
    """The final state of the server compared with the plan."""

    campaigns: int
    strategy: str
    seconds: float
    requests: int
    faults: int
    kills: int
    clock_jumps: int
    rivals_refused: int
    rivals_admitted: int
    lost: int
    duplicate: int
    orphaned: int
    different: int
    leads_missing: int
    leads_left: int
    """Leads that the last plan does not have, and that are still in a campaign of its."""
    edits: int

    @property
    def is_clean(self) -> bool:
        """Whether the campaigns are exactly those of the plan, each once and with all its leads."""
        wrong = (
            self.lost,
            self.duplicate,
            self.orphaned,
            self.different,
            self.leads_missing,
            self.leads_left,
        )
        return not any(wrong) and not self.rivals_admitted


@attrs.define
class Soak:
    """One soak test: a served fake, and workers on one ledger of two names."""

    campaigns: int
    kills: int
    faults: float
    seed: int
    folder: Path
    concurrency: int = 40
    strategy: str = ""
    """By default one that the seed chooses."""
    edits: int = 0
    _rng: random.Random = attrs.field(init=False)
    _names: tuple[Path, Path] = attrs.field(init=False)
    _edition: int = 0
    _killed: int = 0
    _jumps: int = 0
    _rivals: Counter[int] = attrs.field(factory=Counter)

    def __attrs_post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self.strategy = self.strategy or self._rng.choice(STRATEGIES)
        ledger, alias = (self.folder / f"{name}-{self.seed}.ledger" for name in ("soak", "alias"))
        alias.symlink_to(ledger.name)
        self._names = (ledger, alias)

    async def run(self) -> Verdict:
        """Run the test."""
        fake, began = await seeded_fake(self.campaigns), time.monotonic()
        fake.faults = Faults(self.faults, seed=self.seed, longest=MAX_DELAY, too_slow=2.0 * MAX_DELAY + 3)
        before = fake.requests.total
        async with running(fake) as url, asyncio.timeout(TIMEOUT):
            jumping = asyncio.create_task(self._jump(fake))
            while not await self._completes(fake, url) or self._edition < self.edits:
                self._edition = min(self._edition + 1, self.edits)
                fake.clock.jump(self._rng.choice(JUMPS))
                self._jumps += 1
            jumping.cancel()
            seconds = time.monotonic() - began
            fake.settle()
        fake.faults = None
        return await self._verdict(fake, seconds=seconds, requests=fake.requests.total - before)

    async def _completes(self, fake: FakeSmartlead, url: str) -> bool:
        """Run a worker, and kill it at a random time; return whether it completed the job before."""
        name, other = self._rng.sample(self._names, 2)
        clock = self._rng.choice(JUMPS)
        options = ("--strategy", self.strategy, "--clock-offset", str(clock), "--edition", str(self._edition))
        worker = await self._start("--worker", url, "--ledger", str(name), *options)
        rival = asyncio.create_task(self._rival(fake, worker, url, other))
        # Spread the kills over the duration of the job; Python takes the first second to start.
        lifetime = self._rng.uniform(1.0, 4.0) if self._killed < self.kills else TIMEOUT
        try:
            code = await asyncio.wait_for(worker.wait(), lifetime)
        except TimeoutError:
            self._killed += 1
            return False
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
            await rival
        if code != 0:
            raise RuntimeError(f"the worker exited with code {code}")
        return True

    async def _rival(
        self, fake: FakeSmartlead, worker: asyncio.subprocess.Process, url: str, name: Path
    ) -> None:
        """Try to open the ledger under another name while the worker has it."""
        before = fake.requests.total
        while fake.requests.total == before and worker.returncode is None:  # noqa: ASYNC110 - a log
            await asyncio.sleep(0.05)
        rival = await self._start("--rival", url, "--ledger", str(name))
        code = await rival.wait()
        if worker.returncode is None:
            self._rivals[code] += 1

    async def _jump(self, fake: FakeSmartlead) -> None:
        """Set the clock of the server forward and back while the job runs."""
        while True:
            await asyncio.sleep(self._rng.uniform(0.5, 3.0))
            fake.clock.jump(self._rng.choice(JUMPS))
            self._jumps += 1

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.soak",
            *arguments,
            "--campaigns",
            str(self.campaigns),
            "--concurrency",
            str(self.concurrency),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            cwd=Path(__file__).parent.parent,
        )

    async def _verdict(self, fake: FakeSmartlead, *, seconds: float, requests: int) -> Verdict:
        expected = await seeded_fake(self.campaigns)
        async with _client_of(expected) as client:
            final = plan(self.campaigns, self.edits)
            await client.provision(final, concurrency=self.campaigns, create_anyway=True)
        wanted, found = expected.snapshot(), fake.snapshot()
        names, found_names = (Counter(c["name"] for c in campaigns) for campaigns in (wanted, found))
        excess = found_names - names
        leads, found_leads = (
            {lead for c in campaigns for lead in c["leads"]} for campaigns in (wanted, found)
        )
        return Verdict(
            campaigns=self.campaigns,
            strategy=self.strategy,
            seconds=round(seconds, 1),
            requests=requests,
            faults=sum(fake.requests.by_fault.values()),
            kills=self._killed,
            clock_jumps=self._jumps,
            rivals_refused=self._rivals[_REFUSED],
            rivals_admitted=self._rivals.total() - self._rivals[_REFUSED],
            lost=(names - found_names).total(),
            duplicate=sum(number for name, number in excess.items() if name in names),
            orphaned=sum(number for name, number in excess.items() if name not in names),
            different=(Counter(map(repr, wanted)) - Counter(map(repr, found))).total(),
            leads_missing=len(leads - found_leads),
            leads_left=len(found_leads - leads),
            edits=self.edits,
        )


async def run_worker(args: argparse.Namespace) -> int:
    """Run the job from the state in the ledger; this is what the process does that gets killed."""
    clock = functools.partial(_shifted_time, args.clock_offset)
    async with SmartleadClient(
        KEY,
        base_url=args.worker,
        limits=RateLimits.UNLIMITED,
        timeout=2.0 * MAX_DELAY,
        retry=RetryPolicy(first_wait=0.05, longest_wait=0.5),
        max_in_flight=args.concurrency,
        wall_clock=clock,
    ) as client:
        options = JobOptions(
            ledger=SqliteLedger(args.ledger),
            concurrency=args.concurrency,
            strategy=args.strategy,
            reconcile=CHECKS,
            prune_orphans=True,
            allow_removals=True,
            create_anyway=True,
        )
        specs = plan(args.campaigns, args.edition)
        report = await Job(client, specs, options, wall_clock=clock)
    return 0 if report.succeeded and report.done == len(specs) else 1


def _shifted_time(offset: float) -> float:
    return time.time() + offset


async def run_rival(ledger: Path) -> int:
    """Open the ledger and close it again; return whether that was refused."""
    rival = SqliteLedger(ledger)
    try:
        await rival.open()
    except LedgerError:
        return _REFUSED
    await rival.aclose()
    return 0


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
    parser.add_argument("--strategy", choices=STRATEGIES, default="", help="default: chosen by the seed")
    parser.add_argument("--edits", type=int, default=0, help="edits of the plan between the runs")
    parser.add_argument("--edition", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--worker", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--rival", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--ledger", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--clock-offset", type=float, default=0.0, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.worker:
        return asyncio.run(run_worker(args))
    if args.rival:
        return asyncio.run(run_rival(args.ledger))
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(
            args.campaigns,
            args.kills,
            args.faults,
            args.seed,
            Path(folder),
            args.concurrency,
            args.strategy,
            args.edits,
        )
        verdict = asyncio.run(soak.run())
    for name, value in attrs.asdict(verdict).items():
        print(f"{name.replace('_', ' '):16} {value if isinstance(value, str) else f'{value:,}'}")
    print("clean" if verdict.is_clean else "NOT CLEAN")
    return 0 if verdict.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
