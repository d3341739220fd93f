"""``smartlead-async status``: where a job is, read from its ledger while it runs or afterwards."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import attrs
import typer

from ..exit_code import ExitCode
from ..fingerprint import Stamp
from ..options import JsonOption, LedgerArgument
from ..output import Output, speaking
from ..wording import clock, count, duration, instant, shown

if TYPE_CHECKING:
    from ...provisioning.ledger.records import CampaignRecord, LeadTally


_EVERY: Final = 2.0


_MOST_FAILURES: Final = 20


_MOST_RUNNING: Final = 20


@attrs.define(kw_only=True)
class Standing:
    """What a ledger says of its job at one moment. ``planned`` is None when nobody wrote it down."""

    target: str | None
    planned: int | None
    began_at: float | None
    lost_creates: int
    done: int
    failed: int
    running: list[CampaignRecord]
    failures: list[CampaignRecord]
    requests: int
    leads: LeadTally
    changed_at: float | None

    @property
    def begun(self) -> int:
        """How many campaigns the job has begun."""
        return self.done + self.failed + len(self.running)

    @property
    def percent(self) -> float | None:
        """How much of the plan is done."""
        return 100.0 * self.done / self.planned if self.planned else None

    @property
    def has_ended(self) -> bool:
        """Whether nothing of the plan is left but what failed."""
        return self.planned is not None and self.done + self.failed >= self.planned


def status(
    ledger: LedgerArgument,
    as_json: JsonOption = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again every two seconds, until nothing is left or Ctrl-C.")
    ] = False,
) -> None:
    """Show where a job is: counts, what is under way, failures with their reasons, requests.

    It reads beside a running job and disturbs nothing. With --watch and --json there is one line of JSON for
    each look. Exit codes: 0, or 2 when there is no such ledger.
    """
    with speaking(as_json=as_json) as output:
        import asyncio

        if watch:
            try:
                asyncio.run(_watch(output, ledger))
            except KeyboardInterrupt:
                raise typer.Exit(ExitCode.DONE) from None
        else:
            standing = asyncio.run(_look(ledger))
            _show(output, ledger, standing)
            output.give(_as_json(ledger, standing))


async def _look(path: Path) -> Standing:
    from ...provisioning.ledger.records import CampaignState, LeadTally
    from ...provisioning.ledger.sqlite import SqliteLedger

    ledger = SqliteLedger(path, read_only=True)
    try:
        job = await ledger.open()
        stamp = Stamp.read(job.plan)
        standing = Standing(
            target=None if stamp is None else stamp.target.partition(" ")[0],
            planned=None if stamp is None else stamp.campaigns,
            began_at=job.began_at,
            lost_creates=job.lost_creates,
            done=0,
            failed=0,
            running=[],
            failures=[],
            requests=0,
            leads=LeadTally(),
            changed_at=None,
        )
        async for record in ledger.records():
            standing.requests += record.requests
            standing.leads += record.leads
            standing.changed_at = max(standing.changed_at or 0.0, record.updated_at)
            match record.state:
                case CampaignState.DONE:
                    standing.done += 1
                case CampaignState.RUNNING:
                    standing.running.append(record)
                case CampaignState.FAILED:
                    standing.failed += 1
                    if standing.failed <= _MOST_FAILURES:
                        standing.failures.append(record)
        return standing
    finally:
        await ledger.aclose()


async def _watch(output: Output, path: Path) -> None:
    import asyncio
    import json
    import sys

    standing = await _look(path)
    if output.as_json:
        while True:
            sys.stdout.write(json.dumps(_as_json(path, standing)) + "\n")
            sys.stdout.flush()
            if standing.has_ended:
                return
            await asyncio.sleep(_EVERY)
            standing = await _look(path)
    if output.is_live:
        from rich.live import Live

        with Live(console=output.console, auto_refresh=False) as live:
            while True:
                live.update(_drawing(path, standing), refresh=True)
                if standing.has_ended:
                    return
                await asyncio.sleep(_EVERY)
                standing = await _look(path)
    before = None
    while True:
        if (line := _headline(standing)) != before:
            output.line(line)
            before = line
        if standing.has_ended:
            return
        await asyncio.sleep(_EVERY)
        standing = await _look(path)


# --- for people --------------------------------------------------------------------------------------
def _headline(standing: Standing) -> str:
    of_all = "" if standing.planned is None else f" of {standing.planned:,}"
    percent = "" if standing.percent is None else f" ({standing.percent:.0f} %)"
    others = f"{standing.failed:,} failed, {len(standing.running):,} under way"
    return f"{standing.done:,}{of_all} done{percent}, {others}"


def _show(output: Output, path: Path, standing: Standing) -> None:
    output.show(_drawing(path, standing))
    for record in standing.failures:
        output.line(f"failed: {_where(record)}: {shown(record.error or 'no reason is known')}", "red")
    if (more := standing.failed - len(standing.failures)) > 0:
        output.line(f"… and {more:,} more", "red")


def _drawing(path: Path, standing: Standing) -> Any:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    now = time.time()
    rows: dict[str, str] = {"Ledger": str(path)}
    if standing.target is not None:
        rows["Target"] = standing.target
    rows["Campaigns"] = _headline(standing)
    leads = standing.leads
    rows["Leads"] = f"{leads.added:,} imported" + (
        f", {leads.skipped:,} left out by SmartLead" if leads.skipped else ""
    )
    lost = f", {count(standing.lost_creates, 'create')} without an answer" if standing.lost_creates else ""
    rows["Requests"] = f"{standing.requests:,}{lost}"
    if standing.began_at is not None:
        rows["Began"] = clock(standing.began_at)
    if standing.changed_at is not None:
        ago = duration(max(now - standing.changed_at, 0.0))
        rows["Last change"] = f"{clock(standing.changed_at)}, {ago} ago"
    table = Table.grid(padding=(0, 2))
    for name, value in rows.items():
        table.add_row(Text(name, style="bold"), Text(shown(value), overflow="fold"))
    lines: list[Any] = [table]
    for record in standing.running[:_MOST_RUNNING]:
        step = record.steps[-1] if record.steps else None
        since = f", for {duration(max(now - step.sent_at, 0.0))}" if step is not None else ""
        line = Text(f"under way: {_where(record)}{since}", style="yellow", no_wrap=True, overflow="ellipsis")
        lines.append(line)
    if (more := len(standing.running) - _MOST_RUNNING) > 0:
        lines.append(Text(f"… and {more:,} more", style="yellow"))
    return Group(*lines)


def _where(record: CampaignRecord) -> str:
    from ...provisioning.ledger.records import CampaignState

    step = record.failed_step if record.state is CampaignState.FAILED else None
    if step is None and record.steps:
        step = record.steps[-1].step
    number = "" if record.campaign_id is None else f" (id {record.campaign_id})"
    return f"{shown(record.name)}{number} at {step or 'create'}"


# --- for programs ------------------------------------------------------------------------------------
def _as_json(path: Path, standing: Standing) -> dict[str, Any]:
    planned = standing.planned
    return {
        "ledger": str(path),
        "target": standing.target,
        "campaigns": {
            "planned": planned,
            "done": standing.done,
            "failed": standing.failed,
            "running": len(standing.running),
            "not_begun": None if planned is None else max(planned - standing.begun, 0),
        },
        "percent": None if standing.percent is None else round(standing.percent, 1),
        "requests": standing.requests,
        "leads": attrs.asdict(standing.leads),
        "lost_creates": standing.lost_creates,
        "began_at": instant(standing.began_at),
        "changed_at": instant(standing.changed_at),
        "running": [_record(record) for record in standing.running],
        "failures": [_record(record) for record in standing.failures],
    }


def _record(record: CampaignRecord) -> dict[str, Any]:
    step = record.steps[-1] if record.steps else None
    return {
        "key": record.key,
        "name": record.name,
        "campaign_id": record.campaign_id,
        "step": record.failed_step or (None if step is None else step.step),
        "since": None if step is None else instant(step.sent_at),
        "error": record.error,
    }
