"""Answers that many operations share."""

from __future__ import annotations

import attrs

from ..fields import wire


@attrs.frozen
class Acknowledgement:
    """SmartLead said yes. ``message`` is what it said besides, where it said anything.

    ``ok`` is false only where that is an answer and not a refusal (``leads.unsubscribe``: nothing changed).
    """

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = attrs.field(default=None, metadata=wire("message", "data.message"))
