"""Campaigns that were probably renamed: without a key they are removed and created again."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

import attrs

from .change import Action, CampaignChange

_MOST: Final = 200
"""Removed campaigns up to which similar names are looked for, since each is compared with each."""

_SIMILARITY: Final = 0.6


@attrs.frozen
class Rename:
    """A campaign of the plan that looks like one of the ledger with another name or client.

    With ``key: <old_key>`` in the plan it is renamed; without it, it is removed and created again.
    """

    name: str
    old_key: str
    new_key: str


def find_renames(changes: Iterable[CampaignChange]) -> tuple[Rename, ...]:
    """Return the campaigns among these changes that are removed under one name and created under another."""
    removed: list[CampaignChange] = []
    created: list[CampaignChange] = []
    for change in changes:
        if change.action is Action.REMOVE:
            removed.append(change)
        elif change.action is Action.CREATE and _has_default_key(change):
            created.append(change)
    if len(removed) > _MOST:
        return ()
    return tuple(
        Rename(new.name, old.key, new.key) for old in removed if (new := _successor(old, created)) is not None
    )


def _successor(old: CampaignChange, created: list[CampaignChange]) -> CampaignChange | None:
    """Return the created campaign that replaces a removed one, and take it off the list."""
    moved = [new for new in created if new.name == old.name]
    same_client = [new for new in created if new.client_id == old.client_id]
    by_name = {new.name: new for new in same_client}
    similar = get_close_matches(old.name, by_name, n=1, cutoff=_SIMILARITY) if not moved else []
    found = moved[0] if moved else by_name[similar[0]] if similar else None
    if found is not None:
        created.remove(found)
    return found


def _has_default_key(change: CampaignChange) -> bool:
    default = change.name if change.client_id is None else f"{change.client_id}/{change.name}"
    return change.key == default or change.key.startswith(f"{default} #")
