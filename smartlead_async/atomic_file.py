"""Files that are replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

_PROBE_SIZE: Final = 4096


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[TextIO]:
    """Open a UTF-8 file whose content takes the place of ``path`` when the block ends without an error.

    Until then ``path`` is untouched, also if the process is killed. A link keeps pointing to its file, and a
    device or a pipe is written to. Example::

        with replace_file(Path("report.json")) as file:
            json.dump(report, file)
    """
    path = path.resolve()
    if _is_special(path):
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        return
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
    path = path.resolve()
    if _is_special(path):
        return
    temporary = _temporary(path)
    try:
        # A file can be created on a full disk, but nothing can be written to it.
        temporary.write_bytes(b" " * _PROBE_SIZE)
    finally:
        temporary.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """Return whether there is something that is neither a file nor a folder: a device, a pipe, a socket."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _temporary(path: Path) -> Path:
    # In the same folder: a file is replaced atomically only within one file system.
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")
