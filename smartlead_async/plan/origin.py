"""The place of a spec in a plan file."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .problem import Place, Problem


@attrs.frozen
class Origin:
    """The file, line, column and path of a spec, and the places of its values."""

    file: str
    line: int | None = None
    path: str = ""
    places: Mapping[str, Place] = attrs.field(factory=dict)
    column: int | None = None

    def place(self, path: str) -> Place:
        """Return the place of a value, or of the innermost part around it that has one."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return Place(self.file, self.line, self.column)

    def located(self, problem: Problem) -> Problem:
        """Return a problem of the spec with its place, and its path within the file."""
        path = ".".join(p for p in (self.path, problem.path) if p)
        return attrs.evolve(problem.at(self.place(problem.path)), path=path)
