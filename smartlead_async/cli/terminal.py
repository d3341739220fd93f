"""The standard streams: everything printed passes here, so that no text can steer the terminal.

Names, cells, paths and responses may contain escape sequences. They are replaced here; only
:func:`~smartlead_async.wording.printable` does more and also keeps a value on one line. A stream whose reader
has gone (``… | head``, a closed terminal) discards what is written, because a job has to reach its end.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO, cast

from ..wording import without_controls

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment


class TolerantStream(io.TextIOBase):
    """A text stream that discards what is written once its reader has gone; ``problem`` says why."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.problem: Exception | None = None

    def write(self, text: str, /) -> int:
        """Write a string, or discard it if that is no longer possible."""
        if not isinstance(text, str):
            raise TypeError(f"a string is written to this stream, not {type(text).__name__}")
        if self._stream is not None and self.problem is None:
            with self._tolerating(self._stream):
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream, or discard what it holds."""
        if self._stream is not None and self.problem is None:
            with self._tolerating(self._stream):
                self._stream.flush()

    @contextlib.contextmanager
    def _tolerating(self, stream: TextIO) -> Iterator[None]:
        try:
            yield
        except UnicodeError:
            raise
        except (OSError, ValueError) as problem:  # ValueError: the stream was closed
            self.problem = problem
            _redirect_to_null(stream)

    # --- attributes that libraries ask a stream for ---------------------------------------------------

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """The handler of the stream for characters that it cannot encode."""
        return getattr(self._stream, "errors", None)

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        try:
            return self._stream is not None and self.problem is None and self._stream.isatty()
        except ValueError:
            return False

    def fileno(self) -> int:
        """Return the file descriptor of the stream."""
        if self._stream is None:
            raise OSError("the stream is closed")
        return self._stream.fileno()

    def writable(self) -> bool:
        """Return True."""
        return True


class SafeStream(TolerantStream):
    """The stream that takes the place of ``sys.stdout`` or ``sys.stderr``: replaces control characters.

    ``raw`` does not, for a console that writes escape sequences of its own.
    """

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream)
        self.raw = TolerantStream(stream)

    def write(self, text: str, /) -> int:
        """Write a string without its control characters."""
        super().write(without_controls(text))
        return len(text)


@contextlib.contextmanager
def safe_streams() -> Iterator[None]:
    """Replace ``sys.stdout`` and ``sys.stderr`` by safe streams while the block runs."""
    before = sys.stdout, sys.stderr
    for stream in before:
        # A terminal that cannot show "·" or a name gets a question mark instead of a crash.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    sys.stdout, sys.stderr = (cast("TextIO", SafeStream(stream)) for stream in before)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


def stdout_problem() -> Exception | None:
    """Flush stdout, and return why something could not be written to it, if so."""
    stream = sys.stdout
    for each in (stream, getattr(stream, "raw", stream)):
        each.flush()
        if (problem := getattr(each, "problem", None)) is not None:
            found: Exception = problem
            return found
    return None


def reopen_closed_streams() -> None:
    """Open the null device in place of standard streams that were closed when the process began.

    Otherwise the next file that is opened, such as the ledger, would become the standard output.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # The lowest free descriptor is the one that was closed.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def open_console(*, stderr: bool, no_color: bool = False) -> Console:
    """Return a console of rich on a standard stream, which renders no text with control characters."""
    from rich.console import Console
    from rich.segment import Segment

    class SafeConsole(Console):
        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                text, style, control = segment
                yield segment if control else Segment(without_controls(text), style)

    stream = sys.stderr if stderr else sys.stdout
    file = stream.raw if isinstance(stream, SafeStream) else stream
    # None leaves the decision to the variable NO_COLOR.
    return SafeConsole(
        file=cast("TextIO", file), no_color=no_color or None, highlight=False, emoji=False, markup=False
    )


def _redirect_to_null(stream: TextIO) -> None:
    """Discard what is still written to a stream, including what Python flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        descriptor = stream.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, descriptor)
        os.close(null)
