"""Short HTML tables, for objects that are shown in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .redaction import without_addresses


def html_table(title: str, rows: Iterable[tuple[str, object]]) -> str:
    """Return a table of names and values below a title. It is escaped and names no e-mail address."""
    lines = "".join(f"<tr><th>{_cell(name)}</th><td>{_cell(value)}</td></tr>" for name, value in rows)
    return f"<table><caption>{_cell(title)}</caption>{lines}</table>"


def _cell(value: object) -> str:
    return escape(without_addresses(str(value)))
