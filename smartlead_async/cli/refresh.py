"""The drift of a plan's campaigns: read from the server, shown, and as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..wording import count, duration, printable
from .change_lines import CHANGED, REMOVED, Line, drift_lines
from .count_display import CountDisplay
from .failures import show_more
from .output import Output
from .plan_diff import PlanDiff, campaign_title
from .server_read import ServerRead
from .signals import Interruption
from .tier import Tier

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from ..provisioning.changes.change import CampaignChange
    from ..provisioning.job.refresh import Refresh
    from ..provisioning.ledger.protocol import Ledger
    from ..provisioning.ledger.records import RecordHead

_MAX_SHOWN: Final = 20


@attrs.define
class ServerState(ServerRead):
    """The campaigns on the server, compared with what was applied to them."""

    to_read: int = 0
    """The campaigns to read."""
    expected_requests: int = 0
    read: int = 0
    """The campaigns that were read."""
    requests: int = 0
    drifted: list[CampaignChange] = attrs.field(factory=list)
    """The campaigns that were changed by hand."""


async def read_server(
    output: Output,
    client: SmartleadClient,
    ledger: Ledger,
    diff: PlanDiff,
    interruption: Interruption,
    tier: Tier,
) -> ServerState:
    """Read the campaigns of a diff that have been created, as far as possible: it raises nothing.

    The ledger is open.
    """
    from ..provisioning.job.refresh import Refresh, refresh_requests

    state = ServerState()
    heads = [head async for head in ledger.heads() if head.campaign_id is not None and diff.takes(head.key)]
    state.to_read, state.expected_requests = len(heads), refresh_requests(heads)
    if not heads:
        return state
    output.line(f"Reading {_cost(state, tier)} …")
    refresh = Refresh(client, ledger)
    with CountDisplay(output, "campaign", "read", total=len(heads)) as display:
        await state.run(_read(state, refresh, heads, diff, display), interruption)
    state.requests = refresh.requests
    return state


def _cost(state: ServerState, tier: Tier) -> str:
    campaigns = f"{count(state.to_read, 'campaign')} from the server"
    requests = f"about {count(state.expected_requests, 'request')}"
    if not tier.limits.windows:
        return f"{campaigns}: {requests}"
    shortest = duration(tier.limits.shortest_time(state.expected_requests))
    return f"{campaigns}: {requests}, at least {shortest} at {tier.name}"


async def _read(
    state: ServerState, refresh: Refresh, heads: list[RecordHead], diff: PlanDiff, display: CountDisplay
) -> None:
    from ..provisioning.changes.change import Action, CampaignChange

    changes = {change.key: change for change in diff.changes}
    display.update(0, count(0, "request"))
    for head in heads:
        planned = changes.get(head.key) or CampaignChange(
            key=head.key, name=head.name, client_id=head.client_id, action=Action.NONE
        )
        change = await refresh.of(planned)
        if change.drift:
            state.drifted.append(change)
        state.read += 1
        display.update(state.read, count(refresh.requests, "request"))


def show_server(output: Output, state: ServerState, ledger: Path, *, complete: bool = False) -> None:
    """Print what was changed by hand, what provisioning does about it, and the requests it took."""
    if not state.to_read:
        output.line("Nothing was read: none of the campaigns has been created yet.")
        return
    _show_campaigns(output, state, ledger, complete=complete)
    if state.drifted:
        output.field("By hand", _summary(state.drifted))
    elif state.error is None:
        as_applied = count(state.read, "campaign")
        output.line(f"Nothing was changed by hand: {as_applied} on the server as applied.", "bold green")
    output.field("Read", f"{count(state.read, 'campaign')}, {count(state.requests, 'request')}")
    if state.error is not None:
        after = f"{state.read:,} of {count(state.to_read, 'campaign')}"
        output.line(f"Reading ended early, after {after}: {printable(state.error)}", "bold red")


def _show_campaigns(output: Output, state: ServerState, ledger: Path, *, complete: bool) -> None:
    if not state.drifted:
        return
    width = min(output.console.width, 120)
    output.line("Changed by hand, on the server:", "bold")
    drifted = sorted(state.drifted, key=lambda change: (not _is_deleted(change), not _weakens(change)))
    for change in drifted if complete else drifted[:_MAX_SHOWN]:
        for line in _campaign_lines(change, ledger, width=width, complete=complete):
            output.line(line.text, line.style)
    if not complete:
        show_more(output, len(drifted), _MAX_SHOWN, style="yellow", hint=" (--all shows them)")
    output.line()


def _campaign_lines(change: CampaignChange, ledger: Path, *, width: int, complete: bool) -> Iterator[Line]:
    sign, style = ("−", REMOVED) if _is_deleted(change) else ("~", CHANGED)
    yield Line(f"{sign} {campaign_title(change)}{': deleted' if _is_deleted(change) else ''}", style)
    if change.drift is not None:
        yield from drift_lines(change.drift, width=width, complete=complete)
    if _is_deleted(change) and change.action != "remove":
        command = ("smartlead-async", "forget", str(ledger), "--campaign", change.key)
        yield Line(f"      {printable(shlex.join(command))}", "dim")


def _summary(drifted: list[CampaignChange]) -> str:
    parts = [f"{count(len(drifted), 'campaign')} changed"]
    if deleted := sum(map(_is_deleted, drifted)):
        parts.append(f"{deleted:,} of them deleted")
    if weakened := sum(map(_weakens, drifted)):
        parts.append(f"a protection is weakened in {weakened:,}")
    return ", ".join(parts)


def _is_deleted(change: CampaignChange) -> bool:
    return change.drift is not None and change.drift.is_deleted


def _weakens(change: CampaignChange) -> bool:
    return change.drift is not None and change.drift.weakens


def server_as_json(state: ServerState) -> dict[str, Any]:
    """Return what was read from the server for programs."""
    return {
        "read": state.read,
        "to_read": state.to_read,
        "requests": state.requests,
        "expected_requests": state.expected_requests,
        "error": state.error,
        "drift": [_drift_as_json(change) for change in state.drifted],
    }


def _drift_as_json(change: CampaignChange) -> dict[str, Any]:
    drift = change.drift
    return {
        "key": change.key,
        "name": change.name,
        "client_id": change.client_id,
        "campaign_id": change.campaign_id,
        "deleted": _is_deleted(change),
        "changes": [] if drift is None else [attrs.asdict(value) for value in drift.changes],
        "leads": None if drift is None else attrs.asdict(drift.leads),
        "addresses": [] if drift is None else list(drift.addresses),
        "outcomes": [] if drift is None else list(drift.outcomes),
    }
