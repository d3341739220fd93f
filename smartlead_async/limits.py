"""Rate limits of a key as windows of requests, and the priority of requests that wait for them."""

from __future__ import annotations

import enum
import math
from typing import ClassVar, Final, Self

import attrs

from .typed import Typed

MAX_NAME_LENGTH: Final = 255
"""The number of characters that the name of a campaign may have."""


@attrs.frozen
class Window(Typed):
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
class RateLimits(Typed):
    """The windows that hold for a key, all at once.

    Presets follow SmartLead's guide; the service has also been seen to allow 200 a minute, so take what
    your plan says. The client keeps windows that are longer by ``margin`` seconds, so that requests that the
    network delays differently do not meet at the server. Example::

        SmartleadClient(key, limits=RateLimits.PRO)
        SmartleadClient(key, limits=RateLimits.of((10, 2.0), (200, 60.0)).with_margin(0.5))
        RateLimits.parse("60/60,1000/3600")
    """

    windows: tuple[Window, ...] = ()
    margin: float = attrs.field(default=0.0, kw_only=True)

    STANDARD: ClassVar[RateLimits]
    """60 a minute, 1,000 an hour, 10 a second."""
    PRO: ClassVar[RateLimits]
    """120 a minute, 3,000 an hour, 20 a second."""
    UNLIMITED: ClassVar[RateLimits]
    """No windows: for a fake, or a proxy that paces by itself."""

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.margin < math.inf:
            raise ValueError(f"a margin is a number of seconds of at least 0, not {self.margin!r}")

    @classmethod
    def of(cls, *windows: tuple[int, float]) -> Self:
        """Windows of your own, each (limit, period in seconds)."""
        return cls(tuple(Window(limit, float(period)) for limit, period in windows))

    @classmethod
    def parse(cls, text: str) -> RateLimits:
        """Parse ``standard``, ``pro``, ``unlimited`` or ``N/SECONDS[,N/SECONDS]``, or raise ValueError.

        Each may be followed by a margin in seconds: ``standard+0.5``.
        """
        presets = {"standard": cls.STANDARD, "pro": cls.PRO, "unlimited": cls.UNLIMITED}
        name, plus, margin = (part.strip() for part in text.lower().partition("+"))
        try:
            limits = presets.get(name) or cls(tuple(_parse_window(part) for part in name.split(",")))
            return limits.with_margin(float(margin.removesuffix("s"))) if plus else limits
        except ValueError:
            raise ValueError(
                f"{text!r} is not a tier: say standard, pro, unlimited, or windows like 60/60,1000/3600, "
                "with a margin in seconds if you need one, as in standard+0.5"
            ) from None

    def with_margin(self, seconds: float) -> Self:
        """Return these limits with another margin."""
        return attrs.evolve(self, margin=float(seconds))

    @property
    def longest_period(self) -> float:
        """The time in seconds after which a request uses no window any more, with the margin."""
        return max((window.period + self.margin for window in self.windows), default=0.0)

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
            largest, smaller = windows.pop(), attrs.evolve(self, windows=tuple(windows))
            period = largest.period + self.margin
            if smaller.shortest_time(largest.limit + 1) < period:
                full, rest = divmod(requests - 1, largest.limit)
                least, requests = least + full * period, rest + 1
        return least

    def __str__(self) -> str:
        windows = ", ".join(map(str, self.windows)) or "unlimited"
        return f"{windows}, margin {self.margin:g}s" if self.margin else windows


def _parse_window(text: str) -> Window:
    limit, _, period = text.partition("/")
    return Window(int(limit), float(period))


RateLimits.STANDARD = RateLimits.of((10, 1.0), (60, 60.0), (1000, 3600.0))


RateLimits.PRO = RateLimits.of((20, 1.0), (120, 60.0), (3000, 3600.0))


RateLimits.UNLIMITED = RateLimits()


class Lane(enum.IntEnum):
    """The order of requests that wait: those of your own code before those of a bulk job."""

    INTERACTIVE = 0
    BULK = 1
