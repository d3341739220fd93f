"""What a job has done: the table at its end, and the same for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..provisioning.ledger.records import CampaignRecord, CampaignState
from .commands.verify import as_json_of, say_differences
from .exit_code import ExitCode
from .output import Output
from .progress import failure_line
from .wording import count, duration, shown

if TYPE_CHECKING:
    from .job import Errand, Outcome

_MOST_ROWS = 40
_MOST_FAILURES = 50
_TITLES = ("Campaign", "Id", "Leads", "Requests", "State")
_UNFINISHED = {"failed": "failed", "begun": "begun", "not_begun": "not begun"}


async def as_json(errand: Errand, outcome: Outcome, *, details: bool) -> dict[str, Any]:
    """The report file, and what ``--json`` prints. ``details`` are the campaigns, where they can be read."""
    report = outcome.report
    if not details:
        from ..provisioning.ledger.memory import MemoryLedger

        report.ledger = MemoryLedger()
    return {
        "exit_code": int(outcome.exit_code),
        "error": None if outcome.error is None else str(outcome.error),
        "plan": str(errand.plan.path),
        "target": errand.target.identity.partition(" ")[0],
        "tier": errand.tier,
        "ledger": None if errand.ledger is None else str(errand.ledger),
        "planned": errand.checked.campaigns,
        "not_begun": outcome.not_begun(errand.checked.campaigns),
        **await report.as_json(),
        "campaigns": {"planned": errand.checked.campaigns, **_campaign_numbers(errand, outcome)},
        "differences": None if outcome.differences is None else as_json_of(outcome.differences),
    }


def _campaign_numbers(errand: Errand, outcome: Outcome) -> dict[str, int]:
    """Where the campaigns of the plan stand: by the ledger, which knows of earlier runs as well."""
    report, counts = outcome.report, outcome.counts
    return {
        "planned": errand.checked.campaigns,
        "done": counts.get(CampaignState.DONE, report.done),
        "failed": counts.get(CampaignState.FAILED, report.failed),
        "begun": counts.get(CampaignState.RUNNING, 0),
        "not_begun": outcome.not_begun(errand.checked.campaigns),
        "finished_before": errand.done_before,
    }


async def show_outcome(output: Output, errand: Errand, outcome: Outcome) -> None:
    """The table, the failures with their reasons, and what to do next."""
    output.line()
    if errand.checked.campaigns <= _MOST_ROWS:
        await _campaigns(output, outcome)
    _numbers(output, errand, outcome)
    await _failures(output, outcome)
    for orphan in outcome.report.orphans:
        what = "deleted" if orphan.pruned else "belongs to no campaign of the plan: look at it, or delete it"
        which = f"{shown(orphan.name)} (id {orphan.campaign_id})"
        output.line(f"left by a lost create: {which}: {what}", "yellow")
    if outcome.report.sweep_error is not None:
        why = shown(outcome.report.sweep_error)
        output.line(f"What lost creates left behind could not be looked for: {why}", "yellow")
    if outcome.error is not None:
        output.line(f"The job ended early: {shown(outcome.error)}", "bold red")
    if outcome.differences is not None:
        say_differences(output, outcome.differences)
    _verdict(output, errand, outcome)


async def _campaigns(output: Output, outcome: Outcome) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    rows = [_row(record) async for record in outcome.report.campaigns()]
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    # The name gives way where there is little room; the rest is short and says what matters.
    widths = [max(len(title), *(len(row[at]) for row in rows)) for at, title in enumerate(_TITLES)]
    room = output.console.width - sum(widths[1:]) - 3 * len(widths)
    table.add_column(_TITLES[0], overflow="ellipsis", no_wrap=True, max_width=max(room, 12))
    for title, width in zip(_TITLES[1:], widths[1:], strict=True):
        table.add_column(title, justify="left" if title == "State" else "right", min_width=width)
    styles = {"done": "green", "failed": "red", "stopped": "yellow"}
    for name, number, leads, requests, state in rows:
        color = next(style for word, style in styles.items() if state.startswith(word))
        table.add_row(Text(name), number, leads, requests, Text(state, style=color))
    output.show(table)
    output.line()


def _row(record: CampaignRecord) -> tuple[str, str, str, str, str]:
    return (
        shown(record.name),
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
        case CampaignState.RUNNING:
            return f"stopped at {record.steps[-1].step if record.steps else 'create'}"


def _numbers(output: Output, errand: Errand, outcome: Outcome) -> None:
    report, traffic = outcome.report, outcome.report.traffic
    numbers = _campaign_numbers(errand, outcome)
    states = [
        f"{numbers['done']:,} done"
        + (f" ({numbers['finished_before']:,} before)" if numbers["finished_before"] else ""),
        *(f"{numbers[state]:,} {word}" for state, word in _UNFINISHED.items() if numbers[state]),
    ]
    leads = [
        f"{report.leads.added:,} imported",
        f"{report.leads.already_there:,} already there" if report.leads.already_there else "",
        f"{report.leads.skipped:,} left out by SmartLead" if report.leads.skipped else "",
    ]
    requests = [
        f"{report.requests:,}",
        count(traffic.retries, "retry", "retries"),
        f"{traffic.rate_limited:,} × 429" if traffic.rate_limited else "",
        f"{traffic.unanswered:,} unanswered" if traffic.unanswered else "",
    ]
    time = [duration(report.elapsed(0.0))]
    rows = {"Campaigns": states, "Leads": leads, "Requests": requests, "Time": time}
    if errand.report is not None:
        rows["Report"] = [str(errand.report.path)]
    if errand.ledger is not None:
        rows["Ledger"] = [str(errand.ledger)]
    for name, parts in rows.items():
        output.entry(name, ", ".join(filter(None, parts)))


async def _failures(output: Output, outcome: Outcome) -> None:
    number = 0
    async for record in outcome.report.campaigns(CampaignState.FAILED):
        number += 1
        if number <= _MOST_FAILURES:
            output.line(failure_line(record), "red")
    if number > _MOST_FAILURES:
        output.line(f"… and {number - _MOST_FAILURES:,} more: see the report (--report FILE.json)", "red")


def _verdict(output: Output, errand: Errand, outcome: Outcome) -> None:
    again = "" if errand.ledger is None else " Run the same command again to carry on."
    match outcome.exit_code:
        case ExitCode.DONE:
            output.line("All campaigns are done.", "bold green")
        case ExitCode.INTERRUPTED:
            why = "The deadline has passed" if outcome.report.deadline_passed else "Stopped"
            output.line(f"{why} before the end.{again}", "bold yellow")
        case ExitCode.NOT_ALLOWED:
            output.line("Check the key in SMARTLEAD_API_KEY and what its plan allows.", "bold red")
        case _:
            retry = "" if errand.ledger is None else " Run the same command again to try them again."
            output.line(f"Not all campaigns are done.{retry}", "bold red")
