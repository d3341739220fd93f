"""Errors that no part of a job expects, as the failure of one campaign."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Self

from ...errors import SmartleadError


class UnexpectedError(SmartleadError):
    """A campaign failed with an exception that should not have been possible.

    The message says of which type it was and where it was raised. It does not repeat the exception's own
    message, which may hold data of leads. The exception itself is the ``__cause__``.
    """

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Return the error to record for an exception."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        unexpected = cls(
            f"an unexpected {type(error).__name__} at {place}. Other campaigns were not affected. Please "
            "report it; running the same job again retries this campaign"
        )
        unexpected.__cause__ = error
        return unexpected
