"""Carrying out a provisioning job, from its first request to its report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import attrs

from ..errors import AuthenticationError, PermissionDenied, SmartleadError
from ..plan.problem import InvalidPlan
from ..provisioning.ledger.memory import MemoryLedger
from ..provisioning.ledger.protocol import LedgerError
from ..provisioning.ledger.records import CampaignRecord, CampaignState
from ..provisioning.ledger.sqlite import SqliteLedger
from ..provisioning.report.report import Report
from .commands.verify import differences_of
from .exit_code import ExitCode
from .fingerprint import PlanSpecs, Stamp
from .output import Output
from .progress import ProgressDisplay
from .report_file import ReportFile
from .signals import caught_signals
from .target import Target

if TYPE_CHECKING:
    from pathlib import Path

    from ..client import SmartleadClient
    from ..limits import RateLimits
    from ..plan.check import CheckReport
    from ..plan.plan import Plan
    from ..provisioning.job.job import Job
    from ..provisioning.job.verify import Difference
    from ..provisioning.ledger.protocol import Ledger

_LEAST_IN_FLIGHT = 20


@attrs.frozen(kw_only=True)
class Errand:
    """A job that is known to be possible: what to do, where, and how."""

    plan: Plan
    checked: CheckReport
    target: Target
    tier: str
    limits: RateLimits
    stamp: Stamp
    ledger: Path | None
    report: ReportFile | None
    done_before: int
    concurrency: int = 10
    accept_changes: bool = False
    prune_orphans: bool = False
    deadline: float | None = None
    verify: bool = False

    @property
    def expected_requests(self) -> int:
        """The requests that are left to send, as far as is known before the first."""
        left = max(self.checked.campaigns - self.done_before, 0)
        return round(self.checked.requests * left / max(self.checked.campaigns, 1))


@attrs.frozen(kw_only=True)
class Outcome:
    """How a job ended. ``error`` is what ended it, where something did."""

    report: Report
    error: SmartleadError | None = None
    cancelled: bool = False
    counts: dict[CampaignState, int] = attrs.field(factory=dict)
    differences: list[Difference] | None = None
    """What the server has otherwise than the plan; None when nobody looked."""

    @property
    def exit_code(self) -> ExitCode:
        """What the process returns."""
        if isinstance(self.error, (AuthenticationError, PermissionDenied)):
            return ExitCode.NOT_ALLOWED
        if self.error is not None:
            return ExitCode.SOME_FAILED
        if self.cancelled or self.report.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.DONE if self.report.succeeded and not self.differences else ExitCode.SOME_FAILED

    def not_begun(self, planned: int) -> int:
        """How many campaigns of the plan the job did not get to."""
        return max(planned - sum(self.counts.values()), 0)


def carry_out(output: Output, errand: Errand) -> ExitCode:
    """Run the job, show its progress and its outcome, write its report."""
    return asyncio.run(_carry_out(output, errand))


async def _carry_out(output: Output, errand: Errand) -> ExitCode:
    from .outcome import as_json, show_outcome

    ledger = MemoryLedger() if errand.ledger is None else SqliteLedger(errand.ledger)
    in_flight = max(_LEAST_IN_FLIGHT, errand.concurrency)
    async with errand.target.client(errand.plan, errand.limits, max_in_flight=in_flight) as client:
        job = client.provision(
            PlanSpecs(errand.plan),
            ledger=ledger,
            concurrency=errand.concurrency,
            strategy=errand.plan.strategy.value,
            accept_changes=errand.accept_changes,
            prune_orphans=errand.prune_orphans,
            deadline=errand.deadline,
            total=errand.checked.campaigns,
            expected_requests=errand.expected_requests,
            plan=str(errand.stamp),
        )
        display = ProgressDisplay(output, job.progress, client.limiter)
        error, cancelled = await _run(job, display)
        differences = None
        if errand.verify and error is None and not cancelled:
            differences = await _differences(output, errand, client, ledger)
    if isinstance(error, (LedgerError, InvalidPlan)) and not job.report.requests:
        # Nothing was sent, so there is nothing to report.
        raise error
    counts, readable = await _counts(job.report)
    outcome = Outcome(
        report=job.report, error=error, cancelled=cancelled, counts=counts, differences=differences
    )
    answer = await as_json(errand, outcome, details=readable)
    await show_outcome(output, errand, outcome)
    code = outcome.exit_code
    if errand.report is not None:
        try:
            errand.report.write(answer)
        except OSError as problem:
            output.warn(f"the report could not be written to {errand.report.path}: {problem.strerror}")
            code = code or ExitCode.SOME_FAILED
    output.give({**answer, "exit_code": int(code)})
    return code


async def _run(job: Job, display: ProgressDisplay) -> tuple[SmartleadError | None, bool]:
    """The job to its end: what ended it early, and whether it was cancelled."""

    async def publish(record: CampaignRecord) -> None:
        if record.state is CampaignState.FAILED:
            display.failed(record)

    task = asyncio.create_task(job.run(publish))

    def stop() -> None:
        display.notice("Stopping: what is under way gets its answer. Ctrl-C again stops at once.")
        job.stop()

    def cancel() -> None:
        task.cancel()

    with caught_signals(stop, cancel), display:
        drawing = asyncio.create_task(display.run())
        try:
            await asyncio.wait([task])
        finally:
            drawing.cancel()
            task.cancel()
            await asyncio.gather(drawing, task, return_exceptions=True)
    if task.cancelled():
        return None, True
    failure = task.exception()
    if failure is not None and not isinstance(failure, SmartleadError):
        raise failure
    return failure, False


async def _differences(
    output: Output, errand: Errand, client: SmartleadClient, ledger: Ledger
) -> list[Difference]:
    if errand.ledger is None:
        return await differences_of(output, client, errand.plan, ledger)
    async with SqliteLedger(errand.ledger, read_only=True) as written:
        return await differences_of(output, client, errand.plan, written)


async def _counts(report: Report) -> tuple[dict[CampaignState, int], bool]:
    """Where the campaigns stand, and whether the ledger could be read for it: a disk may have gone."""
    try:
        return await report.ledger.count(), True
    except LedgerError:
        return {}, False
