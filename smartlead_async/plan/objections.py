"""Columns of lead lists that say who must not be mailed: opt-outs, and the verdicts of address checkers.

Such a lead is imported, since only SmartLead's own export has a known meaning, but it is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from ..wording import count
from .merge_tags import normalize_name
from .problem import Place, Problem, warning
from .where import TRUE_WORDS

_OPT_OUT: Final = re.compile(
    r"unsub|opt(?:ed)?out|donot(?:contact|e?mail|disturb)|^dnc$|^dne$|blacklist|blocklist|bounced?$"
    r"|abgemeldet|widersproch|desinscri|désinscri|desabonn|désabonn|dadodebaja|disiscrit|uitgeschreven|wypisan"
)

_STATUS: Final = re.compile(
    r"status$|result$|verdict$|deliverab|emailquality|verification|validation|zerobounce|neverbounce"
)

_YES: Final = TRUE_WORDS | {"true", "unsubscribed", "opted-out", "bounced", "hard", "soft"}

_REFUSED: Final = frozenset(
    {
        "invalid", "undeliverable", "not deliverable", "bounced", "bounce", "hard bounce", "hard bounced",
        "do not mail", "do_not_mail", "donotmail", "do not contact", "spamtrap", "spam trap", "abuse",
        "disposable", "unsubscribed", "opted out", "opt-out", "opted-out", "complaint", "complained",
        "blocked", "blacklisted", "mailbox not found", "mailbox_not_found", "ungültig", "invalide",
        "inválido", "non valido",
    }
)  # fmt: skip


@attrs.define
class _Column:
    position: int
    name: str
    refused: frozenset[str]
    line: int | None = None
    values: Counter[str] = attrs.field(factory=Counter)


def _refused_in(name: str) -> frozenset[str]:
    """Return the values, in lower case, with which a column of this name speaks against a mail."""
    if _OPT_OUT.search(name):
        return _YES | _REFUSED
    return _REFUSED if _STATUS.search(name) else frozenset()


class Objections:
    """The leads of one file that a column says must not be mailed, counted by column."""

    def __init__(self, columns: Iterable[tuple[int, str]]) -> None:
        """``columns`` are the positions and names of those that become custom fields."""
        found = ((position, name, _refused_in(normalize_name(name))) for position, name in columns)
        self.columns = [_Column(*column) for column in found if column[2]]

    def note(self, cells: Sequence[str], line: int | None) -> None:
        """Count a row that has become a lead."""
        for column in self.columns:
            value = cells[column.position]
            if value and value.lower() in column.refused:
                column.values[value[:40]] += 1
                column.line = column.line or line

    def problems(self, file: str) -> Iterator[Problem]:
        """Yield a warning for each column."""
        for column in self.columns:
            number = sum(column.values.values())
            if not number:
                continue
            values = ", ".join(f"{value} ({n:,})" for value, n in column.values.most_common(5))
            verb = "is" if number == 1 else "are"
            message = f"{count(number, 'lead')} {verb} imported although {column.name!r} says: {values}"
            advice = "Leave them out with where, or remove them, if they must not be mailed."
            yield warning("must_not_be_mailed", message, advice=advice, place=Place(file, column.line))
