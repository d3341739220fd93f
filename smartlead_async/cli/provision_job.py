"""The options of a provisioning job, and the destinations of its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from .checked_plan import CheckedPlan
from .fingerprint import JobFingerprint
from .output import Output
from .plan_diff import PlanDiff
from .report_file import ReportFile
from .tier import Tier

if TYPE_CHECKING:
    from pathlib import Path


@attrs.frozen(kw_only=True)
class ProvisionRequest:
    """A plan that can be carried out, its changes, and the options of the job.

    ``done_before`` counts by the ledger.
    """

    plan: CheckedPlan
    tier: Tier
    fingerprint: JobFingerprint
    ledger: Path | None
    done_before: int
    diff: PlanDiff
    concurrency: int = 10
    allow_removals: bool = False
    create_anyway: bool = False
    select: tuple[str, ...] = ()
    prune_orphans: bool = False
    deadline: float | None = None
    verify: bool = False


@attrs.frozen
class Reporting:
    """The destinations of a job's report: the output of the command and, if requested, a file."""

    output: Output
    file: ReportFile | None = None
