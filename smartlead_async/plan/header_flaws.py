"""Explanations of a first line that is no header with a column of addresses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from .addresses import address_flaw
from .csv_lines import Record
from .lead_aliases import is_address_header
from .problem import Problem, error

_SEPARATORS: Final = ",;\t|:^~\x01\x1e\x1f，；、،؛"

_QUOTES: Final = ("''", "‘’", "“”", "„“", "«»", "``")

_SHOWN: Final = 30
"""The columns that a message lists."""

_MAX_MEANT: Final = 30

_LOOKED_AT: Final = 20
"""The rows among which a header is looked for."""


def quoting_flaw(names: Sequence[str]) -> Problem | None:
    """Return the problem of headers in quotes that CSV does not have, or None."""
    given = [name for name in names if name]
    for opening, closing in _QUOTES:
        if len(given) > 1 and all(n[0] == opening and n[-1] == closing and len(n) > 1 for n in given):
            message = f"the headers are in quotes of another kind, {given[0]}"
            return error("bad_header", message, advice='Quote values with straight double quotes (").')
    return None


def explain_header(names: Sequence[str], delimiter: str | None, following: Iterable[Record]) -> Problem:
    """Return the problem of a header without a column of addresses; ``following`` are the rows below it."""
    if any(address_flaw(name) is None for name in names):
        return error(
            "no_header",
            "the first line is a lead, not a header",
            advice="Add a line with the names of the columns above it.",
        )
    if delimiter is not None and (found := _unseparated(names, delimiter)):
        return found
    for record in itertools.islice(following, _LOOKED_AT):
        if record.flaw is None and any(map(is_address_header, record.cells)):
            message = f"the first line is not the header, which seems to be on line {record.line}"
            return error("no_header", message, advice="Remove the lines above the header.")
    shown = ", ".join(name[:40] for name in names[:_SHOWN] if name) or "all unnamed"
    shown += ", …" if len(names) > _SHOWN else ""
    meant = next((name for name in names if "mail" in name.lower() and len(name) <= _MAX_MEANT), "Contact")
    return error(
        "no_email_column",
        f"no column is known to contain e-mail addresses (columns: {shown})",
        advice=f"Name one Email, or map it: columns: {{{meant}: email}}.",
    )


def _unseparated(names: Sequence[str], delimiter: str) -> Problem | None:
    """Return the problem of a header that another delimiter separates, or that is quoted as a whole."""
    for name in names:
        for separator in _SEPARATORS:
            parts = name.split(separator)
            if len(parts) == 1 or not any(is_address_header(part.strip("\"' ")) for part in parts):
                continue
            if separator == delimiter:
                message = f"the header is one quoted value, {name[:80]!r}"
                return error("no_header", message, advice="Remove the quotes around whole lines.")
            message = (
                f"the header is separated by {separator!r}, but {delimiter!r} was taken as the delimiter"
            )
            advice = f"Set delimiter: {separator!r} for the lead file; its rows must have the same one."
            return error("wrong_delimiter", message, advice=advice)
    return None
