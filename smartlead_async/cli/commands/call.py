"""``smartlead-async call``: send any request of the API, with options generated from its class."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..help_pages import App, Group
from ..output import CommandError, command_output
from ..signals import run_until_interrupted

if TYPE_CHECKING:
    from ...request import Request
    from ..operation_command import CallOptions
    from ..request_session import RequestTarget
    from ..response_output import ResponsePrinter


class _Operations(Group):
    """A group with one command for each operation, built when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        from ...api.areas import operations

        return list(operations())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        from ..operation_command import operation_command
        from ..operation_names import find_operation

        with command_output():
            return operation_command(cmd_name, find_operation(cmd_name), _run)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Show no list: `operations` shows it better than a help page of two hundred entries."""


app = App(
    cls=_Operations,
    subcommand_metavar="RESOURCE.METHOD [--FIELD VALUE]...",
    help="""Send any request of the API: `call campaigns.create --name "SaaS founders Q1 2027"`.

    `smartlead-async operations` lists the operations, and `call RESOURCE.METHOD --help` shows the fields of
    one. What mails, spends or deletes asks first, with its figures, unless --yes is given.

    Exit codes: 0 done, 1 SmartLead refused or failed, 2 the command cannot be used and nothing was sent,
    3 the key is refused, 4 not confirmed or interrupted, 6 the outcome is unknown.
    """,
)


@app.callback()
def _group() -> None:
    pass


def _run(name: str, request: Any, fields: Mapping[str, Sequence[str]], options: CallOptions) -> None:
    with command_output(data_on_stdout=True) as output:
        from ..operation_command import build_request
        from ..request_session import RequestTarget, confirm_effect
        from ..response_data import parse_columns, require_columns, row_class
        from ..response_output import ResponsePrinter, parse_format

        built = build_request(name, request, fields, options.body)
        columns = parse_columns(options.columns)
        require_columns(request, columns)
        printer = ResponsePrinter(
            output, parse_format(options.output), columns, options.reveal, row=row_class(request)
        )
        if options.all:
            _require_pages(name, request)
        target = RequestTarget.choose(options.target, options.tier, options.proxy)
        confirm_effect(output, name, built, target.target, yes=options.yes)
        run_until_interrupted(_send(built, target, printer, every_page=options.all))


def _require_pages(name: str, request: Any) -> None:
    from ...paging import Paged

    if not issubclass(request, Paged):
        raise CommandError(f"{name} has no pages: leave --all out")


async def _send(
    request: Request[Any], target: RequestTarget, printer: ResponsePrinter, *, every_page: bool
) -> None:
    async with target.client() as client:
        try:
            if every_page:
                await _send_pages(client, request, printer)
            else:
                printer.show(await client.send(request))
        except ValueError as problem:
            # The encoder refuses what cannot stand in a URL, such as an empty id.
            raise CommandError(str(problem)) from None


async def _send_pages(client: Any, first: Any, printer: ResponsePrinter) -> None:
    from ...paging import walk_pages
    from ..response_output import OutputFormat

    rows: list[Any] = []
    async for row in walk_pages(client.send, first):
        if printer.format is OutputFormat.JSONL:
            printer.show_line(row)
            if getattr(sys.stdout, "problem", None) is not None:
                return  # nobody reads any more, as in "| head"
        else:
            rows.append(row)
    if printer.format is not OutputFormat.JSONL:
        printer.show_rows(rows)
