"""One read of the daily commands: send it, walk its pages, print a few columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .output import command_output
from .signals import run_until_interrupted

if TYPE_CHECKING:
    from .request_session import RequestTarget
    from .response_output import ResponsePrinter

OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        metavar="table|json|jsonl|csv",
        help="Default: a table for a list on a terminal, JSON otherwise.",
    ),
]
TargetOption = Annotated[
    str, typer.Option("--target", metavar="live|fake|URL", help="Where the request is sent.")
]
CampaignArgument = Annotated[
    int, typer.Argument(metavar="CAMPAIGN", help="The id of the campaign.", show_default=False)
]


def print_response(
    make: Callable[[], Any],
    *,
    output: str | None,
    target: str,
    tier: str | None,
    columns: Sequence[str] = (),
) -> None:
    """Send a read, with all pages of a list, and print its response; a table has only these columns."""
    with command_output(data_on_stdout=True) as messages:
        from .request_session import RequestTarget
        from .response_output import OutputFormat, ResponsePrinter, parse_format, prints_table

        chosen = parse_format(output)
        is_table = chosen is OutputFormat.TABLE or (chosen is None and prints_table())
        printer = ResponsePrinter(messages, chosen, columns if is_table else ())
        run_until_interrupted(_send(make(), RequestTarget.choose(target, tier, None), printer))


async def _send(request: Any, target: RequestTarget, printer: ResponsePrinter) -> None:
    from ..paging import Paged, walk_pages

    async with target.client() as client:
        if isinstance(request, Paged):
            printer.show_rows([row async for row in walk_pages(client.send, request)])
        else:
            printer.show(await client.send(request))
