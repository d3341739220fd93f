"""``smartlead-async report``: the figures of a week, by client and campaign."""

from __future__ import annotations

from typing import Annotated

import typer

from ..daily_request import ReportOptions, daily_command
from ..help_pages import App
from ..options import ClientsOption

app = App(help="Report what was sent and answered, by client and campaign.")


@app.callback()
def _group() -> None:
    pass


@daily_command(app, "week")
def week(
    options: ReportOptions,
    client: ClientsOption = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day: 2027-01-04.")
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help="The last day; with only one of the two, seven days."),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="An IANA name: Europe/Oslo. Default: that of this machine."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every campaign in the table; 10 of each client otherwise.")
    ] = False,
) -> None:
    """Report mails sent, opened, answered, answered positively and bounced in a week.

    By default the last complete week, from Monday to Sunday. The figures of a client are the sums over its
    campaigns, and the total is the sum over the clients. Four requests, and one for each further hundred
    campaigns.

    Exit codes: 0 printed, 1 SmartLead refused or failed, 2 an option cannot be used, 3 the key is refused.
    """
    with options.session() as session:
        from ..week_report import choose_period, show_report

        period = choose_period(first, last, time_zone)
        show_report(session, options, period, client or (), every=every)
