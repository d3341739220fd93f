"""The files of background jobs: a folder for each with its plan, its state and its ledger."""

from __future__ import annotations

import enum
import hashlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import attrs
import orjson

from ...atomic_file import replace_file
from ...errors import ConfigurationError
from ...pipeline.converter import structure
from ...plan.check import check
from ...plan.plan import Plan, load_plan
from ...plan.problem import InvalidPlan
from ...wording import count

_ID: Final = re.compile(r"[0-9a-f]{32}")
_STATE: Final = "job.json"
_PLAN: Final = "plan.json"
_LEDGER: Final = "campaigns.ledger"
_OWNER_ONLY: Final = 0o700


class JobStatus(enum.StrEnum):
    """The state of a background job."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens unless somebody resumes the job."""
        return self in (JobStatus.STOPPED, JobStatus.DONE, JobStatus.FAILED)


@attrs.frozen(kw_only=True)
class StoredJob:
    """A background job as it is stored."""

    id: str
    owner: str
    name: str
    plan_digest: str
    created_at: float
    campaigns: int
    requests: int
    status: JobStatus = JobStatus.WAITING
    error: str | None = None


class KeyReused(Exception):
    """Raised if an idempotency key comes with another plan than before."""


class JobFiles:
    """The folder of all background jobs, which several processes may share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Create the folder."""
        try:
            self.folder.mkdir(_OWNER_ONLY, parents=True, exist_ok=True)
        except OSError as problem:
            reason = problem.strerror or problem
            raise ConfigurationError(f"the folder of jobs {self.folder} cannot be used: {reason}") from None

    @property
    def lock(self) -> Path:
        """The file that the process which runs the jobs has locked."""
        return self.folder / "jobs.lock"

    def ledger(self, job_id: str) -> Path:
        """Return the path of a job's ledger."""
        return self.folder / job_id / _LEDGER

    def plan(self, job_id: str) -> Plan:
        """Return the plan of a job."""
        return load_plan(self.folder / job_id / _PLAN, allow_files=False)

    def add(self, plan: bytes, owner: str, key: str | None, now: Callable[[], float]) -> StoredJob:
        """Store a plan; return the job that a key already has. Raises :class:`InvalidPlan`."""
        digest = hashlib.sha256(plan).hexdigest()
        job_id = secrets.token_hex(16) if key is None else _id_of(owner, key)
        if (known := self.get(job_id)) is not None:
            return _require_same(known, digest)
        new = self.folder / f".new-{secrets.token_hex(8)}"
        new.mkdir(_OWNER_ONLY)
        try:
            (new / _PLAN).write_bytes(plan)
            plan_file = load_plan(new / _PLAN, allow_files=False)
            report = check(plan_file)
            if report.errors:
                raise InvalidPlan(report.errors)
            job = StoredJob(
                id=job_id,
                owner=owner,
                name=_name_of(plan_file, report.campaigns),
                plan_digest=digest,
                created_at=now(),
                campaigns=report.campaigns,
                requests=report.requests,
            )
            _write(new, job)
            new.rename(self.folder / job_id)
        except OSError:
            # Another process was faster with the same key.
            if (known := self.get(job_id)) is None:
                raise
            return _require_same(known, digest)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        return job

    def get(self, job_id: str) -> StoredJob | None:
        """Return a job, or None if there is none with this id."""
        if not _ID.fullmatch(job_id):
            return None
        try:
            content = (self.folder / job_id / _STATE).read_bytes()
        except FileNotFoundError:
            return None
        job: StoredJob = structure(orjson.loads(content), StoredJob)
        return job

    def save(self, job: StoredJob) -> StoredJob:
        """Write the state of a job."""
        _write(self.folder / job.id, job)
        return job

    def all(self) -> Iterator[StoredJob]:
        """Yield all jobs, oldest first."""
        found = (self.get(path.name) for path in self.folder.iterdir())
        yield from sorted((job for job in found if job is not None), key=lambda job: job.created_at)


def _name_of(plan: Plan, campaigns: int) -> str:
    first = next(plan.specs()).name or ""
    return first if campaigns == 1 else f"{first} and {count(campaigns - 1, 'other')}"


def _id_of(owner: str, key: str) -> str:
    return hashlib.blake2b(orjson.dumps([owner, key]), digest_size=16).hexdigest()


def _require_same(job: StoredJob, digest: str) -> StoredJob:
    if job.plan_digest != digest:
        raise KeyReused
    return job


def _write(folder: Path, job: StoredJob) -> None:
    with replace_file(folder / _STATE) as file:
        file.write(orjson.dumps(attrs.asdict(job)).decode())
