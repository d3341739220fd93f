"""``smartlead-async verify``: compare the campaigns on the server with the plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from ..exit_code import ExitCode
from ..fingerprint import JobFingerprint, choose_target, require_key
from ..options import (
    NOTHING_SELECTED,
    AcceptNewKeyOption,
    JsonOption,
    PlanArgument,
    ProxyOption,
    SelectOption,
    SkipBadRowsOption,
    TierOption,
    parse_selection,
)
from ..output import CommandError, Output, command_output
from ..plan_ledger import PlanLedger, require_ledger
from ..signals import Interruption, run_until_interrupted, signal_handler
from ..target import require_api_key

if TYPE_CHECKING:
    from ...plan.plan import Plan
    from ...provisioning.selection import Selection
    from ..differences import Comparison

_MAX_IN_FLIGHT = 20


def verify(
    plan: PlanArgument,
    ledger: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The ledger of the job. Default: PLAN with the suffix .ledger.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="live|URL", help="Where the campaigns are. Default: the target of the job."),
    ] = None,
    tier: TierOption = None,
    proxy: ProxyOption = None,
    skip_bad_rows: SkipBadRowsOption = False,
    select: SelectOption = None,
    accept_new_key: AcceptNewKeyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the campaigns on the server with the plan and list every difference. Nothing is changed.

    Costs three requests for each campaign and one for every 100 leads. Settings that SmartLead does not
    return cannot be compared.

    Exit codes: 0 no difference, 1 differences, 2 the command or the plan cannot be used, 3 the key is
    refused, 4 stopped before the end.
    """
    with command_output(as_json=as_json) as output:
        from ...plan.plan import load_plan
        from ..client_names import job_clients

        chosen = PlanLedger(plan, ledger)
        clients = job_clients(chosen, target, tier, proxy)
        terms = clients.terms(select or ())
        opened = load_plan(plan, skip_bad_rows=skip_bad_rows)
        if opened.has_client_names:
            opened = opened.with_clients(clients.known())
        code = run_until_interrupted(
            _verify(
                output,
                opened,
                chosen,
                parse_selection(terms),
                target=target,
                tier=tier,
                proxy=proxy,
                accept_new_key=accept_new_key,
            )
        )
    raise typer.Exit(code)


async def _verify(
    output: Output,
    plan: Plan,
    chosen: PlanLedger,
    selection: Selection,
    *,
    target: str | None,
    tier: str | None,
    proxy: str | None,
    accept_new_key: bool,
) -> ExitCode:
    from ...provisioning.ledger.sqlite import SqliteLedger
    from ..differences import compare, differences_as_json, show_comparison

    path = chosen.path
    require_ledger(path)
    ledger = SqliteLedger(path, read_only=True)
    try:
        fingerprint = JobFingerprint.parse((await ledger.open()).plan)
        chosen.require_plan(fingerprint)
        source = choose_target(target, fingerprint, path, proxy=proxy)
        key = require_api_key()
        if fingerprint is not None:
            require_key(fingerprint, key, path, accepted=accept_new_key)
        limits = source.tier(tier).limits
        interruption = Interruption()
        with signal_handler(interruption.on_signal):
            async with source.client(plan, limits, max_in_flight=_MAX_IN_FLIGHT) as client:
                comparison = await compare(output, client, plan, ledger, selection, interruption)
    finally:
        await ledger.aclose()
    if selection and not (comparison.compared or comparison.differences or comparison.error):
        raise CommandError(NOTHING_SELECTED)
    show_comparison(output, comparison)
    code = _exit_code(comparison)
    output.print_json(
        {
            "plan": str(plan.path),
            "ledger": str(path),
            "exit_code": int(code),
            "error": comparison.error,
            "compared": comparison.compared,
            "left_out": [{"name": name, **attrs.asdict(leads)} for name, leads in comparison.left_out],
            "differences": differences_as_json(comparison.differences),
        }
    )
    return code


def _exit_code(comparison: Comparison) -> ExitCode:
    if comparison.failure is not None:
        return comparison.failure
    return ExitCode.DONE if comparison.is_match else ExitCode.SOME_FAILED
