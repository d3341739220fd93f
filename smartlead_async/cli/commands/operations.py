"""``smartlead-async operations``: list the operations of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..operation_names import require_known, summary_of
from ..options import JsonOption
from ..output import Output, command_output

if TYPE_CHECKING:
    from ...request import Request

_COLORS = {"read": "green", "write": "cyan", "send": "yellow", "spend": "yellow", "delete": "red"}
_INDENT = "    "


def operations(
    area: Annotated[
        str | None,
        typer.Argument(metavar="AREA", help="Only this area, such as campaigns.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the operations of the API: name, HTTP method, route, effect and summary. Nothing is sent.

    `smartlead-async call NAME --help` shows the parameters of one. The effect is the most serious one
    that an operation can have: read, write, send (mail leaves), spend (credits or money) or delete.

    Exit codes: 0 listed, 2 there is no such area.
    """
    with command_output(as_json=as_json) as output:
        from ...api import areas

        known = areas.operations()
        if area is not None:
            names = dict.fromkeys(name.partition(".")[0] for name in known)
            require_known(area, names, "area", hint=f"there are {', '.join(names)}")
            known = {name: known[name] for name in known if name.partition(".")[0] == area}
        for name, request in known.items():
            if not as_json:
                _show(output, name, request)
        output.print_json({"operations": [_as_json(name, request) for name, request in known.items()]})


def _show(output: Output, name: str, request: type[Request[Any]]) -> None:
    """Print the operation in two or three lines that fit the terminal."""
    import textwrap

    from rich.text import Text

    effect, width = request.operation.effect.value, output.console.width
    head = Text.assemble((name, "bold"), "  ", (effect, _COLORS[effect]))
    route = f"{request.operation.method} {request.operation.path}"
    below = []
    if len(head) + 2 + len(route) <= width:
        head.append(f"  {route}", "dim")
    else:
        below.append(route)
    output.show(head)
    for line in below + textwrap.wrap(summary_of(request), width - len(_INDENT)):
        output.line(_INDENT + line, "dim" if line == route else None)


def _as_json(name: str, request: type[Request[Any]]) -> dict[str, Any]:
    operation = request.operation
    return {
        "name": name,
        "method": operation.method,
        "path": operation.path,
        "host": operation.host.name.lower(),
        "effect": operation.effect.value,
        "repeatable": operation.repeatable,
        "verified": operation.verified,
        "summary": summary_of(request),
        "documentation": operation.documentation,
    }
