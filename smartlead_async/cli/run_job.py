"""Run a provisioning job from its first request to its report."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from ..plan.problem import InvalidPlan
from ..provisioning.changes.change import ChangeRefused
from ..provisioning.job.first_look import CampaignsExist
from ..provisioning.ledger.memory import MemoryLedger
from ..provisioning.ledger.protocol import LedgerError
from ..provisioning.ledger.records import CampaignRecord, CampaignState
from ..provisioning.ledger.sqlite import SqliteLedger
from ..provisioning.selection import Selection
from ..waiting import until_done
from .checked_plan import PlanSpecs
from .differences import Comparison, compare
from .exit_code import ExitCode
from .job_result import JobResult, result_as_json
from .job_summary import show_summary
from .output import CommandError, Output, print_traceback
from .progress import ProgressDisplay
from .provision_job import ProvisionRequest, Reporting
from .signals import Interruption, signal_handler
from .target import Target

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from ..provisioning.job.job import Job
    from ..provisioning.ledger.protocol import Ledger
    from ..provisioning.report.report import Report

_MIN_IN_FLIGHT = 20


def run_job(request: ProvisionRequest, target: Target, reporting: Reporting) -> ExitCode:
    """Run the job, show its progress and its summary, and write its report."""
    return asyncio.run(_run_job(request, target, reporting))


async def _run_job(request: ProvisionRequest, target: Target, reporting: Reporting) -> ExitCode:
    interruption = Interruption()
    with signal_handler(interruption.on_signal):
        result = await _provision(request, target, reporting.output, interruption)
        content = await result_as_json(request, target, result)
        # The report first: the terminal may be gone, and the process may be killed soon.
        code = write_report(reporting, content, result.exit_code)
        await show_summary(reporting, request, result)
        print_traceback(result.unexpected)
        reporting.output.print_json({**content, "exit_code": int(code)})
    return code


async def _provision(
    request: ProvisionRequest, target: Target, output: Output, interruption: Interruption
) -> JobResult:
    ledger = MemoryLedger() if request.ledger is None else SqliteLedger(request.ledger)
    is_new = request.ledger is not None and not request.ledger.exists()
    in_flight = max_in_flight(request.concurrency)
    async with target.client(request.plan.plan, request.tier.limits, max_in_flight=in_flight) as client:
        job = _create_job(client, request, ledger)
        display = ProgressDisplay(output, job.progress, client.limiter)
        error, cancelled = await run_until_end(job, display, interruption)
        selection = Selection(keys=request.diff.selected)
        result = JobResult(report=job.report, error=error, cancelled=cancelled, selection=selection)
        comparison = None
        if request.verify and error is None and not result.is_interrupted:
            comparison = await _compare(output, request, client, ledger, selection, interruption)
    if isinstance(error, (LedgerError, InvalidPlan)) and not job.report.requests:
        # Nothing was sent, so there is nothing to report.
        raise error
    if isinstance(error, CampaignsExist) and is_new and request.ledger is not None:
        # It has no campaign, and would be in the way of an import.
        request.ledger.unlink(missing_ok=True)
    if isinstance(error, (ChangeRefused, CampaignsExist)):
        # Only reads were sent.
        raise CommandError(str(error))
    counts = await _count_campaigns(job.report, selection)
    return attrs.evolve(result, counts=counts, comparison=comparison)


def max_in_flight(concurrency: int) -> int:
    """Return the requests in flight that a job of this concurrency needs.

    The client reserves one for requests that are not of the job.
    """
    return max(_MIN_IN_FLIGHT, concurrency + 1)


def _create_job(client: SmartleadClient, request: ProvisionRequest, ledger: Ledger) -> Job:
    return client.provision(
        PlanSpecs(request.plan.plan),
        ledger=ledger,
        concurrency=request.concurrency,
        strategy=request.plan.plan.strategy.value,
        allow_removals=request.allow_removals,
        create_anyway=request.create_anyway,
        select=request.select,
        prune_orphans=request.prune_orphans,
        deadline=request.deadline,
        total=request.diff.planned,
        expected_requests=request.diff.totals.requests,
        plan=str(request.fingerprint),
    )


async def run_until_end(
    job: Job,
    display: ProgressDisplay,
    interruption: Interruption,
    on_failure: Callable[[CampaignRecord], object] | None = None,
) -> tuple[Exception | None, bool]:
    """Run the job; return the error that ended it early, and whether it was cancelled."""

    async def on_campaign(record: CampaignRecord) -> None:
        if record.error is not None:
            display.show_failure(record)
            if on_failure is not None:
                on_failure(record)

    task = asyncio.create_task(job.run(on_campaign))

    def stop() -> None:
        display.show_notice("Stopping after the requests in flight. Press Ctrl-C again to stop at once.")
        job.stop()

    def cancel() -> None:
        display.show_notice("Stopping at once, and writing the report.")
        task.cancel()

    with interruption.phase(stop, cancel), display:
        if interruption.received:
            stop()
        drawing = asyncio.create_task(display.run())
        try:
            await asyncio.wait([task])
        finally:
            drawing.cancel()
            task.cancel()
            await until_done(drawing, task)
    if task.cancelled():
        return None, True
    failure = task.exception()
    if failure is not None and not isinstance(failure, Exception):
        raise failure
    return failure, False


async def _compare(
    output: Output,
    request: ProvisionRequest,
    client: SmartleadClient,
    ledger: Ledger,
    selection: Selection,
    interruption: Interruption,
) -> Comparison:
    plan = request.plan.plan
    if request.ledger is None:
        return await compare(output, client, plan, ledger, selection, interruption)
    try:
        async with SqliteLedger(request.ledger, read_only=True) as saved:
            return await compare(output, client, plan, saved, selection, interruption)
    except LedgerError as problem:
        return Comparison(problem=problem)


async def _count_campaigns(report: Report, selection: Selection) -> dict[CampaignState, int]:
    """Count the selected campaigns on the ledger, or none if it can no longer be read."""
    try:
        if not selection:
            return await report.ledger.count()
        return Counter([r.state async for r in report.campaigns() if selection.takes_head(r.head)])
    except LedgerError:
        # The disk may be gone. The numbers of this run can still be reported, without the campaigns.
        report.ledger = MemoryLedger()
        return {}


def write_report(reporting: Reporting, content: dict[str, Any], code: ExitCode) -> ExitCode:
    """Write the report file if one was requested; return the exit code, which tells if that failed."""
    if reporting.file is None or (problem := reporting.file.write_or_rescue(content)) is None:
        return code
    reporting.output.warn(problem)
    return code or ExitCode.SOME_FAILED
