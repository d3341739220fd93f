"""Failed campaigns as lines of output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wording import printable
from .output import Output

if TYPE_CHECKING:
    from ..provisioning.ledger.records import CampaignRecord


def failure_line(name: str, step: str | None, error: str | None) -> str:
    """Return the line for a failed campaign: its name, the step that failed, and why."""
    place = f" at {step}" if step else ""
    return f"failed: {printable(name)}{place}: {printable(error or 'no reason is known')}"


def record_failure_line(record: CampaignRecord) -> str:
    """Return the line for the record of a failed campaign."""
    return failure_line(record.name, record.failed_step, record.error)


def show_more(output: Output, total: int, shown: int, *, style: str = "red", hint: str = "") -> None:
    """Print how many lines were left out of a list, if any were."""
    if total > shown:
        output.line(f"… and {total - shown:,} more{hint}", style)
