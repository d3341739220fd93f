"""The log of the libraries on stderr, one line for a record."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator

from ..wording import printable
from .defects import debug_traceback
from .settings import current_settings


class _LineHandler(logging.Handler):
    """Prints records on the ``sys.stderr`` of the moment, which a progress bar replaces."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{record.levelname.lower()}: {printable(record.getMessage())}\n")
        if record.exc_info and record.exc_info[1] is not None:
            sys.stderr.write(debug_traceback(record.exc_info[1]))


@contextlib.contextmanager
def logging_to_stderr() -> Iterator[None]:
    """Print errors that are logged, and with ``--debug`` everything, while the block runs.

    Without a handler Python would print warnings, and tracebacks with them.
    """
    handler, root, ours = _LineHandler(), logging.getLogger(), logging.getLogger("smartlead_async")
    debug = current_settings().debug
    handler.setLevel(logging.DEBUG if debug else logging.ERROR)
    before = ours.level
    root.addHandler(handler)
    if debug:
        ours.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)
