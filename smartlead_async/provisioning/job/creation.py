"""Descriptions of how a campaign is created."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from ...request import Request
from ..ledger.records import StepRecord


@attrs.frozen
class Creation:
    """A way to create a campaign: the request, where its response has the id, what to look for if lost."""

    request: Request[Any]
    campaign_id: Callable[[Any], int]
    name: str
    client_id: int | None
    copy_of: int | None = None
    inherited: tuple[StepRecord, ...] = ()
    """The steps that a copy has from its template."""

    @property
    def is_copy(self) -> bool:
        """Whether the campaign is a copy of another one, which brings that one's content."""
        return self.copy_of is not None
