"""Short HTML tables, for objects that are shown in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from .redaction import without_addresses

_MAX_ROWS: Final = 10
_MAX_COLUMNS: Final = 8
_MAX_CELL: Final = 60


def html_table(title: str, rows: Iterable[tuple[str, object]]) -> str:
    """Return a table of names and values below a title. It is escaped and names no e-mail address."""
    lines = "".join(f"<tr><th>{_cell(name)}</th><td>{_cell(value)}</td></tr>" for name, value in rows)
    return f"<table><caption>{_cell(title)}</caption>{lines}</table>"


def html_rows(title: str, rows: Sequence[Mapping[str, object]], number: int) -> str:
    """Return the first rows of a list of dicts as a table, with the columns that have a value in them.

    ``number`` is that of all rows. It is escaped and names no e-mail address.
    """
    shown = rows[:_MAX_ROWS]
    columns = list(dict.fromkeys(name for row in shown for name, value in row.items() if _is_shown(value)))
    columns = columns[:_MAX_COLUMNS]
    head = "".join(f"<th>{_cell(name)}</th>" for name in columns)
    lines = ["".join(f"<td>{_cell(_short(row.get(name)))}</td>" for name in columns) for row in shown]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    more = f", the first {len(shown)} are shown" if number > len(shown) else ""
    return f"<table><caption>{_cell(f'{title}{more}')}</caption><tr>{head}</tr>{body}</table>"


def _is_shown(value: object) -> bool:
    return value is not None and not isinstance(value, (list, dict))


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _MAX_CELL else f"{text[: _MAX_CELL - 1]}…"


def _cell(value: object) -> str:
    return escape(without_addresses(str(value)))
