"""``smartlead-async status``: the state of a job, read from its ledger while it runs or afterwards."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import attrs
import typer

from ...wording import count, duration, local_time, printable, reasons, timestamp
from ..exit_code import ExitCode
from ..failures import failure_line, show_more
from ..fingerprint import JobFingerprint
from ..options import NOTHING_SELECTED, JsonOption, LedgerArgument, SelectOption, parse_selection
from ..output import CommandError, Output, command_output
from ..plan_ledger import require_ledger
from ..signals import run_until_interrupted
from ..target import kind_of

if TYPE_CHECKING:
    from ...provisioning.ledger.records import CampaignRecord, LeadTally
    from ...provisioning.selection import Selection


_WATCH_INTERVAL: Final = 2.0
_MAX_FAILURES: Final = 20
_MAX_RUNNING: Final = 20


@attrs.define(kw_only=True)
class JobStatus:
    """The content of a ledger at one moment. ``planned`` is None if the ledger does not record it."""

    target: str | None
    planned: int | None
    began_at: float | None
    lost_creates: int
    done: int = 0
    failed: int = 0
    paused: int = 0
    running: list[CampaignRecord] = attrs.field(factory=list)
    failures: list[CampaignRecord] = attrs.field(factory=list)
    requests: int = 0
    leads: LeadTally
    changed_at: float | None = None
    selection: Selection
    selected: int = 0
    """The campaigns of the ledger that are selected."""
    ended: int = 0
    """The campaigns of the ledger that are done or have failed, selected or not."""
    total: int | None = None
    """The campaigns of the whole plan."""

    @property
    def percent(self) -> float | None:
        """The part of the plan that is done."""
        return 100.0 * self.done / self.planned if self.planned else None

    @property
    def not_begun(self) -> int | None:
        """The number of campaigns that the job has not begun."""
        begun = self.done + self.failed + self.paused + len(self.running)
        return None if self.planned is None else max(self.planned - begun, 0)

    @property
    def has_ended(self) -> bool:
        """Whether every campaign of the plan is done, has failed or was paused."""
        return self.total is not None and self.ended >= self.total

    def add(self, record: CampaignRecord) -> None:
        """Count one campaign of the ledger."""
        from ...provisioning.ledger.records import CampaignState

        self.ended += record.state is not CampaignState.RUNNING
        if not self.selection.takes_head(record.head):
            return
        self.selected += 1
        self.requests += record.requests
        self.leads += record.leads
        self.changed_at = max(self.changed_at or 0.0, record.updated_at)
        match record.state:
            case CampaignState.DONE:
                self.done += 1
            case CampaignState.RUNNING:
                self.running.append(record)
            case CampaignState.PAUSED:
                self.paused += 1
            case CampaignState.FAILED:
                self.failed += 1
                if self.failed <= _MAX_FAILURES:
                    self.failures.append(record)


def status(
    ledger: LedgerArgument,
    select: SelectOption = None,
    as_json: JsonOption = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Repeat every two seconds until the job has ended, or Ctrl-C.")
    ] = False,
) -> None:
    """Show the state of a job: counts, campaigns in progress, failures with their reasons, requests.

    The ledger is only read, so a running job is not disturbed. With --watch and --json every update is one
    line of JSON. Exit codes: 0, or 2 if there is no such ledger.
    """
    with command_output(as_json=as_json) as output:
        selection = parse_selection(select)
        require_ledger(ledger, option=False)
        if watch:
            try:
                run_until_interrupted(_watch(output, ledger, selection))
            except KeyboardInterrupt:
                raise typer.Exit(ExitCode.DONE) from None
        else:
            current = run_until_interrupted(_read_status(ledger, selection))
            if selection and not current.selected:
                raise CommandError(NOTHING_SELECTED)
            _show(output, ledger, current)
            output.print_json(_as_json(ledger, current))


async def _read_status(path: Path, selection: Selection) -> JobStatus:
    from ...provisioning.ledger.records import LeadTally
    from ...provisioning.ledger.sqlite import SqliteLedger

    ledger = SqliteLedger(path, read_only=True)
    try:
        job = await ledger.open()
        fingerprint = JobFingerprint.parse(job.plan)
        current = JobStatus(
            target=None if fingerprint is None else kind_of(fingerprint.target),
            planned=None if fingerprint is None or selection else fingerprint.campaigns,
            total=None if fingerprint is None else fingerprint.campaigns,
            selection=selection,
            began_at=job.began_at,
            lost_creates=job.lost_creates,
            leads=LeadTally(),
        )
        async for record in ledger.records():
            current.add(record)
        return current
    finally:
        await ledger.aclose()


async def _poll(path: Path, selection: Selection) -> AsyncIterator[JobStatus]:
    """Yield the status again and again until the job has ended."""
    import asyncio

    while True:
        current = await _read_status(path, selection)
        yield current
        if current.has_ended:
            return
        await asyncio.sleep(_WATCH_INTERVAL)


async def _watch(output: Output, path: Path, selection: Selection) -> None:
    statuses = _poll(path, selection)
    if output.as_json:
        await _watch_as_json(path, statuses)
    elif output.is_live:
        await _watch_on_terminal(output, path, statuses)
    else:
        await _watch_as_log(output, statuses)


async def _watch_as_json(path: Path, statuses: AsyncIterator[JobStatus]) -> None:
    import json
    import sys

    async for current in statuses:
        sys.stdout.write(json.dumps(_as_json(path, current)) + "\n")
        sys.stdout.flush()


async def _watch_on_terminal(output: Output, path: Path, statuses: AsyncIterator[JobStatus]) -> None:
    from rich.live import Live

    first = await anext(statuses)
    # The first one is read before the display begins, which would hide the error of a missing ledger.
    with Live(_render(path, first), console=output.console, auto_refresh=False) as live:
        live.refresh()
        async for current in statuses:
            live.update(_render(path, current), refresh=True)


async def _watch_as_log(output: Output, statuses: AsyncIterator[JobStatus]) -> None:
    previous = None
    async for current in statuses:
        if (line := _summary(current)) != previous:
            output.line(line)
            previous = line


# --- for people --------------------------------------------------------------------------------------


def _summary(current: JobStatus) -> str:
    total = "" if current.planned is None else f" of {current.planned:,}"
    percent = "" if current.percent is None else f" ({current.percent:.0f} %)"
    others = f"{current.failed:,} failed, {len(current.running):,} in progress"
    paused = f", {current.paused:,} paused" if current.paused else ""
    return f"{current.done:,}{total} done{percent}, {others}{paused}"


def _show(output: Output, path: Path, current: JobStatus) -> None:
    output.show(_render(path, current))
    for record in current.failures:
        output.line(failure_line(_with_id(record), _step(record), record.error), "red")
    show_more(output, current.failed, _MAX_FAILURES)


def _render(path: Path, current: JobStatus) -> Any:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    now = time.time()
    table = Table.grid(padding=(0, 2))
    for name, value in _fields(path, current, now).items():
        table.add_row(Text(name, style="bold"), Text(printable(value), overflow="fold"))
    lines: list[Any] = [table]
    for record in current.running[:_MAX_RUNNING]:
        line = _running_line(record, now)
        lines.append(Text(line, style="yellow", no_wrap=True, overflow="ellipsis"))
    if (more := len(current.running) - _MAX_RUNNING) > 0:
        lines.append(Text(f"… and {more:,} more", style="yellow"))
    return Group(*lines)


def _fields(path: Path, current: JobStatus, now: float) -> dict[str, str]:
    fields = {"Ledger": str(path)}
    if current.target is not None:
        fields["Target"] = current.target
    fields["Campaigns"] = _summary(current)
    leads, skipped = current.leads, ""
    if leads.skipped:
        skipped = f", {leads.skipped:,} left out by SmartLead{reasons(leads.left_out)}"
    fields["Leads"] = f"{leads.added:,} imported{skipped}"
    lost = ""
    if current.lost_creates:
        lost = f", {count(current.lost_creates, 'create')} without a response"
    fields["Requests"] = f"{current.requests:,}{lost}"
    if current.began_at is not None:
        fields["Began"] = local_time(current.began_at, now=now)
    if current.changed_at is not None:
        age = duration(max(now - current.changed_at, 0.0))
        fields["Last change"] = f"{local_time(current.changed_at, now=now)}, {age} ago"
    return fields


def _running_line(record: CampaignRecord, now: float) -> str:
    since = f", for {duration(max(now - record.steps[-1].sent_at, 0.0))}" if record.steps else ""
    return f"in progress: {printable(_with_id(record))} at {_step(record)}{since}"


def _with_id(record: CampaignRecord) -> str:
    return record.name if record.campaign_id is None else f"{record.name} (id {record.campaign_id})"


def _step(record: CampaignRecord) -> str:
    """Return the step at which a campaign failed, or is."""
    from ...provisioning.ledger.records import CampaignState

    step = record.failed_step if record.state is CampaignState.FAILED else None
    if step is None and record.steps:
        step = record.steps[-1].step
    return step or "create"


# --- for programs ------------------------------------------------------------------------------------


def _as_json(path: Path, current: JobStatus) -> dict[str, Any]:
    return {
        "ledger": str(path),
        "target": current.target,
        "campaigns": {
            "planned": current.planned,
            "done": current.done,
            "failed": current.failed,
            "paused": current.paused,
            "running": len(current.running),
            "not_begun": current.not_begun,
        },
        "percent": None if current.percent is None else round(current.percent, 1),
        "requests": current.requests,
        "leads": attrs.asdict(current.leads),
        "lost_creates": current.lost_creates,
        "began_at": timestamp(current.began_at),
        "changed_at": timestamp(current.changed_at),
        "running": [_record_as_json(record) for record in current.running],
        "failures": [_record_as_json(record) for record in current.failures],
    }


def _record_as_json(record: CampaignRecord) -> dict[str, Any]:
    step = record.steps[-1] if record.steps else None
    return {
        "key": record.key,
        "name": record.name,
        "campaign_id": record.campaign_id,
        "step": record.failed_step or (None if step is None else step.step),
        "since": None if step is None else timestamp(step.sent_at),
        "error": record.error,
    }
