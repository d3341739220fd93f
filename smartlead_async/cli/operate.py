"""Pause, resume and destroy: from the ledger to the summary."""

from __future__ import annotations

import asyncio
import shlex
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..provisioning.job.operations import LedgerCampaigns, Operation
from ..provisioning.ledger.protocol import LedgerError
from ..provisioning.ledger.records import CampaignRecord, CampaignState
from ..provisioning.ledger.sqlite import SqliteLedger
from ..wording import count, duration, printable
from .defects import defect_advice
from .effective import key_origin
from .exit_code import ExitCode
from .failures import record_failure_line, show_more
from .fingerprint import JobFingerprint, choose_target, require_key
from .job_result import JobResult, result_fields
from .job_summary import describe_requests, show_orphans
from .output import CommandError, Output, confirm, print_traceback
from .plan_ledger import PlanLedger, require_ledger
from .progress import ProgressDisplay
from .provision_job import Reporting
from .run_job import max_in_flight, run_until_end, write_report
from .signals import Interruption, run_until_interrupted, signal_handler
from .target import Target, require_api_key
from .tier import Tier

if TYPE_CHECKING:
    from ..provisioning.selection import Selection

_NAMED: Final = 10
_MAX_FAILURES: Final = 50
_PARTICIPLES: Final = {
    Operation.PAUSE: "paused",
    Operation.RESUME: "started again",
    Operation.DESTROY: "deleted",
}
_NOTHING_TO_DO: Final = {
    Operation.PAUSE: "Nothing to do: no such campaign of this ledger is running.",
    Operation.RESUME: "Nothing to do: no such campaign of this ledger was paused by the pause command.",
    Operation.DESTROY: "Nothing to do: this ledger has no campaigns.",
}


@attrs.frozen(kw_only=True)
class OperationRequest:
    """An operation on the campaigns of a ledger, and the options of the command."""

    operation: Operation
    ledger: PlanLedger
    selection: Selection
    terms: tuple[str, ...]
    target: str | None
    tier: str | None
    proxy: str | None
    concurrency: int
    accept_new_key: bool
    yes: bool


@attrs.frozen(kw_only=True)
class Prepared:
    """An operation that can be carried out: where, and on which campaigns."""

    target: Target
    tier: Tier
    campaigns: tuple[CampaignRecord, ...]
    selected: int


def operate(request: OperationRequest, reporting: Reporting) -> ExitCode:
    """Ask, then pause, resume or destroy the campaigns, and report."""
    output = reporting.output
    prepared = run_until_interrupted(_prepare(request, reporting))
    if request.selection and not prepared.selected:
        raise CommandError("--select selects no campaign of the ledger")
    output.line(f"Target: {prepared.target.description}")
    output.line(f"Ledger: {printable(request.ledger.path)}")
    if prepared.campaigns:
        _announce(output, request.operation, prepared)
        _confirm(output, request, prepared.target)
    return asyncio.run(_run(request, prepared, reporting))


async def _prepare(request: OperationRequest, reporting: Reporting) -> Prepared:
    """Check everything that can be checked before the first request."""
    path = request.ledger.path
    require_ledger(path)
    if reporting.file is not None:
        reporting.file.check(request.ledger.plan, path)
    async with SqliteLedger(path, read_only=True) as ledger:
        fingerprint = JobFingerprint.parse((await ledger.open()).plan)
        request.ledger.require_plan(fingerprint)
        target = choose_target(request.target, fingerprint, path, proxy=request.proxy)
        key = require_api_key()
        if fingerprint is not None:
            require_key(fingerprint, key, path, accepted=request.accept_new_key)
        campaigns = LedgerCampaigns(request.operation, request.selection)
        records = [record async for record in ledger.records() if request.selection.takes_head(record.head)]
        return Prepared(
            target=target,
            tier=target.tier(request.tier),
            campaigns=tuple(record for record in records if campaigns.takes(record)),
            selected=len(records),
        )


# --- the question ------------------------------------------------------------------------------------


def _announce(output: Output, operation: Operation, prepared: Prepared) -> None:
    campaigns = prepared.campaigns
    output.line()
    for record in campaigns[:_NAMED]:
        number = "not known" if record.campaign_id is None else record.campaign_id
        output.line(f"  {printable(record.name)} (id {number})")
    show_more(output, len(campaigns), _NAMED, style="")
    number, where = count(len(campaigns), "campaign"), prepared.target.name
    clients = {record.client_id for record in campaigns if record.client_id is not None}
    owners = f" of {count(len(clients), 'client')}" if clients else ""
    leads = count(sum(record.leads.added for record in campaigns), "lead")
    output.line()
    match operation:
        case Operation.PAUSE:
            output.paragraph(f"This will pause {number}{owners} on {where}.")
        case Operation.RESUME:
            output.paragraph(
                f"This will START {number}{owners} on {where} again and mail {leads}.", "bold red"
            )
        case Operation.DESTROY:
            started = sum(record.was_started for record in campaigns)
            were = "was" if started == 1 else "were"
            output.paragraph(f"This will DELETE {number}{owners} on {where}.", "bold red")
            output.paragraph(
                f"{started:,} {were} started. Their sequences, statistics and the "
                f"history of mails to {leads} go for good: SmartLead cannot restore them.",
                "bold red",
            )


