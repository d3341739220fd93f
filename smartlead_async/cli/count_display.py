"""A number that grows: redrawn on a terminal, a line every few seconds in a log."""

from __future__ import annotations

import time
from typing import Final, Self

from ..wording import count
from .output import Output

_LOG_INTERVAL: Final = 5.0


class CountDisplay:
    """Shows how many things are done, such as "3 campaigns compared", or "3 of 40 campaigns read"."""

    def __init__(self, output: Output, noun: str, done: str, *, total: int | None = None) -> None:
        self._output = output
        self._noun = noun
        self._done = done
        self._total = total
        self._status = output.console.status("") if output.is_live else None
        self._shown_at = time.monotonic()

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def update(self, number: int, *details: str) -> None:
        """Show a new number, and details behind it."""
        things = count(number if self._total is None else self._total, self._noun)
        shown = things if self._total is None else f"{number:,} of {things}"
        text = " · ".join([f"{shown} {self._done}", *details])
        if self._status is not None:
            self._status.update(text)
        elif time.monotonic() - self._shown_at >= _LOG_INTERVAL:
            self._shown_at = time.monotonic()
            self._output.line(text)
