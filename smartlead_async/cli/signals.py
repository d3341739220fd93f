"""SIGINT (Ctrl-C), SIGTERM and SIGHUP (a closed terminal), which all mean the same: stop and report."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final, NoReturn, TypeVar

import attrs

T = TypeVar("T")

_SIGNALS: Final = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)


def interrupt_on_signals() -> None:
    """Raise :class:`KeyboardInterrupt` on every signal from now on, until a command has its own reaction."""
    _handle(_raise_interrupt)


def ignore_signals() -> None:
    """Ignore every signal from now on: the command has ended, and only its exit code is left to return."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def signal_handler(react: Callable[[], object]) -> Iterator[None]:
    """Call ``react`` on every signal, between two steps of the running event loop."""
    import asyncio

    loop = asyncio.get_running_loop()
    try:
        previous = _handle(lambda *_: loop.call_soon_threadsafe(react))
    except ValueError:
        # Signals can only be handled in the main thread, and are only delivered there.
        yield
        return
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def run_until_interrupted(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a new event loop; a signal cancels it and raises :class:`KeyboardInterrupt`."""
    import asyncio

    interrupted = False

    async def cancellable() -> T:
        task = asyncio.ensure_future(main)

        def cancel() -> None:
            nonlocal interrupted
            interrupted = True
            task.cancel()

        with signal_handler(cancel):
            return await task

    try:
        return asyncio.run(cancellable())
    except asyncio.CancelledError:
        if interrupted:
            raise KeyboardInterrupt from None
        raise


@attrs.define
class Interruption:
    """The signals that a job has received, and what the next one does in the current phase of the job.

    In phases without actions a signal is only counted: the summary and the report are always written.
    """

    received: int = 0
    _actions: Iterator[Callable[[], object]] = attrs.field(factory=lambda: iter(()), init=False)

    def on_signal(self) -> None:
        """Count a signal and take the next action of the phase, if one is left."""
        self.received += 1
        if (action := next(self._actions, None)) is not None:
            action()

    @contextlib.contextmanager
    def phase(self, *actions: Callable[[], object]) -> Iterator[None]:
        """Take these actions, one for each signal, while the block runs."""
        self._actions = iter(actions)
        try:
            yield
        finally:
            self._actions = iter(())


def _raise_interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _handle(handler: Callable[..., object]) -> dict[int, Any]:
    """Install a handler for the signals and return the previous ones. ``nohup`` stays in effect."""
    previous: dict[int, Any] = {}
    for number in _SIGNALS:
        current = signal.getsignal(number)
        if number == getattr(signal, "SIGHUP", None) and current is signal.SIG_IGN:
            continue
        signal.signal(number, handler)
        previous[number] = current
    return previous
