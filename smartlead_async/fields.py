"""Metadata and validators of fields: their names in JSON and in the query, and the values they may have."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable
from typing import Any, Final

import attrs

WIRE: Final = "smartlead_async.wire"
SINGLE: Final = "smartlead_async.single"
BARE: Final = "smartlead_async.bare"
BOUNDS: Final = "smartlead_async.bounds"


class NotGiven(enum.Enum):
    """The type of :data:`NOT_GIVEN`, which distinguishes "leave unchanged" from ``None`` ("set to null")."""

    NOT_GIVEN = "NOT_GIVEN"

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __bool__(self) -> bool:
        return False


NOT_GIVEN: Final = NotGiven.NOT_GIVEN
"""The default of fields for which ``null`` has a meaning of its own: the field is left out of the request."""


def wire(*names: str) -> dict[str, Any]:
    """Return metadata with the names of a field on the wire.

    The first name is written; all are read, and dots step into objects: ``wire("id", "subsequence_id")`` or
    ``wire("hasMore", "pagination.has_more")``.
    """
    return {WIRE: names}


def single_or_list(*names: str) -> dict[str, Any]:
    """Return metadata for a list whose only item, a string or an object, may come without the list.

    For example ``"a@b.example"`` for ``["a@b.example"]``.
    """
    return {SINGLE: True} | ({WIRE: names} if names else {})


def mask(value: object) -> str:
    """Return a repr that shows whether a secret is set, but not the secret."""
    return "None" if value is None else "'***'"


def bare_string(*names: str) -> dict[str, Any]:
    """Return metadata for the field of an object that may come as a string, which then is its value.

    For example ``"a@b.example"`` for ``{"address": "a@b.example"}``.
    """
    return {BARE: str} | ({WIRE: names} if names else {})


def bounds(minimum: int, maximum: int | None = None) -> dict[str, Any]:
    """Return metadata with the bounds of an integer, or of the integers of a list; both are inclusive.

    They are not enforced at construction: the check of a plan and its JSON Schema read them.
    """
    return {BOUNDS: (minimum, maximum)}


@functools.cache
def bounds_of(cls: type, name: str) -> tuple[int, int | None]:
    """Return the bounds of a field; ``KeyError`` if none are declared."""
    declared: tuple[int, int | None] = attrs.fields_dict(cls)[name].metadata[BOUNDS]
    return declared


def bare_list(*names: str) -> dict[str, Any]:
    """Return metadata for the field of an object that may come as a list, which then is its value."""
    return {BARE: list} | ({WIRE: names} if names else {})


class Secret:
    """A password, one-time password or key of a response, which only :meth:`reveal` returns.

    Its repr and string show nothing of it, JSON and pickles do not hold it: what has been unpickled cannot be
    revealed. Two secrets are equal if their values are. Example::

        otp = Secret("402871")
        print(otp, otp.reveal())    # *** 402871
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | None) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value; raise ``ValueError`` if it was lost in a pickle."""
        if self._value is None:
            raise ValueError("this secret has been pickled, and pickles do not hold secrets: read it again")
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self  # attrs.asdict and copy.deepcopy keep the value, unlike a pickle

    def __reduce__(self) -> tuple[type[Secret], tuple[None]]:
        return Secret, (None,)


def _is_unset(value: object) -> bool:
    return value is None or value is NOT_GIVEN


# Plain classes, because they are loaded with the first request and attrs classes are slow to build.
class Between:
    """A validator of a number's bounds, both inclusive; either may be open."""

    def __init__(self, minimum: float | None = None, maximum: float | None = None) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Raise ``ValueError`` if the value is out of bounds."""
        if _is_unset(value):
            return
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{attribute.name} must be at least {self.minimum:g}, not {value!r}")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{attribute.name} must be at most {self.maximum:g}, not {value!r}")


class Length:
    """A validator of the number of items in a list, or characters in a string."""

    def __init__(self, minimum: int = 0, maximum: int | None = None) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Raise ``ValueError`` if the value is too short or too long."""
        if _is_unset(value):
            return
        if len(value) < self.minimum:
            raise ValueError(f"{attribute.name} must have at least {self.minimum}, not {len(value)}")
        if self.maximum is not None and len(value) > self.maximum:
            raise ValueError(f"{attribute.name} can have at most {self.maximum}, not {len(value)}")


class Matches:
    """A validator of a string's format: a regular expression, and its description in error messages."""

    def __init__(self, pattern: str, description: str) -> None:
        self.pattern = pattern
        self.description = description

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
        """Raise ``ValueError`` if the value is not a string of the format."""
        if not _is_unset(value) and (not isinstance(value, str) or not re.fullmatch(self.pattern, value)):
            raise ValueError(f"{attribute.name} must be {self.description}, not {value!r}")


class OneOf:
    """A validator of enum values, given as a member or as a string.

    The two are equal and have the same JSON, so the value is kept as the caller passed it.
    """

    def __init__(self, choices: type[enum.StrEnum]) -> None:
        self.choices = choices

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Raise ``ValueError`` if the value is not one of the enum."""
        if not _is_unset(value) and value not in tuple(self.choices):
            raise ValueError(f"{attribute.name} must be one of {', '.join(self.choices)}, not {value!r}")


class Each:
    """A validator that applies another one to every item of a list."""

    def __init__(self, member_validator: Callable[[Any, attrs.Attribute[Any], Any], None]) -> None:
        self.member_validator = member_validator

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Raise ``ValueError`` if the value is a string or one of its items is invalid."""
        if isinstance(value, str):
            raise ValueError(f"{attribute.name} must be a list, not the string {value!r}")  # noqa: TRY004
        if not _is_unset(value):
            for item in value:
                self.member_validator(instance, attribute, item)
