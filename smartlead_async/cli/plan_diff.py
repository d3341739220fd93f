"""The diff of a plan: read from the plan and its ledger, shown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from ..wording import count, duration, printable
from .change_lines import ADDED, CHANGED, REMOVED, WARNING, Line, change_lines
from .failures import show_more
from .options import NOTHING_SELECTED
from .output import CommandError, Output
from .signals import run_until_interrupted
from .tier import Tier

if TYPE_CHECKING:
    from ..limits import RateLimits
    from ..plan.campaign import CampaignSpec
    from ..plan.plan import Plan
    from ..provisioning.changes.change import CampaignChange
    from ..provisioning.changes.renames import Rename
    from ..provisioning.changes.totals import ChangeTotals
    from ..provisioning.ledger.records import CampaignState
    from ..provisioning.selection import Selection

_MAX_SHOWN: Final = 20
"""Campaigns of one action that are shown."""

_ORDER: Final = ("remove", "replace", "change", "continue", "create")
_TITLES: Final = {
    "remove": "To remove, on the ledger and no longer in the plan",
    "replace": "To replace: deleted and created again",
    "change": "To change",
    "continue": "To continue, begun by an earlier run",
    "create": "To create",
}
_MARKS: Final = {
    "remove": ("−", REMOVED),
    "replace": ("±", WARNING),
    "change": ("~", CHANGED),
    "continue": (">", CHANGED),
    "create": ("+", ADDED),
}


@attrs.frozen
class PlanDiff:
    """The changes that provisioning would make, without the campaigns that stay as they are."""

    totals: ChangeTotals
    changes: tuple[CampaignChange, ...] = ()
    renames: tuple[Rename, ...] = ()
    selected: frozenset[str] | None = None
    """The keys of the campaigns that ``--select`` selects; None without it."""

    @property
    def planned(self) -> int:
        """The campaigns of the plan that were compared."""
        return self.totals.selected - self.totals.to_remove

    def takes(self, key: str) -> bool:
        """Return whether a campaign of the ledger is selected."""
        return self.selected is None or key in self.selected

    def require_allowed(self, *, allow_removals: bool) -> None:
        """Raise :class:`CommandError` if provisioning would refuse one of the changes."""
        from ..provisioning.changes.refusals import refused

        impossible = [f"{each.key}: {each.refusal}" for each in self.changes if each.refusal is not None]
        removals = [
            f"{each.key}: {', '.join(each.removals)}"
            for each in self.changes
            if each.removals and each.refusal is None and not allow_removals
        ]
        if impossible or removals:
            raise CommandError(refused(impossible, removals))

    def of_action(self, action: str) -> list[CampaignChange]:
        """Return the changes of one action; those that must not be overlooked come first."""
        found = [change for change in self.changes if change.action == action]
        return sorted(found, key=lambda change: (change.refusal is None, not change.weakens))


async def read_diff(
    specs: Iterable[CampaignSpec],
    ledger: Path | None,
    selection: Selection,
    *,
    limits: RateLimits,
    strategy: Literal["full", "clone"] = "full",
) -> PlanDiff:
    """Compare a plan with its ledger, or with a new one. Nothing is sent.

    Raise :class:`CommandError` if nothing is selected.
    """
    from ..provisioning.changes.change import Action
    from ..provisioning.changes.plan_changes import PlanChanges
    from ..provisioning.changes.renames import find_renames
    from ..provisioning.ledger.memory import MemoryLedger
    from ..provisioning.ledger.sqlite import SqliteLedger

    opened = MemoryLedger() if ledger is None else SqliteLedger(ledger, read_only=True)
    compared = PlanChanges(specs, opened, selection=selection, limits=limits, strategy=strategy)
    changes: list[CampaignChange] = []
    keys: list[str] = []
    async for change in compared:
        if change.action is not Action.NONE:
            changes.append(change)
        if selection:
            keys.append(change.key)
    if selection and not keys:
        raise CommandError(NOTHING_SELECTED)
    selected = frozenset(keys) if selection else None
    return PlanDiff(compared.totals, tuple(changes), find_renames(changes), selected)


def select_specs(plan: Plan, selection: Selection) -> list[CampaignSpec]:
    """Return the campaigns of a plan that are selected, by their states on its own ledger if they matter.

    Raise :class:`CommandError` if there is none.
    """
    path = plan.path.with_suffix(".ledger")
    states = run_until_interrupted(_states(path)) if selection.needs_state and path.exists() else {}
    specs = [spec for spec in plan.specs() if selection.takes(spec, states.get(spec.identity))]
    if selection and not specs:
        raise CommandError(NOTHING_SELECTED)
    return specs


async def _states(path: Path) -> dict[str, CampaignState]:
    from ..provisioning.ledger.sqlite import SqliteLedger

    async with SqliteLedger(path, read_only=True) as ledger:
        return {head.key: head.state async for head in ledger.heads()}


def show_diff(
    output: Output, diff: PlanDiff, tiers: Iterable[Tier], *, complete: bool = False, plan: Path | None = None
) -> None:
    """Print the changes and their totals. Long lists and texts are cut unless everything is to be shown.

    ``plan`` is given by commands that have no ``--all`` themselves.
    """
    whole = "--all shows them" if plan is None else f"smartlead-async diff {printable(plan)} --all"
    width = min(output.console.width, 120)
    for action in _ORDER:
        if changes := diff.of_action(action):
            _show_action(output, changes, action, width=width, complete=complete)
            if not complete:
                show_more(output, len(changes), _MAX_SHOWN, style="yellow", hint=f" ({whole})")
            output.line()
    for rename in diff.renames[: None if complete else _MAX_SHOWN]:
        for line in _advice(rename):
            output.line(line, "yellow")
        output.line()
    show_totals(output, diff.totals, tiers)


def _show_action(
    output: Output, changes: list[CampaignChange], action: str, *, width: int, complete: bool
) -> None:
    output.line(f"{_TITLES[action]}:", "bold")
    shown = changes if complete else changes[:_MAX_SHOWN]
    for change in shown:
        for line in _campaign_lines(change, width=width, complete=complete):
            output.line(line.text, line.style)


def _campaign_lines(change: CampaignChange, *, width: int, complete: bool) -> Iterator[Line]:
    sign, style = _MARKS[change.action]
    yield Line(f"{sign} {campaign_title(change)}{_details(change)}", style)
    if change.action not in ("create", "remove"):
        yield from change_lines(change, width=width, complete=complete)


def campaign_title(change: CampaignChange) -> str:
    """Return the name of a campaign, with its id, and its key or client if it has one."""
    where = f"campaign {change.campaign_id}" if change.campaign_id is not None else ""
    client = change.client_id if change.client is None else printable(change.client)
    owner = "" if client is None else f"client {client}"
    default = (change.name, f"{change.client or change.client_id}/{change.name}")
    key = "" if change.key in default else f"key {printable(change.key)}"
    inside = ", ".join(filter(None, [where, owner, key]))
    return f"{printable(change.name)} ({inside})" if inside else printable(change.name)


def _details(change: CampaignChange) -> str:
    if change.action == "continue" and change.steps:
        return f": next is {change.steps[0]}"
    if change.action != "create":
        return ""
    started = ", started" if change.starts else ""
    return f": {count(change.leads.added, 'lead')}{started}"


def _advice(rename: Rename) -> Iterator[str]:
    yield "A campaign without a key that is renamed is deleted and created again. If this is"
    yield "one that was renamed, give it its former key in the plan:"
    yield f"    name: {printable(rename.name)}"
    yield f'    key: "{printable(rename.old_key)}"'


def show_totals(output: Output, totals: ChangeTotals, tiers: Iterable[Tier]) -> None:
    """Print the numbers of a diff, and the shortest time for each tier."""
    if not totals:
        compared = count(totals.unchanged, "campaign")
        output.line(f"No changes: {compared} as the plan says.", "bold green")
        return
    output.field("Campaigns", str(totals))
    if totals.leads:
        output.field("Leads", str(totals.leads))
    if totals.starting or totals.recipients:
        output.field("Mail", describe_mail(totals))
    output.field("Requests", f"{totals.requests:,}, {_shortest(totals, tiers)}")
    if totals.weakening:
        weakened = count(totals.weakening, "campaign")
        output.line(f"! A protection is removed or weakened in {weakened}.", WARNING)
    if totals.with_removals:
        output.line("Removals need --allow-removals; without it, nothing is sent.", "yellow")
    if totals.refused:
        refused = count(totals.refused, "change")
        output.line(f"{refused} cannot be made, so provisioning would send nothing.", WARNING)


def describe_mail(totals: ChangeTotals) -> str:
    """Return how many campaigns are started and how many people are mailed that would not be otherwise."""
    starts = f"{count(totals.starting, 'campaign')} started, " if totals.starting else ""
    return f"{starts}{count(totals.recipients, 'lead')} mailed newly"


def _shortest(totals: ChangeTotals, tiers: Iterable[Tier]) -> str:
    times = [
        f"{duration(totals.shortest_time(tier.limits))} at {tier.name}"
        for tier in tiers
        if tier.limits.windows
    ]
    return f"at least {', '.join(times)}" if times else "no rate limit"


def diff_as_json(diff: PlanDiff, tiers: Iterable[Tier]) -> dict[str, Any]:
    """Return a diff for programs."""
    totals = attrs.asdict(diff.totals, filter=lambda field, _: field.name != "limits")
    times = {
        tier.name: round(diff.totals.shortest_time(tier.limits), 3) for tier in tiers if tier.limits.windows
    }
    return {
        "totals": {**totals, "shortest_seconds": times},
        "changes": [_change_as_json(change) for change in diff.changes],
        "renames": [attrs.asdict(rename) for rename in diff.renames],
    }


def _change_as_json(change: CampaignChange) -> dict[str, Any]:
    return {
        "action": change.action,
        "key": change.key,
        "name": change.name,
        "client_id": change.client_id,
        "client": change.client,
        "campaign_id": change.campaign_id,
        "changes": [attrs.asdict(value) for value in change.changes],
        "leads": attrs.asdict(change.leads),
        "steps": list(change.steps),
        "requests": change.requests,
        "removals": list(change.removals),
        "refusal": change.refusal,
        "needs_status": change.needs_status,
        "starts": change.starts,
        "recipients": change.recipients,
    }
