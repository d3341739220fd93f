"""``smartlead-async verify``: compare the campaigns on the server with the plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from ...errors import AuthenticationError, PermissionDenied, SmartleadError
from ..exit_code import ExitCode
from ..fingerprint import JobFingerprint, require_key, require_target
from ..options import AcceptNewKeyOption, JsonOption, PlanArgument, ProxyOption, SkipBadRowsOption, TierOption
from ..output import CommandError, Output, command_output
from ..plan_ledger import PlanLedger
from ..signals import Interruption, run_until_interrupted, signal_handler
from ..target import Target, require_api_key

if TYPE_CHECKING:
    from ...plan.plan import Plan
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

        chosen = PlanLedger(plan, ledger)
        opened = load_plan(plan, skip_bad_rows=skip_bad_rows)
        code = run_until_interrupted(
            _verify(
                output, opened, chosen, target=target, tier=tier, proxy=proxy, accept_new_key=accept_new_key
            )
        )
    raise typer.Exit(code)


async def _verify(
    output: Output,
    plan: Plan,
    chosen: PlanLedger,
    *,
    target: str | None,
    tier: str | None,
    proxy: str | None,
    accept_new_key: bool,
) -> ExitCode:
    from ...provisioning.ledger.sqlite import SqliteLedger
    from ..differences import compare, differences_as_json, show_comparison

    path = chosen.path
    ledger = SqliteLedger(path, read_only=True)
    try:
        fingerprint = JobFingerprint.parse((await ledger.open()).plan)
        chosen.require_plan(fingerprint)
        source = _choose_target(target, fingerprint, path, proxy=proxy)
        key = require_api_key()
        if fingerprint is not None:
            require_key(fingerprint, key, path, accepted=accept_new_key)
        limits = source.tier(tier).limits
        interruption = Interruption()
        with signal_handler(interruption.on_signal):
            async with source.client(plan, limits, max_in_flight=_MAX_IN_FLIGHT) as client:
                comparison = await compare(output, client, plan, ledger, interruption)
    finally:
        await ledger.aclose()
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
    if isinstance(comparison.problem, (AuthenticationError, PermissionDenied)):
        return ExitCode.NOT_ALLOWED
    if comparison.problem is not None and not isinstance(comparison.problem, SmartleadError):
        return ExitCode.DEFECT
    if comparison.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.DONE if comparison.is_match else ExitCode.SOME_FAILED


def _choose_target(
    option: str | None, fingerprint: JobFingerprint | None, path: Path, *, proxy: str | None
) -> Target:
    """Return the target of ``--target``, or else the one on the ledger; they must not differ."""
    value = option or ("" if fingerprint is None else fingerprint.target)
    if not value or value.startswith("fake "):
        raise CommandError(f"{path} does not record where its campaigns are: name the target with --target")
    target = Target.parse(value, proxy=proxy)
    if target.is_fake:
        raise CommandError("a fake in memory does not keep its campaigns: use provision --verify instead")
    if fingerprint is not None:
        require_target(fingerprint, target, path)
    return target
