"""The application object with all commands."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from .commands import (
    api,
    call,
    campaigns,
    check,
    clients,
    config,
    diff,
    doctor,
    fake,
    forget,
    import_campaigns,
    inbox,
    init,
    leads,
    mailboxes,
    operate,
    operations,
    provision,
    report,
    schema,
    simulate,
    status,
    verify,
    webhooks,
)
from .exit_code import ExitCode
from .help_pages import App, Group, page_width
from .output import print_defect
from .settings import new_settings, with_shared_options
from .terminal import safe_streams


class _Application(Group):
    """The group of all commands: what holds for each of them, however it is called and however it ends."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with safe_streams(), new_settings():
            try:
                return super().main(*args, **{"terminal_width": page_width(), **kwargs})
            except ModuleNotFoundError:
                raise
            except Exception as error:  # noqa: BLE001 - the last resort
                print_defect(error)
                sys.exit(ExitCode.DEFECT)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.stderr.write("smartlead-async: interrupted before anything was done\n")
            raise typer.Exit(ExitCode.INTERRUPTED) from None


app = App(
    name="smartlead-async",
    cls=_Application,
    help="Set up SmartLead campaigns by the dozen or the thousand, each exactly once.",
    context_settings={"help_option_names": ["-h", "--help"]},
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
@with_shared_options
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


app.command("init")(with_shared_options(init.init))
app.command("check")(with_shared_options(check.check))
app.command("diff")(with_shared_options(diff.diff))
app.command("plan", hidden=True)(with_shared_options(diff.diff))
app.command("provision")(with_shared_options(provision.provision))
app.command("import")(with_shared_options(import_campaigns.import_campaigns))
app.command("verify")(with_shared_options(verify.verify))
app.command("pause")(with_shared_options(operate.pause))
app.command("resume")(with_shared_options(operate.resume))
app.command("destroy")(with_shared_options(operate.destroy))
app.command("status")(with_shared_options(status.status))
app.command("forget")(with_shared_options(forget.forget))
app.command("simulate")(with_shared_options(simulate.simulate))
app.command("doctor")(with_shared_options(doctor.doctor))
app.command("schema")(with_shared_options(schema.schema))
app.command("operations")(with_shared_options(operations.operations))
app.command("api")(with_shared_options(api.api))
app.add_typer(call.app, name="call")
for _daily in (campaigns, leads, mailboxes, inbox, clients, report):
    app.add_typer(_daily.app, name=_daily.__name__.rpartition(".")[2])
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(config.app, name="config")
app.add_typer(fake.app, name="fake")
