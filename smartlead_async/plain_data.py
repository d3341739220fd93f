"""Responses and records as plain data: dicts, lists and scalars, with secrets masked."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from .fields import Secret, mask

MASKED: Final = "***"


def as_data(value: Any, *, reveal: bool = False) -> Any:
    """Return a response as JSON holds it, with the names of Python and every field."""
    if isinstance(value, Secret):
        return value.reveal() if reveal else MASKED
    if isinstance(value, Mapping):
        return {str(key): as_data(item, reveal=reveal) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_data(item, reveal=reveal) for item in value]
    if attrs.has(type(value)):
        return {a.name: _field(a, getattr(value, a.name), reveal) for a in attrs.fields(type(value))}
    return _scalar(value)


def _field(attribute: Any, value: Any, reveal: bool) -> Any:
    if attribute.repr is mask and value is not None and not reveal:
        return MASKED
    return as_data(value, reveal=reveal)


def _scalar(value: Any) -> Any:
    match value:
        case enum.Enum():
            return value.value
        case dt.datetime() | dt.date():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8-sig", "replace")
        case _:
            return value


# --- rows of a data frame ----------------------------------------------------------------------------
def to_dicts(items: Iterable[Any]) -> list[dict[str, Any]]:
    """Return a dict for each response of a list or page, as data frames take them. No request.

    The fields of an object within a response become columns such as ``lead.email``; enums become their
    strings, datetimes stay, and secrets are masked. Lists and custom fields stay as they are. Example::

        frame = pandas.DataFrame(to_dicts(await client.campaigns.list()))
    """
    return [dict(_columns(item, "")) if attrs.has(type(item)) else {"value": item} for item in items]


def _columns(item: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for attribute in attrs.fields(type(item)):
        name, value = f"{prefix}{attribute.name}", getattr(item, attribute.name)
        if attrs.has(type(value)):
            yield from _columns(value, f"{name}.")
        elif isinstance(value, (dt.date, dt.datetime)):
            yield name, value
        else:
            yield name, _field(attribute, value, False)
