"""What the process returns."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """The exit codes of every command; scripts may rely on them."""

    DONE = 0
    SOME_FAILED = 1
    """Campaigns failed, or something is left on the server that should not be there."""
    UNUSABLE = 2
    """The command, the plan, a file or an option cannot be used; nothing was sent."""
    NOT_ALLOWED = 3
    """The API key is missing or wrong, or may not do this."""
    INTERRUPTED = 4
    """Stopped before the end: Ctrl-C, SIGTERM, a deadline, or "no" to a question."""
