"""How a field of a request or an answer differs from its attribute: its name, and the values it takes."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Any, Final

import attrs

WIRE: Final = "smartlead_async.wire"


SINGLE: Final = "smartlead_async.single"


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


def single_or_list(*names: str) -> dict[str, Any]:
    """Metadata: a list that also comes as its one item, bare (``"a@b.example"`` for ``["a@b.example"]``)."""
    return {SINGLE: True} | ({WIRE: names} if names else {})


def mask(value: object) -> str:
    """The repr of a secret: whether there is one, never what it is."""
    return "None" if value is None else "'***'"


def _skipped(value: object) -> bool:
    return value is None or value is NOT_GIVEN


# Plain classes, since they are loaded with the first request: attrs takes its time to build one.
class Between:
    """A number's bounds, both inclusive; either may be open."""

    def __init__(self, minimum: float | None = None, maximum: float | None = None) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if _skipped(value):
            return
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{attribute.name} must be at least {self.minimum:g}, not {value!r}")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{attribute.name} must be at most {self.maximum:g}, not {value!r}")


class Length:
    """How many items a list, or characters a text, may have."""

    def __init__(self, minimum: int = 0, maximum: int | None = None) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if _skipped(value):
            return
        if len(value) < self.minimum:
            raise ValueError(f"{attribute.name} must have at least {self.minimum}, not {len(value)}")
        if self.maximum is not None and len(value) > self.maximum:
            raise ValueError(f"{attribute.name} can have at most {self.maximum}, not {len(value)}")


class Matches:
    """The form of a text, as a regular expression, with the words to say when it does not fit."""

    def __init__(self, pattern: str, says: str) -> None:
        self.pattern = pattern
        self.says = says

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
        if not _skipped(value) and (not isinstance(value, str) or not re.fullmatch(self.pattern, value)):
            raise ValueError(f"{attribute.name} must be {self.says}, not {value!r}")


class OneOf:
    """A value of an enum, as its member or as its text.

    The two are equal and look alike in JSON, so what the caller gave is kept as it is.
    """

    def __init__(self, choices: type[enum.StrEnum]) -> None:
        self.choices = choices

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if not _skipped(value) and value not in tuple(self.choices):
            raise ValueError(f"{attribute.name} must be one of {', '.join(self.choices)}, not {value!r}")


class Each:
    """A list, every item of which passes."""

    def __init__(self, member_validator: Callable[[Any, attrs.Attribute[Any], Any], None]) -> None:
        self.member_validator = member_validator

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if isinstance(value, str):
            raise ValueError(f"{attribute.name} must be a list, not the text {value!r}")  # noqa: TRY004
        if not _skipped(value):
            for item in value:
                self.member_validator(instance, attribute, item)
