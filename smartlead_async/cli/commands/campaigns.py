"""``smartlead-async campaigns``: list and show campaigns."""

from __future__ import annotations

from typing import Annotated

import typer

from ..daily_request import OutputOption, TargetOption, print_response
from ..options import TierOption

app = typer.Typer(no_args_is_help=True, help="List and show campaigns.")


@app.callback()
def _group() -> None:
    pass


@app.command("list")
def list_campaigns(
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """List all campaigns. One request."""
    from ...api.campaigns.read import ListCampaigns

    columns = ("id", "name", "status", "client_id", "created_at")
    print_response(ListCampaigns, columns, output=output, target=target, tier=tier)


@app.command("show")
def show_campaign(
    campaign: Annotated[
        int, typer.Argument(metavar="CAMPAIGN", help="The id of the campaign.", show_default=False)
    ],
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """Show a campaign with its settings. One request."""
    from ...api.campaigns.read import GetCampaign

    columns = ()
    print_response(lambda: GetCampaign(campaign), columns, output=output, target=target, tier=tier)
