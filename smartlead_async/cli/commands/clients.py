"""``smartlead-async clients``: list clients."""

from __future__ import annotations

import typer

from ..daily_request import OutputOption, TargetOption, print_response
from ..options import TierOption

app = typer.Typer(no_args_is_help=True, help="List clients.")


@app.callback()
def _group() -> None:
    pass


@app.command("list")
def list_clients(
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """List all clients. One request."""
    from ...api.clients import ListClients

    columns = ("id", "name", "email", "created_at")
    print_response(ListClients, columns=columns, output=output, target=target, tier=tier)
