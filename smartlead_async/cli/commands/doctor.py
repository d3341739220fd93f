"""``smartlead-async doctor``: compare the responses of an account with what this package expects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...wording import count, duration
from ..exit_code import ExitCode
from ..options import JsonOption, ProxyOption, TierOption, YesOption
from ..output import CommandError, Output, command_output, confirm
from ..report_file import ReportFile
from ..signals import run_until_interrupted
from ..target import Target

if TYPE_CHECKING:
    from ...doctor.examination import Scope
    from ..doctor_report import DoctorReport
    from ..tier import Tier


def doctor(
    target: Annotated[
        str, typer.Option(metavar="live|fake|URL", help="The account that is examined.")
    ] = "live",
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="AREA", help="Only this area of the API, such as campaigns. Repeat it."
        ),
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Also create, set up, read back and delete one draft without leads."),
    ] = False,
    yes: YesOption = False,
    tier: TierOption = None,
    proxy: ProxyOption = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="FILE", help="Write the report to this file: .json, or any other for text."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the responses of your account with what this package expects. Reads only, without --write.

    Sends each operation that only reads once, as far as there are ids for it, and looks at key, limits, clock
    and lists. The report has names of fields and types, but no key, ids or data: it can be published.

    Exit codes: 0 no deviation, 1 deviations, 2 the command cannot be used or the server not be reached, 3 the
    key is refused, 4 stopped before the end.
    """
    with command_output(as_json=as_json) as output:
        file = None if report is None else _report_file(report)
        scope = _scope(only or (), write=write)
        chosen = Target.parse(target, proxy=proxy)
        used = chosen.tier(tier)
        _announce(output, chosen, scope, used)
        if write and not chosen.is_fake:
            question = f"Create and delete a draft in {chosen.name}?"
            confirm(output, question, yes=yes, why="--write creates a campaign and deletes it")
        result = run_until_interrupted(_examine(output, chosen, scope, used))
        code = _exit_code(result)
        content = result.as_json(code)
        if not as_json:
            output.console.print(result.as_text(), end="", markup=False, highlight=False, soft_wrap=True)
        if file is not None and (problem := _write(file, result, content)):
            output.warn(problem)
            code = code or ExitCode.SOME_FAILED
        output.print_json(content | {"exit_code": int(code)})
    raise typer.Exit(code)


def _scope(areas: list[str] | tuple[()], *, write: bool) -> Scope:
    from ...doctor.examination import Scope

    try:
        return Scope.of(areas, write=write)
    except ValueError as problem:
        raise CommandError(f"--only: {problem}") from None


def _report_file(path: Path) -> ReportFile:
    file = ReportFile(path)
    if file.is_html:
        raise CommandError(f"--report {path}: the report of doctor is text or JSON: name another file")
    file.check()
    return file


def _announce(output: Output, target: Target, scope: Scope, tier: Tier) -> None:
    least = tier.limits.shortest_time(scope.requests)
    time = f" in about {duration(least)}" if least >= 1 else ""
    requests = f"up to {count(scope.requests, 'request')}{time}; each that fails is repeated at most twice"
    output.line(f"Examining {target.name}: {requests}.")
    output.line("One draft is created and deleted." if scope.write else "Nothing is changed.")


async def _examine(output: Output, target: Target, scope: Scope, tier: Tier) -> DoctorReport:
    import asyncio

    from ...doctor.examination import Examination
    from ..doctor_progress import doctor_progress
    from ..doctor_report import DoctorReport
    from ..doctor_session import open_session

    interrupted = False
    async with open_session(target, tier.limits) as session:
        with doctor_progress(output, session.recording, scope.requests) as progress:
            examination = Examination(session, scope, progress)
            try:
                await examination.run()
            except asyncio.CancelledError:
                # A signal; whatever was found until then is reported.
                interrupted = True
    if examination.left_behind is not None:
        output.warn(f"A test campaign may be left: delete {examination.left_behind!r} in SmartLead.")
    return DoctorReport(
        diagnosis=examination.diagnosis,
        target=target.kind if target.is_fake or target.kind == "live" else "another server",
        tier=str(tier.limits),
        requests=session.recording.requests,
        interrupted=interrupted,
        wrote=examination.wrote,
    )


def _exit_code(report: DoctorReport) -> ExitCode:
    if report.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.SOME_FAILED if report.diagnosis.all_findings else ExitCode.DONE


def _write(file: ReportFile, report: DoctorReport, content: dict[str, object]) -> str | None:
    """Write the report; return what went wrong."""
    from ...atomic_file import replace_file

    if file.path.suffix.lower() == ".json":
        return file.write_or_rescue(content)
    try:
        with replace_file(file.path) as text:
            text.write(report.as_text())
    except OSError as problem:
        return f"the report could not be written to {file.path}: {problem.strerror}"
    return None
