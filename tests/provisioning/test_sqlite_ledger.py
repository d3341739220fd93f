"""The ledger in a file: what happens to files and disks, and what is said of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import attrs
import pytest

from smartlead_async import LedgerError, SqliteLedger
from smartlead_async.fake import Fault
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.records import (
    CampaignRecord,
    CampaignState,
    JobRecord,
    StepRecord,
    StepState,
)

from .jobs import DurableLedger, TimelessLedger, campaigns, job_on, seeded_fake, standing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "founders Q1.ledger"


def record(number: int, **changes: Any) -> CampaignRecord:
    return CampaignRecord(f"k{number}", f"Campaign {number}", None, campaign_id=4100 + number, **changes)


async def filled(path: Path, number: int = 200) -> None:
    async with TimelessLedger(path) as ledger:
        await ledger.save_job(JobRecord("plan", 4000, 1.0, 0))
        for n in range(number):
            await ledger.save(record(n, error="x" * 300))


async def refused(path: Path) -> str:
    with pytest.raises(LedgerError) as caught:
        async with TimelessLedger(path):
            pass
    return str(caught.value)


# --- opening -------------------------------------------------------------------------------------------


async def test_a_new_file_is_created_atomically(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    # Cut off at the last moment before the file has its name: the next run begins as if nothing had been.
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", killed)
        await TimelessLedger(path).open()
    assert not path.exists()
    async with TimelessLedger(path) as ledger:
        assert await ledger.count() == dict.fromkeys(CampaignState, 0)
    assert sorted(p.name for p in path.parent.iterdir() if p.suffix != ".lock") == [path.name]


async def test_an_empty_file_is_never_taken_for_a_new_ledger(path: Path) -> None:
    path.touch()
    assert "is empty, so it was cut off" in await refused(path)
    assert path.stat().st_size == 0


@pytest.mark.parametrize("kept", [100, 4096, 5000, 8192, 40_000])
async def test_a_truncated_file_is_found_at_once(path: Path, kept: int) -> None:
    await filled(path)
    assert path.stat().st_size > 60_000
    os.truncate(path, kept)
    said = await refused(path)
    assert "damaged" in said
    assert "would create them all again" in said


async def test_a_damaged_page_is_found_at_once_and_not_in_the_middle_of_the_job(path: Path) -> None:
    await filled(path)
    pages = path.stat().st_size // 4096
    with path.open("r+b") as file:
        file.seek((pages - 3) * 4096)
        file.write(b"\x05" * 4096)
    assert "damaged" in await refused(path)


async def test_a_file_of_something_else_is_left_alone(path: Path) -> None:
    path.write_bytes(b"name,email\nZoe,zoe@prospect.example\n" * 200)
    assert "not a database" in await refused(path)
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE birds (name)")
    other.close()
    assert "is not a ledger of smartlead-async" in await refused(path)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT COUNT(*) FROM birds").fetchone() == (0,)
    other.close()


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (99, r"a newer version \(format 99, .*: update smartlead-async$"),
        (1, r"an older version \(format 1, .*: finish its job with that version, or import"),
    ],
)
async def test_the_error_for_a_ledger_of_another_version_says_what_to_do(
    path: Path, version: int, said: str
) -> None:
    await filled(path, 1)
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {version}")
    other.close()
    assert re.search(said, await refused(path))


async def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere.ledger"))


async def deleted(path: Path) -> None:
    path.unlink()


async def replaced(path: Path) -> None:
    other = path.with_name("other.ledger")
    await filled(other, 1)
    other.replace(path)


@pytest.mark.parametrize("change", [moved, deleted, replaced])
async def test_a_job_whose_ledger_goes_away_creates_nothing_more(
    path: Path, change: Callable[[Path], Awaitable[None]]
) -> None:
    fake, specs = seeded_fake(), campaigns(6, same_names=False)
    task = asyncio.create_task(job_on(fake, specs, TimelessLedger(path), concurrency=2).run())
    await asyncio.sleep(1.5)
    created = len(fake.campaigns)
    await change(path)
    with pytest.raises(LedgerError, match=r"was moved, deleted or replaced while it was in use.*Put it back"):
        await task
    # Two creates may have been in flight.
    assert 0 < len(fake.campaigns) <= created + 2


async def test_a_ledger_that_is_put_back_has_lost_nothing(path: Path) -> None:
    fake, specs = seeded_fake(), campaigns(6, same_names=False)
    task = asyncio.create_task(job_on(fake, specs, TimelessLedger(path), concurrency=2).run())
    await asyncio.sleep(1.5)
    await moved(path)
    with pytest.raises(LedgerError, match="Put it back"):
        await task
    path.with_name("elsewhere.ledger").rename(path)
    report = await job_on(fake, specs, TimelessLedger(path), create_anyway=False).run()
    assert (report.done, report.failed, len(fake.campaigns)) == (6, 0, 6)


async def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir()
    assert "cannot be" in await refused(path)


async def test_a_ledger_in_a_read_only_folder_can_be_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path, 2)
    for left in path.parent.glob("*-*"):
        left.unlink()
    before = sorted(path.parent.iterdir())
    # Permissions would not keep root from writing.
    monkeypatch.setattr(os, "access", lambda *_: False)
    async with TimelessLedger(path, read_only=True) as ledger:
        assert (await ledger.count())[CampaignState.RUNNING] == 2
        # SQLite has created no file beside it.
        assert sorted(path.parent.iterdir()) == before


async def test_what_cannot_be_written_is_refused_before_anything_is_sent(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, specs, connect = seeded_fake(), campaigns(2), sqlite3.connect
    await job_on(seeded_fake(), specs[:1], TimelessLedger(path)).run()
    # As on a file system that is mounted read-only; permissions would not keep root from writing.
    monkeypatch.setattr(sqlite3, "connect", lambda file, **k: connect(file.replace("=rw", "=ro"), **k))
    with pytest.raises(LedgerError, match="make the file and its folder writable"):
        await job_on(fake, specs, TimelessLedger(path)).run()
    assert fake.requests.total == 0


# --- one process at a time -----------------------------------------------------------------------------


async def test_a_second_writer_is_refused_and_a_reader_is_not(path: Path) -> None:
    async with TimelessLedger(path) as ledger:
        await ledger.save(record(1))
        assert "another process is working with" in await refused(path)
        async with SqliteLedger(path, read_only=True) as reader:
            assert [found async for found in reader.records()] == [record(1)]
            with pytest.raises(LedgerError, match="readonly"):
                await reader.save(record(2))
    async with TimelessLedger(path):
        pass


_HOLD = """
import asyncio, sys
from smartlead_async import SqliteLedger
async def main():
    async with SqliteLedger(sys.argv[1]):
        print("open", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_process_that_is_killed_leaves_no_lock(path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        assert "another process is working with" in await refused(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
        async with TimelessLedger(path) as ledger:
            assert await ledger.count() == dict.fromkeys(CampaignState, 0)
    finally:
        holder.kill()
        holder.wait(10)
        assert holder.stdout is not None
        holder.stdout.close()


async def test_a_reader_needs_a_ledger_that_is_there(path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        async with SqliteLedger(path, read_only=True):
            pass
    assert not path.exists()


async def test_an_interrupted_open_releases_the_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut_off(*_: object) -> JobRecord:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched, pytest.raises(asyncio.CancelledError):
        patched.setattr(SqliteLedger, "_connect", cut_off)
        await TimelessLedger(path).open()
    async with TimelessLedger(path):
        pass


# --- a full disk ---------------------------------------------------------------------------------------


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a disk that is full: the kernel refuses to let files grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_reported_and_loses_nothing(path: Path) -> None:
    async with TimelessLedger(path) as ledger:
        saved = 0
        with no_file_larger_than(300_000), pytest.raises(LedgerError, match="free some space"):
            while saved < 5000:
                await ledger.save(record(saved))
                saved += 1
    assert 10 < saved < 5000
    async with TimelessLedger(path) as ledger:
        assert [found.key async for found in ledger.records()] == [f"k{n}" for n in range(saved)]


async def test_a_job_on_a_full_disk_stops_and_resumes_once_there_is_space(path: Path) -> None:
    specs, fake = campaigns(60), seeded_fake()
    job = job_on(fake, specs, TimelessLedger(path), concurrency=8)
    with no_file_larger_than(1_500_000), pytest.raises(LedgerError, match="free some space"):
        await job.run()
    assert 0 < job.report.done < 60
    report = await job_on(fake, specs, TimelessLedger(path), concurrency=8).run()
    assert (report.done, report.failed) == (60, 0)
    ideal = seeded_fake()
    await job_on(ideal, specs).run()
    assert standing(fake) == standing(ideal)


# --- what is on the disk when ---------------------------------------------------------------------------


async def test_what_a_create_depends_on_is_on_disk_before_the_job_continues(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``synchronous = FULL`` holds for the records of creates, and for no others."""
    modes: list[tuple[Step, int]] = []
    save = SqliteLedger._save

    async def watched(self: SqliteLedger, saved: CampaignRecord) -> None:
        row = await self._one("PRAGMA synchronous", ())
        modes.append((saved.steps[-1].step, row[0]))
        await save(self, saved)

    monkeypatch.setattr(SqliteLedger, "_save", watched)
    await job_on(seeded_fake(), campaigns(1), DurableLedger(path)).run()
    assert {mode for step, mode in modes if step is Step.CREATE} == {2}
    assert {mode for step, mode in modes if step is not Step.CREATE} == {1}
    assert [step for step, _ in modes].count(Step.CREATE) == 2


async def test_durable_writes_at_the_same_time_do_not_make_each_other_less_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    save = SqliteLedger._save

    async def watched(self: SqliteLedger, saved: CampaignRecord) -> None:
        # Some are slow, so that others end in the meantime.
        for _ in range(saved.server_id % 4 * 5):
            await self._one("SELECT 1", ())
        modes.append((await self._one("PRAGMA synchronous", ()))[0])
        await save(self, saved)

    monkeypatch.setattr(SqliteLedger, "_save", watched)
    sent = StepRecord(Step.CREATE, StepState.SENT, 1.0)
    async with DurableLedger(path) as ledger:
        await asyncio.gather(*(ledger.save(record(n, steps=(sent,))) for n in range(10)))
    assert modes == [2] * 10


async def test_what_was_saved_is_there_after_a_kill(path: Path) -> None:
    program = """
import asyncio, os, signal, sys
from smartlead_async import SqliteLedger
from smartlead_async.provisioning.ledger.records import CampaignRecord
async def main():
    ledger = SqliteLedger(sys.argv[1])
    await ledger.open()
    for n in range(50):
        await ledger.save(CampaignRecord(f"k{n}", "x", None, campaign_id=n + 1))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program, str(path)], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    async with TimelessLedger(path) as ledger:
        assert len([found async for found in ledger.records()]) == 50


# --- closing -------------------------------------------------------------------------------------------


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """Every SQLite connection that the test opens."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def recorded(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", recorded)
    return opened


def is_closed(connection: sqlite3.Connection) -> bool:
    try:
        _ = connection.total_changes
    except sqlite3.ProgrammingError:
        return True
    return False


async def cancelled_after(task: asyncio.Task[Any], steps: int) -> None:
    """Cancel a task after some iterations of the event loop, and wait for it to end."""
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("steps", [*range(12), 100, 1000])
async def test_a_job_that_is_cancelled_closes_its_ledger(
    path: Path, connections: list[sqlite3.Connection], steps: int
) -> None:
    ledger = TimelessLedger(path)
    job = job_on(seeded_fake(), campaigns(3), ledger)
    await cancelled_after(asyncio.create_task(job.run()), steps)
    assert all(map(is_closed, connections))
    async with TimelessLedger(path):
        pass  # the file lock is released, too


@pytest.mark.parametrize("read_only", [False, True])
async def test_opening_that_is_cancelled_closes_the_file(
    path: Path, connections: list[sqlite3.Connection], monkeypatch: pytest.MonkeyPatch, read_only: bool
) -> None:
    await filled(path, 1)

    async def cancelled(_self: aiosqlite.Connection) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        # The connection's thread is not started, so that nothing but the ledger can close the file.
        patch.setattr(aiosqlite.Connection, "__await__", lambda self: cancelled(self).__await__())
        with pytest.raises(asyncio.CancelledError):
            await SqliteLedger(path, read_only=read_only).open()
    assert len(connections) >= 2
    assert all(map(is_closed, connections))


async def test_a_job_closes_its_ledger_even_if_its_report_cannot_be_finished(
    path: Path, connections: list[sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_on(seeded_fake(), campaigns(1), TimelessLedger(path))

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no report")

    monkeypatch.setattr(type(job.report), "finish", broken)
    with pytest.raises(RuntimeError, match="no report"):
        await job.run()
    assert all(map(is_closed, connections))


# --- no secrets ------------------------------------------------------------------------------------------


async def test_neither_the_key_nor_a_lead_is_in_the_file(path: Path) -> None:
    specs, fake = campaigns(4, leads=2), seeded_fake()
    fake.fail_next(Fault.lost_after(), "CreateCampaign")
    fake.fail_next(Fault.status_before(422), "AddLeads")
    await job_on(fake, specs, TimelessLedger(path)).run()
    files = [file for file in path.parent.iterdir() if file.is_file()]
    content = b"".join(file.read_bytes() for file in files)
    assert b"SaaS founders" in content
    for secret in (b"test-key", b"c0.example", b"lead0@", "Zoë".encode()):
        assert secret not in content


async def test_using_a_closed_ledger_is_an_error(path: Path) -> None:
    ledger = TimelessLedger(path)
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: ledger.save(record(1)),
        lambda: ledger.save_job(JobRecord()),
        lambda: ledger.get("k1"),
        lambda: ledger.owner(1),
    ]
    async with ledger:
        await ledger.save(attrs.evolve(record(1)))
    for call in calls:
        with pytest.raises(LedgerError, match="is closed"):
            await call()


# --- which file it is, and whether it is complete --------------------------------------------------------


@pytest.fixture
def killed(path: Path) -> Path:
    """The ledger of a process that was killed: its newest records are in the file beside it."""
    script = (
        "import asyncio, os, sys\n"
        "from smartlead_async import SqliteLedger\n"
        "from smartlead_async.provisioning.ledger.records import CampaignRecord, JobRecord\n"
        "async def main():\n"
        "    ledger = SqliteLedger(sys.argv[1])\n"
        "    await ledger.open()\n"
        "    await ledger.save_job(JobRecord('plan', 4000, 1.0))\n"
        "    for n in range(20):\n"
        "        await ledger.save(CampaignRecord(f'k{n}', f'Campaign {n}', None, campaign_id=4100 + n))\n"
        "    os._exit(9)\n"
        "asyncio.run(main())\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == 9
    assert wal_of(path).stat().st_size > 0
    return path


def wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


@pytest.mark.parametrize("exists", [True, False], ids=["a ledger", "a dangling link"])
async def test_a_symbolic_link_to_a_ledger_is_the_same_ledger(path: Path, exists: bool) -> None:
    if exists:
        await filled(path, 3)
    link = path.with_name("current.ledger")
    link.symlink_to(path.name)
    async with TimelessLedger(link) as ledger:
        assert "another process" in await refused(path)
        await ledger.save(record(7))
    async with TimelessLedger(path) as ledger:
        assert await ledger.get("k7") is not None
    assert link.is_symlink()
    assert not link.with_name("current.ledger.lock").exists()


async def test_a_loop_of_links_is_one_message(path: Path) -> None:
    path.symlink_to(path.name)
    assert "cannot be" in await refused(path)


async def test_a_ledger_with_two_names_is_refused(path: Path) -> None:
    await filled(path, 3)
    second = path.with_name("second.ledger")
    second.hardlink_to(path)
    for name in (path, second):
        assert "hard links" in await refused(name)


async def test_after_a_kill_all_records_are_there(killed: Path) -> None:
    async with TimelessLedger(killed) as ledger:
        assert len([record async for record in ledger.records()]) == 20


async def test_a_ledger_without_its_newest_records_is_not_taken_for_a_new_one(killed: Path) -> None:
    wal_of(killed).unlink()
    assert "is missing, with the newest records" in await refused(killed)
    with pytest.raises(LedgerError, match="newest records"):
        async with TimelessLedger(killed, read_only=True):
            pass
    # Refusing it has changed nothing.
    assert "is missing, with the newest records" in await refused(killed)


async def test_a_copy_of_the_ledger_alone_is_refused_and_of_both_files_is_used(
    killed: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    copied = tmp_path / "elsewhere" / killed.name
    shutil.copy(killed, copied)
    assert "is missing, with the newest records" in await refused(copied)
    shutil.copy(wal_of(killed), wal_of(copied))
    async with TimelessLedger(copied) as ledger:
        assert len([record async for record in ledger.records()]) == 20


async def test_the_newest_records_without_their_ledger_are_not_joined_to_a_new_one(killed: Path) -> None:
    killed.unlink()
    assert "is missing, and its newest records" in await refused(killed)
    assert not killed.exists()


async def test_a_ledger_that_another_program_has_tidied_up_is_complete(killed: Path) -> None:
    with contextlib.closing(sqlite3.connect(killed)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM campaigns").fetchone() == (20,)
    assert not wal_of(killed).exists()
    async with TimelessLedger(killed) as ledger:
        assert len([record async for record in ledger.records()]) == 20


async def test_a_ledger_that_was_closed_can_be_copied_alone(path: Path, tmp_path: Path) -> None:
    await filled(path, 20)
    copied = tmp_path / "copied.ledger"
    shutil.copy(path, copied)
    async with TimelessLedger(copied) as ledger:
        assert len([record async for record in ledger.records()]) == 20


async def test_a_long_job_moves_its_records_to_the_ledger_now_and_then(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartlead_async.provisioning.ledger.sqlite._CHECKPOINT_EVERY", 50)
    async with TimelessLedger(path) as ledger:
        for n in range(500):
            await ledger.save(record(n % 100, error="x" * 300))
        assert path.stat().st_size > 30_000
        # The ledger alone says that it is not complete, at any time.
        copied = path.with_name("copied.ledger")
        shutil.copy(path, copied)
        assert "newest records" in await refused(copied)


async def test_only_the_owner_can_read_the_files(path: Path) -> None:
    async with TimelessLedger(path) as ledger:
        await ledger.save(record(1))
        files = sorted(path.parent.glob(f"{path.name}*"))
        assert len(files) == 4
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_a_ledger_that_cannot_be_created_leaves_nothing_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "smartlead_async.provisioning.ledger.sqlite.SCHEMA", "CREATE TABLE a (b); SELECT * FROM full_disk;"
    )
    assert "cannot be used" in await refused(path)
    assert [file.name for file in path.parent.iterdir() if not file.name.endswith(".lock")] == []
