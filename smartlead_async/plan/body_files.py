"""The body files of a plan."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from .problem import Problem, error, most_similar

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
        path = self.path(name)
        try:
            size = _size_of_file(path)
            if size > MAX_BODY:
                return _unreadable(name, f"is too large: {size:,} bytes; the maximum is {MAX_BODY:,}")
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            return _unreadable(name, "is not UTF-8")
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
            return _unreadable(name, f"cannot be read: {reason}", similar_file(path))
        except ValueError:
            return _unreadable(name, "cannot be read: its name contains a character that no file name has")


def similar_file(path: Path) -> str:
    """Return a sentence with the most similar file name in the folder, or an empty string."""
    try:
        return most_similar(path.name, [each.name for each in path.parent.iterdir()])
    except (OSError, ValueError):
        return ""


def _size_of_file(path: Path) -> int:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(None, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "it is not a file")
    return status.st_size


def _unreadable(name: str, reason: str, advice: str = "") -> Problem:
    return error("unreadable_file", f"the body file {name!r} {reason}", advice=advice)
