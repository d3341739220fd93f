"""The place of a spec in a plan file."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

from .problem import Place, Problem


def is_inside(path: str, others: Collection[str]) -> bool:
    """Return whether a path is one of others, or inside of one."""
    return any(path == other or path.startswith((f"{other}.", f"{other}[")) for other in others)


@attrs.frozen
class Origin:
    """The file, line, column and path of a spec, and the places of its values.

    ``unread`` are the paths of values that could not be read, ``misspelled`` those of values under an unknown
    key, and ``faulty`` the parts of the campaign in which a problem has been found.
    """

    file: str
    line: int | None = None
    path: str = ""
    places: Mapping[str, Place] = attrs.field(factory=dict)
    column: int | None = None
    unread: Collection[str] = ()
    misspelled: Collection[str] = ()
    faulty: Collection[str] = ()

    def place(self, path: str) -> Place:
        """Return the place of a value, or of the innermost part around it that has one."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return Place(self.file, self.line, self.column)

    def explains(self, problem: Problem) -> bool:
        """Return whether a problem of the spec follows from one that was found when the file was read."""
        return problem.path in self.misspelled or is_inside(problem.path, self.unread)

    def located(self, problem: Problem) -> Problem:
        """Return a problem of the spec with its place, and its path within the file."""
        path = ".".join(p for p in (self.path, problem.path) if p)
        return attrs.evolve(problem.at(self.place(problem.path)), path=path)
