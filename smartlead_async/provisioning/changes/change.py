"""Changes: what provisioning would do to each campaign."""

from __future__ import annotations

import enum
from typing import Any

import attrs

from ...errors import SmartleadError
from ...html_table import html_table
from ...plan.step import Step
from ...redaction import without_addresses
from ...wording import count
from .sent_leads import LeadChanges


class ChangeRefused(SmartleadError):
    """A plan asks for a change that SmartLead cannot make, or for a removal that was not allowed."""


class Action(enum.StrEnum):
    """The action that provisioning takes on a campaign.

    CONTINUE completes a campaign that an earlier run began. REPLACE deletes a campaign that was never started
    and creates it again, for changes that SmartLead cannot make.
    """

    CREATE = "create"
    CONTINUE = "continue"
    CHANGE = "change"
    REPLACE = "replace"
    REMOVE = "remove"
    NONE = "none"


@attrs.frozen
class Change:
    """One value that changes. ``path`` is its path in the plan; None stands for no value.

    Example::

        for change in campaign_change.changes:
            print(f"{change.path}: {change.before!r} becomes {change.after!r}")
    """

    path: str
    before: Any
    after: Any
    weakens: bool = False
    """It removes or weakens a protection of recipients, or tracking."""


@attrs.frozen(kw_only=True, repr=False)
class Drift:
    """Differences of a campaign on the server from what was applied to it, that is, changes made by hand.

    In ``changes``, ``before`` is what was applied and ``after`` what is on the server; the path ``status``
    stands for the status. Of ``leads``, those that are added are only on the server, and those that are
    removed are no longer there. ``outcomes`` says what provisioning does about it, and what else can be
    done. Example::

        async for change in client.plan_changes(specs, ledger, refresh=True):
            if change.drift:
                print(change.name, change.drift.parts, *change.drift.outcomes)
    """

    is_deleted: bool = False
    changes: tuple[Change, ...] = ()
    leads: LeadChanges = attrs.field(factory=LeadChanges)
    addresses: tuple[str, ...] = ()
    """The addresses of some of the leads that are only on the server."""
    outcomes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.is_deleted or bool(self.changes) or bool(self.leads)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that differ, such as ``"status"`` and ``"steps"``, each once."""
        return _parts(self.changes, self.leads)

    @property
    def weakens(self) -> bool:
        """Whether a protection of recipients, or tracking, was removed or weakened."""
        return any(change.weakens for change in self.changes)

    @property
    def summary(self) -> str:
        """The parts in words, such as ``"status, steps, + 2 leads"``; nothing without drift."""
        parts = [each for each in self.parts if each != "leads"]
        return ", ".join(filter(None, ["deleted" if self.is_deleted else "", *parts, str(self.leads)]))

    def __repr__(self) -> str:
        return f"<Drift {self.summary or 'none'}>"

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [
            ("Changed", ", ".join(change.path for change in self.changes)),
            ("Leads", self.leads),
            ("Weakened", ", ".join(change.path for change in self.changes if change.weakens)),
            ("Provisioning", "; ".join(self.outcomes)),
        ]
        title = "Deleted on the server" if self.is_deleted else "Changed on the server"
        return html_table(title, [(name, value) for name, value in rows if str(value)])


@attrs.frozen(kw_only=True, repr=False)
class CampaignChange:
    """The changes that provisioning makes to one campaign, as data.

    ``steps`` are the steps that are taken, ``requests`` the requests that they need without retries, and
    ``removals`` what would be taken off the server. ``refusal`` is the reason why SmartLead cannot make the
    change. Example::

        async for change in client.plan_changes(specs, ledger):
            print(change.action, change.name, change.leads.added, [c.path for c in change.changes])
    """

    key: str
    name: str
    client_id: int | None = None
    campaign_id: int | None = None
    action: Action
    changes: tuple[Change, ...] = ()
    leads: LeadChanges = attrs.field(factory=LeadChanges)
    steps: tuple[Step, ...] = ()
    requests: int = 0
    removals: tuple[str, ...] = ()
    refusal: str | None = None
    edited_steps: tuple[int, ...] = ()
    """The numbers of saved steps that are changed or removed."""
    needs_status: bool = False
    """The campaign was started, and the change depends on what has happened to it since."""
    recipients: int = 0
    """The leads that are mailed because of the change, and would not be without it."""
    client: str | None = None
    """The name of the client, if the plan names it and its id is not known."""
    drift: Drift | None = None
    """The changes by hand, if the server was read and the campaign has been created."""

    @property
    def starts(self) -> bool:
        """Whether a campaign is started that is not running now."""
        return Step.START in self.steps and Step.PAUSE not in self.steps

    @property
    def weakens(self) -> bool:
        """Whether a protection of recipients, or tracking, is removed or weakened."""
        return any(change.weakens for change in self.changes)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the campaign that change, such as ``"steps"`` and ``"schedule"``, each once."""
        return _parts(self.changes, self.leads)

    def __repr__(self) -> str:
        parts = [f"{self.action} {self.name!r}", ", ".join(self.parts), str(self.leads)]
        parts += [count(self.requests, "request"), "refused" if self.refusal else ""]
        parts += [f"drift: {self.drift.summary}" if self.drift else ""]
        return without_addresses(f"<CampaignChange {', '.join(filter(None, parts))}>")

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [
            ("Action", self.action),
            ("Campaign", "not created yet" if self.campaign_id is None else self.campaign_id),
            ("Changes", ", ".join(change.path for change in self.changes)),
            ("Leads", self.leads),
            ("Removes", ", ".join(self.removals)),
            ("Weakens", ", ".join(change.path for change in self.changes if change.weakens)),
            ("Refused", self.refusal or ""),
            ("Changed by hand", "" if not self.drift else self.drift.summary),
            ("Requests", f"{self.requests:,}"),
        ]
        return html_table(self.name, [(name, value) for name, value in rows if str(value)])


def _parts(changes: tuple[Change, ...], leads: LeadChanges) -> tuple[str, ...]:
    names = [change.path.partition(".")[0].partition("[")[0] for change in changes]
    return tuple(dict.fromkeys([*names, *(["leads"] if leads else [])]))
