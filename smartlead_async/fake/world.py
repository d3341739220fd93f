"""The part of the fake that handlers see: ids, the clock, and switches."""

from __future__ import annotations

from typing import Literal

import attrs

from .accounts import Access
from .agenda import Agenda
from .clock import Clock
from .deliveries import Deliveries
from .ids import Ids
from .quirks import Quirks

DuplicatesFlag = Literal["true_imports", "true_skips"]


@attrs.define(eq=False)
class World:
    """Everything of a fake that its accounts share.

    ``duplicates_flag`` and ``strict_clients`` are the switches of :class:`FakeSmartlead`. A campaign created
    now appears in lists only after ``unlisted_for`` seconds.
    """

    clock: Clock
    quirks: Quirks
    duplicates_flag: DuplicatesFlag = "true_imports"
    strict_clients: bool = False
    unlisted_for: float = 0.0
    log_size: int | None = None
    """The number of deliveries to webhooks that are kept; None for all."""
    ids: Ids = attrs.field(factory=Ids)
    keys: dict[str, Access] = attrs.field(factory=dict, repr=False)
    agenda: Agenda = attrs.field(factory=Agenda, repr=False)
    """The events that are due at times of the wall clock: reactions of leads, scheduled replies."""
    deliveries: Deliveries = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.deliveries = Deliveries(self.clock, self.agenda, self.log_size)

    @property
    def listed_from(self) -> float:
        """The time of the clock from which lists show a campaign that is created now."""
        return self.clock.now() + self.unlisted_for if self.unlisted_for else 0.0
