"""The result of a provisioning job: its exit code, and its content for programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import attrs

from ..defects import describe_defect
from ..errors import AuthenticationError, PermissionDenied, SmartleadError
from ..plan.problem import InvalidPlan
from ..provisioning.changes.change import ChangeRefused
from ..provisioning.job.campaign_list import IncompleteList
from ..provisioning.job.first_look import CampaignsExist, StaleLedger
from ..provisioning.ledger.protocol import LedgerError
from ..provisioning.ledger.records import CampaignRecord, CampaignState
from ..provisioning.report.report import Report
from ..provisioning.selection import Selection
from ..redaction import redacted
from .differences import Comparison, differences_as_json
from .exit_code import ExitCode
from .provision_job import ProvisionRequest
from .target import Target

_NEED_ACTION: Final = (CampaignsExist, StaleLedger, IncompleteList, LedgerError, ChangeRefused, InvalidPlan)


@attrs.frozen(kw_only=True)
class JobResult:
    """The end of a job. ``error`` is what ended it early, if anything did."""

    report: Report
    error: Exception | None = None
    cancelled: bool = False
    counts: dict[CampaignState, int] = attrs.field(factory=dict)
    """The campaigns on the ledger by state, those of earlier runs included."""
    comparison: Comparison | None = None
    """The server compared with the plan; None if that was not requested."""
    selection: Selection = attrs.field(factory=Selection)
    """The campaigns that the job worked on."""

    def campaigns(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """Iterate over the records of these campaigns."""
        found = self.report.campaigns(*states)
        return found if not self.selection else self._selected(found)

    async def _selected(self, records: AsyncIterator[CampaignRecord]) -> AsyncIterator[CampaignRecord]:
        async for record in records:
            if self.selection.takes_head(record.head):
                yield record

    @property
    def error_text(self) -> str | None:
        """The error that ended the job early, without the message of an unexpected exception."""
        if self.error is None:
            return None
        return str(self.error) if isinstance(self.error, SmartleadError) else describe_defect(self.error)

    @property
    def needs_action(self) -> bool:
        """Whether the same command ends in the same way until something is done that the error names."""
        return isinstance(self.error, _NEED_ACTION)

    @property
    def unexpected(self) -> Exception | None:
        """The unexpected exception that ended the job or the comparison, if one did."""
        errors = self.error, None if self.comparison is None else self.comparison.problem
        return next((each for each in errors if each and not isinstance(each, SmartleadError)), None)

    @property
    def is_interrupted(self) -> bool:
        """Whether the job was stopped before its end."""
        return self.cancelled or self.report.interrupted

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the process."""
        if isinstance(self.error, (AuthenticationError, PermissionDenied)):
            return ExitCode.NOT_ALLOWED
        if self.error is not None:
            return ExitCode.SOME_FAILED if isinstance(self.error, SmartleadError) else ExitCode.DEFECT
        if self.is_interrupted or (self.comparison is not None and self.comparison.interrupted):
            return ExitCode.INTERRUPTED
        compared = self.comparison is None or self.comparison.is_match
        return ExitCode.DONE if self.report.succeeded and compared else ExitCode.SOME_FAILED


def campaign_counts(request: ProvisionRequest, result: JobResult) -> dict[str, int]:
    """Return the campaigns of the plan by state, counted on the ledger, which knows of earlier runs."""
    counts = result.counts
    return {
        "planned": request.diff.planned,
        "done": counts.get(CampaignState.DONE, result.report.done),
        "failed": counts.get(CampaignState.FAILED, result.report.failed),
        "begun": counts.get(CampaignState.RUNNING, 0),
        "not_begun": max(request.diff.planned - sum(counts.values()), 0),
        "finished_before": request.done_before,
    }


async def result_as_json(request: ProvisionRequest, target: Target, result: JobResult) -> dict[str, Any]:
    """Return what goes into the report file and is printed by ``--json``."""
    campaigns = campaign_counts(request, result)
    return {
        **await result_fields(result),
        "plan": str(request.plan.path),
        "target": target.kind,
        "tier": request.tier.name,
        "ledger": None if request.ledger is None else str(request.ledger),
        "rows": request.plan.check.rows.as_json(),
        "planned": campaigns["planned"],
        "not_begun": campaigns["not_begun"],
        "campaigns": campaigns,
    }


async def result_fields(result: JobResult) -> dict[str, Any]:
    """Return the part of a result that does not depend on what was requested."""
    comparison = result.comparison
    return {
        "exit_code": int(result.exit_code),
        "error": redacted(result.error_text),
        **await result.report.as_json(result.campaigns()),
        "differences": None if comparison is None else redacted(differences_as_json(comparison.differences)),
        "verify_error": None if comparison is None else redacted(comparison.error),
    }
