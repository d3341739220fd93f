"""``smartlead-async diff``: what provisioning a plan would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from ...wording import printable
from ..bad_rows import BadRowsFile
from ..checked_plan import PlanSpecs, load_checked_plan, show_warnings
from ..exit_code import ExitCode
from ..fingerprint import JobFingerprint, choose_target, require_key
from ..options import (
    AcceptNewKeyOption,
    BadRowsOption,
    JsonOption,
    OwnLedgerOption,
    PlanArgument,
    ProxyOption,
    SelectOption,
    SkipBadRowsOption,
    TierOption,
    parse_selection,
)
from ..output import Output, command_output
from ..plan_diff import PlanDiff, diff_as_json, read_diff, show_diff
from ..plan_ledger import PlanLedger, missing_ledger
from ..signals import Interruption, run_until_interrupted, signal_handler
from ..target import Target, require_api_key
from ..tier import Tier

if TYPE_CHECKING:
    from ..refresh import ServerState

CHANGES = 2
"""The exit code of ``--exit-code`` if there are changes, as in Terraform."""

_MAX_IN_FLIGHT = 20


def diff(
    plan: PlanArgument,
    ledger: OwnLedgerOption = None,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh", help="Read the server as well and show what was changed by hand. Needs the API key."
        ),
    ] = False,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="live|URL",
            help="Where --refresh reads the campaigns, and where the ids of named clients are. Default: the "
            "target of the job.",
        ),
    ] = None,
    tier: TierOption = None,
    proxy: ProxyOption = None,
    select: SelectOption = None,
    skip_bad_rows: SkipBadRowsOption = False,
    bad_rows: BadRowsOption = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show every campaign and every line of changed texts.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 2 if there are changes, and with 0 if not.")
    ] = False,
    accept_new_key: AcceptNewKeyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what provisioning a plan would do: campaigns to create, change and remove. Nothing is changed.

    The plan is compared with its ledger, which knows what was sent; no API key is needed, unless clients are
    named: their ids take one request, once there is a ledger. With --refresh,
    the campaigns on the server are compared with the ledger, too. That costs two requests for each campaign
    and one for every 100 leads.

    Exit codes: 0; with --exit-code 2 if there are changes, also by hand, which is also the code for a command
    or a plan that cannot be used. With --refresh, 1 if the server could not be read to the end, 3 if the key
    is refused, 4 if it was interrupted; what was read until then is shown.
    """
    with command_output(as_json=as_json) as output:
        from ..client_names import AccountClients, job_clients

        rows_file = BadRowsFile.choose(plan, bad_rows, skip=skip_bad_rows)
        tiers = Tier.compared(tier)
        own_ledger = PlanLedger(plan, ledger)
        exists = own_ledger.path.exists()
        reader = None
        if refresh and exists:
            reader = _ServerReader(output, own_ledger.path, target, tier, proxy, accept_new_key)
        if exists:
            run_until_interrupted(_require_usable(own_ledger, reader))
        clients = None
        if exists:
            clients = job_clients(own_ledger, target, tier, proxy)
        elif target is not None:
            clients = AccountClients(lambda: Target.parse(target, proxy=proxy), tier)
        selection = parse_selection(select if clients is None else clients.terms(select or ()))
        checked = load_checked_plan(output, plan, tiers[0].limits, rows_file)
        if clients is not None:
            checked = clients.in_plan(output, checked)
        show_warnings(output, checked)
        found = run_until_interrupted(
            read_diff(
                PlanSpecs(checked.plan),
                own_ledger.path if exists else None,
                selection,
                limits=tiers[0].limits,
                strategy=checked.plan.strategy.value,
            )
        )
        if not exists:
            output.line(f"There is no ledger {printable(own_ledger.path)} yet, so every campaign is new.")
        show_diff(output, found, tiers, complete=show_all)
        state = None
        if reader is not None:
            state = run_until_interrupted(reader.read(found, complete=show_all))
        code = _exit_code(found, state, tells_changes=exit_code)
        output.print_json(
            {
                "plan": str(plan),
                "ledger": str(own_ledger.path),
                "exit_code": int(code),
                **diff_as_json(found, tiers),
                "refresh": None if state is None else _as_json(state),
            }
        )
    raise typer.Exit(code)


def _exit_code(found: PlanDiff, state: ServerState | None, *, tells_changes: bool) -> int:
    if state is not None and state.failure is not None:
        return state.failure
    has_changes = found.totals or (state is not None and state.drifted)
    return CHANGES if tells_changes and has_changes else ExitCode.DONE


def _as_json(state: ServerState) -> dict[str, object]:
    from ..refresh import server_as_json

    return server_as_json(state)


async def _require_usable(ledger: PlanLedger, reader: _ServerReader | None) -> None:
    """Raise :class:`CommandError` if the ledger is that of another plan, or of another target or account."""
    from ...provisioning.ledger.sqlite import SqliteLedger

    async with SqliteLedger(ledger.path, read_only=True) as opened:
        fingerprint = JobFingerprint.parse((await opened.open()).plan)
    ledger.require_plan(fingerprint)
    if reader is not None:
        reader.choose(fingerprint)


@attrs.define
class _ServerReader:
    """Reads the campaigns of a ledger from their server."""

    output: Output
    ledger: Path
    target: str | None
    tier: str | None
    proxy: str | None
    accept_new_key: bool
    _source: Target | None = None

    def choose(self, fingerprint: JobFingerprint | None) -> None:
        """Choose the server; :class:`CommandError` if the ledger is of another one or of another account."""
        self._source = choose_target(self.target, fingerprint, self.ledger, proxy=self.proxy)
        key = require_api_key()
        if fingerprint is not None:
            require_key(fingerprint, key, self.ledger, accepted=self.accept_new_key)

    async def read(self, diff: PlanDiff, *, complete: bool) -> ServerState:
        """Read and show what was changed by hand."""
        from ...provisioning.ledger.sqlite import SqliteLedger
        from ..refresh import read_server, show_server

        if self._source is None:
            raise missing_ledger(self.ledger)
        tier = self._source.tier(self.tier)
        interruption = Interruption()
        async with SqliteLedger(self.ledger, read_only=True) as ledger:
            with signal_handler(interruption.on_signal):
                async with self._source.client(None, tier.limits, max_in_flight=_MAX_IN_FLIGHT) as client:
                    state = await read_server(self.output, client, ledger, diff, interruption, tier)
        show_server(self.output, state, self.ledger, complete=complete)
        return state
