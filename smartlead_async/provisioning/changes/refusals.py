"""Changes that are refused before anything is sent: impossible ones, and removals that were not allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_NAMED: Final = 20
"""Refused changes that an error names."""


def refused(impossible: Sequence[str], removals: Sequence[str]) -> str:
    """Return what to say of changes that cannot be made, and of removals that are not allowed."""
    parts = ["nothing was sent"]
    if impossible:
        parts.append(_some(impossible))
    if removals:
        parts.append(
            f"the plan no longer has what is on the server, {_some(removals)}. Put it back into the plan, or "
            "allow removals (--allow-removals)"
        )
    return ": ".join([parts[0], "; also, ".join(parts[1:])])


def _some(changes: Sequence[str]) -> str:
    more = f"; and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
    return f"{'; '.join(changes[:_NAMED])}{more}"
