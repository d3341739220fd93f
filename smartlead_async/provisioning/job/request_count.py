"""How many requests a plan takes, in full and as clones, before the first one is sent."""

from __future__ import annotations

import attrs

from ...plan.campaign import CampaignSpec
from .clone import COPIED, signature
from .steps import count_requests, steps_of


@attrs.define
class RequestCount:
    """Adds up campaigns: ``full`` builds each, ``clone`` copies those that are alike. Faults aside."""

    full: int = 0
    clone: int = 0
    _templates: set[str] = attrs.field(factory=set)
    _looks_up_mailboxes: bool = False

    def add(self, spec: CampaignSpec, leads: int) -> None:
        """Count one campaign with this many leads."""
        built = count_requests(spec, leads)
        kind = signature(spec)
        self.full += built
        if kind is None or kind not in self._templates:
            self.clone += built
        else:
            # The create becomes a duplicate, and what it brings along becomes one change of name.
            self.clone += built + 1 - sum(step in COPIED for step in steps_of(spec))
        if kind is not None:
            self._templates.add(kind)
        if spec.mailboxes and spec.mailboxes.needs_lookup and not self._looks_up_mailboxes:
            # Listed once for the whole job; one page of 100 is assumed.
            self._looks_up_mailboxes = True
            self.full += 1
            self.clone += 1
