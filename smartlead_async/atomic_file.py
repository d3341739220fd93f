"""Files that are replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[TextIO]:
    """Open a UTF-8 file whose content takes the place of ``path`` when the block ends without an error.

    Until then ``path`` is untouched, also if the process is killed. Example::

        with replace_file(Path("report.json")) as file:
            json.dump(report, file)
    """
    temporary = _temporary(path)
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Raise :class:`OSError` unless :func:`replace_file` can create its temporary file beside ``path``."""
    temporary = _temporary(path)
    temporary.touch(exist_ok=False)
    temporary.unlink()


def _temporary(path: Path) -> Path:
    # In the same folder: a file is replaced atomically only within one file system.
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")
