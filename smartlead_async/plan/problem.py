"""Problems of plans and specs: what is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable

import attrs

from ..errors import ConfigurationError


class Severity(enum.StrEnum):
    """Whether a problem prevents provisioning (ERROR) or not (WARNING)."""

    ERROR = "error"
    WARNING = "warning"


@attrs.frozen
class Place:
    """A place in a file; line and column count from 1, or are None for the whole file or line."""

    file: str
    line: int | None = None
    column: int | None = None


@attrs.frozen
class Problem:
    """One error or warning about a plan or a spec.

    ``code`` is for programs and does not change between versions; ``path`` is the path of the value
    (``steps[1].variants[0].share``); ``file``, ``line`` and ``column`` are set if the value came from a file;
    ``advice`` says what to do. A syntax error has an ``excerpt``: the line, with a caret below the column.
    Example::

        for problem in spec.problems():
            print(problem)   # plan.yaml:12: error: steps[0].body: step 1 has no body. Set body or body_file.
    """

    severity: Severity
    code: str
    message: str
    path: str = ""
    file: str | None = None
    line: int | None = None
    advice: str = ""
    column: int | None = None
    excerpt: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the problem prevents provisioning."""
        return self.severity is Severity.ERROR

    def at(self, place: Place | None) -> Problem:
        """Return the problem with a place, unless it already has one."""
        if place is None or self.file is not None:
            return self
        return attrs.evolve(self, file=place.file, line=place.line, column=place.column)

    @property
    def headline(self) -> str:
        """The problem on one line, without the excerpt."""
        line = "" if self.line is None else f":{self.line}"
        place = "" if self.file is None else f"{self.file}{line}: "
        path = f"{self.path}: " if self.path else ""
        advice = f". {self.advice}" if self.advice else ""
        return f"{place}{self.severity}: {path}{self.message}{advice}"

    def __str__(self) -> str:
        return f"{self.headline}\n{self.excerpt}" if self.excerpt else self.headline


class InvalidPlan(ConfigurationError):
    """A plan or a spec that cannot be provisioned. ``problems`` holds everything that was found.

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
    """Return a problem that prevents provisioning."""
    return Problem(Severity.ERROR, code, message, path, advice=advice).at(place)


def warning(
    code: str, message: str, *, path: str = "", advice: str = "", place: Place | None = None
) -> Problem:
    """Return a problem that does not prevent provisioning."""
    return Problem(Severity.WARNING, code, message, path, advice=advice).at(place)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence with the most similar known word, or with all of them if none is similar."""
    names = [name for name in known if name != word]
    return most_similar(word, names) or (
        f"Valid choices: {', '.join(names)}." if 0 < len(names) <= 20 else ""
    )


def most_similar(word: str, known: Iterable[str]) -> str:
    """Return a sentence with the most similar known word, or an empty string if none is similar."""
    similar = similar_name(word, known)
    return f"Did you mean {similar!r}?" if similar else ""


def similar_name(word: str, known: Iterable[str]) -> str | None:
    """Return the most similar other name, or None if none is similar."""
    by_lower = {name.lower(): name for name in known if name != word}
    matches = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None
