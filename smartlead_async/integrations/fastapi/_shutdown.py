"""The moment at which the server is told to stop, which is before it waits for its connections."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

Previous = Callable[[int, FrameType | None], object]


@contextlib.contextmanager
def on_shutdown(react: Callable[[], object]) -> Iterator[None]:
    """Call ``react`` on the event loop when the server gets SIGTERM or SIGINT, besides what it does itself.

    A server waits for open streams before it ends the lifespan, so a stream of events would keep it running.
    Nothing is installed if no server handles the signals, or outside of the main thread.
    """
    loop = asyncio.get_running_loop()
    installed: dict[signal.Signals, tuple[Previous, Previous]] = {}
    for number in _SIGNALS:
        previous = signal.getsignal(number)
        if not callable(previous) or previous is signal.default_int_handler:
            continue
        handler = _chained(previous, lambda: loop.call_soon_threadsafe(react))
        with contextlib.suppress(ValueError):
            signal.signal(number, handler)
            installed[number] = (handler, previous)
    try:
        yield
    finally:
        for number, (handler, previous) in installed.items():
            if signal.getsignal(number) is handler:
                signal.signal(number, previous)


def _chained(previous: Previous, react: Callable[[], object]) -> Previous:
    def handle(number: int, frame: FrameType | None) -> None:
        # The loop may be closed by now; the server has to end all the same.
        with contextlib.suppress(RuntimeError):
            react()
        previous(number, frame)

    return handle
