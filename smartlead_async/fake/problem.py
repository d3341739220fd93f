"""A field of a request that fails validation."""

from __future__ import annotations

import enum
from typing import Any

import attrs


class ProblemKind(enum.Enum):
    """The kinds of validation failures."""

    UNKNOWN = "unknown key"
    REQUIRED = "missing key"
    TYPE = "wrong type"
    ENUM = "not one of the allowed values"
    MINIMUM = "below the minimum"
    MAXIMUM = "above the maximum"
    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    PATTERN = "does not match the pattern"


@attrs.define(eq=False)
class Problem(Exception):
    """One validation failure. ``path`` consists of keys and list indexes."""

    kind: ProblemKind
    message: str
    value: Any = None
    limit: float | None = None
    path: tuple[str | int, ...] = ()

    @property
    def dotted_path(self) -> str:
        """The path with dots: ``lead_list.2.email``."""
        return ".".join(map(str, self.path))

    @property
    def label(self) -> str:
        """The path as in code: ``lead_list[2].email``."""
        label = ""
        for part in self.path:
            label += f"[{part}]" if isinstance(part, int) else f".{part}" if label else part
        return label or "value"

    def body(self, source: str) -> dict[str, Any]:
        """Return the body of the 400 that the live API sends for it."""
        return {
            "statusCode": 400,
            "error": "Bad Request",
            "message": f'"{self.label}" {self.message}',
            "validation": {"source": source, "keys": [self.dotted_path] if self.path else []},
        }

    def within(self, step: str | int) -> Problem:
        """Prepend a key or index to the path."""
        self.path = (step, *self.path)
        return self
