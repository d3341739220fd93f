"""``smartlead-async forget``: take one campaign out of a ledger by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..options import LedgerArgument, YesOption
from ..output import Output, Refused, confirm, speaking
from ..wording import count, shown

if TYPE_CHECKING:
    from pathlib import Path

    from ...provisioning.ledger.records import CampaignRecord
    from ...provisioning.ledger.sqlite import SqliteLedger


def forget(
    ledger: LedgerArgument,
    campaign: Annotated[
        str,
        typer.Option("--campaign", metavar="KEY", help="Its key in the plan, as `status --json` shows it."),
    ],
    yes: YesOption = False,
) -> None:
    """Drop one campaign from a ledger, so that the next run creates it again. Nothing is sent.

    What is on the server stays there: delete it in SmartLead first, or there are two of it.
    Exit codes: 0 dropped, 2 there is no such ledger or campaign, 4 not confirmed.
    """
    with speaking() as output:
        import asyncio

        if not ledger.exists():
            raise Refused(f"there is no ledger {ledger}")
        asyncio.run(_forget(output, ledger, campaign, yes=yes))


async def _forget(output: Output, path: Path, key: str, *, yes: bool) -> None:
    from ...provisioning.ledger.sqlite import SqliteLedger

    async with SqliteLedger(path) as ledger:
        record = await ledger.get(key)
        if record is None:
            nearest = await _nearest(ledger, key)
            raise Refused(f"the ledger has no campaign {shown(key)!r}. {nearest}".rstrip())
        output.line(_described(record))
        if record.campaign_id is not None:
            output.line(
                f"Forgotten, it is created again by the next run. Campaign {record.campaign_id} stays on the "
                "server: delete it there first, or there are two of it.",
                "yellow",
            )
        elif record.creates:
            output.line(
                "Forgotten, it is created again by the next run. Its create got no answer: look whether it "
                "is on the server, or it may be there twice.",
                "yellow",
            )
        confirm(output, "Forget it?", yes=yes, why="this cannot be undone")
        await ledger.forget(key)
        output.line(f"{shown(key)} is forgotten.")


def _described(record: CampaignRecord) -> str:
    from ...provisioning.ledger.records import StepState

    done = [step.step.value for step in record.steps if step.state is StepState.DONE]
    number = "without an id" if record.campaign_id is None else f"id {record.campaign_id}"
    steps = f"{count(len(done), 'step')} done ({', '.join(done)})" if done else "no step done"
    return f"{shown(record.name)}: {record.state}, {number}, {steps}"


async def _nearest(ledger: SqliteLedger, key: str) -> str:
    from ...plan.problem import did_you_mean

    return did_you_mean(key, [record.key async for record in ledger.records()])
