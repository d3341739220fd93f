"""The result of a provisioning job: its exit code, and its content for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ..errors import AuthenticationError, PermissionDenied, SmartleadError
from ..provisioning.ledger.records import CampaignState
from ..provisioning.report.report import Report
from .differences import differences_as_json
from .exit_code import ExitCode
from .provision_job import ProvisionRequest
from .target import Target

if TYPE_CHECKING:
    from ..provisioning.job.verify import Difference


@attrs.frozen(kw_only=True)
class JobResult:
    """How a job ended. ``error`` is what ended it early, if anything did."""

    report: Report
    error: SmartleadError | None = None
    cancelled: bool = False
    counts: dict[CampaignState, int] = attrs.field(factory=dict)
    """The campaigns on the ledger by state, those of earlier runs included."""
    differences: list[Difference] | None = None
    """The differences between server and plan; None if they were not compared."""

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the process."""
        if isinstance(self.error, (AuthenticationError, PermissionDenied)):
            return ExitCode.NOT_ALLOWED
        if self.error is not None:
            return ExitCode.SOME_FAILED
        if self.cancelled or self.report.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.DONE if self.report.succeeded and not self.differences else ExitCode.SOME_FAILED


def campaign_counts(request: ProvisionRequest, result: JobResult) -> dict[str, int]:
    """Return the campaigns of the plan by state, counted on the ledger, which knows of earlier runs."""
    counts = result.counts
    return {
        "planned": request.plan.campaigns,
        "done": counts.get(CampaignState.DONE, result.report.done),
        "failed": counts.get(CampaignState.FAILED, result.report.failed),
        "begun": counts.get(CampaignState.RUNNING, 0),
        "not_begun": max(request.plan.campaigns - sum(counts.values()), 0),
        "finished_before": request.done_before,
    }


async def result_as_json(request: ProvisionRequest, target: Target, result: JobResult) -> dict[str, Any]:
    """Return what goes into the report file and is printed by ``--json``."""
    campaigns = campaign_counts(request, result)
    return {
        "exit_code": int(result.exit_code),
        "error": None if result.error is None else str(result.error),
        "plan": str(request.plan.path),
        "target": target.kind,
        "tier": request.tier.name,
        "ledger": None if request.ledger is None else str(request.ledger),
        "planned": campaigns["planned"],
        "not_begun": campaigns["not_begun"],
        **await result.report.as_json(),
        "campaigns": campaigns,
        "differences": None if result.differences is None else differences_as_json(result.differences),
    }
