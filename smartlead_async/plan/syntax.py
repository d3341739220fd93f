"""Syntax errors of plans: the place, and the line with a caret."""

from __future__ import annotations

from typing import Final

import attrs

from .problem import InvalidPlan, Place, Problem, error

MAX_EXCERPT: Final = 100


@attrs.frozen
class Flaw:
    """A syntax error; line and column count from 0. ``opened`` is where the broken construct begins."""

    message: str
    line: int
    column: int
    opened: tuple[int, int] | None = None

    @classmethod
    def at(cls, text: str, position: int, message: str) -> Flaw:
        """Return a flaw at a position of the text."""
        begin = text.rfind("\n", 0, position) + 1
        return cls(message, text.count("\n", 0, position), position - begin)


def invalid_syntax(
    file: str, text: str, flaw: Flaw, advice: str, *, prefix: str = "", first_line: int = 1
) -> InvalidPlan:
    """Return the error about a flaw, with an excerpt of the text, which begins on ``first_line``."""
    column = f" (column {flaw.column + 1})" if prefix else ""
    place = Place(file, flaw.line + first_line, flaw.column + 1)
    problem = error("bad_syntax", f"{prefix}{flaw.message}{column}", advice=advice, place=place)
    return InvalidPlan([with_excerpt(problem, text, flaw)])


def with_excerpt(problem: Problem, text: str, flaw: Flaw) -> Problem:
    """Return a problem with the line of its flaw, and a caret below the column."""
    return attrs.evolve(problem, excerpt=_excerpt(text.split("\n"), flaw))


def _excerpt(lines: list[str], flaw: Flaw) -> str:
    line = lines[flaw.line] if flaw.line < len(lines) else ""
    begin = max(0, flaw.column - MAX_EXCERPT + 20)
    shown = "".join(c if c.isprintable() else " " for c in line[begin : begin + MAX_EXCERPT])
    return f"    {shown}\n    {' ' * (flaw.column - begin)}^"
