"""The progress of a job: a bar on a terminal, a line every few seconds in a log."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Self

import attrs

from ..wording import count, duration, local_time, printable
from .failures import record_failure_line
from .output import Output

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from ..pipeline.rate_limiter import RateLimiter
    from ..provisioning.ledger.records import CampaignRecord
    from ..provisioning.report.report import Progress

_FRAME: Final = 0.2
_FIRST_LINE: Final = 2.0
_LINE_INTERVAL: Final = 5.0
_MINUTE: Final = 60.0


@attrs.define
class Pace:
    """The requests per minute over the last minute."""

    _samples: deque[tuple[float, int]] = attrs.field(factory=deque)

    def observe(self, now: float, requests: int) -> float:
        """Record the requests sent since the job began, and return the current pace."""
        self._samples.append((now, requests))
        while len(self._samples) > 2 and self._samples[1][0] <= now - _MINUTE:
            self._samples.popleft()
        since, before = self._samples[0]
        return (requests - before) / (now - since) * _MINUTE if now > since else 0.0


def wait_reason(progress: Progress, limiter: RateLimiter, *, now: float, wall: float) -> str | None:
    """Return why nothing is being sent; None while something is."""
    if progress.down_for is not None:
        since, age = local_time(wall - progress.down_for, now=wall), duration(progress.down_for)
        why = f": {printable(progress.outage)}" if progress.outage else ""
        return f"SmartLead has been down since {since} ({age}); retrying until it is back{why}"
    if limiter.closed_until > now:
        until = local_time(wall + limiter.closed_until - now, now=wall)
        return f"SmartLead asked to wait (429) until {until}"
    if progress.waiting and not limiter.in_flight and not limiter.available():
        return "waiting for the rate limit"
    return None


def request_summary(progress: Progress, pace: float) -> str:
    """Return the requests, the pace and the time left on one line."""
    parts = [count(progress.requests, "request"), f"{pace:,.0f}/min"]
    if progress.time_left and progress.requests:
        parts.append(f"{duration(progress.time_left)} left")
    return " · ".join(parts)


def campaign_summary(progress: Progress) -> str:
    """Return how many campaigns are done, and how many have failed."""
    total = "" if progress.total is None else f" of {progress.total:,}"
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    return f"{progress.done:,}{total} done{failed}"


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
        """Redraw the bar, or print a line, until cancelled."""
        if self._live is not None:
            while True:
                self._live.update(self._render(), refresh=True)
                await asyncio.sleep(_FRAME)
        self._pace.observe(asyncio.get_running_loop().time(), 0)
        await asyncio.sleep(_FIRST_LINE)
        while True:
            self._output.line(self.plain())
            await asyncio.sleep(_LINE_INTERVAL)

    def show_failure(self, record: CampaignRecord) -> None:
        """Print a failed campaign above the bar, as soon as it fails."""
        self._output.line(record_failure_line(record), "red")

    def show_notice(self, text: str) -> None:
        """Show something that holds from now on, such as that the job is stopping."""
        if self._live is None:
            self._output.line(text, "yellow")
        self._notice = text

    def plain(self) -> str:
        """Return the progress as a line for a log."""
        progress, pace, reason = self._snapshot()
        return " · ".join(filter(None, [campaign_summary(progress), request_summary(progress, pace), reason]))

    def _snapshot(self) -> tuple[Progress, float, str | None]:
        now = asyncio.get_running_loop().time()
        progress = self._progress()
        reason = wait_reason(progress, self._limiter, now=now, wall=self._wall_clock())
        return progress, self._pace.observe(now, progress.requests), reason

    def _render(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        progress, pace, reason = self._snapshot()
        lines: list[RenderableType] = [
            self._bar(progress),
            Text(request_summary(progress, pace), style="dim"),
        ]
        if reason:
            lines.append(Text(reason, style="yellow"))
        if self._notice:
            lines.append(Text(self._notice, style="bold yellow"))
        return Group(*lines)

    def _bar(self, progress: Progress) -> RenderableType:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        style = "red" if progress.failed else "green"
        bar = ProgressBar(
            total=progress.total,
            completed=progress.done + progress.failed,
            width=max(10, min(40, self._output.console.width - 40)),
            complete_style=style,
            finished_style=style,
        )
        row = Table.grid(padding=(0, 1), expand=False)
        row.add_row(Text("Campaigns"), bar, Text(campaign_summary(progress)))
        return row
