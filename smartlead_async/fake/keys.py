"""API keys of the fake in output: made-up ones are shown, real ones are not."""

from __future__ import annotations

from typing import Final

_LONGEST_MADE_UP: Final = 24
"""SmartLead's own keys are longer."""


def is_made_up(key: str) -> bool:
    """Return whether a key is too short to be a real one."""
    return len(key) <= _LONGEST_MADE_UP


def shown_key(key: str) -> str:
    """Return a key as it may be printed; only the beginning of one that may be real."""
    return key if is_made_up(key) else f"{key[:4]}…"
