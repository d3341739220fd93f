"""``smartlead-async verify``: does the server have what the plan says?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..exit_code import ExitCode
from ..fingerprint import PlanSpecs, Stamp
from ..options import JsonOption, PlanArgument, TierOption
from ..output import Output, Refused, speaking
from ..target import Target, api_key
from ..wording import count, shown

if TYPE_CHECKING:
    from ...plan.plan import Plan
    from ...provisioning.job.client import ProvisioningClient
    from ...provisioning.job.verify import Difference
    from ...provisioning.ledger.protocol import Ledger


_MOST_SHOWN: Final = 100


def verify(
    plan: PlanArgument,
    ledger: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The ledger of the job. Default: PLAN with the ending .ledger.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="live|URL", help="Where the campaigns are. Default: where the job went."),
    ] = None,
    tier: TierOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read back what stands on the server and list every difference from the plan. Nothing is changed.

    Costs three requests a campaign and one for every 100 leads. Settings that SmartLead does not give back
    cannot be compared. Exit codes: 0 no difference, 1 differences, 2 the command or the plan cannot be used,
    3 the key is refused.
    """
    with speaking(as_json=as_json) as output:
        import asyncio

        from ...plan.plan import load_plan

        opened = load_plan(plan)
        code = asyncio.run(
            _verify(output, opened, ledger or plan.with_suffix(".ledger"), target=target, tier=tier)
        )
    raise typer.Exit(code)


async def _verify(
    output: Output, plan: Plan, path: Path, *, target: str | None, tier: str | None
) -> ExitCode:
    from ...provisioning.ledger.sqlite import SqliteLedger

    ledger = SqliteLedger(path, read_only=True)
    try:
        stamp = Stamp.read((await ledger.open()).plan)
        where = target or ("" if stamp is None else stamp.target)
        if not where or where.startswith("fake "):
            raise Refused(f"{path} does not say where its campaigns are: name the place with --target")
        place = Target.named(where)
        if place.is_fake:
            raise Refused("a fake in memory forgets its campaigns: use provision --verify")
        api_key()
        _, limits = place.limits(tier)
        async with place.client(plan, limits, max_in_flight=20) as client:
            differences = await differences_of(output, client, plan, ledger)
    finally:
        await ledger.aclose()
    say_differences(output, differences)
    output.give({"plan": str(plan.path), "ledger": str(path), "differences": as_json_of(differences)})
    return ExitCode.SOME_FAILED if differences else ExitCode.DONE


async def differences_of(
    output: Output, client: ProvisioningClient, plan: Plan, ledger: Ledger
) -> list[Difference]:
    """Every difference, found while a line says that somebody is looking."""
    from ...provisioning.job.verify import verify

    output.line("Reading back what stands on the server …")
    return [difference async for difference in verify(client, PlanSpecs(plan), ledger)]


def say_differences(output: Output, differences: list[Difference]) -> None:
    """One line a difference, and a verdict."""
    for difference in differences[:_MOST_SHOWN]:
        output.line(shown(difference), "red")
    if (more := len(differences) - _MOST_SHOWN) > 0:
        output.line(f"… and {more:,} more", "red")
    if differences:
        output.line(f"{count(len(differences), 'difference')} from the plan.", "bold red")
    else:
        output.line("The server has what the plan says.", "bold green")


def as_json_of(differences: list[Difference]) -> list[dict[str, Any]]:
    """The differences for programs."""
    return [
        {
            "key": difference.key,
            "campaign_id": difference.campaign_id,
            "path": difference.path,
            "planned": difference.planned,
            "found": difference.found,
        }
        for difference in differences
    ]
