"""Plans that were checked before use: load, refuse on errors, and describe what they take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from ..wording import count, duration, printable
from .output import CommandError, Output, problem_as_json, show_problem

if TYPE_CHECKING:
    from pathlib import Path

    from ..limits import RateLimits
    from ..plan.campaign import CampaignSpec
    from ..plan.check import CheckReport
    from ..plan.plan import Plan

_MAX_WARNINGS = 10


@attrs.frozen
class CheckedPlan:
    """A plan without errors, and the report of its check."""

    plan: Plan
    check: CheckReport

    @property
    def path(self) -> Path:
        """The plan file."""
        return self.plan.path

    @property
    def campaigns(self) -> int:
        """The number of campaigns in the plan."""
        return self.check.campaigns


@attrs.frozen
class PlanSpecs:
    """The campaigns of a plan; can be iterated over any number of times."""

    plan: Plan

    def __iter__(self) -> Iterator[CampaignSpec]:
        return self.plan.specs()


def load_checked_plan(output: Output, path: Path, limits: RateLimits) -> CheckedPlan:
    """Load and check a plan; print its problems and raise :class:`CommandError` if it has errors."""
    from ..plan.check import check
    from ..plan.plan import load_plan

    plan = load_plan(path)
    report = check(plan, limits)
    if report.ok:
        return CheckedPlan(plan, report)
    for problem in report.problems:
        show_problem(output, problem)
    raise CommandError(
        f"the plan has {count(len(report.errors), 'error')}: nothing was sent",
        details={"problems": [problem_as_json(problem) for problem in report.problems]},
    )


def show_warnings(output: Output, checked: CheckedPlan) -> None:
    """Print the first warnings of a check, and how to see the others."""
    warnings = checked.check.warnings
    for problem in warnings[:_MAX_WARNINGS]:
        show_problem(output, problem)
    if (more := len(warnings) - _MAX_WARNINGS) > 0:
        command = f"smartlead-async check {printable(checked.path)}"
        output.line(f"… and {count(more, 'more warning')}: {command}", "yellow")


def describe_size(report: CheckReport) -> str:
    """Return the campaigns, leads and requests of a plan on one line."""
    requests, campaigns = count(report.requests, "request"), count(report.campaigns, "campaign")
    return f"{campaigns}, {count(report.leads, 'lead')}, {requests}"


def describe_shortest_time(report: CheckReport) -> str:
    """Return the shortest time that the rate limit allows."""
    if not report.limits.windows:
        return "no rate limit"
    return f"at least {duration(report.shortest_seconds)} at {report.limits}"
