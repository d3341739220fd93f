"""``smartlead-async check``: what is wrong with a plan, and what it takes. Nothing is sent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import typer

from ..exit_code import ExitCode
from ..options import JsonOption, PlanArgument, TierOption, limits_of
from ..output import Output, problem_as_json, say_problem, speaking
from ..wording import count, duration, shown

if TYPE_CHECKING:
    from ...plan.check import CheckReport


def check(plan: PlanArgument, tier: TierOption = None, as_json: JsonOption = False) -> None:
    """Check a plan offline: every problem with file and line, then what the job takes.

    Exit codes: 0 the plan can be carried out (warnings are allowed), 2 it cannot.
    """
    with speaking(as_json=as_json) as output:
        from ...plan.check import check as check_plan

        said = tier or os.environ.get("SMARTLEAD_TIER") or "standard"
        report = check_plan(plan, limits_of(said, said_by="--tier" if tier else "SMARTLEAD_TIER"))
        for problem in report.problems:
            say_problem(output, problem)
        if report.problems:
            output.line()
        _summary(output, report, said)
        output.give(_as_json(report, said))
    raise typer.Exit(ExitCode.DONE if report.ok else ExitCode.UNUSABLE)


def size_of(report: CheckReport) -> str:
    """How big the job is, on one line."""
    requests, campaigns = count(report.requests, "request"), count(report.campaigns, "campaign")
    return f"{campaigns}, {count(report.leads, 'lead')}, {requests}"


def least_time(report: CheckReport) -> str:
    """The shortest time that the limits allow for."""
    if not report.limits.windows:
        return "no rate limit"
    return f"at least {duration(report.shortest_seconds)} at {report.limits}"


def _summary(output: Output, report: CheckReport, tier: str) -> None:
    errors, warnings = len(report.errors), len(report.warnings)
    found = [count(n, what) for n, what in ((errors, "error"), (warnings, "warning")) if n]
    output.line(f"{shown(report.plan)}: {size_of(report)}")
    if report.limits.windows:
        least = duration(report.shortest_seconds)
        output.line(f"Shortest possible time: {least} at {tier} ({report.limits})")
    else:
        output.line("Shortest possible time: no rate limit, so as fast as SmartLead answers")
    if report.saved_by_cloning > 0:
        output.line(_cloning(report))
    if report.ok:
        verdict = f"The plan can be carried out ({', '.join(found)})." if found else "The plan is in order."
        output.line(verdict, "green")
    else:
        output.line(f"The plan cannot be carried out: {', '.join(found)}.", "bold red")


def _cloning(report: CheckReport) -> str:
    saved = count(report.saved_by_cloning, "request")
    if report.requests == report.clone_requests:
        return f"Cloning campaigns that are alike saves {saved} of {report.full_requests:,}."
    return f"With 'strategy: clone' it would take {report.clone_requests:,} requests, {saved} less."


def _as_json(report: CheckReport, tier: str) -> dict[str, Any]:
    return {
        "plan": report.plan,
        "ok": report.ok,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "campaigns": report.campaigns,
        "leads": report.leads,
        "requests": report.requests,
        "strategy": report.strategy.value,
        "full_requests": report.full_requests,
        "clone_requests": report.clone_requests,
        "tier": tier,
        "shortest_seconds": report.shortest_seconds,
        "problems": [problem_as_json(problem) for problem in report.problems],
    }
