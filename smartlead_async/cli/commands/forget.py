"""``smartlead-async forget``: remove one campaign from a ledger by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...wording import count, printable
from ..options import LedgerArgument, YesOption
from ..output import CommandError, Output, command_output, confirm
from ..plan_ledger import require_ledger
from ..signals import run_until_interrupted

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
    """Remove one campaign from a ledger, so that the next run creates it again. Nothing is sent.

    The campaign stays on the server: delete it in SmartLead first, or it will exist twice.
    Exit codes: 0 removed, 2 there is no such ledger or campaign, 4 not confirmed.
    """
    with command_output() as output:
        require_ledger(ledger, option=False)
        run_until_interrupted(_forget(output, ledger, campaign, yes=yes))


async def _forget(output: Output, path: Path, key: str, *, yes: bool) -> None:
    from ...provisioning.ledger.sqlite import SqliteLedger

    async with SqliteLedger(path) as ledger:
        record = await ledger.get(key)
        if record is None:
            suggestion = await _suggestion(ledger, key)
            raise CommandError(f"the ledger has no campaign {printable(key)!r}. {suggestion}".rstrip())
        output.line(_description(record))
        if warning := _warning(record):
            output.line(f"The next run will create it again. {warning}", "yellow")
        confirm(output, "Remove it from the ledger?", yes=yes, why="this cannot be undone")
        await ledger.forget(key)
        output.line(f"{printable(key)} was removed from the ledger.")


def _description(record: CampaignRecord) -> str:
    from ...provisioning.ledger.records import StepState

    done = [step.step.value for step in record.steps if step.state is StepState.DONE]
    campaign_id = "without an id" if record.campaign_id is None else f"id {record.campaign_id}"
    steps = f"{count(len(done), 'step')} done ({', '.join(done)})" if done else "no step done"
    return f"{printable(record.name)}: {record.state}, {campaign_id}, {steps}"


def _warning(record: CampaignRecord) -> str | None:
    """Return what the user has to do on the server first, if anything."""
    if record.campaign_id is not None:
        campaign = f"Campaign {record.campaign_id}"
        return f"{campaign} stays on the server: delete it there first, or it will exist twice."
    if record.creates:
        return "Its create got no response: check whether it is on the server, or it may exist twice."
    return None


async def _suggestion(ledger: SqliteLedger, key: str) -> str:
    from ...plan.problem import did_you_mean

    return did_you_mean(key, [record.key async for record in ledger.records()])
