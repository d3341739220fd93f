"""The SQLite file of an event queue."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any, Final

import aiosqlite

from ..errors import ConfigurationError

OWNER_ONLY: Final = 0o600
"""The mode of the files: they hold data of leads."""

_APPLICATION: Final = 0x534C4556
_VERSION: Final = 1
_BUSY_TIMEOUT: Final = 10.0
_SCHEMA: Final = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    received_at REAL NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL,
    body BLOB,
    error TEXT
);
CREATE INDEX events_by_state ON events (state, position);
"""


class Store:
    """A connection to the file of a queue, which several processes may write to."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._connection: aiosqlite.Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None

    async def open(self) -> None:
        """Open or create the file, or raise :class:`ConfigurationError` if it is another one."""
        try:
            # Opened here and not by aiosqlite's thread, where a cancellation would leave it open.
            opened = self._opened()
        except (OSError, sqlite3.Error) as problem:
            raise ConfigurationError(f"the event queue {self._path} cannot be opened: {problem}") from None
        try:
            self._connection = await aiosqlite.Connection(lambda: opened, iter_chunk_size=64)
        except BaseException:
            opened.close()
            raise

    async def aclose(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def write(self, statement: str, *values: object) -> int:
        """Execute a statement, durably, and return the number of rows that it changed."""
        async with self._open_connection.execute(statement, values) as cursor:
            return cursor.rowcount

    async def all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in await self._open_connection.execute_fetchall(statement, values)]

    @property
    def _open_connection(self) -> aiosqlite.Connection:
        if self._connection is None:
            raise ConfigurationError("the event queue is closed: open it with 'async with' or open()")
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        if self._path is not None:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
        connection = sqlite3.connect(
            ":memory:" if self._path is None else self._path,
            timeout=_BUSY_TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # In a transaction, since another process may create the tables at the same time.
        connection.execute("BEGIN IMMEDIATE")
        with contextlib.closing(connection.execute("SELECT COUNT(*) FROM sqlite_master")) as tables:
            is_new = tables.fetchone() == (0,)
        if is_new:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
        connection.execute("COMMIT")
        if self._pragma(connection, "application_id") != _APPLICATION:
            raise ConfigurationError(f"{self._path} is not an event queue: choose another file name")
        if self._pragma(connection, "user_version") != _VERSION:
            raise ConfigurationError(f"the event queue {self._path} was written by another version")
        connection.execute("PRAGMA journal_mode = WAL").close()
        connection.execute("PRAGMA synchronous = FULL").close()

    @staticmethod
    def _pragma(connection: sqlite3.Connection, name: str) -> Any:
        with contextlib.closing(connection.execute(f"PRAGMA {name}")) as found:
            return found.fetchone()[0]
