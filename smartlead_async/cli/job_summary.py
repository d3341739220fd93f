"""The summary at the end of a job, for people: a table, the failures, and what to do next."""

from __future__ import annotations

from ..provisioning.ledger.records import CampaignRecord, CampaignState
from ..redaction import redacted
from ..wording import count, duration, printable, reasons
from .defects import defect_advice
from .differences import show_comparison
from .effective import key_origin
from .exit_code import ExitCode
from .failures import record_failure_line, show_more
from .job_result import JobResult, campaign_counts
from .output import Output
from .provision_job import ProvisionRequest, Reporting

_MAX_ROWS = 40
_MAX_FAILURES = 50
_TITLES = ("Campaign", "Id", "Leads", "Requests", "State")
_NAME_MIN_WIDTH = 12
_STYLES = {CampaignState.DONE: "green", CampaignState.FAILED: "red", CampaignState.RUNNING: "yellow"}
# The keys of campaign_counts() that are mentioned only if they are not 0, and their words.
_UNFINISHED = {"failed": "failed", "begun": "unfinished", "not_begun": "not begun"}


async def show_summary(reporting: Reporting, request: ProvisionRequest, result: JobResult) -> None:
    """Print the campaigns, the numbers, the failures with their reasons, and what to do next."""
    output = reporting.output
    output.line()
    if request.diff.planned <= _MAX_ROWS:
        await _show_campaigns(output, result)
    _show_numbers(reporting, request, result)
    await _show_failures(output, result)
    show_orphans(output, result)
    if result.error is not None:
        output.line(f"The job ended early: {printable(result.error_text)}", "bold red")
    if result.comparison is not None:
        show_comparison(output, result.comparison)
    elif request.verify:
        output.line("The server was not compared with the plan, because the job ended early.", "yellow")
    _show_verdict(output, request, result)


async def _show_campaigns(output: Output, result: JobResult) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    records = [record async for record in result.campaigns()]
    if not records:
        return
    rows = [_row(record) for record in records]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    # On a narrow terminal the name is shortened, and then the less important columns are left out.
    widths = [max(len(title), *(len(row[at]) for row in rows)) for at, title in enumerate(_TITLES)]
    others = [1, 2, 3, 4]
    room = output.console.width - sum(widths[1:]) - 3 * len(widths)
    for dropped in (_TITLES.index("Requests"), _TITLES.index("Leads")):
        if room < _NAME_MIN_WIDTH:
            others.remove(dropped)
            room += widths[dropped] + 3
    table.add_column(_TITLES[0], overflow="ellipsis", no_wrap=True, max_width=max(room, _NAME_MIN_WIDTH))
    for at in others:
        title = _TITLES[at]
        table.add_column(title, justify="left" if title == "State" else "right", min_width=widths[at])
    for record, row in zip(records, rows, strict=True):
        styled = [
            Text(row[at], style=_STYLES[record.state] if _TITLES[at] == "State" else "") for at in others
        ]
        table.add_row(Text(row[0]), *styled)
    output.show(table)
    output.line()


def _row(record: CampaignRecord) -> tuple[str, str, str, str, str]:
    return (
        printable(record.name),
        str(record.campaign_id or "–"),
        f"{record.leads.added + record.leads.already_there:,}",
        f"{record.requests:,}",
        _state(record),
    )


def _state(record: CampaignRecord) -> str:
    match record.state:
        case CampaignState.DONE:
            return "done"
        case CampaignState.FAILED:
            return f"failed at {record.failed_step or 'create'}"
        case CampaignState.PAUSED:
            return "paused"
        case CampaignState.RUNNING:
            return f"stopped at {record.steps[-1].step if record.steps else 'create'}"


def _show_numbers(reporting: Reporting, request: ProvisionRequest, result: JobResult) -> None:
    fields = {
        "Campaigns": _campaigns(request, result),
        "Leads": _leads(result),
        "Requests": describe_requests(result),
        "Time": duration(result.report.elapsed(0.0)),
    }
    if reporting.file is not None:
        fields["Report"] = str(reporting.file.path)
    if request.ledger is not None:
        fields["Ledger"] = str(request.ledger)
    for name, value in fields.items():
        reporting.output.field(name, value)


