"""What people see while a job runs: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Self

import attrs

from .output import Output
from .wording import clock, count, duration, shown

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from ..pipeline.limiter import RateLimiter
    from ..provisioning.ledger.records import CampaignRecord
    from ..provisioning.report.report import Progress

_FRAME: Final = 0.2
_FIRST_LINE: Final = 2.0
_NEXT_LINES: Final = 5.0
_MINUTE: Final = 60.0


@attrs.define
class Pace:
    """Requests a minute, over the last minute."""

    _seen: deque[tuple[float, int]] = attrs.field(factory=deque)

    def at(self, now: float, requests: int) -> float:
        """The pace now, when so many requests have been sent since the job began."""
        self._seen.append((now, requests))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _MINUTE:
            self._seen.popleft()
        began, before = self._seen[0]
        return (requests - before) / (now - began) * _MINUTE if now > began else 0.0


def reason_to_wait(progress: Progress, limiter: RateLimiter, *, now: float, wall: float) -> str | None:
    """Why nothing is sent right now; None while something is."""
    if progress.down_for is not None:
        since = clock(wall - progress.down_for)
        return f"SmartLead is down since {since} ({duration(progress.down_for)}); asking until it is back"
    if limiter.closed_until > now:
        return f"SmartLead said to wait (429) until {clock(wall + limiter.closed_until - now)}"
    if progress.waiting and not limiter.in_flight and not limiter.available():
        return "waiting for the rate limit"
    return None


def sentence(progress: Progress, pace: float) -> str:
    """The numbers of a job on one line."""
    parts = [count(progress.requests, "request"), f"{pace:,.0f}/min"]
    if progress.time_left and progress.requests:
        parts.append(f"{duration(progress.time_left)} left")
    return " · ".join(parts)


def tally(progress: Progress) -> str:
    """How many campaigns are done, of how many."""
    of_all = "" if progress.total is None else f" of {progress.total:,}"
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    return f"{progress.done:,}{of_all} done{failed}"


class ProgressDisplay:
    """Shows a job's progress until :meth:`run` is cancelled. Use it as a context manager around the job."""

    def __init__(
        self,
        output: Output,
        progress: Callable[[], Progress],
        limiter: RateLimiter,
        *,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._output = output
        self._progress = progress
        self._limiter = limiter
        self._wall_clock = wall_clock
        self._pace = Pace()
        self._live: Live | None = None
        self._notice: str | None = None

    def __enter__(self) -> Self:
        if self._output.is_live:
            from rich.live import Live

            self._live = Live(console=self._output.console, auto_refresh=False, transient=True)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    async def run(self) -> None:
        """Draw, or write, again and again."""
        if self._live is not None:
            while True:
                self._live.update(self._drawing(), refresh=True)
                await asyncio.sleep(_FRAME)
        self._pace.at(asyncio.get_running_loop().time(), 0)
        await asyncio.sleep(_FIRST_LINE)
        while True:
            self._output.line(self.plain())
            await asyncio.sleep(_NEXT_LINES)

    def failed(self, record: CampaignRecord) -> None:
        """A campaign failed: said at once, above the bar."""
        self._output.line(failure_line(record), "red")

    def notice(self, text: str) -> None:
        """Something that holds from now on, such as that the job is being stopped."""
        if self._live is None:
            self._output.line(text, "yellow")
        self._notice = text

    def plain(self) -> str:
        """Where the job is, as a line of a log."""
        progress, pace, reason = self._now()
        return " · ".join(filter(None, [tally(progress), sentence(progress, pace), reason]))

    def _now(self) -> tuple[Progress, float, str | None]:
        now = asyncio.get_running_loop().time()
        progress = self._progress()
        reason = reason_to_wait(progress, self._limiter, now=now, wall=self._wall_clock())
        return progress, self._pace.at(now, progress.requests), reason

    def _drawing(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        progress, pace, reason = self._now()
        bar = Table.grid(padding=(0, 1), expand=False)
        ended = progress.done + progress.failed
        style = "red" if progress.failed else "green"
        bar.add_row(
            Text("Campaigns"),
            ProgressBar(
                total=progress.total,
                completed=ended,
                width=max(10, min(40, self._output.console.width - 40)),
                complete_style=style,
                finished_style=style,
            ),
            Text(tally(progress)),
        )
        lines: list[RenderableType] = [bar, Text(sentence(progress, pace), style="dim")]
        if reason:
            lines.append(Text(reason, style="yellow"))
        if self._notice:
            lines.append(Text(self._notice, style="bold yellow"))
        return Group(*lines)


def failure_line(record: CampaignRecord) -> str:
    """One failed campaign: its name, the step at which it stopped, and why."""
    step = f" at {record.failed_step}" if record.failed_step else ""
    return f"failed: {shown(record.name)}{step}: {shown(record.error or 'no reason is known')}"
