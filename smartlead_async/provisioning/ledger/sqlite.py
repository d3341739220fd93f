"""The ledger in one file: SQLite, no server.

Every write is a transaction of its own in WAL mode, so a process that is killed loses no completed write, and
``smartlead-async status`` can read while a job writes. What a create depends on is synced to disk before the
job continues, so a machine that loses power does not forget a campaign either.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Final, Self

import aiosqlite
import orjson

from ...pipeline.converter import structure, unstructure
from ...plan.step import Step
from .ledger_file import LedgerFile
from .protocol import LedgerError
from .records import (
    CampaignRecord,
    CampaignState,
    JobRecord,
    LeadBatch,
    LeadTally,
    RecordHead,
    StepRecord,
    StepState,
)
from .sqlite_schema import APPLICATION, COLUMNS, HEADS, JOB_COLUMNS, SCHEMA, SELECT, UPSERT, VERSION

_PAGE: Final = 500

_CHECKPOINT_EVERY: Final = 1000
"""Saves after which the WAL is moved to the ledger, so that it does not grow for days."""


class SqliteLedger:
    """A ledger that outlives its process: the same job, run again with the same file, carries on.

    ``read_only`` opens it beside a job that is running, for looking only. One process at a time may write;
    the second is refused. Needs the ``ledger`` extra. Example::

        report = await client.provision(specs, ledger=SqliteLedger("founders.ledger"))
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self._read_only = read_only
        self._file: LedgerFile | None = None
        self._open_connection: aiosqlite.Connection | None = None
        self._durable = asyncio.Lock()
        self._saves = 0

    def __repr__(self) -> str:
        state = "closed" if self._open_connection is None else "open"
        return f"<SqliteLedger {str(self.path)!r}, {state}{', read only' if self._read_only else ''}>"

    async def open(self) -> JobRecord:
        """Open or create the file; return the record of the job or raise :class:`LedgerError`."""
        if self._open_connection is not None:
            return await self._job()
        file = self._file = LedgerFile(self.path)
        file.require_usable()
        if self._read_only and not file.path.exists():
            raise LedgerError(f"there is no ledger {self.path}")
        try:
            if not self._read_only:
                file.acquire()
                if not file.path.exists():
                    file.create(SCHEMA)
            return await self._connect(file)
        except sqlite3.Error as problem:
            await self.aclose()
            raise self._explained(problem) from None
        except BaseException:
            await self.aclose()
            raise

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the file and release its lock."""
        connection, self._open_connection = self._open_connection, None
        try:
            if connection is not None:
                await connection.close()
        finally:
            if self._file is not None:
                self._file.release()

    async def save_job(self, job: JobRecord) -> None:
        """Write the record of the job."""
        self._require_in_place()
        await self._write(
            f"INSERT OR REPLACE INTO job (one, {JOB_COLUMNS}) VALUES (1, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                job.plan,
                job.baseline_id,
                job.began_at,
                job.lost_creates,
                job.to_sweep,
                job.waited,
                job.applied_plan,
            ),
        )

    async def get(self, key: str) -> CampaignRecord | None:
        """Return the record of a campaign."""
        row = await self._one(f"{SELECT} WHERE key = ?", (key,))
        return None if row is None else _record(row)

    async def save(self, record: CampaignRecord) -> None:
        """Write the record of a campaign, replacing the previous one."""
        self._saves += 1
        if self._saves >= _CHECKPOINT_EVERY:
            await self._checkpoint()
        if not (record.steps and record.steps[-1].step is Step.CREATE):
            await self._save(record)
            return
        # Nothing could restore that a create is in flight, or what its id is. Any other step would at worst
        # be repeated.
        async with self._durable:
            if record.steps[-1].state is StepState.SENT:
                self._require_in_place()  # Its id is recorded wherever the file is: it may be put back.
            await self._all("PRAGMA synchronous = FULL", ())
            try:
                await self._save(record)
            finally:
                await self._all("PRAGMA synchronous = NORMAL", ())

    async def _save(self, record: CampaignRecord) -> None:
        values = {
            **{name: getattr(record, name) for name in COLUMNS},
            "state": record.state.value,
            "leads": orjson.dumps(unstructure(record.leads)).decode(),
            "steps": orjson.dumps([unstructure(step) for step in record.steps]).decode(),
        }
        try:
            await self._connection.execute_fetchall(UPSERT, tuple(values[name] for name in COLUMNS))
        except sqlite3.IntegrityError:
            owner = await self.owner(record.campaign_id or 0)
            message = f"campaign {record.campaign_id} belongs to {owner!r}, not to {record.key!r}"
            raise LedgerError(message) from None
        except sqlite3.Error as problem:
            raise self._explained(problem) from None

    async def owner(self, campaign_id: int) -> str | None:
        """Return the key of the campaign with this id."""
        row = await self._one("SELECT key FROM campaigns WHERE campaign_id = ?", (campaign_id,))
        return None if row is None else str(row[0])

    async def forget(self, key: str) -> bool:
        """Delete the record of a campaign; return whether there was one."""
        known = await self.get(key) is not None
        await self.forget_leads(key)
        await self._write("DELETE FROM campaigns WHERE key = ?", (key,))
        return known

    async def save_content(self, digest: str, content: str) -> None:
        """Store what a step has sent."""
        await self._write("INSERT OR IGNORE INTO contents VALUES (?, ?)", (digest, content))

    async def content(self, digest: str) -> str | None:
        """Return stored content."""
        row = await self._one("SELECT content FROM contents WHERE digest = ?", (digest,))
        return None if row is None else str(row[0])

    async def save_leads(self, key: str, batch: LeadBatch) -> None:
        """Write the leads of one import."""
        await self._write(
            "INSERT OR REPLACE INTO leads VALUES (?, ?, ?, ?)",
            (key, batch.number, batch.entries, batch.is_done),
        )

    async def forget_leads(self, key: str, *numbers: int) -> None:
        """Delete batches of a campaign's leads, or all of them."""
        if not numbers:
            await self._write("DELETE FROM leads WHERE key = ?", (key,))
        for number in numbers:
            await self._write("DELETE FROM leads WHERE key = ? AND number = ?", (key, number))

    async def leads(self, key: str) -> list[LeadBatch]:
        """Return the leads of a campaign."""
        rows = await self._all(
            "SELECT number, entries, is_done FROM leads WHERE key = ? ORDER BY number", (key,)
        )
        return [LeadBatch(number, entries, bool(is_done)) for number, entries, is_done in rows]

    async def add_request(self, sent_at: float) -> None:
        """Note that a request is about to be sent."""
        await self._write("INSERT INTO requests VALUES (?)", (sent_at,))

    async def requests_since(self, timestamp: float) -> list[float]:
        """Return when requests were sent since this time, and drop what is older."""
        await self._write("DELETE FROM requests WHERE sent_at < ?", (timestamp,))
        return [sent_at for (sent_at,) in await self._all("SELECT sent_at FROM requests", ())]

    async def records(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """Yield the records in these states, read in pages: others may write in between.

        A ledger that is closed (as a job closes it at its end) is reopened for this.
        """
        if self._open_connection is None:
            async with SqliteLedger(self.path, read_only=True) as again:
                async for record in again.records(*states):
                    yield record
            return
        wanted = states or tuple(CampaignState)
        marks = ", ".join("?" * len(wanted))
        select = (
            f"SELECT position, {', '.join(COLUMNS)} FROM campaigns "  # noqa: S608
            f"WHERE state IN ({marks}) AND position > ? ORDER BY position LIMIT {_PAGE}"
        )
        last = 0
        while rows := await self._all(select, (*(state.value for state in wanted), last)):
            for position, *row in rows:
                last = position
                yield _record(row)

    async def heads(self) -> AsyncIterator[RecordHead]:
        """Yield the heads of all records."""
        # Most tallies are equal, so they are shared.
        tallies: dict[str, LeadTally] = {}
        last = 0
        while rows := await self._all(HEADS, (last,)):
            for position, leads, state, has_copies, lost, key, name, client_id, *others in rows:
                last = position
                if (tally := tallies.get(leads)) is None:
                    tally = tallies[leads] = structure(orjson.loads(leads), LeadTally)
                fingerprint, campaign_id, copy_name = others
                yield RecordHead(
                    key,
                    name,
                    client_id,
                    fingerprint,
                    CampaignState(state),
                    campaign_id,
                    bool(has_copies),
                    copy_name,
                    lost,
                    tally,
                )

    async def count(self) -> dict[CampaignState, int]:
        """Return how many campaigns are in each state, also of a closed ledger."""
        if self._open_connection is None:
            async with SqliteLedger(self.path, read_only=True) as again:
                return await again.count()
        rows = await self._all("SELECT state, COUNT(*) FROM campaigns GROUP BY state", ())
        return dict.fromkeys(CampaignState, 0) | {CampaignState(state): count for state, count in rows}

    # --- the file ------------------------------------------------------------------------------------

    async def _connect(self, file: LedgerFile) -> JobRecord:
        had_wal = file.has_wal
        mode = "ro" if self._read_only else "rw"
        uri = f"{file.path.as_uri()}?mode={mode}"
        if self._read_only and file.is_frozen:
            uri += "&immutable=1"
        # Opened here and not by aiosqlite's thread: a cancellation would leave a connection there that has no
        # reference and is never closed.
        opened = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            self._open_connection = await self._with_thread(opened)
        except BaseException:
            opened.close()
            raise
        file.note_opened()
        application = await self._pragma("application_id")
        version = await self._pragma("user_version")
        if application != APPLICATION:
            raise LedgerError(f"{self.path} is not a ledger of smartlead-async: choose another file name")
        if version != VERSION:
            which, advice = (
                ("a newer", "update smartlead-async")
                if version > VERSION
                else (
                    "an older",
                    "finish its job with that version, or import its campaigns into a new ledger",
                )
            )
            raise LedgerError(
                f"{self.path} was written by {which} version (format {version}, this is {VERSION}): {advice}"
            )
        # Looked at twice, because another process may just have begun to write it.
        if await self._one("SELECT in_wal FROM file", ()) == (1,) and not (had_wal or file.has_wal):
            raise LedgerError(
                f"{file.wal} is missing, with the newest records of {self.path}: restore it, or copy both "
                "files. Without it, campaigns that exist would be created again"
            )
        await self._all("PRAGMA synchronous = NORMAL", ())
        if not self._read_only:
            # Finds a truncated file now, and not in the middle of the job.
            if (found := await self._one("PRAGMA quick_check(1)", ())) != ("ok",):
                raise self._explained(sqlite3.DatabaseError(f"malformed: {found[0]}"))
            await self._all("PRAGMA wal_autocheckpoint = 0", ())
            await self._checkpoint()
        return await self._job()

    async def _with_thread(self, opened: sqlite3.Connection) -> aiosqlite.Connection:
        return await aiosqlite.Connection(lambda: opened, iter_chunk_size=64)

    async def _checkpoint(self) -> None:
        """Move the records from the WAL to the ledger, which alone says from then on that it is not complete.

        The next write to the WAL says that it is: so a ledger that was separated from its WAL is recognized,
        and one that was closed, here or by another program, is complete by itself.
        """
        self._saves = 0
        await self._write("UPDATE file SET in_wal = 1", ())
        await self._all("PRAGMA wal_checkpoint(PASSIVE)", ())
        await self._write("UPDATE file SET in_wal = 0", ())

    async def _job(self) -> JobRecord:
        row = await self._one(f"SELECT {JOB_COLUMNS} FROM job", ())  # noqa: S608 - our own column names
        if row is None:
            return JobRecord()
        plan, baseline_id, began_at, lost_creates, to_sweep, waited, applied_plan = row
        return JobRecord(plan, baseline_id, began_at, lost_creates, bool(to_sweep), waited, applied_plan)

    def _require_in_place(self) -> None:
        """Raise if the records go into a file that no later run would find."""
        if self._file is not None and not self._file.is_in_place:
            raise LedgerError(
                f"{self.path} was moved, deleted or replaced while it was in use, so nothing more can be "
                "recorded. Put it back, with its -wal file beside it, and run the same command again; if it "
                "is lost, import the campaigns (smartlead-async import) before you begin a new ledger"
            )

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
    values = dict(zip(COLUMNS, row, strict=True))
    values["state"] = CampaignState(values["state"])
    for flag in ("adopted", "is_template", "was_started"):
        values[flag] = bool(values[flag])
    values["leads"] = structure(orjson.loads(values["leads"]), LeadTally)
    values["steps"] = tuple(structure(step, StepRecord) for step in orjson.loads(values["steps"]))
    return CampaignRecord(**values)
