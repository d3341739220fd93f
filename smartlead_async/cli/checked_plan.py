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
    from ..plan.leads import RowTally
    from ..plan.plan import Plan
    from .bad_rows import BadRowsFile

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


def load_checked_plan(
    output: Output, path: Path, limits: RateLimits, bad_rows: BadRowsFile | None = None
) -> CheckedPlan:
    """Load and check a plan; print its problems and raise :class:`CommandError` if it has errors.

    Malformed rows of lead files are errors, or are left out if there is a file to write them to.
    """
    from ..plan.plan import load_plan

    plan = load_plan(path, skip_bad_rows=bad_rows is not None)
    report = check_rows(plan, limits, bad_rows)
    if report.ok:
        show_rows(output, report, bad_rows)
        return CheckedPlan(plan, report)
    for problem in report.problems:
        show_problem(output, problem)
    show_rows(output, report, bad_rows)
    raise CommandError(
        f"the plan has {count(len(report.errors), 'error')}: nothing was sent",
        details={"problems": [problem_as_json(problem) for problem in report.problems]},
    )


def check_rows(plan: Plan | Path, limits: RateLimits, bad_rows: BadRowsFile | None) -> CheckReport:
    """Check a plan and write the malformed rows that are left out."""
    from ..plan.check import check

    if bad_rows is None:
        return check(plan, limits)
    with bad_rows:
        return check(plan, limits, skip_bad_rows=True, on_bad_row=bad_rows.add)


def show_rows(output: Output, report: CheckReport, bad_rows: BadRowsFile | None) -> None:
    """Print what has become of the rows of lead sources, if any is no lead."""
    rows = report.rows
    if rows.left_out or rows.not_selected:
        output.line(f"Rows: {describe_rows(rows)}", "yellow" if rows.left_out else None)
    if bad_rows is not None and bad_rows.number:
        written = count(bad_rows.number, "malformed row")
        output.line(f"Left out {written}, written to {printable(bad_rows.path)}", "yellow")


_REASONS = {
    "no_address": "without an address",
    "duplicate_address": "with a repeated address",
    "malformed_address": "with a malformed address",
    "misplaced_address": "with a misplaced address",
    "bad_quotes": "with bad quotes",
    "bad_value": "with a bad value",
    "bad_custom_fields": "with bad custom fields",
    "long_row": "with too many columns",
    "repeated_header": "with the header again",
    "do_not_contact": "not to be contacted",
}
"""The descriptions of rows that are not leads, by reason."""


def describe_rows(rows: RowTally) -> str:
    """Return every row once: ``"300 read: 297 leads, 2 with a repeated address, 1 without an address"``."""
    reasons = sorted(rows.left_out.items(), key=lambda item: -item[1])
    parts = [count(rows.leads, "lead")]
    parts += [f"{number:,} {_REASONS.get(reason) or reason.replace('_', ' ')}" for reason, number in reasons]
    others = f"; {count(rows.not_selected, 'other')} not selected by where" if rows.not_selected else ""
    return f"{rows.read:,} read: {', '.join(parts)}{others}"


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
