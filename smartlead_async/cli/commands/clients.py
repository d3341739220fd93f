"""``smartlead-async clients``: list clients."""

from __future__ import annotations

from ..daily_request import ReadOptions, daily_command, print_response
from ..help_pages import App

app = App(help="List clients.")


@app.callback()
def _group() -> None:
    pass


@daily_command(app, "list")
def list_clients(options: ReadOptions) -> None:
    """List all clients. One request."""
    from ...api.clients import ListClients

    columns = ("id", "name", "email", "created_at")
    print_response(ListClients, options, columns=columns)
