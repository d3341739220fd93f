"""``smartlead-async diff``: what provisioning a plan would do."""

from __future__ import annotations

from typing import Annotated

import typer

from ...wording import printable
from ..bad_rows import BadRowsFile
from ..checked_plan import PlanSpecs, load_checked_plan, show_warnings
from ..exit_code import ExitCode
from ..fingerprint import JobFingerprint
from ..options import (
    BadRowsOption,
    JsonOption,
    OwnLedgerOption,
    PlanArgument,
    SelectOption,
    SkipBadRowsOption,
    TierOption,
    parse_selection,
)
from ..output import Output, command_output
from ..plan_diff import PlanDiff, diff_as_json, read_diff, show_diff
from ..plan_ledger import PlanLedger
from ..signals import run_until_interrupted
from ..tier import Tier

CHANGES = 2
"""The exit code of ``--exit-code`` if there are changes, as in Terraform."""


def diff(
    plan: PlanArgument,
    ledger: OwnLedgerOption = None,
    tier: TierOption = None,
    select: SelectOption = None,
    skip_bad_rows: SkipBadRowsOption = False,
    bad_rows: BadRowsOption = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show every campaign and every line of changed texts.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 2 if there are changes, and with 0 if not.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what provisioning a plan would do: campaigns to create, change and remove. Nothing is sent.

    The plan is compared with its ledger, which knows what was sent. No API key is needed.

    Exit codes: 0; with --exit-code 2 if there are changes, which is also the code for a command or a plan
    that cannot be used.
    """
    with command_output(as_json=as_json) as output:
        selection = parse_selection(select)
        rows_file = BadRowsFile.choose(plan, bad_rows, skip=skip_bad_rows)
        tiers = Tier.compared(tier)
        own_ledger = PlanLedger(plan, ledger)
        checked = load_checked_plan(output, plan, tiers[0].limits, rows_file)
        show_warnings(output, checked)
        path = own_ledger.path if own_ledger.path.exists() else None
        if path is not None:
            run_until_interrupted(_require_own(own_ledger))
        found = run_until_interrupted(
            read_diff(
                PlanSpecs(checked.plan),
                path,
                selection,
                limits=tiers[0].limits,
                strategy=checked.plan.strategy.value,
            )
        )
        _show(output, own_ledger, found, tiers, complete=show_all)
        code = CHANGES if exit_code and found.totals else ExitCode.DONE
        output.print_json(
            {
                "plan": str(plan),
                "ledger": str(own_ledger.path),
                "exit_code": int(code),
                **diff_as_json(found, tiers),
            }
        )
    raise typer.Exit(code)


def _show(
    output: Output, ledger: PlanLedger, found: PlanDiff, tiers: tuple[Tier, ...], *, complete: bool
) -> None:
    if not ledger.path.exists():
        output.line(f"There is no ledger {printable(ledger.path)} yet, so every campaign is new.")
    show_diff(output, found, tiers, complete=complete)


async def _require_own(ledger: PlanLedger) -> None:
    """Raise :class:`CommandError` if the ledger is that of another plan."""
    from ...provisioning.ledger.sqlite import SqliteLedger

    async with SqliteLedger(ledger.path, read_only=True) as opened:
        ledger.require_plan(JobFingerprint.parse((await opened.open()).plan))
