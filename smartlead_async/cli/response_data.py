"""Responses as plain data: rows, columns and JSON, with secrets masked unless they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import attrs

from ..paging import Page, Paged, item_type
from ..typed import union_members
from .operation_names import require_known


def rows_of(value: Any) -> Sequence[Any] | None:
    """Return the rows of a response that is a list or a page; None for any other."""
    if isinstance(value, Page):
        return value.data
    return value if isinstance(value, (list, tuple)) else None


def parse_columns(option: str | None) -> list[str]:
    """Return the names of ``--columns``."""
    return [name for each in (option or "").split(",") if (name := each.strip())]


def require_columns(request: Any, columns: Sequence[str]) -> None:
    """Raise :class:`CommandError` for a column that the rows of the response do not have."""
    row = row_class(request)
    if row is not None:
        require_fields(row, columns)


def row_class(request: Any) -> type[Any] | None:
    """Return the class of the rows of a response; None if they have several shapes, or none that is known."""
    kind = item_type(request) if issubclass(request, Paged) else request.operation.response_type
    members = [m for each in (union_members(kind) or (kind,)) for m in (each, *get_args(each))]
    classes = [m for m in members if attrs.has(m)]
    return classes[0] if len(classes) == 1 else None


def field_names(row: type[Any]) -> list[str]:
    """Return the names of all columns that rows of a class have."""
    return [a.name for a in attrs.fields(row)]


def require_fields(row: type[Any], columns: Sequence[str]) -> None:
    """Raise :class:`CommandError` for a column that the class of the rows does not have."""
    known = field_names(row)
    for column in columns:
        require_known(column.partition(".")[0], known, "column", hint=f"there are {', '.join(known)}")


def cell(row: Any, column: str) -> Any:
    """Return what a row of data has in a column; dots step into objects."""
    for key in column.split("."):
        row = row.get(key) if isinstance(row, Mapping) else None
    return row


def select(row: Any, columns: Sequence[str]) -> Any:
    """Return a row with these columns only; all of them if none are named."""
    return {column: cell(row, column) for column in columns} if columns else row


def columns_of(rows: Sequence[Any]) -> list[str]:
    """Return the keys of all rows in the order of their first appearance."""
    return list(dict.fromkeys(key for row in rows if isinstance(row, Mapping) for key in row))
