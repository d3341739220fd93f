"""``smartlead-async leads``: find and export leads."""

from __future__ import annotations

from typing import Annotated

import typer

from ..daily_request import CampaignArgument, OutputOption, TargetOption, print_response
from ..options import TierOption

app = typer.Typer(no_args_is_help=True, help="Find and export leads.")


@app.callback()
def _group() -> None:
    pass


@app.command("find")
def find_lead(
    email: Annotated[
        str, typer.Argument(metavar="EMAIL", help="The address of the lead.", show_default=False)
    ],
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """Show the lead with this address and its campaigns; null if there is none. One request."""
    from ...api.leads.read import GetLeadByEmail

    print_response(lambda: GetLeadByEmail(email), output=output, target=target, tier=tier)


@app.command("export")
def export_leads(
    campaign: CampaignArgument,
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """Print the leads of a campaign as CSV, as SmartLead exports them. One request."""
    from ...api.campaigns.leads import ExportLeads

    print_response(lambda: ExportLeads(campaign), output=output, target=target, tier=tier)
