"""The progress of ``doctor``: a bar on a terminal, a line every few seconds in a log."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from .output import Output

if TYPE_CHECKING:
    from ..doctor.recording import RecordingTransport

_LINE_INTERVAL: Final = 5.0


@contextlib.contextmanager
def doctor_progress(
    output: Output, recording: RecordingTransport, most: int
) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows what is done next, and the requests of at most ``most``."""
    if output.is_live:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
        with Progress(*columns, console=output.console, transient=True) as bar:
            task = bar.add_task("key", total=most)
            yield lambda step: bar.update(task, completed=recording.requests, description=step)
        return
    last = time.monotonic()

    def line(step: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_INTERVAL:
            last = time.monotonic()
            output.line(f"{recording.requests} of up to {most} requests: {step}")

    yield line
