"""``smartlead-async api``: send a raw request to SmartLead."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import ProxyOption, TargetOption, TierOption
from ..output import CommandError, command_output
from ..signals import run_until_interrupted

if TYPE_CHECKING:
    from ..raw_request import RawRequest
    from ..request_session import RequestTarget


def api(
    method: Annotated[
        str, typer.Argument(metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE.", show_default=False)
    ],
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="The path below /api/v1: /campaigns/.", show_default=False)
    ],
    raw_field: Annotated[
        list[str] | None,
        typer.Option(
            "--raw-field",
            "-f",
            metavar="KEY=VALUE",
            help="A string: in the query of a GET, else in the body.",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            "-F",
            metavar="KEY=VALUE",
            help="The same, but integers, true, false, null and JSON are read.",
        ),
    ] = None,
    body: Annotated[
        str | None,
        typer.Option(
            "--input", metavar="FILE", help="The JSON of the body; - reads stdin. Fields are the query."
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="core|delivery|prospect|senders", help="The server of SmartLead.")
    ] = "core",
    target: TargetOption = "live",
    tier: TierOption = None,
    proxy: ProxyOption = None,
) -> None:
    """Send a raw request: `api GET /campaigns/5/leads -f limit=10`. Nothing is asked first.

    The API key is added, and redacted in what is printed. The rate limit is kept; only a GET is repeated
    after a failure. `call` has names, types and questions for all documented operations.

    Exit codes: 0 done, 1 SmartLead refused or failed (the body is printed), 2 the command cannot be used,
    3 the key is refused, 4 interrupted, 6 the outcome is unknown.
    """
    with command_output(data_on_stdout=True):
        from ..raw_request import RawRequest, parse_fields
        from ..request_session import RequestTarget

        fields = parse_fields(raw_field or (), "--raw-field", typed=False)
        fields += parse_fields(field or (), "--field", typed=True)
        source = None if body is None else f"@{body}"
        request = RawRequest.parse(method, path, fields, source, host)
        chosen = RequestTarget.choose(target, tier, proxy)
        try:
            run_until_interrupted(_send(request, chosen))
        except CommandError as error:
            if error.details.get("body") is not None:
                _print(error.details["body"])
            raise


async def _send(request: RawRequest, target: RequestTarget) -> None:
    async with target.client() as client:
        response = await client.send(request.build())
    _print(target.redact(response.decode("utf-8", "replace")))


def _print(body: object) -> None:
    """Print a body: JSON indented on a terminal, everything else as it came."""
    import contextlib
    import json

    from ..json_text import json_text
    from ..response_output import write_text

    if not isinstance(body, str):
        write_text(json_text(body, indent=2 if sys.stdout.isatty() else None) + "\n")
        return
    if sys.stdout.isatty():
        with contextlib.suppress(ValueError):
            body = json_text(json.loads(body), indent=2) + "\n"
    write_text(body)
