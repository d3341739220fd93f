"""Descriptions of how a campaign is created."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from ...request import Request


@attrs.frozen
class Creation:
    """A way to create a campaign: the request, where its response has the id, what to look for if lost."""

    request: Request[Any]
    campaign_id: Callable[[Any], int]
    name: str
    client_id: int | None
    is_copy: bool = False
