"""The exit codes of the process."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """The exit codes of every command; scripts may rely on them."""

    DONE = 0
    SOME_FAILED = 1
    """Campaigns failed, the server differs or could not be compared, or a result could not be written."""
    UNUSABLE = 2
    """The command, the plan, a file or an option cannot be used; nothing was sent."""
    NOT_ALLOWED = 3
    """The API key is missing, wrong, or lacks the permission."""
    INTERRUPTED = 4
    """Stopped before the end: Ctrl-C, SIGTERM, a closed terminal, a deadline, or "no" at the prompt."""
    DEFECT = 5
    """An unexpected error: a defect of this program. What was done is on the ledger."""
    OUTCOME_UNKNOWN = 6
    """A request that must not be repeated got no response; it may or may not have taken effect."""
