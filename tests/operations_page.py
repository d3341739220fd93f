"""The text of ``docs/operations.md``, which ``python -m tests.write_generated`` writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from smartlead_async.api.areas import resources
from smartlead_async.request import Host, Request
from smartlead_async.resource import endpoint, methods, pages

PAGE: Final = Path(__file__).parent.parent / "docs" / "operations.md"

_INTRODUCTION: Final = """\
# Operations

<!-- Written by `python -m tests.write_generated`: change the request classes instead. -->

{count} operations in {areas} areas, each a method of `SmartleadClient`. {iterators} lists come
in pages; each of them has an iterator over the items of all pages.

*Effect* is what an operation does to the account: `read`, `write`, `send` (emails or webhook events leave),
`delete` or `spend`. It can depend on the values of a request, such as the status that a campaign is set to;
the table shows what is declared. An operation marked with **!** is not sent again after a lost response,
because a second request could do its work twice; see [errors and retries](errors-and-retries.md).
*Confirmed* says whether SmartLead's documentation or recorded responses show the operation, and not only
third parties.
"""
_HOSTS: Final = {
    Host.CORE: "",
    Host.DELIVERY: "smartdelivery",
    Host.PROSPECT: "prospect-api",
    Host.SENDERS: "smart-senders",
}


def operations_page() -> str:
    """Return the text of the page, from the classes."""
    areas = resources()
    found = [method for resource in areas.values() for method in methods(resource).values()]
    introduction = _INTRODUCTION.format(
        count=sum(isinstance(method, endpoint) for method in found),
        areas=len(areas),
        iterators=sum(isinstance(method, pages) for method in found),
    )
    sections = ("\n".join(_section(name, resource)) for name, resource in sorted(areas.items()))
    return "\n".join([introduction, *sections])


def _section(area: str, resource: Any) -> Iterator[str]:
    yield f"## `client.{area}`"
    yield ""
    yield "| Method | Iterator | Request | Effect | Page | Confirmed |"
    yield "|---|---|---|---|---|---|"
    found = methods(resource)
    iterators = {method.request: name for name, method in found.items() if isinstance(method, pages)}
    for name, method in sorted(found.items()):
        if isinstance(method, endpoint):
            yield _row(name, method.request, iterators.get(method.request))
    yield ""


def _row(name: str, request: type[Request[Any]], iterator: str | None) -> str:
    operation = request.operation
    host = _HOSTS[operation.host]
    cells = [
        f"`{name}`",
        f"`{iterator}`" if iterator else "",
        f"`{operation.method} {operation.path}`" + (f" at {host}" if host else ""),
        operation.effect.value + ("" if operation.repeatable else " **!**"),
        f"[page]({operation.documentation})" if operation.page else "",
        "yes" if operation.verified else "no",
    ]
    return f"| {' | '.join(cells)} |"
