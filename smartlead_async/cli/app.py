"""The application object with all commands."""

from __future__ import annotations

from typing import Annotated

import typer

from .commands import check, fake, forget, provision, simulate, status, verify

app = typer.Typer(
    name="smartlead-async",
    help="Set up SmartLead campaigns by the dozen or the thousand, each exactly once.",
    no_args_is_help=True,
    add_completion=False,
    # Tracebacks with local variables could show the API key.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(requested: bool) -> None:
    if requested:
        from .._version import __version__

        typer.echo(f"smartlead-async {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


app.command("check")(check.check)
app.command("provision")(provision.provision)
app.command("verify")(verify.verify)
app.command("status")(status.status)
app.command("forget")(forget.forget)
app.command("simulate")(simulate.simulate)
app.add_typer(fake.app, name="fake")
