"""The ledger in one file: SQLite, no server.

Every write is a transaction of its own in WAL mode, so a process that is killed loses nothing that it was
told is on record, and ``smartlead-async status`` can read while a job writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Final, Self

import aiosqlite
import filelock
import orjson

from ..wire import structure, unstructure
from .ledger import LedgerError
from .records import CampaignRecord, CampaignState, JobRecord, LeadTally, StepRecord

_APPLICATION: Final = 0x534C4544
_VERSION: Final = 1
_SCHEMA: Final = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
CREATE TABLE job (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    plan TEXT, mark INTEGER, began_at REAL, lost_creates INTEGER NOT NULL
);
CREATE TABLE campaigns (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    client_id INTEGER,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    campaign_id INTEGER UNIQUE,
    creates INTEGER NOT NULL,
    adopted INTEGER NOT NULL,
    signature TEXT,
    copy_of INTEGER,
    is_template INTEGER NOT NULL,
    is_revised INTEGER NOT NULL,
    leads TEXT NOT NULL,
    steps TEXT NOT NULL,
    error TEXT,
    updated_at REAL NOT NULL
);
CREATE INDEX campaigns_by_state ON campaigns (state, position);
"""
_COLUMNS: Final = (
    "key",
    "name",
    "client_id",
    "fingerprint",
    "state",
    "campaign_id",
    "creates",
    "adopted",
    "signature",
    "copy_of",
    "is_template",
    "is_revised",
    "leads",
    "steps",
    "error",
    "updated_at",
)
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM campaigns"  # noqa: S608 - our own column names
_UPSERT: Final = (
    f"INSERT INTO campaigns ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT (key) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _COLUMNS[1:])}"
)
_PAGE: Final = 500


