"""How a field of a request or an answer differs from its attribute: its name, and the values it takes."""

from __future__ import annotations

import enum
import re
from collections.abc import Sized
from typing import Any, Final

import attrs

WIRE: Final = "smartlead_async.wire"
SECRET: Final = "smartlead_async.secret"


class NotGiven(enum.Enum):
    """The type of :data:`NOT_GIVEN`, which keeps "leave it alone" apart from ``None`` ("set it to null")."""

    NOT_GIVEN = "NOT_GIVEN"

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __bool__(self) -> bool:
        return False


NOT_GIVEN: Final = NotGiven.NOT_GIVEN
"""The default of fields for which ``null`` means something: left out of the request."""


def wire(*names: str) -> dict[str, Any]:
    """Metadata: the name on the wire. The first is written; all are read, dots step into objects.

    ``wire("id", "subsequence_id")`` or ``wire("hasMore", "pagination.has_more")``.
    """
    return {WIRE: names}


def mask(value: object) -> str:
    """The repr of a secret: whether there is one, never what it is."""
    return "None" if value is None else "'***'"


def _skipped(value: object) -> bool:
    return value is None or value is NOT_GIVEN


@attrs.frozen
class Between:
    """A number's bounds, both inclusive; either may be open."""

    minimum: float | None = None
    maximum: float | None = None

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if _skipped(value):
            return
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{attribute.name} must be at least {self.minimum:g}, not {value!r}")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{attribute.name} must be at most {self.maximum:g}, not {value!r}")


@attrs.frozen
class Length:
    """How many items a list, or characters a text, may have."""

    minimum: int = 0
    maximum: int | None = None

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Sized | None) -> None:
        if value is None or value is NOT_GIVEN:
            return
        if len(value) < self.minimum:
            raise ValueError(f"{attribute.name} must have at least {self.minimum}, not {len(value)}")
        if self.maximum is not None and len(value) > self.maximum:
            raise ValueError(f"{attribute.name} can have at most {self.maximum}, not {len(value)}")


@attrs.frozen
class Matches:
    """The form of a text, as a regular expression, with the words to say when it does not fit."""

    pattern: str
    says: str

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
        if not _skipped(value) and (not isinstance(value, str) or not re.fullmatch(self.pattern, value)):
            raise ValueError(f"{attribute.name} must be {self.says}, not {value!r}")
