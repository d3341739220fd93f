"""The server compared with a plan: found, shown and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from ..wording import count, printable, reasons
from .checked_plan import PlanSpecs
from .count_display import CountDisplay
from .failures import show_more
from .output import Output
from .server_read import ServerRead
from .signals import Interruption

if TYPE_CHECKING:
    from ..plan.plan import Plan
    from ..provisioning.job.client import ProvisioningClient
    from ..provisioning.job.verify import Difference
    from ..provisioning.ledger.protocol import Ledger
    from ..provisioning.ledger.records import LeadTally
    from ..provisioning.selection import Selection

_MAX_SHOWN: Final = 100
_MAX_LEFT_OUT: Final = 20


@attrs.define
class Comparison(ServerRead):
    """The differences between the server and the plan."""

    compared: int = 0
    """The campaigns that were compared."""
    differences: list[Difference] = attrs.field(factory=list)
    left_out: list[tuple[str, LeadTally]] = attrs.field(factory=list)
    """The campaigns from whose import SmartLead left out leads, by name."""

    @property
    def is_match(self) -> bool:
        """Whether everything was compared, and nothing differs."""
        return self.error is None and not self.differences


async def compare(
    output: Output,
    client: ProvisioningClient,
    plan: Plan,
    ledger: Ledger,
    selection: Selection,
    interruption: Interruption,
) -> Comparison:
    """Compare the selected campaigns on the server with the plan, as far as possible: it raises nothing."""
    from ..provisioning.job.verify import verify

    comparison = Comparison(interrupted=interruption.received > 0)
    if comparison.interrupted:
        return comparison
    output.line("Comparing the campaigns on the server with the plan …")

    async def collect() -> None:
        def on_campaign() -> None:
            comparison.compared += 1
            display.update(comparison.compared)

        found = verify(client, PlanSpecs(plan), ledger, select=selection, on_campaign=on_campaign)
        async for difference in found:
            comparison.differences.append(difference)
        async for record in ledger.records():
            if record.leads.skipped and selection.takes_head(record.head):
                comparison.left_out.append((record.name, record.leads))

    with CountDisplay(output, "campaign", "compared") as display:
        await comparison.run(collect(), interruption)
    return comparison


def show_comparison(output: Output, comparison: Comparison) -> None:
    """Print one line for each difference, their number, and why not everything was compared."""
    differences, error = comparison.differences, comparison.error
    for name, leads in comparison.left_out[:_MAX_LEFT_OUT]:
        number, why = count(leads.skipped, "lead"), reasons(leads.left_out)
        output.line(f"{printable(name)}: SmartLead left out {number} of {leads.sent:,}{why}", "yellow")
    show_more(output, len(comparison.left_out), _MAX_LEFT_OUT, style="yellow")
    for difference in differences[:_MAX_SHOWN]:
        output.line(printable(difference), "red")
    show_more(output, len(differences), _MAX_SHOWN)
    if differences:
        output.line(f"{count(len(differences), 'difference')} from the plan.", "bold red")
    elif error is None:
        output.line("The server matches the plan.", "bold green")
    if error is not None:
        compared = count(comparison.compared, "campaign")
        output.line(f"The comparison ended early, after {compared}: {printable(error)}", "bold red")


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
