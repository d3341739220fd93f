"""Small jobs on a fake whose responses are garbled, killed at random and resumed.

In the end the server has exactly the campaigns of the plan, each as planned.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from smartlead_async import (
    FakeSmartlead,
    HttpRequest,
    HttpResponse,
    Interrupted,
    LeadInput,
    MemoryLedger,
    RateLimits,
    SmartleadClient,
    SmartleadError,
)
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.provisioning.job.options import ReconcilePolicy
from smartlead_async.transport import Transport
from smartlead_async.virtual_time import VirtualTimeLoop

from .case import Input, require
from .responses import foreign_response
from .run import run_async

KEY: Final = "fuzz-key-0815"
MAX_RUNS: Final = 4
_CHECKS: Final = ReconcilePolicy((2.0, 6.0, 20.0))


@attrs.frozen
class GarbledJobs:
    """Jobs in which responses are replaced after their requests took effect, or requests are lost."""

    name: str = "job"

    def draw(self, rng: random.Random) -> Input:
        number = rng.randrange(2, 6)
        share = rng.choice((0.1, 0.3, 0.6))
        garbled = [
            [n, _LOST if rng.random() < 0.2 else foreign_response(rng)]
            for n in range(number * 12)
            if rng.random() < share
        ]
        return {
            "campaigns": number,
            "strategy": rng.choice(("full", "clone")),
            "garbled": garbled,
            "kills": [rng.uniform(0.5, 60) for _ in range(rng.choice((0, 0, 1, 2)))],
        }

    def run(self, given: Input, folder: Path) -> str:  # noqa: ARG002
        return str(run_async(asyncio.Runner(loop_factory=VirtualTimeLoop), _run(given)))


_LOST: Final = "lost"


@attrs.define
class _Garbling:
    """A transport that replaces the responses to some requests, counted from 0."""

    _inner: Transport
    _replaced: Mapping[int, Any]
    sent: int = 0

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        number, self.sent = self.sent, self.sent + 1
        said = self._replaced.get(number)
        if said == _LOST:
            raise Interrupted("the connection broke")
        response = await self._inner.send(request)
        return response if said is None else HttpResponse(said["status"], said["headers"], said["body"])

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _run(given: Input) -> str:
    fake, ledger = _fake(), MemoryLedger()
    transport = _Garbling(fake.transport(latency=0.2), dict(map(tuple, given["garbled"])))
    kills = list(given["kills"])
    runs, report = 0, None
    for runs in range(1, MAX_RUNS + 1):
        if runs == MAX_RUNS:
            transport = _Garbling(fake.transport(latency=0.2), {})
        report = await _job(transport, ledger, given, kills.pop(0) if kills else None)
        if report is not None and report.succeeded:
            break
    require(report is not None and report.succeeded, "a job does not complete without faults")
    ideal = _fake()
    await _job(_Garbling(ideal.transport(), {}), MemoryLedger(), {**given, "strategy": "full"}, None)
    names, expected = (sorted(c["name"] for c in server.snapshot()) for server in (fake, ideal))
    require(len(names) <= len(expected), f"{len(names)} campaigns for {len(expected)} planned")
    require(names == expected, "campaigns are lost")
    same = sorted(map(repr, fake.snapshot())) == sorted(map(repr, ideal.snapshot()))
    require(same, "a campaign is not as planned")
    return f"complete after {runs} run{'s' if runs > 1 else ''}"


async def _job(transport: Transport, ledger: MemoryLedger, given: Input, kill_after: float | None) -> Any:
    """Run the job; return its report, or None if it was killed or stopped."""
    client = SmartleadClient(KEY, transport=transport, limits=RateLimits.UNLIMITED, rng=random.Random(0))
    job = client.provision(
        _specs(given["campaigns"]),
        ledger=ledger,
        strategy=given["strategy"],
        reconcile=_CHECKS,
        prune_orphans=True,
    )
    task = asyncio.ensure_future(job.run())
    await asyncio.wait({task}, timeout=kill_after)
    if task.done():
        # A response that says that the key is invalid stops the whole job.
        with contextlib.suppress(SmartleadError):
            return task.result()
        return None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return None


def _fake() -> FakeSmartlead:
    fake = FakeSmartlead(api_key=KEY, log_size=0)
    for name in ("ada", "bo"):
        fake.add_email_account(f"{name}@sender.example", tags=("North",))
    return fake


def _specs(number: int) -> list[CampaignSpec]:
    """Return campaigns of which two have the same name, and one that of a copy."""
    names = ("Plan", "Plan - copy", "Plan", "Plan 2", "Plan – demo invite")
    return [
        CampaignSpec(
            names[n % len(names)],
            key=f"campaign {n}",
            steps=(
                StepSpec("Hello {{first_name}}", "<p>Hello</p>"),
                StepSpec(body="<p>Again</p>", delay_days=3),
            ),
            mailboxes=MailboxChoice(tag="North"),
            leads=[LeadInput(f"lead{i}@c{n}.example", first_name="Zoë") for i in range(2)],
            schedule=ScheduleSpec("Europe/Berlin"),
            start=True,
        )
        for n in range(number)
    ]
