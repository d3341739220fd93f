"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .output import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..provisioning.selection import Selection

PlanArgument = Annotated[
    Path, typer.Argument(metavar="PLAN", help="The plan file: .yaml, .json or .jsonl.", show_default=False)
]
LedgerArgument = Annotated[
    Path, typer.Argument(metavar="LEDGER", help="The ledger file of a job.", show_default=False)
]
TierOption = Annotated[
    str | None,
    typer.Option(
        "--tier",
        metavar="TIER",
        help="Your rate limit: standard, pro, unlimited, or windows such as 60/60,1000/3600 "
        "(requests/seconds). With a margin in seconds: standard+0.5.",
    ),
]
ProxyOption = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        metavar="URL",
        help="The HTTP proxy for all requests. Default: HTTPS_PROXY and NO_PROXY of the environment.",
    ),
]
TargetOption = Annotated[
    str, typer.Option("--target", metavar="live|fake|URL", help="Where the request is sent.")
]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        metavar="table|json|jsonl|csv",
        help="Default: a table for a list on a terminal, JSON otherwise.",
    ),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="a,b", help="Only these columns; dots step into objects."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout and everything else on stderr.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write a report to this file: .json, or .html for a page."),
]
PruneOrphansOption = Annotated[
    bool,
    typer.Option("--prune-orphans", help="Delete empty drafts left behind by creates that got no response."),
]
FaultsOption = Annotated[
    float,
    typer.Option("--faults", metavar="RATE", help="The share of requests that fail on purpose, from 0 to 1."),
]
SeedOption = Annotated[
    int, typer.Option("--seed", metavar="N", help="The seed of the faults: the same N, the same faults.")
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", metavar="N", min=1, help="Campaigns in progress at the same time.")
]


AcceptNewKeyOption = Annotated[
    bool,
    typer.Option(
        "--accept-new-key",
        help="Continue with another API key: the account has a new one since the job began.",
    ),
]
SkipBadRowsOption = Annotated[
    bool,
    typer.Option(
        "--skip-bad-rows", help="Leave out malformed rows of lead files; without this they are errors."
    ),
]
BadRowsOption = Annotated[
    Path | None,
    typer.Option(
        "--bad-rows",
        metavar="FILE",
        help="The CSV file for the rows that --skip-bad-rows leaves out. Default: PLAN with the suffix "
        ".bad-rows.csv.",
    ),
]
ClientsOption = Annotated[
    list[str] | None,
    typer.Option("--client", metavar="ID|NAME", help="Only these clients; * and ? are wildcards in names."),
]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="TERM",
        help="Only these campaigns: a key or name with * and ?, client:7, client:none, state:failed or "
        "state:new. Repeat it: terms of one kind are alternatives, kinds are combined.",
    ),
]
OwnLedgerOption = Annotated[
    Path | None,
    typer.Option("--ledger", metavar="FILE", help="The ledger. Default: PLAN with the suffix .ledger."),
]
NOTHING_SELECTED: Final = (
    "--select selects no campaign: the terms are keys or names, client:ID and state:NAME"
)


def parse_selection(terms: Iterable[str] | None) -> Selection:
    """Return the selection of ``--select``; raise :class:`CommandError` for a term that is not valid."""
    from ..provisioning.selection import Selection

    try:
        return Selection.parse(terms or ())
    except ValueError as problem:
        raise CommandError(f"--select: {problem}") from None


def require_fault_rate(rate: float) -> float:
    """Return a share of requests if it is valid; raise :class:`CommandError` otherwise."""
    if not 0 <= rate <= 1:
        raise CommandError(f"--faults is a share from 0 to 1, such as 0.2, not {rate:g}")
    return rate
