"""``smartlead-async simulate``: a whole job in virtual time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...wording import count, duration, local_time, printable
from ..bad_rows import BadRowsFile
from ..checked_plan import describe_size, load_checked_plan
from ..exit_code import ExitCode
from ..failures import failure_line, show_more
from ..options import (
    BadRowsOption,
    ConcurrencyOption,
    FaultsOption,
    JsonOption,
    PlanArgument,
    PruneOrphansOption,
    ReportOption,
    SeedOption,
    SelectOption,
    SkipBadRowsOption,
    TierOption,
    parse_selection,
    require_fault_rate,
)
from ..output import CommandError, Output, command_output
from ..plan_diff import select_specs
from ..report_file import ReportFile
from ..target import FAKE, Target
from ..tier import Tier

if TYPE_CHECKING:
    from ...provisioning.report.report import Progress
    from ...simulation import Simulation


_MAX_FAILURES = 10
_REDRAW_INTERVAL = 0.2


def simulate(
    plan: PlanArgument,
    tier: TierOption = None,
    faults: FaultsOption = 0.0,
    seed: SeedOption = 0,
    restart_every: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="Kill the job after this many virtual seconds and restart it, until it ends.",
        ),
    ] = None,
    concurrency: ConcurrencyOption = 10,
    prune_orphans: PruneOrphansOption = False,
    skip_bad_rows: SkipBadRowsOption = False,
    bad_rows: BadRowsOption = None,
    report: ReportOption = None,
    select: SelectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Carry out a plan in virtual time: the real code against the fake, thirty hours in seconds.

    Shows when the job would be finished, its requests and retries and how full the rate-limit windows are,
    and compares the server with the plan. Exit codes: 0 every campaign exists exactly once with all its
    leads, 1 it does not, 2 the plan cannot be used.
    """
    with command_output(as_json=as_json) as output:
        from ...simulation import SHORTEST_LIFE
        from ...simulation import simulate as run
        from ..client_names import AccountClients

        chosen = Tier.choose(tier)
        if restart_every is not None and not restart_every >= SHORTEST_LIFE:
            raise CommandError(f"--restart-every must be at least {count(round(SHORTEST_LIFE), 'second')}")
        rate = require_fault_rate(faults)
        rows_file = BadRowsFile.choose(plan, bad_rows, skip=skip_bad_rows)
        file = None if report is None else ReportFile(report)
        if file is not None:
            file.check(plan, None if rows_file is None else rows_file.path)
        clients = AccountClients(lambda: Target.parse(FAKE), tier)
        checked = clients.in_plan(output, load_checked_plan(output, plan, chosen.limits, rows_file))
        if file is not None:
            file.check_plan(checked.plan)
        output.line(f"Plan: {printable(plan)}: {describe_size(checked.check)}")
        specs = select_specs(checked.plan, parse_selection(select))
        display = _SimulationDisplay(output)
        began = time.perf_counter()
        with display:
            simulation = run(
                specs,
                limits=chosen.limits,
                faults=rate,
                seed=seed,
                restart_every=restart_every,
                concurrency=concurrency,
                strategy=checked.plan.strategy.value,
                prune_orphans=prune_orphans,
                watch=display.update,
            )
        _show(output, simulation, chosen, took=time.perf_counter() - began)
        content = {
            "plan": str(plan),
            "tier": chosen.name,
            "rows": checked.check.rows.as_json(),
            **simulation.as_json(),
        }
        code = ExitCode.DONE if simulation.succeeded else ExitCode.SOME_FAILED
        if file is not None and (problem := file.write_or_rescue(content)) is not None:
            output.warn(problem)
            code = ExitCode.SOME_FAILED
        elif file is not None:
            output.line(f"Report: {printable(file.path)}")
        output.print_json(content)
    raise typer.Exit(code)


class _SimulationDisplay:
    """The virtual clock and the campaigns done, on a terminal, while a simulation runs."""

    def __init__(self, output: Output) -> None:
        self._status = output.console.status("Simulating …") if output.is_live else None
        self._updated_at = 0.0

    def __enter__(self) -> None:
        if self._status is not None:
            self._status.start()

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def update(self, progress: Progress, seconds: float) -> None:
        """Show the progress of the simulated job, at most five times a second."""
        now = time.perf_counter()
        if self._status is not None and now - self._updated_at > _REDRAW_INTERVAL:
            self._updated_at = now
            campaigns = f"{progress.done:,} of {progress.total:,} campaigns"
            self._status.update(f"Simulating: {duration(seconds)}, {campaigns} …")


def _show(output: Output, simulation: Simulation, tier: Tier, *, took: float) -> None:
    output.line()
    output.show(_summary_table(simulation, tier, took=took))
    output.line()
    output.show(_operation_table(simulation))
    if simulation.windows:
        output.line()
        output.show(_window_table(simulation))
    output.line()
    for failure in simulation.failures[:_MAX_FAILURES]:
        output.line(failure_line(failure.name, failure.step or "create", failure.reason), "red")
    show_more(output, len(simulation.failures), _MAX_FAILURES)
    if simulation.succeeded:
        output.line("Every campaign exists exactly once, with all its leads.", "bold green")
    else:
        output.line("The server does not match the plan.", "bold red")


def _summary_table(simulation: Simulation, tier: Tier, *, took: float) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for name, value in _summary(simulation, tier, took=took).items():
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def _summary(simulation: Simulation, tier: Tier, *, took: float) -> dict[str, str]:
    traffic, now = simulation.report.traffic, time.time()
    end = local_time(now + simulation.seconds, now=now)
    return {
        "Would take": f"{duration(simulation.seconds)}, until {end} if started now",
        "Tier": f"{tier.name} ({simulation.limits})" if simulation.limits.windows else "unlimited",
        "Campaigns": f"{simulation.done:,} of {simulation.campaigns:,} done",
        "Leads": f"{simulation.leads:,}, {simulation.leads_missing:,} missing",
        "Requests": f"{simulation.requests:,}, {count(traffic.retries, 'retry', 'retries')}, "
        f"{traffic.rate_limited:,} × 429, {traffic.unanswered:,} without a response",
        "Faults": f"{sum(simulation.by_fault.values()):,}",
        "Restarts": f"{simulation.restarts:,}",
        "On the server": f"{count(simulation.duplicates, 'duplicate')}, {simulation.lost:,} lost, "
        f"{count(simulation.orphans, 'orphan')}",
        "Simulated in": duration(took),
    }


def _operation_table(simulation: Simulation) -> Any:
    table = _plain_table("Request", "Sent")
    for operation, number in simulation.by_operation.items():
        table.add_row(operation, f"{number:,}")
    return table


def _window_table(simulation: Simulation) -> Any:
    table = _plain_table("Window", "Peak", "Used overall")
    for use in simulation.windows:
        table.add_row(str(use.window), f"{use.most:,} of {use.window.limit:,}", f"{use.share:.1%}")
    return table


def _plain_table(first: str, *numbers: str) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(first, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in numbers:
        table.add_column(title, justify="right")
    return table
