"""Run a provisioning job from its first request to its report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ..errors import SmartleadError
from ..plan.problem import InvalidPlan
from ..provisioning.ledger.memory import MemoryLedger
from ..provisioning.ledger.protocol import LedgerError
from ..provisioning.ledger.records import CampaignRecord, CampaignState
from ..provisioning.ledger.sqlite import SqliteLedger
from .checked_plan import PlanSpecs
from .differences import find_differences
from .exit_code import ExitCode
from .job_result import JobResult, result_as_json
from .job_summary import show_summary
from .output import Output
from .progress import ProgressDisplay
from .provision_job import ProvisionRequest, Reporting
from .signals import signal_handlers
from .target import Target

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from ..provisioning.job.job import Job
    from ..provisioning.job.verify import Difference
    from ..provisioning.ledger.protocol import Ledger
    from ..provisioning.report.report import Report

_MIN_IN_FLIGHT = 20


def run_job(request: ProvisionRequest, target: Target, reporting: Reporting) -> ExitCode:
    """Run the job, show its progress and its summary, and write its report."""
    return asyncio.run(_run_job(request, target, reporting))


async def _run_job(request: ProvisionRequest, target: Target, reporting: Reporting) -> ExitCode:
    result = await _provision(request, target, reporting.output)
    content = await result_as_json(request, target, result)
    await show_summary(reporting, request, result)
    code = _write_report(reporting, content, result.exit_code)
    reporting.output.print_json({**content, "exit_code": int(code)})
    return code


async def _provision(request: ProvisionRequest, target: Target, output: Output) -> JobResult:
    ledger = MemoryLedger() if request.ledger is None else SqliteLedger(request.ledger)
    max_in_flight = max(_MIN_IN_FLIGHT, request.concurrency)
    async with target.client(request.plan.plan, request.tier.limits, max_in_flight=max_in_flight) as client:
        job = _create_job(client, request, ledger)
        display = ProgressDisplay(output, job.progress, client.limiter)
        error, cancelled = await _run_until_end(job, display)
        differences = None
        if request.verify and error is None and not cancelled:
            differences = await _find_differences(output, request, client, ledger)
    if isinstance(error, (LedgerError, InvalidPlan)) and not job.report.requests:
        # Nothing was sent, so there is nothing to report.
        raise error
    return JobResult(
        report=job.report,
        error=error,
        cancelled=cancelled,
        counts=await _count_campaigns(job.report),
        differences=differences,
    )


def _create_job(client: SmartleadClient, request: ProvisionRequest, ledger: Ledger) -> Job:
    return client.provision(
        PlanSpecs(request.plan.plan),
        ledger=ledger,
        concurrency=request.concurrency,
        strategy=request.plan.plan.strategy.value,
        accept_changes=request.accept_changes,
        prune_orphans=request.prune_orphans,
        deadline=request.deadline,
        total=request.plan.campaigns,
        expected_requests=request.expected_requests,
        plan=str(request.fingerprint),
    )


async def _run_until_end(job: Job, display: ProgressDisplay) -> tuple[SmartleadError | None, bool]:
    """Run the job; return the error that ended it early, and whether it was cancelled."""

    async def on_campaign(record: CampaignRecord) -> None:
        if record.state is CampaignState.FAILED:
            display.show_failure(record)

    task = asyncio.create_task(job.run(on_campaign))

    def stop() -> None:
        display.show_notice("Stopping after the requests in flight. Press Ctrl-C again to stop at once.")
        job.stop()

    def cancel() -> None:
        task.cancel()

    with signal_handlers(stop, cancel), display:
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


async def _find_differences(
    output: Output, request: ProvisionRequest, client: SmartleadClient, ledger: Ledger
) -> list[Difference]:
    if request.ledger is None:
        return await find_differences(output, client, request.plan.plan, ledger)
    async with SqliteLedger(request.ledger, read_only=True) as saved:
        return await find_differences(output, client, request.plan.plan, saved)


async def _count_campaigns(report: Report) -> dict[CampaignState, int]:
    """Count the campaigns on the ledger, or none if it can no longer be read."""
    try:
        return await report.ledger.count()
    except LedgerError:
        # The disk may be gone. The numbers of this run can still be reported, without the campaigns.
        report.ledger = MemoryLedger()
        return {}


def _write_report(reporting: Reporting, content: dict[str, Any], code: ExitCode) -> ExitCode:
    if reporting.file is None:
        return code
    try:
        reporting.file.write(content)
    except OSError as problem:
        reporting.output.warn(f"the report could not be written to {reporting.file.path}: {problem.strerror}")
        return code or ExitCode.SOME_FAILED
    return code
