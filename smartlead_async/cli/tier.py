"""Rate limits under the name that the user gave them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

import attrs

from .output import CommandError

if TYPE_CHECKING:
    from ..limits import RateLimits


@attrs.frozen
class Tier:
    """A rate limit as it was named, such as ``pro`` or ``60/60``, and its windows."""

    name: str
    limits: RateLimits

    @classmethod
    def parse(cls, name: str, *, source: str = "--tier") -> Self:
        """Return the tier of this name; ``source`` is where it was given, for the error message."""
        from ..limits import RateLimits

        try:
            return cls(name, RateLimits.parse(name))
        except ValueError as problem:
            raise CommandError(f"{source}: {problem}") from None

    @classmethod
    def choose(cls, option: str | None) -> Self:
        """Return the tier of ``--tier``, or else of SMARTLEAD_TIER, or else ``standard``."""
        if option:
            return cls.parse(option)
        if name := os.environ.get("SMARTLEAD_TIER"):
            return cls.parse(name, source="SMARTLEAD_TIER")
        return cls.parse("standard")

    @classmethod
    def compared(cls, option: str | None) -> tuple[Self, ...]:
        """Return the tier that was chosen, or both of SmartLead's if none was."""
        if option or os.environ.get("SMARTLEAD_TIER"):
            return (cls.choose(option),)
        return cls.parse("standard"), cls.parse("pro")

    @classmethod
    def unlimited(cls) -> Self:
        """Return the tier without a rate limit."""
        return cls.parse("unlimited")
