"""``smartlead-async mailboxes``: list mailboxes and their health."""

from __future__ import annotations

from ..daily_request import ReadOptions, daily_command, print_response
from ..help_pages import App

app = App(help="List mailboxes and their health.")


@app.callback()
def _group() -> None:
    pass


@daily_command(app, "list")
def list_mailboxes(options: ReadOptions) -> None:
    """List all mailboxes. One request for each page."""
    from ...api.email_accounts.read import ListEmailAccounts

    columns = ("id", "from_email", "type", "daily_sent_count", "message_per_day")
    print_response(ListEmailAccounts, options, columns=columns)


@daily_command(app, "health")
def mailbox_health(options: ReadOptions) -> None:
    """Count connected, used and disconnected mailboxes. One request."""
    from ...api.analytics.mailboxes import GetMailboxHealth

    print_response(GetMailboxHealth, options)
