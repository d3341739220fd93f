"""The number of requests that campaigns take: built one by one, or cloned where they are alike."""

from __future__ import annotations

import hashlib
from typing import Final

import attrs

from .campaign import CampaignSpec
from .step import Step

LEADS_PER_REQUEST: Final = 400

COPIED: Final = (Step.SEQUENCES, Step.MAILBOXES, Step.SCHEDULE, Step.SETTINGS)
"""The steps that a copy inherits. Of these, only the settings take a request, since it renames the copy."""


def steps_of(spec: CampaignSpec) -> tuple[Step, ...]:
    """Return the steps that a spec requires, in the order of execution."""
    required = {
        Step.CREATE: True,
        Step.SEQUENCES: bool(spec.steps),
        Step.MAILBOXES: bool(spec.mailboxes),
        Step.LEADS: spec.has_leads,
        Step.SCHEDULE: spec.schedule is not None,
        Step.SETTINGS: spec.settings is not None,
        Step.START: spec.start,
    }
    return tuple(step for step, is_required in required.items() if is_required)


def count_requests(spec: CampaignSpec, leads: int) -> int:
    """Return the requests that a campaign takes without retries: one per step, and one per 400 leads."""
    single = sum(step is not Step.LEADS for step in steps_of(spec))
    return single + -(-leads // LEADS_PER_REQUEST)


def signature(spec: CampaignSpec) -> str | None:
    """Return a digest of what a copy inherits, or None if cloning would save no request.

    Two campaigns with the same signature can be copies of each other.
    """
    if sum(step in COPIED for step in steps_of(spec)) < 2:
        return None
    shared = attrs.evolve(spec, name="", client_id=None, client=None, leads=(), lead_import=None, start=False)
    shared = attrs.evolve(shared, key=None)
    return hashlib.sha256(shared.fingerprint().encode()).hexdigest()


@attrs.define
class RequestCount:
    """The requests of a job without retries: ``full`` builds every campaign, ``clone`` copies what it can.

    One lists the campaigns of the account before the first create.
    """

    full: int = 0
    clone: int = 0
    _templates: set[str] = attrs.field(factory=set)
    _lists_campaigns: bool = False
    _looks_up_mailboxes: bool = False

    def add(self, spec: CampaignSpec, leads: int) -> None:
        """Count one campaign with this many leads."""
        if not self._lists_campaigns:
            self._lists_campaigns = True
            self.full += 1
            self.clone += 1
        built = count_requests(spec, leads)
        kind = signature(spec)
        self.full += built
        if kind is None or kind not in self._templates:
            self.clone += built
        else:
            # The create becomes a duplicate, and one change of name replaces the inherited steps.
            self.clone += built + 1 - sum(step in COPIED for step in steps_of(spec))
        if kind is not None:
            self._templates.add(kind)
        self.add_lookup(spec)

    def add_lookup(self, spec: CampaignSpec) -> None:
        """Count the list of mailboxes that resolves addresses and tags, once for the whole job."""
        if spec.mailboxes and spec.mailboxes.needs_lookup and not self._looks_up_mailboxes:
            # One page of 100 is assumed.
            self._looks_up_mailboxes = True
            self.full += 1
            self.clone += 1
