"""``smartlead-async provision``: from a plan to campaigns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from ..fingerprint import Stamp, plan_digest
from ..options import ConcurrencyOption, JsonOption, PlanArgument, TierOption, YesOption
from ..output import Output, Refused, confirm, problem_as_json, say_problem, speaking
from ..report_file import ReportFile
from ..signals import sigterm_interrupts
from ..target import Target, api_key
from ..wording import count, shown
from .check import least_time, size_of

if TYPE_CHECKING:
    from ...limits import RateLimits
    from ...plan.check import CheckReport
    from ...plan.plan import Plan
    from ..job import Errand


_MOST_WARNINGS = 10


def provision(
    plan: PlanArgument,
    target: Annotated[
        str,
        typer.Option(
            metavar="live|fake|URL",
            help="Where to: live is SmartLead itself, which asks first; fake is a SmartLead in memory, "
            "which mails nobody; a URL is any server that speaks its API.",
        ),
    ] = "fake",
    tier: TierOption = None,
    concurrency: ConcurrencyOption = 10,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what was done to this file: .json, or .html for a page."),
    ] = None,
    as_json: JsonOption = False,
    yes: YesOption = False,
    ledger: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the job writes down what it does, so that the same command carries on where it "
            "stopped. Default: PLAN with the ending .ledger; none for the fake.",
        ),
    ] = None,
    no_ledger: Annotated[
        bool, typer.Option("--no-ledger", help="Keep no ledger: a job that is stopped cannot be resumed.")
    ] = False,
    accept_changes: Annotated[
        bool,
        typer.Option("--accept-changes", help="Go on although the plan has changed since the job began."),
    ] = False,
    prune_orphans: Annotated[
        bool, typer.Option("--prune-orphans", help="Delete empty drafts that lost creates left behind.")
    ] = False,
    deadline: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Stop after so many seconds.")
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Afterwards, read back what stands on the server and compare."),
    ] = False,
) -> None:
    """Set up the campaigns of a plan: create, sequences, mailboxes, leads, schedule, settings, start.

    The plan is checked first; with an error in it nothing is sent. Without --target it goes to a fake in
    memory. The key for all else is taken from SMARTLEAD_API_KEY.

    Exit codes: 0 all done, 1 some failed, 2 the command or the plan cannot be used, 3 the key is refused,
    4 stopped before the end.
    """
    with speaking(as_json=as_json) as output, sigterm_interrupts():
        from ..job import carry_out

        if deadline is not None and not deadline > 0:
            raise Refused("--deadline is a number of seconds above 0")
        errand = _errand(
            output,
            plan,
            Target.named(target),
            tier,
            ledger=_ledger_choice(plan, ledger, none=no_ledger, target=target),
            report=None if report is None else ReportFile(report),
        )
        errand = attrs.evolve(
            errand,
            concurrency=concurrency,
            accept_changes=accept_changes,
            prune_orphans=prune_orphans,
            deadline=deadline,
            verify=verify,
        )
        _announce(output, errand)
        if errand.target.must_be_confirmed:
            _ask(output, errand, yes=yes)
        code = carry_out(output, errand)
    raise typer.Exit(code)


def _ledger_choice(plan: Path, ledger: Path | None, *, none: bool, target: str) -> Path | None:
    if ledger is not None and none:
        raise Refused("--ledger and --no-ledger exclude each other")
    if ledger is not None:
        return ledger
    return None if none or target.strip().lower() == "fake" else plan.with_suffix(".ledger")


def _errand(
    output: Output,
    path: Path,
    target: Target,
    tier: str | None,
    *,
    ledger: Path | None,
    report: ReportFile | None,
) -> Errand:
    """Everything that can be known to be wrong is found here, before the first request."""
    from ...plan.plan import load_plan
    from ..job import Errand

    tier, limits = target.limits(tier)
    if not target.is_fake:
        api_key()
    if report is not None:
        report.check(path, ledger)
    if ledger is not None and ledger.is_dir():
        raise Refused(f"--ledger {ledger} is a folder: name a file")
    if ledger is not None and not ledger.absolute().parent.is_dir():
        raise Refused(f"--ledger {ledger}: there is no folder {ledger.parent}")
    if ledger is not None and ledger.resolve() == path.resolve():
        raise Refused("--ledger is the plan itself: name another file")
    plan = load_plan(path)
    checked = _checked(output, plan, limits)
    stamp = Stamp(target.identity, plan_digest(plan), checked.campaigns, checked.requests)
    return Errand(
        plan=plan,
        checked=checked,
        target=target,
        tier=tier,
        limits=limits,
        stamp=stamp,
        ledger=ledger,
        report=report,
        done_before=0 if ledger is None else _done_before(output, ledger, target),
    )


def _checked(output: Output, plan: Plan, limits: RateLimits) -> CheckReport:
    from ...plan.check import check

    checked = check(plan, limits)
    if checked.ok:
        for problem in checked.warnings[:_MOST_WARNINGS]:
            say_problem(output, problem)
        if (more := len(checked.warnings) - _MOST_WARNINGS) > 0:
            said = count(more, "more warning")
            output.line(f"… and {said}: smartlead-async check {shown(plan.path)}", "yellow")
        return checked
    for problem in checked.problems:
        say_problem(output, problem)
    raise Refused(
        f"the plan has {count(len(checked.errors), 'error')}: nothing was sent",
        details={"problems": [problem_as_json(problem) for problem in checked.problems]},
    )


def _done_before(output: Output, path: Path, target: Target) -> int:
    """How many campaigns an earlier run of this ledger finished; refuses a ledger of another target."""
    import asyncio

    from ...provisioning.ledger.records import CampaignState
    from ...provisioning.ledger.sqlite import SqliteLedger

    async def look() -> tuple[str | None, bool, int]:
        ledger = SqliteLedger(path, read_only=True)
        try:
            job = await ledger.open()
            return job.plan, job.began_at is not None, (await ledger.count())[CampaignState.DONE]
        finally:
            await ledger.aclose()

    if not path.exists():
        return 0
    plan, has_begun, done = asyncio.run(look())
    stamp = Stamp.read(plan)
    if stamp is not None and stamp.target != target.identity:
        place = "a fake in memory, which has forgotten its campaigns since"
        if not stamp.target.startswith("fake"):
            place = "SmartLead (live)" if stamp.target == "live" else shown(stamp.target)
        raise Refused(
            f"the job of {path} went to {place}: its campaigns are not on {target.place}. "
            "Name another ledger (--ledger FILE), or that target"
        )
    if stamp is None and has_begun:
        output.warn(f"{path} does not say where its job went: make sure that it was {target.place}.")
    return done


def _announce(output: Output, errand: Errand) -> None:
    output.line(f"Target: {errand.target.title}")
    output.line(f"Plan: {shown(errand.plan.path)}: {size_of(errand.checked)}, {least_time(errand.checked)}")
    if errand.ledger is not None:
        before = f", {errand.done_before:,} done before" if errand.done_before else ""
        output.line(f"Ledger: {shown(errand.ledger)}{before}")
    if errand.target.is_fake or errand.ledger is not None:
        return
    output.warn("No ledger: if this job is stopped, running it again would create its campaigns again.")


def _ask(output: Output, errand: Errand, *, yes: bool) -> None:
    from ...plan.needs import account_needs

    campaigns = errand.checked.campaigns - errand.done_before
    started = mailed = 0
    for spec in errand.plan.specs():
        if spec.start:
            started += 1
            mailed += sum(1 for _ in spec.iter_leads())
    clients = account_needs(errand.plan.specs()).client_ids
    whose = f" for {count(len(clients), 'client')}" if clients else ""
    output.line()
    output.line(f"This will create {count(campaigns, 'campaign')}{whose} on {errand.target.place}.")
    if started:
        whom = count(mailed, "lead")
        output.line(
            f"{count(started, 'campaign')} of the plan will be STARTED and will mail {whom}.", "bold red"
        )
    else:
        output.line("No campaign will be started: nobody gets mail from it yet.")
    confirm(output, "Go on?", yes=yes, why=f"this sends to {errand.target.place}")