def _confirm(output: Output, request: OperationRequest, target: Target) -> None:
    if request.operation is Operation.DESTROY:
        question, word = 'Type "destroy" to continue:', "destroy"
    else:
        question, word = "Continue?", None
    confirm(output, question, yes=request.yes, why=f"this changes campaigns on {target.name}", word=word)


# --- the run -----------------------------------------------------------------------------------------


async def _run(request: OperationRequest, prepared: Prepared, reporting: Reporting) -> ExitCode:
    interruption, output = Interruption(), reporting.output
    failures: list[CampaignRecord] = []
    with signal_handler(interruption.on_signal):
        limits, in_flight = prepared.tier.limits, max_in_flight(request.concurrency)
        async with prepared.target.server_client(limits, max_in_flight=in_flight) as client:
            job = client.operate(
                request.operation,
                SqliteLedger(request.ledger.path),
                select=request.terms,
                concurrency=request.concurrency,
            )
            display = ProgressDisplay(output, job.progress, client.limiter)
            error, cancelled = await run_until_end(job, display, interruption, failures.append)
        if isinstance(error, LedgerError) and not job.report.requests:
            # Nothing was sent, so there is nothing to report.
            raise error
        result = JobResult(report=job.report, error=error, cancelled=cancelled)
        counts = await _count(request, prepared, result)
        content = await _as_json(request, prepared, result, counts)
        # The report first: the terminal may be gone, and the process may be killed soon.
        code = write_report(reporting, content, result.exit_code)
        _show_summary(reporting, request, result, counts, failures)
        print_traceback(result.unexpected)
        output.print_json({**content, "exit_code": int(code)})
    return code


async def _count(request: OperationRequest, prepared: Prepared, result: JobResult) -> dict[str, int]:
    done, failed = result.report.done + result.report.removed, result.report.failed
    idle = 0
    if request.operation is Operation.PAUSE:
        keys = {record.key for record in prepared.campaigns}
        paused = {record.key async for record in result.report.campaigns(CampaignState.PAUSED)}
        idle = max(done - len(keys & paused), 0)
    return {
        "planned": len(prepared.campaigns),
        "done": done - idle,
        "not_running": idle,
        "failed": failed,
        "begun": 0,
        "not_begun": max(len(prepared.campaigns) - done - failed, 0),
        "finished_before": 0,
    }


async def _as_json(
    request: OperationRequest, prepared: Prepared, result: JobResult, counts: dict[str, int]
) -> dict[str, Any]:
    return {
        "operation": request.operation.value,
        **await result_fields(result),
        "plan": str(request.ledger.plan),
        "target": prepared.target.kind,
        "tier": prepared.tier.name,
        "ledger": str(request.ledger.path),
        "planned": counts["planned"],
        "not_begun": counts["not_begun"],
        "campaigns": counts,
        "command": _command(request, prepared.target),
    }


def _command(request: OperationRequest, target: Target) -> str:
    """Return the command line that carries on."""
    words = ["smartlead-async", request.operation.value, "--ledger", str(request.ledger.path)]
    for term in request.terms:
        words += ["--select", term]
    return shlex.join([*words, "--target", target.kind, "--", str(request.ledger.plan)])


def _show_summary(
    reporting: Reporting,
    request: OperationRequest,
    result: JobResult,
    counts: dict[str, int],
    failures: list[CampaignRecord],
) -> None:
    output, participle = reporting.output, _PARTICIPLES[request.operation]
    words = {
        "done": participle,
        "not_running": "not running",
        "failed": "failed",
        "not_begun": "not done",
    }
    fields = {
        "Campaigns": ", ".join(
            f"{counts[key]:,} {word}" for key, word in words.items() if key == "done" or counts[key]
        ),
        "Requests": describe_requests(result),
        "Time": duration(result.report.elapsed(0.0)),
    }
    if reporting.file is not None:
        fields["Report"] = str(reporting.file.path)
    output.line()
    for name, value in fields.items():
        output.field(name, value)
    for record in failures[:_MAX_FAILURES]:
        output.line(record_failure_line(record), "red")
    show_more(output, len(failures), _MAX_FAILURES, hint=": see the report (--report FILE.json)")
    show_orphans(output, result)
    if result.error is not None:
        output.line(f"The command ended early: {printable(result.error_text)}", "bold red")
    if counts["planned"]:
        _show_verdict(output, result, participle)
    else:
        output.line(_NOTHING_TO_DO[request.operation])


def _show_verdict(output: Output, result: JobResult, participle: str) -> None:
    again = "Run the same command again"
    match result.exit_code:
        case ExitCode.DONE if participle == _PARTICIPLES[Operation.PAUSE]:
            output.line("None of these campaigns is running any more.", "bold green")
        case ExitCode.DONE:
            output.line(f"All these campaigns are {participle}.", "bold green")
        case ExitCode.INTERRUPTED:
            output.line(f"Stopped before the end. {again} to carry on.", "bold yellow")
        case ExitCode.NOT_ALLOWED:
            output.line(f"Check the key of {key_origin()} and its permissions.", "bold red")
        case ExitCode.DEFECT:
            output.line(f"{defect_advice()}.", "bold red")
        case _ if result.needs_action:
            output.line(
                f"Not all these campaigns are {participle}. First do what the error above says.", "bold red"
            )
        case _:
            output.line(f"Not all these campaigns are {participle}. {again} to retry them.", "bold red")
