"""Rate limits under the name that the user gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import attrs

from .effective import effective
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
        """Return the tier of ``--tier``, SMARTLEAD_TIER or the profile, or else ``standard``."""
        chosen = effective("tier", option)
        return cls.parse(chosen.value or "standard", source=chosen.place)

    @classmethod
    def compared(cls, option: str | None) -> tuple[Self, ...]:
        """Return the tier that was chosen, or both of SmartLead's if none was."""
        if effective("tier", option).value:
            return (cls.choose(option),)
        return cls.parse("standard"), cls.parse("pro")

    @classmethod
    def unlimited(cls) -> Self:
        """Return the tier without a rate limit."""
        return cls.parse("unlimited")
