"""``smartlead-async pause``, ``resume`` and ``destroy``: what is done to the campaigns of a ledger."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from ..options import (
    AcceptNewKeyOption,
    ConcurrencyOption,
    JsonOption,
    OwnLedgerOption,
    ProxyOption,
    ReportOption,
    SelectOption,
    TierOption,
    YesOption,
    parse_selection,
)
from ..output import command_output
from ..plan_ledger import PlanLedger
from ..provision_job import Reporting
from ..report_file import ReportFile

_PlanArgument = Annotated[
    Path,
    typer.Argument(
        metavar="PLAN",
        help="The plan file, whose name is that of the ledger. It is not read, and may be gone.",
        show_default=False,
    ),
]
_TargetOption = Annotated[
    str | None,
    typer.Option(
        "--target", metavar="live|URL", help="Where the campaigns are. Default: the target of the job."
    ),
]


def _command(name: str, description: str) -> Callable[..., None]:
    """Return the command of an operation. All of them have the same options."""

    def command(
        plan: _PlanArgument,
        ledger: OwnLedgerOption = None,
        select: SelectOption = None,
        target: _TargetOption = None,
        tier: TierOption = None,
        proxy: ProxyOption = None,
        concurrency: ConcurrencyOption = 10,
        accept_new_key: AcceptNewKeyOption = False,
        report: ReportOption = None,
        as_json: JsonOption = False,
        yes: YesOption = False,
    ) -> None:
        with command_output(as_json=as_json) as output:
            from ...provisioning.job.operations import Operation
            from ..client_names import job_clients
            from ..operate import OperationRequest, operate

            own = PlanLedger(plan, ledger)
            terms = job_clients(own, target, tier, proxy).terms(select or ())
            request = OperationRequest(
                operation=Operation(name),
                ledger=own,
                selection=parse_selection(terms),
                terms=terms,
                target=target,
                tier=tier,
                proxy=proxy,
                concurrency=concurrency,
                accept_new_key=accept_new_key,
                yes=yes,
            )
            code = operate(request, Reporting(output, None if report is None else ReportFile(report)))
        raise typer.Exit(code)

    command.__doc__ = f"{inspect.cleandoc(description)}\n\n{_EXIT_CODES}"
    return command


_EXIT_CODES: Final = (
    "Exit codes: 0 all done, 1 some failed, 2 the command or the ledger cannot be used, 3 the key is "
    "refused, 4 stopped before the end."
)


pause = _command(
    "pause",
    """Pause the running campaigns of a ledger. Asks for confirmation first.

    Campaigns that somebody else has paused or that are completed are left alone. `resume` starts the
    campaigns again, and so does `provision` if the plan says so. Costs two requests for each campaign.""",
)


resume = _command(
    "resume",
    """Start the campaigns again that `pause` has paused, and no others. Asks for confirmation first.

    Costs one request for each campaign.""",
)


destroy = _command(
    "destroy",
    """Delete the campaigns of a ledger for good, and nothing that the ledger has not made.

    Asks for the word "destroy" first. Sequences, statistics and the history of mails are lost. Costs one
    request for each campaign, and two more for each that is running.""",
)
