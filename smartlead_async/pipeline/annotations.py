"""Questions about type annotations that decide how a value is read."""

from __future__ import annotations

import enum
import functools
from typing import Any, get_args, get_origin

import attrs

from ..fields import Secret, mask
from ..typed import union_members


def is_open_enum(kind: Any) -> bool:
    """Return whether an annotation is an enum that tolerates unknown strings: ``Status | str``."""
    members = union_members(kind)
    return str in members and any(isinstance(m, type) and issubclass(m, enum.Enum) for m in members)


def members_by_value(kind: Any) -> dict[str, Any]:
    """Return the members of an open enum by their strings."""
    (closed,) = (m for m in union_members(kind) if isinstance(m, type) and issubclass(m, enum.Enum))
    return {member.value: member for member in closed}


def is_union_of_shapes(kind: Any) -> bool:
    """Return whether an annotation is a union of types that differ in JSON.

    For example a list or its length (``list[Row] | int``), rows or totals (``list[Row] | Totals``), and ids
    that are numbers or strings (``int | str``).
    """
    members = [m for m in union_members(kind) if m is not type(None)]
    return len(members) > 1 and not is_open_enum(kind)


@functools.cache
def holds_secret(kind: Any) -> bool:
    """Return whether instances of a type hold a :class:`Secret`, or a field that is masked in reprs."""
    pending, seen = [kind], set()
    while pending:
        each = pending.pop()
        if each is Secret:
            return True
        cls = get_origin(each) or each
        if attrs.has(cls) and cls not in seen:
            seen.add(cls)
            fields = attrs.fields(attrs.resolve_types(cls))
            if any(field.repr is mask for field in fields):
                return True
            pending += [field.type for field in fields]
        pending += get_args(each)
    return False


def is_object(kind: Any) -> bool:
    """Return whether an annotation is a JSON object of undocumented content: ``dict[str, Any]``."""
    return get_origin(kind) is dict and get_args(kind) == (str, Any)


def is_map(kind: Any) -> bool:
    """Return whether an annotation is a dictionary of typed values."""
    return get_origin(kind) is dict and not is_object(kind)


def is_list(kind: Any) -> bool:
    """Return whether an annotation is a list or a tuple."""
    return get_origin(kind) in (list, tuple)


@functools.cache
def without_none(kind: Any) -> tuple[Any, bool]:
    """Return an annotation without ``None``, and whether it had it: ``X | None``."""
    members = union_members(kind)
    if type(None) not in members:
        return kind, False
    (rest,) = (m for m in members if m is not type(None))
    return rest, True
