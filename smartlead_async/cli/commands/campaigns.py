"""``smartlead-async campaigns``: list, show, count, pause and resume campaigns."""

from __future__ import annotations

from typing import Annotated

import typer

from ..choice import OptionalCampaigns, RequiredCampaigns
from ..daily_request import CampaignArgument, ChangeOptions, ReadOptions, daily_command, print_response
from ..help_pages import App
from ..options import ClientsOption

app = App(help="List, show, count, pause and resume campaigns.")


@app.callback()
def _group() -> None:
    pass


@daily_command(app, "list")
def list_campaigns(options: ReadOptions, client: ClientsOption = None) -> None:
    """List all campaigns, or those of some clients. One request, and one for the names of clients."""
    from ...api.campaigns.read import ListCampaigns

    columns = ("id", "name", "status", "client_id", "created_at")
    if not client:
        print_response(ListCampaigns, options, columns=columns)
        return
    with options.session() as session:
        from ..campaign_list import show_campaigns_of

        show_campaigns_of(session, options, client, columns)


@daily_command(app, "show")
def show_campaign(campaign: CampaignArgument, options: ReadOptions) -> None:
    """Show a campaign with its settings. One request."""
    from ...api.campaigns.read import GetCampaign

    print_response(lambda: GetCampaign(campaign), options)


@daily_command(app, "stats")
def campaign_statistics(
    options: ReadOptions,
    campaigns: OptionalCampaigns = None,
    full: Annotated[
        bool, typer.Option("--full", help="Count each campaign with a request of its own, however many.")
    ] = False,
) -> None:
    """Count mails sent, opened, clicked, answered, bounced and unsubscribed since the start of campaigns.

    Rates are shares of the mails sent. One request for the list, and one for each of up to 20 campaigns. For
    more, one for each hundred, without clicks, unsubscribes and leads: --full counts them.

    Exit codes: 0 all counted, 1 a campaign is gone, 2 there is no such campaign, 3 the key is refused.
    """
    with options.session() as session:
        from ..campaign_stats import show_statistics

        code = show_statistics(session, options, campaigns or (), full=full)
        raise typer.Exit(code)


@daily_command(app, "pause")
def pause(campaigns: RequiredCampaigns, options: ChangeOptions) -> None:
    """Pause running campaigns. Shows names and recipients first, and asks.

    One request for the list, and two for each campaign, or one with --yes.

    Exit codes: 0 none of them is running any more, 1 a request failed, 2 there is no such campaign, or --yes
    is missing and there is no terminal, 3 the key is refused, 4 not confirmed or interrupted.
    """
    with options.session() as session:
        from ..campaign_status import PAUSE, change_status

        raise typer.Exit(change_status(session, options, PAUSE, campaigns))


@daily_command(app, "resume")
def resume(campaigns: RequiredCampaigns, options: ChangeOptions) -> None:
    """Start paused campaigns again: THIS SENDS MAIL. Shows names and recipients first, and asks.

    Drafts, stopped and completed campaigns are left alone. One request for the list, and two for each
    campaign, or one with --yes.

    Exit codes: 0 all of them are running, 1 a request failed or a campaign cannot be resumed, 2 there is no
    such campaign, or --yes is missing and there is no terminal, 3 the key is refused, 4 not confirmed or
    interrupted.
    """
    with options.session() as session:
        from ..campaign_status import RESUME, change_status

        raise typer.Exit(change_status(session, options, RESUME, campaigns))
