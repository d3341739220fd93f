"""The totals of a diff: campaigns by action, leads, requests and the shortest time."""

from __future__ import annotations

import attrs

from ...html_table import html_table
from ...limits import RateLimits
from ...wording import count, duration
from .change import Action, CampaignChange
from .sent_leads import LeadChanges


@attrs.define(kw_only=True, repr=False)
class ChangeTotals:
    """Totals of what provisioning would do.

    ``requests`` are those without retries, with one page of mailboxes if addresses or tags have to be looked
    up, as :func:`check` counts them. Example::

        totals = await client.plan_changes(specs, ledger)
        print(totals.to_create, totals.to_change, totals.unchanged, totals.requests)
    """

    limits: RateLimits = RateLimits.STANDARD
    to_create: int = 0
    to_continue: int = 0
    """Campaigns that an earlier run began and did not complete."""
    to_change: int = 0
    to_replace: int = 0
    to_remove: int = 0
    unchanged: int = 0
    leads: LeadChanges = attrs.field(factory=LeadChanges)
    requests: int = 0
    starting: int = 0
    """Campaigns that will be started and are not running now."""
    recipients: int = 0
    """Leads that will be mailed because of the changes."""
    refused: int = 0
    """Changes that SmartLead cannot make."""
    weakening: int = 0
    """Campaigns of which a protection of recipients, or tracking, is removed or weakened."""
    with_removals: int = 0
    """Campaigns from which something is removed, or which are removed."""

    drifted: int = 0
    """Campaigns that somebody has changed by hand; zero unless the server was read."""
    refresh_requests: int = 0
    """The requests that reading the server took, retries included. They are not in ``requests``."""

    @property
    def selected(self) -> int:
        """The campaigns of the plan and the ledger that were compared."""
        return self.unchanged + self.changing

    @property
    def changing(self) -> int:
        """The campaigns for which there is something to do."""
        return self.to_create + self.to_continue + self.to_change + self.to_replace + self.to_remove

    def __bool__(self) -> bool:
        return self.changing > 0

    def shortest_time(self, limits: RateLimits | None = None) -> float:
        """Return the shortest time in seconds that a tier allows, by default that of the client."""
        return (limits or self.limits).shortest_time(self.requests)

    def add(self, change: CampaignChange) -> None:
        """Count one campaign, except for its requests."""
        self.drifted += bool(change.drift)
        match change.action:
            case Action.NONE:
                self.unchanged += 1
                return
            case Action.CREATE:
                self.to_create += 1
            case Action.CONTINUE:
                self.to_continue += 1
            case Action.CHANGE:
                self.to_change += 1
            case Action.REPLACE:
                self.to_replace += 1
            case Action.REMOVE:
                self.to_remove += 1
        self.leads += change.leads
        self.starting += change.starts
        self.recipients += change.recipients
        self.refused += change.refusal is not None
        self.weakening += change.weakens
        self.with_removals += bool(change.removals)

    def __str__(self) -> str:
        """Return the campaigns by action: ``"2 to create, 1 to change, 97 unchanged"``."""
        numbers = {
            "to create": self.to_create,
            "to continue": self.to_continue,
            "to change": self.to_change,
            "to replace": self.to_replace,
            "to remove": self.to_remove,
            "unchanged": self.unchanged,
        }
        return ", ".join(f"{number:,} {word}" for word, number in numbers.items() if number) or "no campaigns"

    def __repr__(self) -> str:
        drifted = f"{self.drifted:,} changed by hand" if self.drifted else ""
        parts = filter(None, [str(self), str(self.leads), drifted, count(self.requests, "request")])
        return f"<ChangeTotals {'; '.join(parts)}>"

    def _repr_html_(self) -> str:
        rows = [
            ("Campaigns", str(self)),
            ("Leads", str(self.leads)),
            ("Started", f"{self.starting:,}" if self.starting else ""),
            ("Refused", f"{self.refused:,}" if self.refused else ""),
            ("Protections weakened", f"{self.weakening:,}" if self.weakening else ""),
            ("Changed by hand", f"{self.drifted:,}" if self.drifted else ""),
            ("Requests", f"{self.requests:,}"),
            ("Shortest time", duration(self.shortest_time())),
        ]
        return html_table("Changes of the plan", [(name, value) for name, value in rows if value])
