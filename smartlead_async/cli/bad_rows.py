"""The malformed rows of lead files that were left out, as a CSV file to correct and import later."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from ..atomic_file import replace_file, require_writable
from .output import CommandError

if TYPE_CHECKING:
    from ..plan.leads import LeadRow

_HEADER: Final = ("file", "line", "reason", "cells")
_HEADER_LINE: Final = ",".join(_HEADER).encode()


class BadRowsFile:
    """A context manager over the file, which is written with the first row and replaced as a whole.

    A file that is there already is replaced only if it is one of these: a mistyped path must not cost the
    user a lead file or a plan.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        """The number of rows written."""
        self._seen: set[tuple[str, int | None]] = set()
        self._stack = contextlib.ExitStack()
        self._writer: Any = None

    @classmethod
    def choose(cls, plan: Path, path: Path | None, *, skip: bool) -> Self | None:
        """Return the file at ``path``, or else beside the plan; None unless rows are to be skipped."""
        if not skip:
            if path is not None:
                raise CommandError("--bad-rows needs --skip-bad-rows: without it, malformed rows are errors")
            return None
        file = cls(path or plan.with_suffix(".bad-rows.csv"))
        file._check()
        return file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        try:
            self._stack.__exit__(*failure)  # type: ignore[arg-type]
        except OSError as problem:
            raise self._unwritable(problem) from None

    def add(self, file: str, row: LeadRow) -> None:
        """Write a row once, also if several campaigns read it: file, line, reason and its cells."""
        if (file, row.line) in self._seen:
            return
        self._seen.add((file, row.line))
        try:
            writer = self._writer or self._open()
            reason = "; ".join(problem.message for problem in row.problems)
            writer.writerow([_encodable(cell) for cell in (file, row.line, reason, *row.cells)])
        except OSError as problem:
            raise self._unwritable(problem) from None
        self.number += 1

    def _check(self) -> None:
        """Raise :class:`CommandError` if the file cannot be written, or is something else."""
        try:
            if self.path.is_dir():
                raise CommandError(f"--bad-rows {self.path} is a folder: name a file")
            if self.path.is_file() and not self._is_ours():
                raise CommandError(
                    f"--bad-rows {self.path} exists and holds something else: name another file"
                )
            require_writable(self.path)
        except (OSError, ValueError) as problem:  # ValueError: a null character
            raise self._unwritable(problem) from None

    def _is_ours(self) -> bool:
        with self.path.open("rb") as file:
            return file.read(len(_HEADER_LINE)) in {_HEADER_LINE, b""}

    def _open(self) -> Any:
        self._writer = csv.writer(self._stack.enter_context(replace_file(self.path)))
        self._writer.writerow(_HEADER)
        return self._writer

    def _unwritable(self, problem: OSError | ValueError) -> CommandError:
        reason = (isinstance(problem, OSError) and problem.strerror) or str(problem)
        return CommandError(f"the rows left out cannot be written to {self.path}: {reason}")


def _encodable(cell: object) -> str:
    """Return a cell as text in which bytes that were not of its file's encoding are escaped."""
    return str(cell).encode("utf-8", "backslashreplace").decode("utf-8")
