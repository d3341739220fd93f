"""``smartlead-async check``: the problems of a plan, and what it takes. Nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ...wording import count, duration, printable
from ..bad_rows import BadRowsFile
from ..checked_plan import check_rows, describe_size, show_rows
from ..exit_code import ExitCode
from ..options import BadRowsOption, JsonOption, PlanArgument, SkipBadRowsOption, TierOption
from ..output import Output, command_output, problem_as_json, show_problem
from ..tier import Tier

if TYPE_CHECKING:
    from ...plan.check import CheckReport


def check(
    plan: PlanArgument,
    tier: TierOption = None,
    skip_bad_rows: SkipBadRowsOption = False,
    bad_rows: BadRowsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a plan offline: every problem with file and line, then the size of the job.

    Exit codes: 0 the plan is valid (warnings are allowed), 2 it is not.
    """
    with command_output(as_json=as_json) as output:
        chosen = Tier.choose(tier)
        file = BadRowsFile.choose(plan, bad_rows, skip=skip_bad_rows)
        report = check_rows(plan, chosen.limits, file)
        for problem in report.problems:
            show_problem(output, problem)
        if report.problems:
            output.line()
        _show_summary(output, report, chosen, file)
        output.print_json(_as_json(report, chosen, file))
    raise typer.Exit(ExitCode.DONE if report.ok else ExitCode.UNUSABLE)


def _show_summary(output: Output, report: CheckReport, tier: Tier, bad_rows: BadRowsFile | None) -> None:
    if not report.ok and not report.campaigns:
        _show_verdict(output, report)
        return
    output.line(f"{printable(report.plan)}: {describe_size(report)}")
    show_rows(output, report, bad_rows)
    if report.limits.windows:
        shortest = duration(report.shortest_seconds)
        output.line(f"Shortest possible time: {shortest} at {tier.name} ({report.limits})")
    else:
        output.line("Shortest possible time: no rate limit, so as fast as SmartLead responds")
    if report.saved_by_cloning > 0:
        output.line(_cloning(report))
    _show_verdict(output, report)


def _show_verdict(output: Output, report: CheckReport) -> None:
    counts = {"error": len(report.errors), "warning": len(report.warnings)}
    found = ", ".join(count(number, severity) for severity, number in counts.items() if number)
    if not report.ok:
        output.line(f"The plan is not valid: {found}.", "bold red")
    else:
        output.line(f"The plan is valid ({found})." if found else "The plan is valid.", "green")


def _cloning(report: CheckReport) -> str:
    saved = report.saved_by_cloning
    if report.requests == report.clone_requests:
        return f"Cloning similar campaigns saves {saved:,} of {count(report.full_requests, 'request')}."
    return f"With 'strategy: clone' it would take {report.clone_requests:,} requests, {saved:,} fewer."


def _as_json(report: CheckReport, tier: Tier, bad_rows: BadRowsFile | None) -> dict[str, Any]:
    return {
        "plan": report.plan,
        "ok": report.ok,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "campaigns": report.campaigns,
        "leads": report.leads,
        "rows": report.rows.as_json(),
        "bad_rows": str(bad_rows.path) if bad_rows is not None and bad_rows.number else None,
        "requests": report.requests,
        "strategy": report.strategy.value,
        "full_requests": report.full_requests,
        "clone_requests": report.clone_requests,
        "tier": tier.name,
        "shortest_seconds": report.shortest_seconds,
        "problems": [problem_as_json(problem) for problem in report.problems],
    }
