"""Plans that run in the background, and go on after a restart."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import filelock

from ...client import SmartleadClient
from ...errors import SmartleadError
from ...plan.campaign import CampaignSpec
from ...plan.plan import Plan
from ...provisioning.job.first_look import CampaignsExist
from ...provisioning.job.job import Job
from ...provisioning.ledger.protocol import LedgerError
from ...provisioning.ledger.records import CampaignRecord, CampaignState
from ...provisioning.ledger.sqlite import SqliteLedger
from ...provisioning.report.report import Progress
from ...redaction import without_addresses
from ...waiting import until_done
from ._job_files import JobFiles, JobStatus, StoredJob

_log: Final = logging.getLogger("smartlead_async.fastapi")

_LOOK_EVERY: Final = 1.0
_OWNER_ONLY: Final = 0o600
_MAX_FAILURES: Final = 20
_TRIES: Final = 3
_PAUSE: Final = 0.1

T = TypeVar("T")

ClientOf = Callable[[str], SmartleadClient]
"""Returns the client for the owner of a job."""


async def _failures(ledger: SqliteLedger) -> list[CampaignRecord]:
    found: list[CampaignRecord] = []
    async with contextlib.aclosing(ledger.records(CampaignState.FAILED)) as records:  # type: ignore[type-var]
        async for record in records:
            found.append(record)
            if len(found) == _MAX_FAILURES:
                break
    return found


@attrs.frozen
class _Specs:
    """The campaigns of a plan; can be iterated over any number of times."""

    plan: Plan

    def __iter__(self) -> Iterator[CampaignSpec]:
        return self.plan.specs()


@attrs.frozen(kw_only=True)
class JobState:
    """A background job with its numbers. Those of requests are of the run that is in progress."""

    job: StoredJob
    done: int = 0
    failed: int = 0
    progress: Progress | None = None


class ProvisioningJobs:
    """Plans that run in the background of an application, each in a folder of its own with its ledger.

    A job that was accepted is run to its end, also if the process ends in between: the next one goes on from
    the ledger, so every campaign is created once. Of several processes with the same ``folder`` one runs the
    jobs, all accept them, and another takes over when it ends. At most ``max_jobs`` run at once.
    ``client_of`` returns the client for the owner of a job; by default it is that of the application.
    ``options`` are those of ``client.provision``. Costs what ``client.provision`` costs. Example::

        jobs = ProvisioningJobs("/var/lib/campaigns")
        app.include_router(provisioning_router(jobs))
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        client_of: ClientOf | None = None,
        max_jobs: int = 4,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        self._files = JobFiles(Path(folder))
        self.client_of = client_of
        self._max_jobs = max_jobs
        self._clock = clock
        self._options = options
        self._live: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    def __repr__(self) -> str:
        return f"<ProvisioningJobs {str(self._files.folder)!r}, {len(self._tasks)} running here>"

    @contextlib.asynccontextmanager
    async def running(self, client_of: ClientOf) -> AsyncIterator[None]:
        """Run jobs while the block runs. At its end, requests in flight are waited for, even if cancelled."""
        self._files.prepare()
        self._stopping.clear()
        supervisor = asyncio.create_task(self._supervise(self.client_of or client_of))
        try:
            yield
        finally:
            self.stop()
            await until_done(supervisor)
            supervisor.result()

    def stop(self) -> None:
        """Let the jobs of this process stop after their requests in flight. They are resumed later."""
        self._stopping.set()
        self._changed.set()
        for job in self._live.values():
            job.stop()

    async def wait_stopping(self, seconds: float) -> bool:
        """Wait so many seconds; return whether the process is about to end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    # --- for the routes ------------------------------------------------------------------------------

    async def submit(self, plan: bytes, *, owner: str = "", key: str | None = None) -> StoredJob:
        """Check and store a plan in JSON, and run it in the background.

        With the ``key`` of an earlier call, return the job of that call. Raises :class:`InvalidPlan` for a
        plan with errors, or one that names files.
        """
        job = await asyncio.to_thread(self._files.add, plan, owner, key, self._clock)
        self._changed.set()
        return job

    def get(self, job_id: str, *, owner: str = "") -> StoredJob | None:
        """Return a job of this owner."""
        job = self._files.get(job_id)
        return job if job is not None and job.owner == owner else None

    def all(self, *, owner: str = "") -> list[StoredJob]:
        """Return the jobs of this owner, oldest first."""
        return [job for job in self._files.all() if job.owner == owner]

    def request_stop(self, job: StoredJob) -> StoredJob:
        """Let a job stop after its requests in flight; it stays stopped until it is resumed."""
        if not job.status.is_final:
            job = self._files.save(attrs.evolve(job, status=JobStatus.STOPPING))
        self._changed.set()
        return job

    def resume(self, job: StoredJob) -> StoredJob:
        """Let a job that has ended run again: what is done stays done, what failed is tried again."""
        if job.status.is_final:
            job = self._files.save(attrs.evolve(job, status=JobStatus.WAITING, error=None))
        self._changed.set()
        return job

    async def state(self, job: StoredJob) -> JobState:
        """Return the numbers of a job, wherever it runs."""
        live = self._live.get(job.id)
        if live is not None:
            progress = live.progress()
            return JobState(job=job, done=progress.done, failed=progress.failed, progress=progress)
        counts = await self._read(job, SqliteLedger.count) or {}
        done, failed = (counts.get(state, 0) for state in (CampaignState.DONE, CampaignState.FAILED))
        return JobState(job=job, done=done, failed=failed)

    async def failures(self, job: StoredJob) -> list[CampaignRecord]:
        """Return the first campaigns that failed."""
        return await self._read(job, _failures) or []

    async def _read(self, job: StoredJob, read: Callable[[SqliteLedger], Awaitable[T]]) -> T | None:
        """Read the ledger of a job, which another process may be closing; None if there is none."""
        for is_last in (*[False] * _TRIES, True):
            if not self._files.ledger(job.id).exists():
                return None
            try:
                return await read(SqliteLedger(self._files.ledger(job.id)))
            except LedgerError:
                if is_last:
                    raise
                await asyncio.sleep(_PAUSE)
        return None

    # --- running -------------------------------------------------------------------------------------

    async def _supervise(self, client_of: ClientOf) -> None:
        async with self._turn():
            try:
                while not self._stopping.is_set():
                    self._changed.clear()
                    try:
                        self._look(client_of)
                    except OSError as problem:
                        _log.error("the folder of jobs cannot be read: %s", problem)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), _LOOK_EVERY)
            finally:
                await until_done(*self._tasks.values())

    def _look(self, client_of: ClientOf) -> None:
        """Begin jobs that are due, and stop those that somebody wants to be stopped."""
        for job in self._files.all():
            live = self._live.get(job.id)
            if job.status is JobStatus.STOPPING and live is not None:
                live.stop()
            elif job.status is JobStatus.STOPPING and job.id not in self._tasks:
                self._files.save(attrs.evolve(job, status=JobStatus.STOPPED))
            elif not job.status.is_final and job.id not in self._tasks and len(self._tasks) < self._max_jobs:
                task = self._tasks[job.id] = asyncio.create_task(self._run(job, client_of), name=job.id)
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task.get_name(), None)
        if not task.cancelled() and (problem := task.exception()) is not None:
            _log.error("job %s could not be stored, and is tried again", task.get_name(), exc_info=problem)
            return
        self._changed.set()

    async def _run(self, job: StoredJob, client_of: ClientOf) -> None:
        job = self._files.save(attrs.evolve(job, status=JobStatus.RUNNING))
        try:
            error = await self._provision(job, client_of)
        except CampaignsExist as problem:
            names = ", ".join(f"{each.name!r} ({each.id})" for each in problem.found[:_MAX_FAILURES])
            error = f"nothing was created, because campaigns of these names exist already: {names}"
        except SmartleadError as problem:
            error = str(problem)
            _log.warning("job %s failed: %s", job.id, problem)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the other jobs go on
            error = f"unexpected error: {type(problem).__name__}"
            _log.exception("job %s failed", job.id)
        finally:
            self._live.pop(job.id, None)
        stored = self._files.get(job.id) or job
        if error is not None:
            self._files.save(attrs.evolve(stored, status=JobStatus.FAILED, error=without_addresses(error)))
        elif stored.status is JobStatus.STOPPING:
            self._files.save(attrs.evolve(stored, status=JobStatus.STOPPED))

    async def _provision(self, job: StoredJob, client_of: ClientOf) -> str | None:
        plan, client = await asyncio.to_thread(self._files.plan, job.id), client_of(job.owner)
        if await asyncio.to_thread(lambda: plan.has_client_names):
            plan = plan.with_clients(await client.clients.list())
            plan.require_valid()
        live = self._live[job.id] = client.provision(
            _Specs(plan),
            ledger=SqliteLedger(self._files.ledger(job.id)),
            strategy=plan.strategy.value,
            total=job.campaigns,
            expected_requests=job.requests,
            **self._options,
        )
        if self._stopping.is_set():
            return None
        report = await live.run()
        if not report.interrupted:
            self._files.save(attrs.evolve(job, status=JobStatus.DONE))
        elif report.deadline_passed:
            return "the deadline has passed"
        return None

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until no other process runs the jobs of the folder."""
        lock = filelock.FileLock(self._files.lock, timeout=0, mode=_OWNER_ONLY)
        while not self._stopping.is_set():
            try:
                lock.acquire()
                break
            except filelock.Timeout:
                await self.wait_stopping(_LOOK_EVERY)
        try:
            yield
        finally:
            lock.release()
