"""The body files of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .file_kinds import describe_binary
from .files import RELATIVE_TO_PLAN, UnusableFile, advice_on_file, read_text, require_regular_file
from .problem import Problem, error

MAX_BODY: Final = 1_000_000
"""The number of bytes that a body file may have; an e-mail of this size is refused or cut everywhere."""

SUFFIXES: Final = (".html", ".htm", ".txt", ".md")
"""The suffixes of files that the value of a ``for_each`` may name."""


class BodyFiles:
    """The body files of one plan; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bodies: dict[str, str | Problem] = {}

    def path(self, name: str) -> Path:
        """Return the path of a body file."""
        return self._folder / name

    def read(self, name: str) -> str | Problem:
        """Return the text of a body file, or why it cannot be read."""
        if name not in self._bodies:
            self._bodies[name] = self._read(name)
        return self._bodies[name]

    def flaw_of_value(self, template: str, name: str) -> str | None:
        """Return why the value of a ``for_each`` must not choose this file, or None if it may.

        A value is data. It may complete a file name, but not lead out of the folder that the plan names.
        """
        path = self.path(name)
        folder = self.path(template.replace("\\", "/").rpartition("{value}")[0] + "x").parent
        if "{value}" in str(folder) or path.parent != folder or "\\" in name:
            return "the value must not name a folder"
        if path.suffix.lower() not in SUFFIXES:
            return f"a file that a value names must end in {', '.join(SUFFIXES)}"
        try:
            is_inside = path.resolve().parent == folder.resolve()
        except (OSError, ValueError, RuntimeError):
            return "the file name is not valid"
        return None if is_inside else "the file is a link that leads out of its folder"

    def _read(self, name: str) -> str | Problem:
        try:
            _require_text(self.path(name))
            return read_text(self.path(name), MAX_BODY)
        except UnusableFile as unusable:
            advice = unusable.advice or advice_on_file(name, self._folder, SUFFIXES) or RELATIVE_TO_PLAN
            return error("unreadable_file", f"the body file {name!r} {unusable}", advice=advice)


def _require_text(path: Path) -> None:
    """Raise :class:`UnusableFile` if a file is a document or an archive; reading it tells the rest."""
    try:
        require_regular_file(path)
        kind = describe_binary(path)
    except (OSError, ValueError):
        return
    if kind is not None:
        raise UnusableFile(f"is {kind}", "Save it as HTML or plain text.")
