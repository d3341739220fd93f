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


def _is_for_everybody(record: logging.LogRecord) -> bool:
    # The user of a served fake needs the reason why it refuses a request.
    of_the_fake = record.name.startswith("smartlead_async.fake")
    return record.levelno >= (logging.WARNING if of_the_fake else logging.ERROR)


@contextlib.contextmanager
def logging_to_stderr() -> Iterator[None]:
    """Print logged errors and warnings of the fake, and with ``--debug`` everything, while the block runs.

    Without a handler Python would print warnings, and tracebacks with them.
    """
    handler, root, ours = _LineHandler(), logging.getLogger(), logging.getLogger("smartlead_async")
    debug = current_settings().debug
    if not debug:
        handler.addFilter(_is_for_everybody)
    before = ours.level
    root.addHandler(handler)
    if debug:
        ours.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)
