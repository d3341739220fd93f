"""The file of a SQLite ledger: which file it is, its lock, its creation, and whether it is complete."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

import filelock

from .protocol import LedgerError

_OWNER_ONLY: Final = 0o600


class LedgerFile:
    """The file that a path leads to. Whatever names it has, one process at a time writes to it."""

    def __init__(self, path: Path) -> None:
        self.name = path
        """The path as the user gave it."""
        try:
            self.path = path.resolve()
        except (OSError, RuntimeError) as problem:
            raise LedgerError(f"{path} cannot be opened: {problem}") from None
        if self.path.is_symlink():  # what Python 3.13 returns for a loop
            raise LedgerError(f"{path} cannot be opened: it is a link that leads back to itself")
        self._opened: tuple[int, int] | None = None
        self._lock = filelock.FileLock(f"{self.path}.lock", timeout=0, mode=_OWNER_ONLY)

    @property
    def wal(self) -> Path:
        """The file beside the ledger in which SQLite keeps the newest records."""
        return self.path.with_name(f"{self.path.name}-wal")

    @property
    def has_wal(self) -> bool:
        """Whether there are records in the file beside it."""
        try:
            return self.wal.stat().st_size > 0
        except (FileNotFoundError, NotADirectoryError):
            return False  # It may go at any time: SQLite deletes it when the last connection is closed.

    @property
    def is_frozen(self) -> bool:
        """Whether nobody can write to it, since its folder is read-only and all records are in it."""
        return not os.access(self.path.parent, os.W_OK) and not self.has_wal

    def require_usable(self) -> None:
        """Raise :class:`LedgerError` if the file must not be used, or must not be taken for a new one."""
        try:
            status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            if self.has_wal:
                raise LedgerError(
                    f"{self.name} is missing, and its newest records are in {self.wal}: restore the ledger "
                    "beside it. A new ledger would create every campaign again"
                ) from None
            return
        if status.st_size == 0:
            # Not treated as new: a job that began with it would create every campaign again.
            raise LedgerError(
                f"{self.name} is empty, so it was cut off: restore a copy, or delete it if no job has begun"
            )
        if self.path.is_file() and status.st_nlink > 1:
            raise LedgerError(
                f"{self.name} has {status.st_nlink} names (hard links), and SQLite would keep its newest "
                "records under each of them: remove all names but one, and use a symbolic link instead"
            )

    def note_opened(self) -> None:
        """Remember which file was opened, so that :attr:`is_in_place` can tell."""
        self._opened = self._identity()

    @property
    def is_in_place(self) -> bool:
        """Whether the file that was opened is still there, and has not been moved, deleted or replaced."""
        return self._opened is None or self._identity() == self._opened

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def acquire(self) -> None:
        """Lock the file for this process; raise :class:`LedgerError` if another one has it."""
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise LedgerError(
                f"another process is working with {self.name}: wait for it, stop it, or use another ledger"
            ) from None
        except OSError as problem:
            raise LedgerError(
                f"{self.name} cannot be opened: {problem.strerror or problem}. Make the file and its folder "
                "writable, or name another ledger"
            ) from None

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()

    def create(self, schema: str) -> None:
        """Create the file atomically: a process killed here leaves no file, or a complete one."""
        new = self.path.with_name(f"{self.path.name}.new")
        new.unlink(missing_ok=True)
        try:
            os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
            with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(f"BEGIN; {schema} COMMIT;")
            new.rename(self.path)
        except OSError as problem:
            raise LedgerError(f"{self.name} cannot be created: {problem.strerror or problem}") from None
        finally:
            for left in (new, *(new.with_name(f"{new.name}{suffix}") for suffix in ("-wal", "-shm"))):
                left.unlink(missing_ok=True)
