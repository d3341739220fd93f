"""``smartlead-async campaigns``: list and show campaigns."""

from __future__ import annotations

import typer

from ..daily_request import CampaignArgument, OutputOption, TargetOption, print_response
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
    print_response(ListCampaigns, columns=columns, output=output, target=target, tier=tier)


@app.command("show")
def show_campaign(
    campaign: CampaignArgument,
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """Show a campaign with its settings. One request."""
    from ...api.campaigns.read import GetCampaign

    print_response(lambda: GetCampaign(campaign), output=output, target=target, tier=tier)
