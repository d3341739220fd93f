"""What is wrong with a plan, told so that somebody can mend it: where, what, and what to do."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable

import attrs

from ..errors import ConfigurationError


class Severity(enum.StrEnum):
    """Whether a problem stops the plan (ERROR) or only deserves a look (WARNING)."""

    ERROR = "error"
    WARNING = "warning"


@attrs.frozen
class Place:
    """A line of a file; ``line`` counts from 1 and is None where the whole file is meant."""

    file: str
    line: int | None = None


@attrs.frozen
class Problem:
    """One thing that is wrong, or looks wrong, in a plan or a spec.

    ``code`` is for programs and stays the same over versions; ``path`` leads to the value
    (``steps[1].variants[0].share``); ``file`` and ``line`` are known where the value came from a file;
    ``advice`` says what to do. Example::

        for problem in spec.problems():
            print(problem)   # plan.yaml:12: error: steps[0].subject: step 1 has no subject. Give it one.
    """

    severity: Severity
    code: str
    message: str
    path: str = ""
    file: str | None = None
    line: int | None = None
    advice: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the plan cannot be carried out as it is."""
        return self.severity is Severity.ERROR

    def at(self, place: Place | None) -> Problem:
        """The same problem with a place, unless it has one already."""
        if place is None or self.file is not None:
            return self
        return attrs.evolve(self, file=place.file, line=place.line)

    def __str__(self) -> str:
        where = (
            ""
            if self.file is None
            else f"{self.file}: "
            if self.line is None
            else f"{self.file}:{self.line}: "
        )
        path = f"{self.path}: " if self.path else ""
        advice = f". {self.advice}" if self.advice else ""
        return f"{where}{self.severity}: {path}{self.message}{advice}"


class InvalidPlan(ConfigurationError):
    """A plan or a spec that cannot be carried out. ``problems`` holds every one that was found.

    Example::

        try:
            plan = load_plan("plan.yaml")
        except InvalidPlan as invalid:
            for problem in invalid.problems:
                print(problem)
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(p) for p in self.problems[:5]]
        more = len(self.problems) - len(shown)
        super().__init__("\n".join([*shown, f"… and {more} more"] if more else shown))


def error(
    code: str, message: str, *, path: str = "", advice: str = "", place: Place | None = None
) -> Problem:
    """A problem that stops the plan."""
    return Problem(Severity.ERROR, code, message, path, advice=advice).at(place)


def warning(
    code: str, message: str, *, path: str = "", advice: str = "", place: Place | None = None
) -> Problem:
    """A problem that deserves a look."""
    return Problem(Severity.WARNING, code, message, path, advice=advice).at(place)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known word, or with all of them when none is near."""
    names = list(known)
    by_lower = {n.lower(): n for n in names}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {by_lower[near[0]]!r}?"
    return f"Known here: {', '.join(names)}." if len(names) <= 20 else ""
