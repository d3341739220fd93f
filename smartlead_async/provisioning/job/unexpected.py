"""Errors that no part of a job expects, as the failure of one campaign."""

from __future__ import annotations

from typing import Self

from ...defects import describe_defect
from ...errors import SmartleadError


class UnexpectedError(SmartleadError):
    """A campaign failed with an exception that should not have been possible.

    The message says of which type it was and where it was raised. It does not repeat the exception's own
    message, which may hold data of leads. The exception itself is the ``__cause__``.
    """

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Return the error to record for an exception."""
        unexpected = cls(
            f"{describe_defect(error)}. Other campaigns were not affected. Please report it; running the "
            "same job again retries this campaign"
        )
        unexpected.__cause__ = error
        return unexpected
