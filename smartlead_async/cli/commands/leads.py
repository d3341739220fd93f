"""``smartlead-async leads``: find and export leads."""

from __future__ import annotations

from typing import Annotated

import typer

from ..daily_request import CampaignArgument, ReadOptions, daily_command, print_response
from ..help_pages import App

app = App(help="Find and export leads.")


@app.callback()
def _group() -> None:
    pass


@daily_command(app, "find")
def find_lead(
    email: Annotated[
        str, typer.Argument(metavar="EMAIL", help="The address of the lead.", show_default=False)
    ],
    options: ReadOptions,
) -> None:
    """Show the lead with this address and its campaigns; null if there is none. One request."""
    from ...api.leads.read import GetLeadByEmail

    print_response(lambda: GetLeadByEmail(email), options)


@daily_command(app, "export")
def export_leads(
    campaign: CampaignArgument,
    options: ReadOptions,
) -> None:
    """Print the leads of a campaign as CSV, as SmartLead exports them. One request."""
    from ...api.campaigns.leads import ExportLeads

    print_response(lambda: ExportLeads(campaign), options)
