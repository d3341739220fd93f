"""The acknowledgement that many operations return."""

from __future__ import annotations

import attrs

from ..fields import wire


@attrs.frozen
class Acknowledgement:
    """A successful response without data. ``message`` is the message that SmartLead sent, if any.

    ``ok`` is false only if that is a result and not a failure (``leads.unsubscribe``: nothing changed).
    """

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = attrs.field(default=None, metadata=wire("message", "data.message"))
