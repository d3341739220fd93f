"""``smartlead-async simulate``: a whole job on virtual time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exit_code import ExitCode
from ..options import (
    ConcurrencyOption,
    FaultsOption,
    JsonOption,
    PlanArgument,
    SeedOption,
    TierOption,
    fault_rate,
    limits_of,
)
from ..output import Output, Refused, problem_as_json, say_problem, speaking
from ..report_file import ReportFile
from ..wording import clock, count, duration, shown
from .check import size_of

if TYPE_CHECKING:
    from ...limits import RateLimits
    from ...plan.plan import Plan
    from ...provisioning.report.report import Progress
    from ...simulation import Simulation


_MOST_FAILURES = 10


def simulate(
    plan: PlanArgument,
    tier: TierOption = None,
    faults: FaultsOption = 0.0,
    seed: SeedOption = 0,
    restart_every: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="Kill the job after so many virtual seconds and begin again, until it ends.",
        ),
    ] = None,
    concurrency: ConcurrencyOption = 10,
    prune_orphans: Annotated[
        bool, typer.Option("--prune-orphans", help="Delete empty drafts that lost creates left behind.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what was done to this file: .json, or .html for a page."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Carry out a plan on virtual time: the real code against the fake, thirty hours in seconds.

    Tells when the job would be finished, its requests, retries and how full the rate-limit windows are, and
    looks at what then stands on the server. Exit codes: 0 every campaign is there exactly once with all its
    leads, 1 it is not, 2 the plan cannot be used.
    """
    with speaking(as_json=as_json) as output:
        from ...simulation import SHORTEST_LIFE
        from ...simulation import simulate as run

        said = tier or os.environ.get("SMARTLEAD_TIER") or "standard"
        limits = limits_of(said, said_by="--tier" if tier else "SMARTLEAD_TIER")
        if restart_every is not None and not restart_every >= SHORTEST_LIFE:
            raise Refused(f"--restart-every is {SHORTEST_LIFE:g} second or more")
        rate = fault_rate(faults)
        file = None if report is None else ReportFile(report)
        if file is not None:
            file.check(plan)
        opened = _opened(output, plan, limits)
        watcher = _Watcher(output)
        began = time.perf_counter()
        with watcher:
            simulation = run(
                list(opened.specs()),
                limits=limits,
                faults=rate,
                seed=seed,
                restart_every=restart_every,
                concurrency=concurrency,
                strategy=opened.strategy.value,
                prune_orphans=prune_orphans,
                watch=watcher.show,
            )
        _show(output, simulation, said, took=time.perf_counter() - began)
        answer = {"plan": str(plan), "tier": said, **simulation.as_json()}
        if file is not None:
            file.write(answer)
            output.line(f"Report: {shown(file.path)}")
        output.give(answer)
    raise typer.Exit(ExitCode.DONE if simulation.succeeded else ExitCode.SOME_FAILED)


def _opened(output: Output, path: Path, limits: RateLimits) -> Plan:
    from ...plan.check import check
    from ...plan.plan import load_plan

    plan = load_plan(path)
    checked = check(plan, limits)
    if not checked.ok:
        for problem in checked.errors:
            say_problem(output, problem)
        raise Refused(
            f"the plan has {count(len(checked.errors), 'error')}",
            details={"problems": [problem_as_json(problem) for problem in checked.problems]},
        )
    output.line(f"Plan: {shown(path)}: {size_of(checked)}")
    return plan


class _Watcher:
    """The virtual clock and the campaigns, on a terminal, while the simulation runs."""

    def __init__(self, output: Output) -> None:
        self._console = output.console if output.is_live else None
        self._status = self._console.status("Simulating …") if self._console is not None else None
        self._shown_at = 0.0

    def __enter__(self) -> None:
        if self._status is not None:
            self._status.start()

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def show(self, progress: Progress, seconds: float) -> None:
        """Where the simulated job is, no more than five times a second."""
        now = time.perf_counter()
        if self._status is not None and now - self._shown_at > 0.2:
            self._shown_at = now
            of_all = f"{progress.done:,} of {progress.total:,} campaigns"
            self._status.update(f"Simulating: {duration(seconds)}, {of_all} …")


def _show(output: Output, simulation: Simulation, tier: str, *, took: float) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    traffic = simulation.report.traffic
    grid = Table.grid(padding=(0, 2))
    ends = clock(time.time() + simulation.seconds)
    for name, value in {
        "Would take": f"{duration(simulation.seconds)}, until {ends} if it began now",
        "Tier": f"{tier} ({simulation.limits})" if simulation.limits.windows else "unlimited",
        "Campaigns": f"{simulation.done:,} of {simulation.campaigns:,} done",
        "Leads": f"{simulation.leads:,}, {simulation.leads_missing:,} missing",
        "Requests": f"{simulation.requests:,}, {count(traffic.retries, 'retry', 'retries')}, "
        f"{traffic.rate_limited:,} × 429, {traffic.unanswered:,} unanswered",
        "Faults": f"{sum(simulation.by_fault.values()):,}",
        "Restarts": f"{simulation.restarts:,}",
        "On the server": f"{count(simulation.duplicates, 'duplicate')}, {simulation.lost:,} lost, "
        f"{count(simulation.orphans, 'orphan')}",
        "Simulated in": duration(took),
    }.items():
        grid.add_row(Text(name, style="bold"), Text(value))
    output.line()
    output.show(grid)
    output.line()
    kinds = Table("Request", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    kinds.add_column("Sent", justify="right")
    for operation, number in simulation.by_operation.items():
        kinds.add_row(operation, f"{number:,}")
    output.show(kinds)
    if simulation.windows:
        windows = Table("Window", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for title in ("Most at once", "Used overall"):
            windows.add_column(title, justify="right")
        for use in simulation.windows:
            windows.add_row(str(use.window), f"{use.most:,} of {use.window.limit:,}", f"{use.share:.1%}")
        output.line()
        output.show(windows)
    output.line()
    for failure in simulation.failures[:_MOST_FAILURES]:
        output.line(
            f"failed: {shown(failure.name)} at {failure.step or 'create'}: {shown(failure.reason)}", "red"
        )
    if (more := len(simulation.failures) - _MOST_FAILURES) > 0:
        output.line(f"… and {more:,} more", "red")
    if simulation.succeeded:
        output.line("Every campaign is there exactly once, with all its leads.", "bold green")
    else:
        output.line("The server does not look as the plan says.", "bold red")
