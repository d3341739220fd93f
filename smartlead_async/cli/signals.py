"""Ctrl-C and SIGTERM: the first ends a job cleanly, the second at once, the third like anywhere else."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any, Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def caught_signals(first: Callable[[], None], second: Callable[[], None]) -> Iterator[None]:
    """Call ``first``, then ``second``, on the event loop that is running."""
    import asyncio

    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def restore() -> None:
        for number, handler in before.items():
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)
        before.clear()

    steps = iter((first, second))

    def came() -> None:
        step = next(steps, None)
        if step is not None:
            step()
        if step is second:
            restore()

    # Outside the main thread no signal can be caught, and none arrives either.
    with contextlib.suppress(ValueError, RuntimeError):
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            try:
                loop.add_signal_handler(number, came)
            except NotImplementedError:
                # Windows: there a handler runs between two steps of the loop, which has to be woken up.
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(came))
            before[number] = handler
    try:
        yield
    finally:
        restore()


@contextlib.contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """SIGTERM is as good as Ctrl-C, also before a job has begun."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