class SqliteLedger:
    """A ledger that outlives its process: the same job, run again with the same file, carries on.

    ``read_only`` opens it beside a job that is running, for looking only. One process at a time may write;
    the second is refused. Needs the ``ledger`` extra. Example::

        report = await client.provision(specs, ledger=SqliteLedger("founders.ledger"))
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self._read_only = read_only
        self._lock = filelock.FileLock(f"{self.path}.lock", timeout=0)
        self._open_connection: aiosqlite.Connection | None = None

    async def open(self) -> JobRecord:
        """Open or create the file and give what it knows of the job; :class:`LedgerError` says why not."""
        if self._open_connection is not None:
            return await self._job()
        if self._read_only and not self.path.exists():
            raise LedgerError(f"there is no ledger {self.path}")
        if self.path.exists() and self.path.stat().st_size == 0:
            # Never taken for a new one: a job that began with it would create every campaign again.
            raise LedgerError(
                f"{self.path} is empty, so it was cut off: restore a copy, or delete it if no job has begun"
            )
        if not self._read_only:
            self._claim()
        try:
            return await self._connect()
        except sqlite3.Error as problem:
            await self.aclose()
            raise self._explained(problem) from None
        except LedgerError:
            await self.aclose()
            raise

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the file and let others have it."""
        connection, self._open_connection = self._open_connection, None
        if connection is not None:
            await connection.close()
        self._lock.release()

    async def save_job(self, job: JobRecord) -> None:
        """Write the job's record."""
        await self._write(
            "INSERT OR REPLACE INTO job (one, plan, mark, began_at, lost_creates) VALUES (1, ?, ?, ?, ?)",
            (job.plan, job.mark, job.began_at, job.lost_creates),
        )

    async def get(self, key: str) -> CampaignRecord | None:
        """The record of a campaign."""
        row = await self._one(f"{_SELECT} WHERE key = ?", (key,))
        return None if row is None else _record(row)

    async def save(self, record: CampaignRecord) -> None:
        """Write a campaign's record, replacing the one before."""
        values = {
            **{name: getattr(record, name) for name in _COLUMNS},
            "state": record.state.value,
            "leads": orjson.dumps(unstructure(record.leads)).decode(),
            "steps": orjson.dumps([unstructure(step) for step in record.steps]).decode(),
        }
        try:
            await self._connection.execute_fetchall(_UPSERT, tuple(values[name] for name in _COLUMNS))
        except sqlite3.IntegrityError:
            owner = await self.owner(record.campaign_id or 0)
            message = f"campaign {record.campaign_id} belongs to {owner!r}, not to {record.key!r}"
            raise LedgerError(message) from None
        except sqlite3.Error as problem:
            raise self._explained(problem) from None

    async def owner(self, campaign_id: int) -> str | None:
        """The key of the campaign with this id."""
        row = await self._one("SELECT key FROM campaigns WHERE campaign_id = ?", (campaign_id,))
        return None if row is None else str(row[0])

    async def forget(self, key: str) -> bool:
        """Drop a campaign's record."""
        known = await self.get(key) is not None
        await self._write("DELETE FROM campaigns WHERE key = ?", (key,))
        return known

    async def records(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """The records in these states, read in pages: others may write in between.

        A ledger that was closed (as a job does at its end) is read all the same.
        """
        if self._open_connection is None:
            async with SqliteLedger(self.path, read_only=True) as again:
                async for record in again.records(*states):
                    yield record
            return
        wanted = states or tuple(CampaignState)
        marks = ", ".join("?" * len(wanted))
        select = (
            f"SELECT position, {', '.join(_COLUMNS)} FROM campaigns "  # noqa: S608
            f"WHERE state IN ({marks}) AND position > ? ORDER BY position LIMIT {_PAGE}"
        )
        last = 0
        while rows := await self._all(select, (*(state.value for state in wanted), last)):
            for position, *row in rows:
                last = position
                yield _record(row)

    async def count(self) -> dict[CampaignState, int]:
        """How many campaigns are in each state; of a closed ledger, too."""
        if self._open_connection is None:
            async with SqliteLedger(self.path, read_only=True) as again:
                return await again.count()
        rows = await self._all("SELECT state, COUNT(*) FROM campaigns GROUP BY state", ())
        return dict.fromkeys(CampaignState, 0) | {CampaignState(state): count for state, count in rows}

    # --- the file ------------------------------------------------------------------------------------

    def _claim(self) -> None:
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise LedgerError(
                f"another process is working with {self.path}: wait for it, stop it, or use another ledger"
            ) from None
        except OSError as problem:
            raise LedgerError(f"{self.path} cannot be opened: {problem.strerror or problem}") from None

    async def _connect(self) -> JobRecord:
        mode = "ro" if self._read_only else "rwc"
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        self._open_connection = await aiosqlite.connect(uri, uri=True, isolation_level=None)
        application = await self._pragma("application_id")
        version = await self._pragma("user_version")
        if application == version == 0 and not await self._one("SELECT 1 FROM sqlite_master", ()):
            if self._read_only:
                raise LedgerError(f"{self.path} is empty: no job has begun with it")
            await self._all("PRAGMA journal_mode = WAL", ())
            await self._connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        elif application != _APPLICATION:
            raise LedgerError(f"{self.path} is not a ledger of smartlead-async: choose another file name")
        elif version != _VERSION:
            raise LedgerError(
                f"{self.path} was written by another version (format {version}, this is {_VERSION}): "
                "finish its job with that version, or begin a new ledger"
            )
        await self._all("PRAGMA synchronous = NORMAL", ())
        if not self._read_only:
            # Finds a file that was cut off now, and not in the middle of the job.
            if (found := await self._one("PRAGMA quick_check(1)", ())) != ("ok",):
                raise self._explained(sqlite3.DatabaseError(f"malformed: {found[0]}"))
            await self._write("UPDATE job SET one = 1", ())
        return await self._job()

    async def _job(self) -> JobRecord:
        row = await self._one("SELECT plan, mark, began_at, lost_creates FROM job", ())
        return JobRecord() if row is None else JobRecord(*row)

    @property
    def _connection(self) -> aiosqlite.Connection:
        if self._open_connection is None:
            raise LedgerError(f"{self.path} is closed")
        return self._open_connection

    async def _pragma(self, name: str) -> int:
        row = await self._one(f"PRAGMA {name}", ())
        return int(row[0]) if row is not None else 0

    async def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        await self._all(statement, values)

    async def _one(self, statement: str, values: tuple[Any, ...]) -> Any:
        return next(iter(await self._all(statement, values)), None)

    async def _all(self, statement: str, values: tuple[Any, ...]) -> Iterable[Any]:
        try:
            return await self._connection.execute_fetchall(statement, values)
        except sqlite3.Error as problem:
            raise self._explained(problem) from None

    def _explained(self, problem: sqlite3.Error) -> LedgerError:
        text = str(problem)
        if "readonly" in text or "unable to open" in text:
            advice = "make the file and its folder writable, or name another ledger"
        elif "full" in text or "disk I/O" in text:
            advice = "free some space and run the same command again; nothing that was recorded is lost"
        elif "malformed" in text or "not a database" in text:
            advice = (
                "the file is damaged. Restore a copy, or begin a new ledger after you have looked at which "
                "campaigns exist: a new one would create them all again"
            )
        else:
            advice = "run the same command again"
        return LedgerError(f"the ledger {self.path} cannot be used ({text}): {advice}")


def _record(row: Iterable[Any]) -> CampaignRecord:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["state"] = CampaignState(values["state"])
    for flag in ("adopted", "is_template", "is_revised"):
        values[flag] = bool(values[flag])
    values["leads"] = structure(orjson.loads(values["leads"]), LeadTally)
    values["steps"] = tuple(structure(step, StepRecord) for step in orjson.loads(values["steps"]))
    return CampaignRecord(**values)
