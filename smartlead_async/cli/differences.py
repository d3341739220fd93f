"""Differences between a plan and the server, found, shown and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..wording import count, printable
from .checked_plan import PlanSpecs
from .output import Output

if TYPE_CHECKING:
    from ..plan.plan import Plan
    from ..provisioning.job.client import ProvisioningClient
    from ..provisioning.job.verify import Difference
    from ..provisioning.ledger.protocol import Ledger

_MAX_SHOWN: Final = 100


async def find_differences(
    output: Output, client: ProvisioningClient, plan: Plan, ledger: Ledger
) -> list[Difference]:
    """Compare the campaigns on the server with the plan and return every difference."""
    from ..provisioning.job.verify import verify

    output.line("Comparing the campaigns on the server with the plan …")
    return [difference async for difference in verify(client, PlanSpecs(plan), ledger)]


def show_differences(output: Output, differences: list[Difference]) -> None:
    """Print one line for each difference, and their number."""
    for difference in differences[:_MAX_SHOWN]:
        output.line(printable(difference), "red")
    if (more := len(differences) - _MAX_SHOWN) > 0:
        output.line(f"… and {more:,} more", "red")
    if differences:
        output.line(f"{count(len(differences), 'difference')} from the plan.", "bold red")
    else:
        output.line("The server matches the plan.", "bold green")


def differences_as_json(differences: list[Difference]) -> list[dict[str, Any]]:
    """Return the differences for programs."""
    return [
        {
            "key": difference.key,
            "campaign_id": difference.campaign_id,
            "path": difference.path,
            "planned": difference.planned,
            "found": difference.found,
        }
        for difference in differences
    ]
