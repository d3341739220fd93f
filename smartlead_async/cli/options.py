"""Options that several commands have, and what is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import Refused

if TYPE_CHECKING:
    from ..limits import RateLimits

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
        "(requests/seconds).",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, all else on stderr.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
FaultsOption = Annotated[
    float,
    typer.Option("--faults", metavar="RATE", help="The share of requests that go wrong, from 0 to 1."),
]
SeedOption = Annotated[
    int, typer.Option("--seed", metavar="N", help="Which faults: the same for the same N.")
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", metavar="N", min=1, help="Campaigns under way at once.")
]


def limits_of(tier: str, *, said_by: str = "--tier") -> RateLimits:
    """The windows that a tier names."""
    from ..limits import RateLimits

    try:
        return RateLimits.parse(tier)
    except ValueError as problem:
        raise Refused(f"{said_by}: {problem}") from None


def fault_rate(rate: float) -> float:
    """A share of requests, or a refusal."""
    if not 0 <= rate <= 1:
        raise Refused(f"--faults is a share from 0 to 1, such as 0.2, not {rate:g}")
    return rate
