"""Ctrl-C and SIGTERM: the first ends a job cleanly, the second at once, the third as the system does."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any, Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def signal_handlers(first: Callable[[], None], second: Callable[[], None]) -> Iterator[None]:
    """Call ``first`` on the first signal and ``second`` on the second, on the running event loop."""
    import asyncio

    loop = asyncio.get_running_loop()
    previous: dict[int, Any] = {}

    def restore() -> None:
        for number, handler in previous.items():
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)
        previous.clear()

    handlers = iter((first, second))

    def on_signal() -> None:
        handler = next(handlers, None)
        if handler is not None:
            handler()
        if handler is second:
            restore()

    # Signals can only be handled in the main thread, and are only delivered there.
    with contextlib.suppress(ValueError, RuntimeError):
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            try:
                loop.add_signal_handler(number, on_signal)
            except NotImplementedError:
                # On Windows a handler runs between two steps of the loop, which has to be woken up.
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(on_signal))
            previous[number] = handler
    try:
        yield
    finally:
        restore()


@contextlib.contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, also before a job has begun."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        previous = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
