"""Odd habits of a server, each of them a function that a test replaces at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from .state import Campaign


def _unchanged(name: str) -> str:
    return name


def _newest_first(campaigns: list[Campaign]) -> Iterable[Campaign]:
    return campaigns


@attrs.define
class Quirks:
    """Odd habits of a server.

    Example::

    fake.quirks.store_name = str.strip
    fake.quirks.arrange_list = lambda campaigns: campaigns[:100]
    """

    store_name: Callable[[str], str] = _unchanged
    """Returns the name under which a campaign is stored, whenever it is created, copied or renamed."""
    arrange_list: Callable[[list[Campaign]], Iterable[Campaign]] = _newest_first
    """Returns the campaigns that a list contains, in order; it is given all of them, newest first."""
