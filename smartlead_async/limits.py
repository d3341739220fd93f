"""How many requests a key may send: windows, and the limiter that never exceeds them."""

from __future__ import annotations

import enum
import math
from typing import ClassVar, Final, Self

import attrs

MAX_NAME_LENGTH: Final = 255

MIN_INTEGER: Final = -(2**63)
MAX_INTEGER: Final = 2**63 - 1
"""The bounds of integers in JSON and in ledgers; no id or count is larger."""
"""The number of characters that the name of a campaign may have."""


@attrs.frozen
class Window:
    """At most ``limit`` requests in any span of ``period`` seconds.

    Example::

    RateLimits((Window(10, 1.0), Window(60, 60.0)))
    """

    limit: int
    period: float

    def __attrs_post_init__(self) -> None:
        if self.limit < 1 or not self.period > 0 or not math.isfinite(self.period):
            raise ValueError(f"a window needs a limit of at least 1 and a period in seconds, not {self}")

    def __str__(self) -> str:
        return f"{self.limit}/{self.period:g}s"


@attrs.frozen
class RateLimits:
    """The windows that hold for a key, all at once.

    Presets follow SmartLead's guide; the service has also been seen to allow 200 a minute, so take what
    your plan says. Example::

        SmartleadClient(key, limits=RateLimits.PRO)
        SmartleadClient(key, limits=RateLimits.of((10, 2.0), (200, 60.0)))
        RateLimits.parse("60/60,1000/3600")
    """

    windows: tuple[Window, ...] = ()

    STANDARD: ClassVar[RateLimits]
    """60 a minute, 1,000 an hour, 10 a second."""
    PRO: ClassVar[RateLimits]
    """120 a minute, 3,000 an hour, 20 a second."""
    UNLIMITED: ClassVar[RateLimits]
    """No windows: for a fake, or a proxy that paces by itself."""

    @classmethod
    def of(cls, *windows: tuple[int, float]) -> Self:
        """Windows of your own, each (limit, period in seconds)."""
        return cls(tuple(Window(limit, float(period)) for limit, period in windows))

    @classmethod
    def parse(cls, text: str) -> RateLimits:
        """Parse ``standard``, ``pro``, ``unlimited`` or ``N/SECONDS[,N/SECONDS]``, or raise ValueError."""
        presets = {"standard": cls.STANDARD, "pro": cls.PRO, "unlimited": cls.UNLIMITED}
        name = text.strip().lower()
        if name in presets:
            return presets[name]
        windows = []
        for part in name.split(","):
            limit, slash, period = part.partition("/")
            try:
                windows.append((int(limit), float(period) if slash else math.nan))
            except ValueError:
                windows.append((0, math.nan))
        try:
            return cls.of(*windows)
        except ValueError:
            raise ValueError(
                f"{text!r} is not a tier: say standard, pro, unlimited, or windows like 60/60,1000/3600"
            ) from None

    def shortest_time(self, requests: int) -> float:
        """Return the shortest time in seconds in which this many requests can be sent with all windows empty.

        The largest window lets its limit through in each of its periods; what is left over for the last of
        them goes through the smaller windows, in the same way.
        """
        if requests < 1:
            return 0.0
        least = 0.0
        windows = sorted(self.windows, key=lambda window: window.period)
        while windows:
            largest, smaller = windows.pop(), type(self)(tuple(windows))
            if smaller.shortest_time(largest.limit + 1) < largest.period:
                full, rest = divmod(requests - 1, largest.limit)
                least, requests = least + full * largest.period, rest + 1
        return least

    def __str__(self) -> str:
        return ", ".join(map(str, self.windows)) or "unlimited"


RateLimits.STANDARD = RateLimits.of((10, 1.0), (60, 60.0), (1000, 3600.0))


RateLimits.PRO = RateLimits.of((20, 1.0), (120, 60.0), (3000, 3600.0))


RateLimits.UNLIMITED = RateLimits()


class Lane(enum.IntEnum):
    """Which requests are sent first when both wait: those of your own code before those of a bulk job."""

    INTERACTIVE = 0
    BULK = 1
