"""``smartlead-async provision``: set up the campaigns of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from ...wording import count, printable
from ..bad_rows import BadRowsFile
from ..checked_plan import CheckedPlan, PlanSpecs, load_checked_plan, show_warnings
from ..fingerprint import JobFingerprint, plan_digest, require_key, require_target
from ..key_digest import is_digest_of, key_digest
from ..options import (
    AcceptNewKeyOption,
    BadRowsOption,
    ConcurrencyOption,
    JsonOption,
    PlanArgument,
    ProxyOption,
    PruneOrphansOption,
    ReportOption,
    SelectOption,
    SkipBadRowsOption,
    TierOption,
    YesOption,
    parse_selection,
)
from ..output import CommandError, Output, command_output, confirm
from ..plan_diff import read_diff, show_diff
from ..plan_ledger import PlanLedger
from ..provision_job import ProvisionRequest, Reporting
from ..report_file import ReportFile
from ..signals import run_until_interrupted
from ..target import Target, require_api_key

if TYPE_CHECKING:
    from ...provisioning.changes.totals import ChangeTotals
    from ...provisioning.selection import Selection
    from ..client_names import AccountClients


def provision(
    plan: PlanArgument,
    target: Annotated[
        str,
        typer.Option(
            metavar="live|fake|URL",
            help="Where to create the campaigns: live is SmartLead itself and asks for confirmation; fake is "
            "a SmartLead in memory that sends no mail; a URL is any server with the same API.",
        ),
    ] = "fake",
    tier: TierOption = None,
    proxy: ProxyOption = None,
    concurrency: ConcurrencyOption = 10,
    skip_bad_rows: SkipBadRowsOption = False,
    bad_rows: BadRowsOption = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
    yes: YesOption = False,
    ledger: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Record every step in this file, so that the same command can resume the job. "
            "Default: PLAN with the suffix .ledger; none for the fake.",
        ),
    ] = None,
    no_ledger: Annotated[
        bool, typer.Option("--no-ledger", help="Keep no ledger: a job that is stopped cannot be resumed.")
    ] = False,
    allow_removals: Annotated[
        bool,
        typer.Option(
            "--allow-removals",
            help="Remove what the plan no longer has: leads, mailboxes, steps, a schedule, campaigns.",
        ),
    ] = False,
    select: SelectOption = None,
    accept_new_key: AcceptNewKeyOption = False,
    create_anyway: Annotated[
        bool,
        typer.Option(
            "--create-anyway",
            help="Create campaigns although others of the same name and client exist.",
        ),
    ] = False,
    accept_changes: Annotated[bool, typer.Option("--accept-changes", hidden=True)] = False,
    prune_orphans: PruneOrphansOption = False,
    deadline: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Stop after this many seconds.")
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Afterwards, compare the campaigns on the server with the plan."),
    ] = False,
) -> None:
    """Set up the campaigns of a plan: create, sequences, mailboxes, leads, schedule, settings, start.

    The plan is checked first, and its changes are shown; nothing is sent if it has an error. The default
    target is a fake in memory. Every other target needs an API key in SMARTLEAD_API_KEY.

    Exit codes: 0 all done, 1 some failed, 2 the command or the plan cannot be used, 3 the key is refused,
    4 stopped before the end.
    """
    with command_output(as_json=as_json) as output:
        from ..client_names import AccountClients
        from ..run_job import run_job

        if accept_changes:
            output.warn("--accept-changes is no longer needed: changes of the plan are always carried out.")
        if deadline is not None and not deadline > 0:
            raise CommandError("--deadline is a number of seconds above 0")
        destination = Target.parse(target, proxy=proxy)
        reporting = Reporting(output, None if report is None else ReportFile(report))
        rows_file = BadRowsFile.choose(plan, bad_rows, skip=skip_bad_rows)
        chosen = _choose_ledger(plan, ledger, disabled=no_ledger, target=destination)
        clients = AccountClients(lambda: destination, tier)
        terms = clients.terms(select or ())
        selection = parse_selection(terms)
        request = attrs.evolve(
            _prepare(
                reporting,
                plan,
                destination,
                tier,
                chosen,
                rows_file,
                selection,
                clients,
                accept_new_key=accept_new_key,
            ),
            select=terms,
            concurrency=concurrency,
            allow_removals=allow_removals,
            create_anyway=create_anyway,
            prune_orphans=prune_orphans,
            deadline=deadline,
            verify=verify,
        )
        _announce(output, request, destination)
        request.diff.require_allowed(allow_removals=allow_removals)
        if destination.needs_confirmation:
            _confirm(output, request, destination, yes=yes)
        code = run_job(request, destination, reporting)
    raise typer.Exit(code)


def _choose_ledger(plan: Path, named: Path | None, *, disabled: bool, target: Target) -> PlanLedger | None:
    if named is not None and disabled:
        raise CommandError("--ledger and --no-ledger exclude each other")
    if disabled or (target.is_fake and named is None):
        return None
    return PlanLedger(plan, named)


def _prepare(
    reporting: Reporting,
    path: Path,
    target: Target,
    tier: str | None,
    own_ledger: PlanLedger | None,
    bad_rows: BadRowsFile | None,
    selection: Selection,
    clients: AccountClients,
    *,
    accept_new_key: bool,
) -> ProvisionRequest:
    """Check everything that can be checked before the first request."""
    chosen = target.tier(tier)
    ledger = None if own_ledger is None else own_ledger.path
    key = None if target.is_fake else require_api_key()
    if reporting.file is not None:
        reporting.file.check(path, ledger, None if bad_rows is None else bad_rows.path)
    if ledger is not None:
        _check_ledger_path(ledger, path)
    plan = clients.in_plan(
        reporting.output, load_checked_plan(reporting.output, path, chosen.limits, bad_rows)
    )
    if reporting.file is not None:
        reporting.file.check_plan(plan.plan)
    show_warnings(reporting.output, plan)
    before, done = (None, 0) if own_ledger is None else _read_before(reporting.output, own_ledger, target)
    if key is not None and before is not None and ledger is not None:
        require_key(before, key, ledger, accepted=accept_new_key)
    diff = run_until_interrupted(
        read_diff(
            PlanSpecs(plan.plan),
            ledger if ledger is not None and ledger.exists() else None,
            selection,
            limits=chosen.limits,
            strategy=plan.plan.strategy.value,
        )
    )
    return ProvisionRequest(
        plan=plan,
        tier=chosen,
        fingerprint=_fingerprint(plan, target, key, before),
        ledger=ledger,
        done_before=diff.totals.unchanged if selection else done,
        diff=diff,
    )


def _fingerprint(
    plan: CheckedPlan, target: Target, key: str | None, before: JobFingerprint | None
) -> JobFingerprint:
    digest = None if key is None else before.key if before is not None else None
    if key is not None and (digest is None or not is_digest_of(digest, key)):
        digest = key_digest(key)
    content = plan_digest(plan.plan)
    return JobFingerprint(
        target.identity, content, plan.campaigns, plan.check.requests, digest, plan.path.name
    )


def _check_ledger_path(ledger: Path, plan: Path) -> None:
    if ledger.is_dir():
        raise CommandError(f"--ledger {ledger} is a folder: name a file")
    if not ledger.absolute().parent.is_dir():
        raise CommandError(f"--ledger {ledger}: there is no folder {ledger.parent}")
    if ledger.resolve() == plan.resolve():
        raise CommandError(f"--ledger {ledger} is the plan itself: name another file")


def _read_before(output: Output, ledger: PlanLedger, target: Target) -> tuple[JobFingerprint | None, int]:
    """Return the job of a ledger and how many campaigns it finished.

    Refuse the ledger of another plan or target.
    """
    path = ledger.path
    if not path.exists():
        return None, 0
    plan, has_begun, done = run_until_interrupted(_read_job(path))
    fingerprint = JobFingerprint.parse(plan)
    ledger.require_plan(fingerprint)
    if fingerprint is not None:
        require_target(fingerprint, target, path)
    elif has_begun:
        output.warn(f"{path} does not record the target of its job: make sure that it was {target.name}.")
    return fingerprint, done


async def _read_job(path: Path) -> tuple[str | None, bool, int]:
    from ...provisioning.ledger.records import CampaignState
    from ...provisioning.ledger.sqlite import SqliteLedger

    ledger = SqliteLedger(path, read_only=True)
    try:
        job = await ledger.open()
        return job.plan, job.began_at is not None, (await ledger.count())[CampaignState.DONE]
    finally:
        await ledger.aclose()


def _announce(output: Output, request: ProvisionRequest, target: Target) -> None:
    plan = request.plan
    output.line(f"Target: {target.description}")
    size = f"{count(plan.campaigns, 'campaign')}, {count(plan.check.leads, 'lead')}"
    selected = f", {request.diff.planned:,} selected" if request.select else ""
    output.line(f"Plan: {printable(plan.path)}: {size}{selected}")
    if request.ledger is not None:
        before = f", {request.done_before:,} done before" if request.done_before else ""
        output.line(f"Ledger: {printable(request.ledger)}{before}")
    elif not target.is_fake:
        output.warn("No ledger: if this job is stopped, running it again creates its campaigns again.")
    output.line()
    show_diff(output, request.diff, (request.tier,), plan=plan.path)


def _confirm(output: Output, request: ProvisionRequest, target: Target, *, yes: bool) -> None:
    totals = request.diff.totals
    output.line()
    output.line(f"This will {_describe_actions(request)} on {target.name}.")
    output.line(*_describe_mail(totals))
    confirm(output, "Continue?", yes=yes, why=f"this sends to {target.name}")


def _describe_actions(request: ProvisionRequest) -> str:
    """Return what will be done: ``"create 3 campaigns for 1 client, change 2 and remove 1"``."""
    totals = request.diff.totals
    clients = {change.client_id for change in request.diff.of_action("create")} - {None}
    numbers = {
        "create": totals.to_create,
        "complete": totals.to_continue,
        "change": totals.to_change,
        "replace": totals.to_replace,
        "remove": totals.to_remove,
    }
    actions = [f"{verb} {count(number, 'campaign')}" for verb, number in numbers.items() if number]
    if totals.to_create and clients:
        actions[0] += f" for {count(len(clients), 'client')}"
    *others, last = actions or ["change nothing"]
    return f"{', '.join(others)} and {last}" if others else last


def _describe_mail(totals: ChangeTotals) -> tuple[str, str | None]:
    people = count(totals.recipients, "lead")
    if totals.starting:
        return (
            f"{count(totals.starting, 'campaign')} of the plan will be STARTED and will mail {people}.",
            "bold red",
        )
    if totals.recipients:
        return f"No campaign will be started; those that are running will also mail {people}.", "bold red"
    return "No campaign will be started, so no mail will be sent yet.", None
