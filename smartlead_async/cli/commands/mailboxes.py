"""``smartlead-async mailboxes``: list mailboxes and their health."""

from __future__ import annotations

import typer

from ..daily_request import OutputOption, TargetOption, print_response
from ..options import TierOption

app = typer.Typer(no_args_is_help=True, help="List mailboxes and their health.")


@app.callback()
def _group() -> None:
    pass


@app.command("list")
def list_mailboxes(
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """List all mailboxes. One request for each page."""
    from ...api.email_accounts.read import ListEmailAccounts

    columns = ("id", "from_email", "type", "daily_sent_count", "message_per_day")
    print_response(ListEmailAccounts, columns=columns, output=output, target=target, tier=tier)


@app.command("health")
def mailbox_health(
    output: OutputOption = None,
    target: TargetOption = "live",
    tier: TierOption = None,
) -> None:
    """Count connected, used and disconnected mailboxes. One request."""
    from ...api.analytics.mailboxes import GetMailboxHealth

    print_response(GetMailboxHealth, output=output, target=target, tier=tier)
