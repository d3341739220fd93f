"""A request that is in flight when its run is killed, and takes effect in the middle of the next run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import attrs
import pytest

from smartlead_async import FakeSmartlead, HttpRequest, HttpResponse, Transport
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.operations import Operation

from .jobs import campaigns, job_on, seeded_fake, standing
from .test_kill_points import DyingLedger, planned
from .test_operations import operation_on

Run = CampaignSpec | Literal["pause", "resume", "destroy"]


@attrs.define
class CutOff:
    """A transport of a process that is killed at a request, which arrives some seconds later."""

    inner: Transport
    number: int
    delay: float
    kill: Callable[[], Any]
    late: asyncio.Task[Any] | None = None

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        self.number -= 1
        if self.number == 0:
            self.late = asyncio.create_task(self._arrive(request))
            # One without a delay arrives before the kill.
            await asyncio.sleep(0.5 if self.delay == 0 else 0)
            self.kill()
            await asyncio.sleep(100)
        return await self.inner.send(request)

    async def _arrive(self, request: HttpRequest) -> None:
        await asyncio.sleep(self.delay)
        await self.inner.send(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


@attrs.define
class CutOffFake:
    """A fake as it is seen through such a transport."""

    fake: FakeSmartlead
    number: int
    delay: float
    kill: Callable[[], Any] = lambda: None
    sent: CutOff | None = None

    @property
    def clock(self) -> Any:
        return self.fake.clock

    def _kill(self) -> None:
        self.kill()

    def transport(self, latency: float) -> Transport:
        self.sent = CutOff(self.fake.transport(latency), self.number, self.delay, self._kill)
        return self.sent


def begun(fake: Any, run: Run, ledger: DyingLedger) -> Job:
    if isinstance(run, str):
        return operation_on(fake, Operation(run), ledger)
    return job_on(fake, [run], ledger, allow_removals=True)


async def is_cut_off(fake: CutOffFake, run: Run, ledger: DyingLedger) -> bool:
    """Begin a run and kill it at its request with that number; return whether there was one."""
    job = begun(fake, run, ledger)
    task = asyncio.create_task(job.run())

    def kill() -> None:
        ledger.die_at(0, is_written=False, kill=lambda: None)
        task.cancel()

    fake.kill = kill
    with contextlib.suppress(asyncio.CancelledError):
        await task
    ledger.live()
    return fake.sent is not None and fake.sent.late is not None


MODEL = campaigns(1)[0]
PAUSED = attrs.evolve(MODEL, start=False)
STEPS = attrs.evolve(MODEL, steps=(StepSpec("New", "<p>New</p>"),))
FEWER = attrs.evolve(MODEL, leads=list(MODEL.iter_leads())[1:])
SETTINGS = attrs.evolve(MODEL, settings=SettingsSpec(follow_up_percentage=11))


@pytest.mark.parametrize(
    ("interrupted", "then"),
    [
        (STEPS, [STEPS]),
        (STEPS, [MODEL]),
        (STEPS, ["pause", MODEL]),
        (SETTINGS, [MODEL]),
        (FEWER, [MODEL]),
        (PAUSED, ["pause", MODEL]),
        ("pause", [STEPS]),
        ("pause", ["pause", MODEL]),
        ("destroy", [STEPS]),
        ("destroy", ["destroy", MODEL]),
    ],
    ids=[
        "new steps, again",
        "new steps, taken back",
        "new steps, paused, taken back",
        "settings, taken back",
        "fewer leads, taken back",
        "not started, paused, taken back",
        "pause, new steps",
        "pause twice, resumed by the plan",
        "destroy, new steps",
        "destroy twice, planned again",
    ],
)
@pytest.mark.parametrize("delay", [0.0, 5.0], ids=["at once", "late"])
async def test_what_a_killed_run_has_sent_does_not_undo_what_later_runs_do(
    interrupted: Run, then: Sequence[Run], delay: float
) -> None:
    assert isinstance(then[-1], CampaignSpec)
    ideal = await planned(then[-1])
    for number in range(1, 50):
        fake, ledger = seeded_fake(), DyingLedger()
        await begun(fake, MODEL, ledger).run()
        if not await is_cut_off(CutOffFake(fake, number, delay), interrupted, ledger):
            assert number > 1
            return
        for run in then:
            report = await begun(fake, run, ledger).run()
            assert report.failed == 0, number
        await asyncio.sleep(6)
        assert standing(fake) == ideal, number
    raise AssertionError("the run does not end")
