"""``smartlead-async inbox``: read and answer conversations."""

from __future__ import annotations

from typing import Annotated

import typer

from ..choice import parse_id
from ..daily_request import ChangeOptions, ReadOptions, daily_command
from ..help_pages import App
from ..options import ClientsOption

app = App(help="Read and answer conversations with leads.")

_Conversation = Annotated[
    int,
    typer.Argument(metavar="ID", help="The id that `inbox list` shows.", parser=parse_id, show_default=False),
]
_LIMIT = 20


@app.callback()
def _group() -> None:
    pass


@daily_command(app, "list")
def list_inbox(
    options: ReadOptions,
    unread: Annotated[bool, typer.Option("--unread", help="Only those with unread replies.")] = False,
    replied: Annotated[bool, typer.Option("--replied", help="Only those whose status is Replied.")] = False,
    campaign: Annotated[
        list[str] | None,
        typer.Option(metavar="ID|NAME", help="Only these campaigns, at most 5; * and ? are wildcards."),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(metavar="ID|NAME", help="Only leads of these categories, such as Interested."),
    ] = None,
    client: ClientsOption = None,
    search: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only leads that SmartLead finds by this text.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most this many.")] = _LIMIT,
    every: Annotated[bool, typer.Option("--all", help="All of them, without a limit.")] = False,
) -> None:
    """List conversations of leads that replied, the newest reply first. Nothing is marked as read.

    One request for 20 conversations, and one for each kind of filter that is given by name. Times are
    those of this machine.

    Exit codes: 0 listed, 1 SmartLead refused or failed, 2 a filter cannot be used, 3 the key is refused.
    """
    with options.session() as session:
        from ..inbox_list import InboxQuery, show_inbox

        query = InboxQuery(
            unread=unread,
            replied=replied,
            campaigns=campaign or (),
            categories=category or (),
            clients=client or (),
            search=search,
            limit=None if every else limit,
        )
        show_inbox(session, options, query)


@daily_command(app, "show")
def show(lead: _Conversation, options: ReadOptions) -> None:
    """Show one conversation with all its messages, the oldest first. One request, or two on a terminal."""
    with options.session() as session:
        from ..inbox_list import show_conversation

        show_conversation(session, options, lead)


@daily_command(app, "reply")
def reply(
    lead: _Conversation,
    options: ChangeOptions,
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="The text of the reply.")] = None,
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="A file with the text, UTF-8; - is standard input.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Default: the sender of the last message, or else the lead."),
    ] = None,
    cc: Annotated[
        str | None, typer.Option(metavar="ADDRESSES", help="Cc addresses, separated by commas.")
    ] = None,
    bcc: Annotated[
        str | None, typer.Option(metavar="ADDRESSES", help="Bcc addresses, separated by commas.")
    ] = None,
) -> None:
    """Answer the last reply of a lead: THIS SENDS A MAIL. Shows what goes to whom first, and asks.

    Without --text and --file an editor opens ($VISUAL or $EDITOR). Line breaks are kept; a text with HTML
    tags is sent as HTML. Two requests. The mail is never sent twice: if its response is lost, the outcome is
    unknown, and the message says what to check.

    Exit codes: 0 handed to SmartLead, 1 refused, 2 there is no text, or --yes is missing and there is no
    terminal, 3 the key is refused, 4 not confirmed, 6 the outcome is unknown.
    """
    with options.session() as session:
        from ..inbox_reply import Recipients, ReplyText
        from ..inbox_reply import reply as send_reply

        source = ReplyText(text=text, file=file)
        send_reply(session, options, lead, source, Recipients(to=to, cc=cc, bcc=bcc))