def _campaigns(request: ProvisionRequest, result: JobResult) -> str:
    counts = campaign_counts(request, result)
    before = counts["finished_before"]
    done = f"{counts['done']:,} done" + (f" ({before:,} before)" if before else "")
    return ", ".join([done, *(f"{counts[key]:,} {word}" for key, word in _UNFINISHED.items() if counts[key])])


def _leads(result: JobResult) -> str:
    leads = result.report.leads
    parts = [
        f"{leads.added:,} imported",
        f"{leads.already_there:,} already there" if leads.already_there else "",
        f"{leads.skipped:,} left out by SmartLead{reasons(leads.left_out)}" if leads.skipped else "",
    ]
    return ", ".join(filter(None, parts))


def describe_requests(result: JobResult) -> str:
    """Return the requests of a job, and how many of them did not succeed at once."""
    traffic = result.report.traffic
    parts = [
        f"{traffic.total:,}",
        count(traffic.retries, "retry", "retries"),
        f"{traffic.rate_limited:,} × 429" if traffic.rate_limited else "",
        f"{traffic.unanswered:,} without a response" if traffic.unanswered else "",
    ]
    return ", ".join(filter(None, parts))


async def _show_failures(output: Output, result: JobResult) -> None:
    number = 0
    async for record in result.campaigns(CampaignState.FAILED):
        number += 1
        if number <= _MAX_FAILURES:
            output.line(record_failure_line(record), "red")
    show_more(output, number, _MAX_FAILURES, hint=": see the report (--report FILE.json)")


def show_orphans(output: Output, result: JobResult) -> None:
    """Print the campaigns that lost creates have left behind."""
    for orphan in result.report.orphans:
        action = (
            "deleted" if orphan.pruned else "it belongs to no campaign of the plan; check it or delete it"
        )
        output.line(f"orphan: {printable(orphan.name)} (id {orphan.campaign_id}): {action}", "yellow")
    if result.report.sweep_error is not None:
        reason = printable(result.report.sweep_error)
        output.line(f"Could not look for orphans, which the next run does again: {reason}", "yellow")


def _show_verdict(output: Output, request: ProvisionRequest, result: JobResult) -> None:
    has_ledger = request.ledger is not None
    match result.exit_code:
        case ExitCode.DONE:
            output.line("All campaigns are done.", "bold green")
        case _ if result.error is None and result.report.succeeded:
            unknown = result.comparison is not None and result.comparison.error is not None
            reason = "the server could not be compared with the plan" if unknown else "the server differs"
            output.line(f"All campaigns are done, but {reason}.{_verify_later(request)}", "bold yellow")
        case ExitCode.INTERRUPTED:
            why = "The deadline passed" if result.report.deadline_passed else "Stopped"
            resume = " Run the same command again to resume." if has_ledger else ""
            if result.report.outage is not None:
                output.line(f"The server was down: {printable(str(redacted(result.report.outage)))}", "red")
            output.line(f"{why} before the end.{resume}", "bold yellow")
        case ExitCode.NOT_ALLOWED:
            output.line(f"Check the key of {key_origin()} and its permissions.", "bold red")
        case ExitCode.DEFECT:
            output.line(f"{defect_advice()}.", "bold red")
        case _ if result.needs_action:
            output.line("Not all campaigns are done. First do what the error above says.", "bold red")
        case _:
            retry = " Run the same command again to retry them." if has_ledger else ""
            output.line(f"Not all campaigns are done.{retry}", "bold red")


def _verify_later(request: ProvisionRequest) -> str:
    if request.ledger is None:
        return ""
    plan, ledger = printable(request.plan.path), printable(request.ledger)
    return f" To compare again: smartlead-async verify {plan} --ledger {ledger}"
